//! What the assistant answers in the call itself.

use crate::every_port::EveryPort;
use std::time::Duration;

use ponte::{
    message::{AgentEvent, SourceId},
    relay::{
        Failure,
        ports::{CustomerMessage, EndedBy, NotDelivered},
    },
};
use serde_json::{Value, json};

use super::{
    super::bridge::{Adapter, FILE, OPENING, answers, file, line, message, opening, text, to},
    ADAPTER, fixture,
};
use crate::helpdesk::server::{Answer, Call, Server};

const ASK: &str = "POST webhooks/rest/webhook";

const NO_ANSWER: &str =
    r#"no-answer ? says {"type":"text","text":"I have no answer to that. Please try asking in another way."}"#;

fn tracker() -> String {
    format!("GET conversations/{OPENING}/tracker")
}

fn told(events: &[AgentEvent]) -> Vec<String> {
    events.iter().map(|event| format!("{} {}", event.id.as_str(), line(&event.kind))).collect()
}

/// What these words are answered, and what was asked; the tracker is switched off.
async fn ask(adapter: &Adapter, words: &CustomerMessage, answer: Value) -> (Vec<String>, Vec<Call>) {
    let server = answers(&[(404, json!({ "status": "failure" })), (200, answer)]);
    let events = adapter.client(&server).converse(&to(OPENING), words).await.unwrap();
    (told(&events), server.calls())
}

#[tokio::test]
async fn words_are_the_documented_request() {
    let words = message("m", ponte::message::Content::text("conte-me algumas coisas sobre você"));
    let (_, calls) = ask(&ADAPTER, &words, json!([])).await;
    assert_eq!(ADAPTER.lines(&calls), [tracker().as_str(), ASK]);
    assert!(calls.iter().all(|call| call.path.ends_with("?token=the-token")));
    let mut example = fixture("request")["body"].clone();
    example["sender"] = OPENING.into();
    assert_eq!(calls[1].body, example);
    // The channel itself asks for no token.
    for none in ["", "none"] {
        let (_, calls) = ask(&Adapter { credentials: none, ..ADAPTER }, &words, json!([])).await;
        assert!(!calls[1].path.contains("token"), "{none}");
    }
}

