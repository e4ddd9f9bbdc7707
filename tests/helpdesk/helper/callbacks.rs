//! The callback channel: what is said, and what is posted to us.

use crate::every_port::EveryPort;
use ponte::{relay::ports::Rejection, settings::HelpdeskSettings};
use serde_json::{Value, json};

use super::{
    super::bridge::{Adapter, OPENING, answers, text, to, told},
    ADAPTER, fixture,
};

const CALLBACK: Adapter = Adapter { own: r#"{"channel":"callback","close_payload":"/encerrar"}"#, ..ADAPTER };

fn through(body: &Value, trace: Option<&str>) -> Result<Vec<String>, u16> {
    let headers: Vec<(&str, String)> = trace.iter().map(|trace| ("x-amzn-trace-id", (*trace).to_owned())).collect();
    CALLBACK.through(&headers, CALLBACK.secret, &body.to_string()).map(|e| told(&e)).map_err(Rejection::status)
}

#[tokio::test]
async fn words_are_answered_later() {
    // Rasa answers with the word `success`.
    let server = answers(&[(404, json!({})), (200, json!("success")), (404, json!({})), (404, json!({}))]);
    let client = CALLBACK.client(&server);
    assert!(client.converse(&to(OPENING), &text("m")).await.unwrap().is_empty());
    assert!(client.converse(&to(OPENING), &text("m")).await.is_err(), "the channel is not there");
    let calls = server.calls();
    assert_eq!(CALLBACK.lines(&calls)[1], "POST webhooks/callback/webhook");
    assert_eq!(calls[1].body, json!({ "sender": OPENING, "message": "words of m" }));
}

#[test]
fn a_message_is_one_object_or_several() {
    let mut several = fixture("response-several");
    for item in several.as_array_mut().unwrap() {
        item["recipient_id"] = OPENING.into();
    }
    let lines = [
        format!(r#"{OPENING} Root=1-x/1 ? says {{"type":"text","text":"Hey Rasa!"}}"#),
        format!(r#"{OPENING} Root=1-x/2 ? says {{"type":"file","url":"http://example.com/image.jpg"}}"#),
    ];
    assert_eq!(through(&several, Some("Root=1-x")).unwrap(), lines);
    assert_eq!(through(&several[0], Some("Root=1-x")).unwrap(), lines[..1]);
    let close = json!({ "recipient_id": OPENING, "custom": { "payload": "/encerrar" } });
    assert_eq!(through(&close, Some("t")).unwrap(), [format!("{OPENING} t/1/end closed")]);
    // Nothing is answered to nothing here.
    assert_eq!(through(&json!([]), None).unwrap(), [""; 0]);
}

#[test]
fn equal_words_are_two_messages_where_requests_are_told_apart() {
    let ok = json!({ "recipient_id": OPENING, "text": "ok" });
    let id = |trace| through(&ok, trace).unwrap()[0].split(' ').nth(1).unwrap().to_owned();
    assert_ne!(id(Some("one")), id(Some("two")));
    assert_eq!(id(None), id(None), "else the same words are the same message");
    let other = json!({ "recipient_id": OPENING, "text": "certo" });
    assert_ne!(through(&ok, None).unwrap(), through(&other, None).unwrap());
}

#[test]
fn only_the_secret_address_is_heard_and_only_of_our_own() {
    let body = json!({ "recipient_id": OPENING, "text": "oi" });
    assert_eq!(CALLBACK.through(&[], "", &body.to_string()).unwrap_err().status(), 401);
    assert_eq!(CALLBACK.through(&[], "an-address-that-nobody-guesse", &body.to_string()).unwrap_err().status(), 401);
    assert_eq!(through(&json!({ "recipient_id": "joao", "text": "oi" }), None), Ok(Vec::new()));
    // Item by item: somebody else's leaves ours.
    let ours = json!({ "recipient_id": OPENING, "text": "oi", "custom": null });
    let several = json!([{ "recipient_id": "joao", "text": "segredo" }, ours, { "text": "de quem?" }]);
    assert_eq!(
        through(&several, Some("t")).unwrap(),
        [format!(r#"{OPENING} t/2 ? says {{"type":"text","text":"oi"}}"#)]
    );
    assert_eq!(through(&json!({ "text": "oi" }), None), Err(422));
    assert_eq!(through(&json!("success"), None), Err(400));
    for (own, secret) in [
        ("", "short"),
        (r#"{"channel":"socket"}"#, ADAPTER.secret),
        (r#"{"close_payload":" "}"#, ADAPTER.secret),
        (r#"{"no_answer_service":""}"#, ADAPTER.secret),
        (r#"{"sender":"x"}"#, ADAPTER.secret),
    ] {
        let settings = HelpdeskSettings { name: "helper".into(), url: String::new(), own: own.to_owned() };
        assert!(ponte::helpdesk::verifier(&settings, secret).is_err(), "{own} {secret}");
    }
}
