//! What an event was that a webhook only named, and what came before it.

use ponte::message::SourceId;
use serde_json::{Value, json};

use super::{
    super::bridge::{answers, read, to},
    ADAPTER, conversation, fixture, messages, ours, said,
};

fn id(id: &str) -> SourceId {
    SourceId::exact(id)
}

#[tokio::test]
async fn a_message_is_read_with_those_before_it_in_one_call() {
    let note = json!({ "id": 9002, "message_type": 1, "private": true, "sender": { "type": "user" }, "content": "x" });
    let far =
        answers(&[messages(&[ours(9000, "ponte:a"), said(9001, "Bom **dia**!", 5), note, said(9005, "Pronto", 9)])]);
    let client = ADAPTER.client(&far);
    let missed = client.missed_before(&to("118"), &id("9005")).await.unwrap();
    assert_eq!(missed, [id("9001")]);
    let said = client.read(&to("118"), &id("9001")).await.unwrap();
    assert_eq!(read(&said), [r#"Ana says {"type":"text","text":"Bom *dia*!"}"#]);
    assert_eq!(client.read(&to("118"), &id("9005")).await.unwrap().len(), 1);
    let calls = far.calls();
    assert_eq!(ADAPTER.lines(&calls), ["GET conversations/118/messages"]);
    assert!(calls[0].path.ends_with("?before=9006"));
}

#[tokio::test]
async fn the_end_is_read_with_the_last_words() {
    let many: Vec<Value> = (1..=12).map(|number| said(number, "oi", 1)).collect();
    let far = answers(&[messages(&many), conversation("resolved"), conversation("open")]);
    let client = ADAPTER.client(&far);
    let missed = client.missed_before(&to("118"), &id("resolved/7.5")).await.unwrap();
    assert_eq!(missed, ["5", "6", "7", "8", "9", "10", "11", "12"].map(id), "as many as the ring keeps");
    assert_eq!(read(&client.read(&to("118"), &id("resolved/7.5")).await.unwrap()), ["closed"]);
    // It was opened again before anybody looked.
    assert!(client.read(&to("118"), &id("resolved/8")).await.unwrap().is_empty());
    assert!(far.calls()[0].path.ends_with("/messages"));
}

#[tokio::test]
async fn what_a_forged_event_names_is_not_told() {
    let with = |fields: Value| {
        let mut message = said(7, "segredo", 1);
        message.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        message
    };
    for (what, message) in [
        ("a note", with(json!({ "private": true }))),
        ("what does not say", with(json!({ "private": null }))),
        ("the customer's own words", with(json!({ "message_type": 0 }))),
        ("an activity", with(json!({ "message_type": 2 }))),
        ("a bot's", with(json!({ "sender": { "type": "agent_bot", "name": "Bot" } }))),
        ("a deleted one", with(json!({ "content_attributes": { "deleted": true } }))),
        ("our own", with(json!({ "source_id": "ponte:a" }))),
        ("an empty one", with(json!({ "content": " " }))),
        ("another one", said(8, "oi", 1)),
    ] {
        let far = answers(&[messages(&[message])]);
        assert!(ADAPTER.client(&far).read(&to("118"), &id("7")).await.unwrap().is_empty(), "{what}");
    }
    let far = answers(&[]);
    let client = ADAPTER.client(&far);
    assert!(client.read(&to("118"), &id("nonsense")).await.unwrap().is_empty());
    assert!(client.missed_before(&to("118"), &id("nonsense")).await.unwrap().is_empty());
    assert!(far.calls().is_empty());
}

#[tokio::test]
async fn files_and_places_are_passed_on() {
    let mut message = fixture("message-created-agent-attachment");
    message["attachments"].as_array_mut().unwrap().extend([
        json!({ "file_type": "location", "coordinates_lat": -23.5, "coordinates_long": -46.6, "fallback_title": "Loja" }),
        json!({ "file_type": "image", "data_url": "javascript:alert(1)" }),
        json!({ "data_url": "https://chat.example.invalid/rails/x/relat%C3%B3rio.pdf", "file_size": "x" }),
    ]);
    let far = answers(&[messages(&[message])]);
    let told = ADAPTER.client(&far).read(&to("118"), &id("9004")).await.unwrap();
    let expected = concat!(
        r#"Ana Agente says {"type":"file","url":"https://chat.example.invalid/rails/active_storage/blobs/redirect/abc/manual.pdf","#,
        r#""name":"manual.pdf","size":65733} {"type":"location","latitude":-23.5,"longitude":-46.6,"text":"Loja"} "#,
        r#"{"type":"file","url":"https://chat.example.invalid/rails/x/relat%C3%B3rio.pdf","name":"relatório.pdf"}"#,
    );
    assert_eq!(read(&told), [expected]);
}
