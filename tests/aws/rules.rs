//! The service rules in the table: each push is one version further, and the last twenty are kept.

use aws_sdk_dynamodb::Client;
use ponte::{
    relay::ports::StoreError,
    store::{KEPT_RULES, RulesTable, RulesVersion},
};

use super::{Emulator, conversation_store::table};

fn version(version: u64) -> RulesVersion {
    RulesVersion {
        version,
        rules: format!(r#"{{"version":1,"time_zone":"Etc/GMT-{version}"}}"#),
        at: "2026-11-29T12:00:00Z".to_owned(),
        by: "operator".to_owned(),
        source: None,
    }
}

/// The same with the YAML that it was made from, which only the version that is kept has.
fn with_source(number: u64) -> RulesVersion {
    RulesVersion { source: Some(format!("version: 1 # {number}\n")), ..version(number) }
}

#[tokio::test]
async fn a_push_replaces_what_it_was_made_from_and_nothing_else() {
    let emulator = Emulator::start().await;
    let client = Client::new(&emulator.config());
    let table = table(&client).await;
    let rules = RulesTable::new(client.clone(), table);
    assert_eq!(rules.current().await, Ok(None));
    assert_eq!(rules.push(&version(2)).await, Err(StoreError::Conflict), "there is no first one");
    for number in 1..=KEPT_RULES + 1 {
        rules.push(&with_source(number)).await.unwrap();
        assert_eq!(rules.push(&version(number)).await, Err(StoreError::Conflict), "{number} was pushed");
        assert_eq!(rules.current().await, Ok(Some(version(number))));
    }
    assert_eq!(rules.before_push().await, Ok(Some(version(21))));
    assert_eq!(rules.version(1).await, Ok(None), "it is too old");
    for number in 2..=KEPT_RULES + 1 {
        assert_eq!(rules.version(number).await, Ok(Some(with_source(number))));
    }
    let absent = RulesTable::new(client, "no-such-table".to_owned());
    assert_eq!(absent.current().await, Err(StoreError::Unavailable));
    assert_eq!(absent.push(&version(1)).await, Err(StoreError::Unavailable));
}
