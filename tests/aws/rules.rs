//! The service rules in the table: each push is one version further, and the last twenty are kept.

use aws_sdk_dynamodb::Client;
use ponte::{
    clock::Timestamp,
    relay::ports::StoreError,
    store::{KEPT_RULES, KeptSchedules, RulesTable, RulesVersion},
};
use service_rules::{ForeignSchedule, SourceKind};

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

#[tokio::test]
async fn the_schedules_of_a_product_are_those_that_were_read_last() {
    let emulator = Emulator::start().await;
    let client = Client::new(&emulator.config());
    let table = table(&client).await;
    let rules = RulesTable::new(client.clone(), table);
    let kept = |name: &str, at: i64| {
        let json = serde_json::json!({
            "from": "blip", "id": "h1", "name": name, "main": true, "zone": "America/Sao_Paulo",
            "week": { "mon-fri": ["09:00-18:00"] }, "closed": ["2026-12-25"],
        });
        let schedule: ForeignSchedule = serde_json::from_value(json).unwrap();
        KeptSchedules { schedules: vec![schedule], at: Timestamp(at) }
    };
    assert_eq!(rules.schedules(SourceKind::Blip).await, Ok(None));
    rules.keep_schedules(SourceKind::Blip, &kept("Comercial", 5_000)).await.unwrap();
    assert_eq!(rules.keep_schedules(SourceKind::Blip, &kept("Antigo", 5_000)).await, Err(StoreError::Conflict));
    rules.keep_schedules(SourceKind::Blip, &kept("Novo", 5_001)).await.unwrap();
    assert_eq!(rules.schedules(SourceKind::Blip).await, Ok(Some(kept("Novo", 5_001))));
    assert_eq!(rules.schedules(SourceKind::Zendesk).await, Ok(None), "each product has its own");
    assert_eq!(rules.current().await, Ok(None), "they are no rules");
    let absent = RulesTable::new(client, "no-such-table".to_owned());
    assert_eq!(absent.schedules(SourceKind::Blip).await, Err(StoreError::Unavailable));
}
