//! The service rules in the table: each push is one version further, and the last twenty are kept.

use aws_sdk_dynamodb::Client;
use ponte::{
    hash::HashKey,
    relay::ports::StoreError,
    store::{DynamoStore, KEPT_RULES, RulesVersion},
};

use super::{Emulator, map::table};

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
    let store = DynamoStore::new(client.clone(), table, "memory".to_owned(), HashKey::new(b"test"));
    assert_eq!(store.current_rules().await, Ok(None));
    assert_eq!(store.push_rules(&version(2)).await, Err(StoreError::Conflict), "there is no first one");
    for number in 1..=KEPT_RULES + 1 {
        store.push_rules(&with_source(number)).await.unwrap();
        assert_eq!(store.push_rules(&version(number)).await, Err(StoreError::Conflict), "{number} was pushed");
        assert_eq!(store.current_rules().await, Ok(Some(version(number))));
    }
    assert_eq!(store.rules_before_push().await, Ok(Some(version(21))));
    assert_eq!(store.rules_version(1).await, Ok(None), "it is too old");
    for number in 2..=KEPT_RULES + 1 {
        assert_eq!(store.rules_version(number).await, Ok(Some(with_source(number))));
    }
    let absent = DynamoStore::new(client, "no-such-table".to_owned(), "memory".to_owned(), HashKey::new(b"test"));
    assert_eq!(absent.current_rules().await, Err(StoreError::Unavailable));
    assert_eq!(absent.push_rules(&version(1)).await, Err(StoreError::Unavailable));
}
