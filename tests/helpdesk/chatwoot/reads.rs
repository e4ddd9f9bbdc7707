//! What an event was that a webhook only named, and what came before it.

use crate::every_port::EveryPort;
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
    let server =
        answers(&[messages(&[ours(9000, "ponte:a"), said(9001, "Bom **dia**!", 5), note, said(9005, "Pronto", 9)])]);
    let client = ADAPTER.client(&server);
    let missed = client.missed_before(&to("118"), &id("9005")).await.unwrap();
    assert_eq!(missed, [id("9001")]);
    let said = client.read(&to("118"), &id("9001")).await.unwrap();
    assert_eq!(read(&said), [r#"Ana says {"type":"text","text":"Bom *dia*!"}"#]);
    assert_eq!(client.read(&to("118"), &id("9005")).await.unwrap().len(), 1);
    let calls = server.calls();
    assert_eq!(ADAPTER.lines(&calls), ["GET conversations/118/messages"]);
    assert!(calls[0].path.ends_with("?before=9006"));
}

#[tokio::test]
async fn the_end_is_read_with_the_last_words() {
    let many: Vec<Value> = (1..=12).map(|number| said(number, "oi", 1)).collect();
    let server = answers(&[messages(&many), conversation("resolved"), conversation("open")]);
    let client = ADAPTER.client(&server);
    let missed = client.missed_before(&to("118"), &id("resolved/7.5")).await.unwrap();
    assert_eq!(missed, ["5", "6", "7", "8", "9", "10", "11", "12"].map(id), "as many as the recent ids keep");
    assert_eq!(read(&client.read(&to("118"), &id("resolved/7.5")).await.unwrap()), ["closed"]);
    // It was opened again before anybody looked.
    assert!(client.read(&to("118"), &id("resolved/8")).await.unwrap().is_empty());
    assert!(server.calls()[0].path.ends_with("/messages"));
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
        let server = answers(&[messages(&[message])]);
        assert!(ADAPTER.client(&server).read(&to("118"), &id("7")).await.unwrap().is_empty(), "{what}");
    }
    let server = answers(&[]);
    let client = ADAPTER.client(&server);
    assert!(client.read(&to("118"), &id("nonsense")).await.unwrap().is_empty());
    assert!(client.missed_before(&to("118"), &id("nonsense")).await.unwrap().is_empty());
    assert!(server.calls().is_empty());
}