#[tokio::test]
async fn each_example_is_what_it_is() {
    let picture = "https://anuvaassistantimages.s3.amazonaws.com/dev/fe711b50-d974-11e9-9622-94de80f33bee.png";
    let file = format!(r#"m/1 ? says {{"type":"file","url":"{picture}"}}"#);
    let no_answer =
        r#"no-answer ? says {"type":"text","text":"I have no answer to that. Please try asking in another way."}"#;
    for (name, expected) in [
        ("response-text", vec![r#"m/1 ? says {"type":"text","text":"Eu posso ajudá-lo a trabalhar de maneira mais inteligente, em vez de mais"}"#.to_owned()]),
        ("response-buttons", vec![r#"m/1 ? says {"type":"choices","text":"Você poderia avaliar o meu atendimento?","options":["Sim","Não"]}"#.to_owned()]),
        ("response-image", vec![file.clone()]),
        ("response-attachment", vec![file]),
        (
            "response-several",
            vec![
                r#"m/1 ? says {"type":"text","text":"Hey Rasa!"}"#.to_owned(),
                r#"m/2 ? says {"type":"file","url":"http://example.com/image.jpg"}"#.to_owned(),
            ],
        ),
        ("response-empty", vec![no_answer.to_owned()]),
    ] {
        let mut answer = fixture(name);
        for item in answer.as_array_mut().unwrap() {
            item["recipient_id"] = OPENING.into();
        }
        let (events, _) = ask(&ADAPTER, &text("m"), answer).await;
        assert_eq!(events, expected, "{name}");
    }
}

#[tokio::test]
async fn custom_ends_or_hands_on_or_is_shown_in_words() {
    let own = r#"{"close_payload":"/encerrar"}"#;
    let adapter = Adapter { own, ..ADAPTER };
    for (custom, expected) in [
        (json!({ "ponte": "close" }), Some("m/1/end closed")),
        (json!({ "ponte": "handover", "service": "vendas" }), Some("m/1/end closed for vendas")),
        (json!({ "ponte": "handover" }), Some("m/1/end closed")),
        (json!("/encerrar"), Some("m/1/end closed")),
        (json!({ "payload": "/encerrar" }), Some("m/1/end closed")),
        (json!("/outra"), None),
        (json!({ "ponte": 5 }), None),
        (json!(null), None),
        (json!({ "color": "#ff0000", "template_type": "x", "id": "7" }), None),
        // Words are words.
        (json!("Já volto"), Some(r#"m/1 ? says {"type":"text","text":"Já volto"}"#)),
        (json!({ "chart": [1, 2] }), Some(r#"m/1 ? says {"type":"text","text":"1, 2"}"#)),
        (
            json!({ "title": "Pedido 77", "status": "saiu" }),
            Some(r#"m/1 ? says {"type":"text","text":"Pedido 77\nstatus: saiu"}"#),
        ),
        (
            json!([{ "type": "section", "text": { "type": "mrkdwn", "text": "Olá" } }, { "type": "divider" }]),
            Some(r#"m/1 ? says {"type":"text","text":"Olá"}"#),
        ),
    ] {
        let (events, _) = ask(&adapter, &text("m"), json!([{ "custom": custom }])).await;
        let expected = expected.unwrap_or(NO_ANSWER);
        assert_eq!(events.first().map(String::as_str), Some(expected), "{custom}");
    }
    // A command that is not known says nothing; words beside it do.
    let unknown = json!([{ "custom": { "ponte": "fly", "to": "Mars", "text": "Um momento" } }]);
    let (events, _) = ask(&adapter, &text("m"), unknown).await;
    assert_eq!(events, [r#"m/1 ? says {"type":"text","text":"Um momento"}"#]);
    // Words first, whatever stands beside them.
    let (events, _) = ask(&adapter, &text("m"), json!([{ "custom": { "ponte": "close" }, "text": "Tchau" }])).await;
    assert_eq!(events, [r#"m/1 ? says {"type":"text","text":"Tchau"}"#, "m/1/end closed"]);
    // The customer's own button.
    let words = message("m", ponte::message::Content::text("/encerrar"));
    let (events, _) = ask(&adapter, &words, json!([{ "text": "Até logo" }])).await;
    assert_eq!(events.last().unwrap(), "m/end closed");
}

#[tokio::test]
async fn what_is_tapped_sends_its_payload() {
    let buttons =
        json!([{ "text": "Avalia?", "buttons": [{ "title": "Sim", "payload": "/affirm" }, { "title": "Não" }] }]);
    let nothing = || (404, json!({}));
    let server =
        answers(&[nothing(), (200, buttons.clone()), (200, buttons.clone()), (200, json!([])), (200, json!([]))]);
    let client = ADAPTER.client(&server);
    let say = async |id: &str, words: &str| {
        client.converse(&to(OPENING), &message(id, ponte::message::Content::text(words))).await.unwrap();
    };
    say("a", "quero avaliar").await;
    say("b", " sim ").await;
    say("c", "Não").await;
    say("d", "Sim").await;
    let said: Vec<Value> = server.calls().iter().map(|call| call.body["message"].clone()).collect();
    assert_eq!(
        said,
        [json!(null), json!("quero avaliar"), json!("/affirm"), json!("Não"), json!("Sim")],
        "only the last answers count"
    );

    // Whoever did not give them asks the assistant what they were.
    let event = |kind: &str, buttons: Value| json!({ "event": kind, "data": { "buttons": buttons } });
    let offered = json!([{ "title": "Sim", "payload": "/affirm" }]);
    let old = json!([{ "title": "Sim", "payload": "/old" }]);
    let events = json!([
        event("bot", old),
        event("user", json!(null)),
        event("bot", json!([])),
        event("action", json!([])),
        event("bot", offered)
    ]);
    let server = answers(&[(200, json!({ "events": events })), (200, json!([]))]);
    ADAPTER.client(&server).converse(&to(OPENING), &message("a", ponte::message::Content::text("Sim"))).await.unwrap();
    assert_eq!(server.calls()[1].body["message"], "/affirm");
}

#[tokio::test]
async fn whatever_shape_an_answer_has_it_is_shown() {
    let web_url = json!({ "type": "web_url", "title": "Preencher", "url": "https://clube.example/ficha" });
    for (item, expected) in [
        (json!({ "buttons": [web_url] }), r#"{"type":"text","text":"Preencher: https://clube.example/ficha"}"#),
        (
            json!({ "text": "Escolha", "buttons": [web_url, { "title": "Falar", "payload": "/falar" }, "Sair"] }),
            r#"{"type":"choices","text":"Escolha\nPreencher: https://clube.example/ficha","options":["Falar","Sair"]}"#,
        ),
        (
            json!({ "attachment": { "type": "image", "payload": { "src": "https://x.example/a.png" } } }),
            r#"{"type":"file","url":"https://x.example/a.png"}"#,
        ),
        (
            json!({ "attachment": { "type": "template", "payload": { "template_type": "button", "text": "Qual?", "buttons": [{ "type": "postback", "title": "Sim", "payload": "/s" }] } } }),
            r#"{"type":"choices","text":"Qual?","options":["Sim"]}"#,
        ),
        (
            json!({ "attachment": ["https://x.example/1.pdf", "https://x.example/2.pdf"] }),
            concat!(
                r#"{"type":"file","url":"https://x.example/1.pdf"} "#,
                r#"{"type":"file","url":"https://x.example/2.pdf"}"#,
            ),
        ),
        (
            json!({ "text": [{ "type": "text", "text": "Olá" }, { "type": "text", "text": "Maria" }] }),
            r#"{"type":"text","text":"Olá\nMaria"}"#,
        ),
        (
            json!({ "quick_replies": [{ "content_type": "text", "title": "Sim", "payload": "/s" }], "text": "Certo?" }),
            r#"{"type":"choices","text":"Certo?","options":["Sim"]}"#,
        ),
        (
            json!({ "elements": [{ "title": "Aro 29", "subtitle": "R$ 10", "image_url": "https://x.example/a.png" }] }),
            r#"{"type":"text","text":"Aro 29\nR$ 10"} {"type":"file","url":"https://x.example/a.png"}"#,
        ),
    ] {
        let (events, _) = ask(&ADAPTER, &text("m"), json!([item])).await;
        assert_eq!(events, [format!("m/1 ? says {expected}")], "{item}");
    }
    let (events, _) = ask(&ADAPTER, &text("m"), json!(["Oi"])).await;
    assert_eq!(events, [r#"m/1 ? says {"type":"text","text":"Oi"}"#]);
    // Nothing is left of it, and that is said.
    for nothing in [json!([{}]), json!([{ "text": " " }]), json!([{ "custom": { "color": "#fff" } }]), json!([5, null])]
    {
        let (events, _) = ask(&ADAPTER, &text("m"), nothing.clone()).await;
        assert_eq!(events, [NO_ANSWER], "{nothing}");
    }
}

#[tokio::test]
async fn only_what_is_for_this_customer_is_heard() {
    let item = |recipient: &str, words: &str| json!({ "recipient_id": recipient, "text": words });
    let other = OPENING.replace('5', "6");
    let (events, _) =
        ask(&ADAPTER, &text("m"), json!([item(&other, "segredo"), item(OPENING, "oi"), item("default", "x")])).await;
    assert_eq!(events, [r#"m/1 ? says {"type":"text","text":"oi"}"#]);
    let (events, _) = ask(&ADAPTER, &text("m"), json!([item(&other, "segredo")])).await;
    assert_eq!(events, [NO_ANSWER]);
    // Nor do somebody else's buttons mean anything here.
    let theirs = json!([{ "recipient_id": other, "text": "?", "buttons": [{ "title": "Sim", "payload": "/theirs" }] }]);
    let server = answers(&[(404, json!({})), (200, theirs), (200, json!([]))]);
    let client = ADAPTER.client(&server);
    for (id, words) in [("a", "oi"), ("b", "Sim")] {
        client.converse(&to(OPENING), &message(id, ponte::message::Content::text(words))).await.unwrap();
    }
    assert_eq!(server.calls()[2].body["message"], "Sim");
}

#[tokio::test]
async fn a_missing_answer_may_hand_the_customer_on() {
    let adapter = Adapter { own: r#"{"no_answer_service":"pessoas"}"#, ..ADAPTER };
    let (events, _) = ask(&adapter, &text("m"), json!([])).await;
    assert!(events.len() == 2 && events[1] == "no-answer-end closed for pessoas", "{events:?}");
}

#[tokio::test]
async fn a_file_is_a_link_and_what_comes_late_is_not_said() {
    let (_, calls) = ask(&ADAPTER, &file("m", Some("segue")), json!([])).await;
    assert_eq!(calls[1].body["message"], format!("segue\nconta.pdf\n{FILE}"));
    let server = answers(&[]);
    let client = ADAPTER.client(&server);
    assert!(client.converse(&to(OPENING), &CustomerMessage { late: true, ..text("m") }).await.unwrap().is_empty());
    assert_eq!(client.open(&opening()).await.unwrap().as_str(), OPENING);
    client.note(&to(OPENING), "n", "x").await.unwrap();
    client.not_delivered(&to(OPENING), &SourceId::exact("m/1"), &NotDelivered::Closed).await.unwrap();
    client.ended(&to(OPENING), EndedBy::Customer).await.unwrap();
    assert!(server.calls().is_empty());
    let adapter = Adapter { own: r#"{"end_payload":"/restart"}"#, ..ADAPTER };
    let server = answers(&[(200, json!([]))]);
    let client = adapter.client(&server);
    client.ended(&to(OPENING), EndedBy::Customer).await.unwrap();
    client.ended(&to(OPENING), EndedBy::Agent).await.unwrap();
    assert_eq!(server.calls()[0].body, json!({ "sender": OPENING, "message": "/restart" }));
}

#[tokio::test]
async fn an_answer_that_is_none_is_no_answer() {
    let fails = async |answer: Answer| {
        let server = Server::new(vec![(404, json!({})).into(), answer]);
        ADAPTER.client(&server).converse(&to(OPENING), &text("m")).await.unwrap_err()
    };
    let later = |why, after: Option<u64>| Failure::Later { after: after.map(Duration::from_secs), why };
    assert_eq!(fails((404, json!({})).into()).await, later("no REST channel answers at this address", None));
    for status in [401, 403] {
        let dead = fails((status, json!({})).into()).await;
        assert_eq!(dead, crate::helpdesk::refused_key(status));
    }
    assert_eq!(fails((409, json!({})).into()).await, later("unexpected response from the helpdesk (409)", None));
    assert_eq!(fails((500, json!({})).into()).await, Failure::Unknown { why: "the helpdesk fails (500)" });
    assert_eq!(fails((200, json!("success")).into()).await, Failure::Unknown { why: "the response was cut off" });
    let slow = Answer { status: 429, headers: "retry-after: 17\r\n", body: json!({}) };
    assert_eq!(fails(slow).await, later("the helpdesk asks to wait (429)", Some(17)));
    // What is no message is left out.
    let (events, _) =
        ask(&ADAPTER, &text("m"), json!([5, { "text": 7, "buttons": true, "attachment": {} }, { "text": "oi" }])).await;
    assert_eq!(events, [r#"m/1 ? says {"type":"text","text":"7"}"#, r#"m/2 ? says {"type":"text","text":"oi"}"#]);
}
