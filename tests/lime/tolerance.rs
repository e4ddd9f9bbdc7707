//! What a person really sent arrives in some readable form.

use ponte::lime::{Document, Envelope, Event, Message, Method, Notification, Response, Status, ThreadMessage};
use serde_json::{Value, json};

fn message(input: &Value) -> Message {
    let Envelope::Message(message) = Envelope::from_value(input.clone()).unwrap() else {
        panic!("no message");
    };
    assert_eq!(message.to_value(), *input);
    message
}

#[track_caller]
fn check_id(id: Value, expected: Option<&str>) {
    let message = message(&json!({"type": "text/plain", "content": "", "id": id}));
    assert_eq!(message.header.id.as_deref(), expected);
}

#[test]
fn an_id_is_its_text_or_absent() {
    check_id(json!("fwd:1"), Some("fwd:1"));
    check_id(json!(12), Some("12"));
    check_id(json!(true), Some("true"));
    for absent in [json!(null), json!(""), json!([]), json!({})] {
        check_id(absent, None);
    }
}

#[test]
fn an_address_that_is_none_is_absent_and_kept() {
    let read = message(&json!({"type": "text/plain", "content": "", "from": "nobody", "to": 5, "pp": null}));
    assert_eq!((read.header.from, read.header.to, read.header.pp), (None, None, None));
    assert_eq!(read.rest["from"], "nobody");
}

#[test]
fn a_new_value_replaces_the_kept_one() {
    let mut read = message(&json!({"type": "text/plain", "content": "", "from": "nobody", "id": 5}));
    read.header.id = Some("6".to_owned());
    read.header.from = Some(ponte::lime::Node::parse("a@b").unwrap());
    assert_eq!(read.to_value(), json!({"type": "text/plain", "content": "", "from": "a@b", "id": "6"}));
}

#[test]
fn metadata_holds_anything_and_gives_texts() {
    let read =
        message(&json!({"type": "text/plain", "content": "", "metadata": {"a": "1", "b": null, "c": true, "d": 2}}));
    let texts = ["a", "b", "c", "d", "e"].map(|key| read.header.metadata.get(key));
    assert_eq!(texts, [Some("1"), None, None, None, None]);
    for odd in [json!(null), json!("x"), json!([]), json!({})] {
        assert!(message(&json!({"type": "text/plain", "content": "", "metadata": odd})).header.metadata.is_empty());
    }
}

#[test]
fn a_reply_goes_to_pp_if_there_is_one() {
    let read = message(&json!({"type": "text/plain", "content": "", "from": "a@b", "pp": "c@d/e"}));
    assert_eq!(read.sender().unwrap().as_str(), "c@d/e");
    let read = message(&json!({"type": "text/plain", "content": "", "from": "a@b"}));
    assert_eq!(read.sender().unwrap().as_str(), "a@b");
}

#[test]
fn the_originator_is_read_from_the_tunnel() {
    let originator = |value: Value| {
        message(&json!({"type": "text/plain", "content": "", "metadata": {"#tunnel.originator": value}})).originator()
    };
    assert_eq!(originator(json!("5531@wa.gw.msging.net")).unwrap().as_str(), "5531@wa.gw.msging.net");
    assert_eq!(originator(json!(null)), None);
    assert_eq!(originator(json!("nobody")), None);
}

#[test]
fn a_type_is_known_in_any_spelling() {
    for spelling in ["Text/Plain", "text/plain; charset=utf-8", " TEXT/PLAIN ;x"] {
        assert_eq!(message(&json!({"type": spelling, "content": "hi"})).document, Document::text("hi"));
    }
    let typo = message(&json!({"type": "application/vnd.lime.chatstater+json", "content": {"state": "composing"}}));
    assert_eq!(typo.document, Document::chat_state("composing"));
}

#[test]
fn words_of_the_protocol_are_known_in_any_case() {
    assert_eq!(Method::parse("GET"), Method::Get);
    assert_eq!(Event::parse("Consumed"), Event::Consumed);
    assert_eq!(Event::parse("Deleted"), Event::Other("Deleted".to_owned()));
    let shouted = json!({"method": "GET", "status": "SUCCESS", "id": "1"});
    let response = Response::from_value(shouted.clone()).unwrap();
    assert!(response.is_success() && response.method == Method::Get);
    assert_eq!(response.to_value(), shouted);
    let nameless = Response::from_value(json!({"status": "pending"})).unwrap();
    assert!(!nameless.is_success());
    assert_eq!((nameless.status.clone(), nameless.to_value()), (Status::Pending, json!({"status": "pending"})));
}

#[test]
fn a_reason_may_lack_its_code() {
    let retryable = |reason: Value| {
        let input = json!({"event": "failed", "reason": reason});
        let notification = Notification::from_value(input.clone()).unwrap();
        assert_eq!(notification.to_value(), input);
        notification.reason.is_some_and(|reason| reason.is_retryable())
    };
    for code in [1, 41, 51, 61, 81, 85, 86] {
        assert!(retryable(json!({"code": code})), "{code}");
    }
    for code in [21, 34, 42, 43, 44, 60, 62, 67, 71, 82, 83, 84, 87, 101] {
        assert!(!retryable(json!({"code": code})), "{code}");
    }
    assert!(retryable(json!({"code": "81"})), "a code may be a text");
    assert!(!retryable(json!({"description": "too many"})));
    assert!(!retryable(json!("broken")));
}

#[test]
fn a_transcript_line_needs_its_type_only() {
    for input in [json!({"type": "text/plain", "content": null}), json!({"type": "text/plain"})] {
        let line = ThreadMessage::from_value(input).unwrap();
        assert_eq!(line.document, Document::Other { media_type: "text/plain".to_owned(), content: Value::Null });
    }
    assert_eq!(ThreadMessage::from_value(json!({"content": "hi"})), None);
    assert_eq!(ThreadMessage::from_value(json!("hi")), None);
}

#[test]
fn debug_says_nothing_personal() {
    let input = json!({
        "id": "wamid.secret", "from": "secret@wa.gw.msging.net/secret", "to": "secret@msging.net", "type": "text/plain",
        "content": "secret", "metadata": {"secret": "secret"}, "secret": "secret", "reason": {"description": "secret"},
    });
    let mut inputs = vec![input.clone()];
    for (key, value) in [("event", "failed"), ("status", "failure"), ("state", "secret"), ("type", "secret")] {
        let mut other = input.clone();
        other[key] = json!(value);
        inputs.push(other);
    }
    let mut command = input;
    command["method"] = json!("get");
    command["uri"] = json!("/secret");
    inputs.push(command);
    for input in inputs {
        let shown = format!("{:?}", Envelope::from_value(input).unwrap());
        assert!(!shown.contains("secret"), "{shown}");
    }
}