#[tokio::test]
async fn each_kind_of_message_is_shown_with_what_belongs_to_it() {
    let with = |kind: &str, content: &str, items: Value| {
        let mut message = said(7, content, 1);
        message["content_type"] = kind.into();
        message["content_attributes"] = json!({ "items": items });
        message
    };
    let link = |text: &str, uri: &str| json!({ "type": "link", "text": text, "uri": uri });
    for (message, expected) in [
        (
            with("input_select", "Qual?", json!([{ "title": "Sim", "value": "1" }, { "title": "Não", "value": "2" }])),
            r#"{"type":"choices","text":"Qual?","options":["Sim","Não"]}"#,
        ),
        (
            with(
                "cards",
                "Veja",
                json!([{
                    "title": "Aro 29", "description": "R$ 10,00", "media_url": "https://x.example/a.png",
                    "actions": [link("Comprar", "https://x.example/1"), { "type": "postback", "text": "Saber mais", "payload": "mais" }],
                }]),
            ),
            concat!(
                r#"{"type":"choices","text":"Veja\nAro 29\nR$ 10,00\nComprar: https://x.example/1","options":["Saber mais"]} "#,
                r#"{"type":"file","url":"https://x.example/a.png"}"#,
            ),
        ),
        (
            with(
                "form",
                "Seus dados",
                json!([
                    { "name": "cpf", "placeholder": "000.000.000-00", "label": "CPF", "type": "text" },
                    { "name": "dia", "label": "Dia", "type": "select", "options": [{ "label": "Seg", "value": "1" }, { "label": "Ter", "value": "2" }] },
                ]),
            ),
            r#"{"type":"text","text":"Seus dados\nCPF\nDia (Seg / Ter)"}"#,
        ),
        (
            with(
                "article",
                "Leia",
                json!([{ "title": "Trocas", "description": "Como trocar", "link": "https://x.example/trocas" }]),
            ),
            r#"{"type":"text","text":"Leia\nTrocas\nComo trocar\nhttps://x.example/trocas"}"#,
        ),
        (with("input_select", "Qual?", json!(5)), r#"{"type":"text","text":"Qual?"}"#),
        (with("input_email", "Seu e-mail?", json!([])), r#"{"type":"text","text":"Seu e-mail?"}"#),
    ] {
        let server = answers(&[messages(&[message])]);
        let told = ADAPTER.client(&server).read(&to("118"), &id("7")).await.unwrap();
        assert_eq!(read(&told), [format!("Ana says {expected}")]);
    }
}

#[tokio::test]
async fn a_message_of_another_conversation_is_not_read() {
    let mut foreign = said(7, "segredo", 1);
    foreign["conversation_id"] = 119.into();
    let server = answers(&[messages(&[foreign])]);
    assert!(ADAPTER.client(&server).read(&to("118"), &id("7")).await.unwrap().is_empty());
    let mut ours = said(7, "oi", 1);
    ours["conversation_id"] = 118.into();
    let server = answers(&[messages(&[ours])]);
    assert_eq!(ADAPTER.client(&server).read(&to("118"), &id("7")).await.unwrap().len(), 1);
}

#[tokio::test]
async fn whose_token_it_is_is_asked_once() {
    let server = answers(&[(200, json!({ "id": 4, "name": "Ponte" }))]);
    let client = ADAPTER.client(&server);
    for _ in 0..2 {
        assert_eq!(client.bridge_user_id().await.unwrap().as_deref(), Some("4"));
    }
    let calls = server.calls();
    assert!(calls.len() == 1 && calls[0].path.ends_with("/api/v1/profile"), "{}", calls[0].path);
    // A bot's token has no profile, and that is known, too.
    let server = answers(&[(401, json!({}))]);
    let client = ADAPTER.client(&server);
    assert_eq!([client.bridge_user_id().await.unwrap(), client.bridge_user_id().await.unwrap()], [None, None]);
    assert_eq!(ADAPTER.client(&answers(&[(503, json!({}))])).bridge_user_id().await.unwrap_err().kind(), "later");
}

#[tokio::test]
async fn files_and_places_are_passed_on() {
    let mut message = fixture("message-created-agent-attachment");
    message["attachments"].as_array_mut().unwrap().extend([
        json!({ "file_type": "location", "coordinates_lat": -23.5, "coordinates_long": -46.6, "fallback_title": "Loja" }),
        json!({ "file_type": "image", "data_url": "javascript:alert(1)" }),
        json!({ "data_url": "https://chat.example.invalid/rails/x/relat%C3%B3rio.pdf", "file_size": "x" }),
    ]);
    let server = answers(&[messages(&[message])]);
    let told = ADAPTER.client(&server).read(&to("118"), &id("9004")).await.unwrap();
    let expected = concat!(
        r#"Ana Agente says {"type":"file","url":"https://chat.example.invalid/rails/active_storage/blobs/redirect/abc/manual.pdf","#,
        r#""name":"manual.pdf","size":65733} {"type":"location","latitude":-23.5,"longitude":-46.6,"text":"Loja"} "#,
        // One that cannot be had: the agent is told.
        r#"{"type":"file","url":""} "#,
        r#"{"type":"file","url":"https://chat.example.invalid/rails/x/relat%C3%B3rio.pdf","name":"relatório.pdf"}"#,
    );
    assert_eq!(read(&told), [expected]);
}

#[tokio::test]
async fn the_survey_is_read_with_its_link() {
    let survey = |content: &str| {
        json!({
            "id": 7, "content": content, "message_type": 3, "private": false, "content_type": "input_csat", "created_at": 1,
            "content_attributes": {}, "sender": null,
        })
    };
    let whole = "Avalie: https://desk.test.invalid/survey/responses/1234";
    let server = answers(&[messages(&[survey(whole)])]);
    let read_it = ADAPTER.client(&server).read(&to("118"), &id("7")).await.unwrap();
    assert_eq!(read(&read_it), [format!(r#"survey {{"type":"text","text":"{whole}"}}"#)]);
    assert_eq!(server.calls().len(), 1);
    // A server that puts the link in only where it sends the survey itself.
    let called = |uuid: Value| (200, json!({ "id": 118, "status": "resolved", "uuid": uuid }));
    let server = answers(&[messages(&[survey("Como foi?")]), called("5d1f-77".into())]);
    let read_it = ADAPTER.client(&server).read(&to("118"), &id("7")).await.unwrap();
    let link = format!("{}/survey/responses/5d1f-77", server.url);
    assert_eq!(read(&read_it), [format!(r#"survey {{"type":"text","text":"Como foi?\n{link}"}}"#)]);
    // Without a link it is of no use, and one that was deleted is none.
    let server = answers(&[messages(&[survey("Como foi?")]), called(Value::Null)]);
    assert!(ADAPTER.client(&server).read(&to("118"), &id("7")).await.unwrap().is_empty());
    let mut deleted = survey(whole);
    deleted["content_attributes"] = json!({ "deleted": true });
    let server = answers(&[messages(&[deleted])]);
    assert!(ADAPTER.client(&server).read(&to("118"), &id("7")).await.unwrap().is_empty());
    // What no webhook told is missed like words.
    let server = answers(&[messages(&[survey(whole), said(9, "tchau", 9)])]);
    assert_eq!(ADAPTER.client(&server).missed_before(&to("118"), &id("9")).await.unwrap(), [id("7")]);
}
