//! What each trigger is for the customer, and who may send one.

use crate::every_port::EveryPort;
use ponte::{message::SourceId, relay::ports::Rejection, settings::HelpdeskSettings};
use serde_json::{Value, json};

use super::{
    super::bridge::{Adapter, OPENING, answers, read, to, told},
    ADAPTER, fixture,
};

const HASH: &str = "322e458c-540c-4c11-ab5c-d38d39f57213";

fn through(adapter: &Adapter, body: &Value) -> Result<Vec<String>, u16> {
    let events = adapter.through(&[], adapter.secret, &body.to_string());
    events.map(|events| told(&events)).map_err(Rejection::status)
}

/// A trigger of the interaction with these fields.
fn trigger(fields: &Value) -> Value {
    let mut body = json!({ "interaction_hash": "h", "extra": { "ponte": OPENING } });
    body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    body
}

#[test]
fn each_example_is_what_it_is() {
    let words = r#"{"type":"text","text":"Bom dia, Maria!"}"#;
    for (name, expected) in [
        ("trigger-state-queued", vec![format!("{HASH} queued/1 place 1")]),
        ("trigger-state-accepted", vec![]),
        ("trigger-state-finished", vec![format!("{HASH} finished closed")]),
        (
            "trigger-message-text",
            vec![
                format!("{HASH} agent/111 given to Atendente"),
                format!("{HASH} 3110a5da-87c7-4f6d-a4ab-2b1ed5edfd46 Atendente says {words}"),
            ],
        ),
    ] {
        assert_eq!(through(&ADAPTER, &fixture(name)).unwrap(), expected, "{name}");
    }
}

#[test]
fn each_state_is_told_as_far_as_it_matters() {
    for (fields, expected) in [
        (json!({ "state": "queued", "position": "12" }), vec!["h queued/12 place 12"]),
        (json!({ "state": "queued" }), vec![]),
        (json!({ "state": "queued", "position": "soon" }), vec![]),
        (json!({ "state": "typing" }), vec!["h typing typing true"]),
        (json!({ "state": "cleared" }), vec!["h cleared typing false"]),
        (json!({ "state": "unavailable" }), vec!["h finished closed"]),
        (json!({ "state": "transferred", "department_id": 7 }), vec!["h transferred/7/ transferred to 7"]),
        (json!({ "state": "transferred" }), vec![]),
        (json!({ "state": "flown" }), vec![]),
    ] {
        assert_eq!(through(&ADAPTER, &trigger(&fields)).unwrap(), expected, "{fields}");
    }
    let waits = Adapter { own: r#"{"department":1,"unavailable_ends":false}"#, ..ADAPTER };
    assert_eq!(through(&waits, &trigger(&json!({ "state": "unavailable" }))).unwrap(), [""; 0]);
}

#[test]
fn our_mark_leads_back_without_a_look() {
    let opening = |extra: Value| {
        let body = trigger(&json!({ "state": "finished", "extra": extra })).to_string();
        let events = ADAPTER.through(&[], ADAPTER.secret, &body).unwrap();
        events[0].opening.as_ref().map(|opening| opening.as_str().to_owned())
    };
    assert_eq!(opening(json!({ "ponte": OPENING })).as_deref(), Some(OPENING));
    assert_eq!(
        [opening(json!({ "blip_ticket": "3f6d2f0e" })), opening(json!(null)), opening(json!([]))],
        [None, None, None]
    );
}

#[test]
fn words_and_files_are_delivered_whoever_says_them() {
    let ana = json!({ "id": 111, "name": "Ana" });
    let message = |message: Value, agent: &Value| {
        through(&ADAPTER, &trigger(&json!({ "message": message, "agent": agent }))).unwrap()
    };
    let photo = json!({ "hash": "a", "content": "Veja", "type": "image", "url": "https://x.example/a.png" });
    let expected = r#"h a Ana says {"type":"file","url":"https://x.example/a.png","caption":"Veja"}"#;
    assert_eq!(message(photo.clone(), &ana)[1], expected);
    let nobodys = r#"h a ? says {"type":"file","url":"https://x.example/a.png","caption":"Veja"}"#;
    assert_eq!(message(photo, &json!(null)), [nobodys], "delivered without a name");
    // A file that cannot be had: the agent is told.
    let lost = r#"h a Ana says {"type":"file","url":""}"#;
    assert_eq!(message(json!({ "hash": "a", "content": " ", "url": "javascript:1" }), &ana)[1], lost);
    assert_eq!(message(json!({ "hash": "a", "content": " " }), &ana), [""; 0]);
    // The WhatsApp variant has no hash.
    let id = |text: &str| message(json!({ "content": text }), &ana)[1].split(' ').nth(1).unwrap().to_owned();
    assert_eq!(id("oi"), id("oi"));
    assert_ne!(id("oi"), id("olá"));
}

#[tokio::test]
async fn a_place_that_the_release_before_this_one_named_is_read() {
    let server = answers(&[]);
    let client = ADAPTER.client(&server);
    let place = async |id: &str| read(&client.read(&to("h"), &SourceId::exact(id)).await.unwrap());
    assert_eq!(place("queued/3").await, ["place 3"]);
    for nothing in ["queued/", "queued/soon", "finished", "3"] {
        assert_eq!(place(nothing).await, [""; 0], "{nothing}");
    }
}

#[test]
fn only_the_secret_address_is_heard() {
    let body = trigger(&json!({ "state": "finished" })).to_string();
    for path in ["", "an-address-that-nobody-guesse", "an-address-that-nobody-guesses/x"] {
        assert_eq!(ADAPTER.through(&[], path, &body).unwrap_err().status(), 401, "{path}");
    }
    let header = [("authorization", ADAPTER.secret.to_owned())];
    assert_eq!(ADAPTER.through(&header, "", &body).unwrap_err().status(), 401);
    assert_eq!(through(&ADAPTER, &json!({ "state": "finished" })), Err(422));
    assert_eq!(through(&ADAPTER, &json!({ "interaction_hash": "h" })), Err(422));
    assert_eq!(through(&ADAPTER, &json!("x")), Err(400));
    for (own, secret) in [
        (ADAPTER.own, "too-short"),
        (ADAPTER.own, "an address with spaces is several"),
        ("", ADAPTER.secret),
        ("{}", ADAPTER.secret),
        (r#"{"department":1,"minutes_from_utc":900}"#, ADAPTER.secret),
        (r#"{"department":1,"longest_text":0}"#, ADAPTER.secret),
    ] {
        let settings = HelpdeskSettings { name: "omnize".into(), url: String::new(), own: own.to_owned() };
        assert!(ponte::helpdesk::verifier(&settings, secret).is_err(), "{own} {secret}");
    }
}
