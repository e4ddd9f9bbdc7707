//! What the release before kept, and the cursors that it gave: its clients get all of it, and nothing twice.

use std::time::Duration;

use ponte::{
    clock::{Clock, Timestamp},
    lime::Document,
    message::CustomerKey,
    relay::ports::{CustomerChannel, Outgoing},
    rest::Head,
};
use serde_json::json;

use super::{Site, texts, to};

/// An item as the release before wrote it: eight messages, numbered to 50, of which 44 were given.
fn left(until: Timestamp) -> Head {
    let entry = |number: u64| json!({ "number": number, "id": format!("id-{number}"), "items": [{ "text": number.to_string() }] });
    let entries: Vec<_> = (43..=50).map(entry).collect();
    let head = json!({ "version": 57, "last": 50, "given": 44, "entries": entries });
    Head { until: until.seconds(), ..serde_json::from_value(head).unwrap() }
}

fn site() -> Site {
    let site = Site::new();
    let until = site.clock.now().plus(Duration::from_hours(20));
    site.outbox.left(&CustomerKey::of(&to("joao"), &site.key), &left(until));
    site
}

async fn says(site: &Site, number: u64) {
    let document = Document::text(number.to_string());
    site.channel().send(&Outgoing { id: Some(format!("id-{number}")), to: to("joao"), document }).await.unwrap();
}

#[tokio::test]
async fn cursors_of_the_release_before_are_good() {
    for (cursor, expected) in [
        (json!("48"), vec!["49", "50", "51", "52"]),
        (json!(50), vec!["51", "52"]),
        (json!("0"), vec!["43", "44", "45", "46", "47", "48", "49", "50", "51", "52"]),
        // Of an outbox that is gone.
        (json!(77), vec!["43", "44", "45", "46", "47", "48", "49", "50", "51", "52"]),
    ] {
        let site = site();
        // One of them comes again: it is there.
        for number in [50, 51, 52] {
            says(&site, number).await;
        }
        let answer = site.post(&json!({ "sender": "joao", "cursor": cursor })).await.unwrap();
        assert_eq!(texts(&answer), expected, "{cursor}");
        says(&site, 53).await;
        let answer = site.post(&json!({ "sender": "joao", "cursor": answer.cursor })).await.unwrap();
        assert_eq!(texts(&answer), ["53"], "{cursor}");
    }
}

#[tokio::test]
async fn what_was_left_is_given_once_to_a_client_without_a_cursor() {
    let site = site();
    let ask = async || site.post(&json!({ "sender": "joao" })).await.unwrap();
    assert_eq!(texts(&ask().await), ["45", "46", "47", "48", "49", "50"]);
    says(&site, 51).await;
    assert_eq!(texts(&ask().await), ["51"]);
    assert_eq!(ask().await.body, json!([]));
    assert!(site.channel().knows(&to("joao"), "id-43").await.unwrap());
}

#[tokio::test]
async fn what_was_left_expires_when_it_would_have() {
    let site = site();
    says(&site, 51).await;
    site.clock.pass(Duration::from_hours(20));
    let answer = site.post(&json!({ "sender": "joao", "cursor": 0 })).await.unwrap();
    assert_eq!(texts(&answer), ["51"]);
    says(&site, 52).await;
    let bytes = site.outbox.head_size(&CustomerKey::of(&to("joao"), &site.key));
    assert!(bytes < 300, "{bytes}");
}
