//! Which kind of envelope a document is, and why one is refused.

use ponte::lime::{Envelope, EnvelopeError};
use serde_json::{Value, json};

#[track_caller]
fn check(input: Value, expected: Result<&str, EnvelopeError>) {
    let kind = Envelope::from_value(input).map(|envelope| match envelope {
        Envelope::Message(_) => "message",
        Envelope::Notification(_) => "notification",
        Envelope::Command(_) => "command",
        Envelope::Response(_) => "response",
        Envelope::Session(_) => "session",
    });
    assert_eq!(kind, expected);
}

fn bad(field: &'static str) -> Result<&'static str, EnvelopeError> {
    Err(EnvelopeError::BadField { field })
}

#[test]
fn the_questions_are_asked_in_order() {
    check(json!({"type": "text/plain", "content": "hi"}), Ok("message"));
    check(json!({"event": "consumed"}), Ok("notification"));
    check(json!({"event": "failed", "type": "text/plain", "content": "hi"}), Ok("notification"));
    check(json!({"event": "failed", "method": "get", "uri": "/x", "state": "new"}), Ok("notification"));
    check(json!({"method": "get", "uri": "/ping"}), Ok("command"));
    check(json!({"method": "set", "uri": "/x", "type": "text/plain", "content": "hi"}), Ok("command"));
    check(json!({"method": "get", "uri": "/x", "status": "success"}), Ok("response"));
    check(json!({"status": "failure"}), Ok("response"));
    check(json!({"state": "established"}), Ok("session"));
    check(json!({"state": "new", "type": "text/plain", "content": "hi"}), Ok("session"));
    check(json!({"type": "text/plain", "content": null}), Ok("message"));
}

#[test]
fn a_null_field_is_absent() {
    let input =
        json!({"event": null, "method": null, "status": null, "state": null, "type": "text/plain", "content": "hi"});
    check(input, Ok("message"));
    check(json!({"event": null}), Err(EnvelopeError::NoKind));
}

#[test]
fn what_has_no_kind_is_refused() {
    for input in [json!(null), json!(true), json!(1), json!("hi"), json!([{"event": "failed"}])] {
        check(input, Err(EnvelopeError::NotAnObject));
    }
    check(json!({}), Err(EnvelopeError::NoKind));
    check(json!({"type": "text/plain"}), Err(EnvelopeError::NoKind));
    check(json!({"content": "hi"}), Err(EnvelopeError::NoKind));
    check(json!({"id": "1", "from": "a@b"}), Err(EnvelopeError::NoKind));
    check(json!({"type": 1, "content": "hi"}), bad("type"));
    check(json!({"type": null, "content": "hi"}), bad("type"));
    check(json!({"event": []}), bad("event"));
    check(json!({"method": "get"}), bad("uri"));
    check(json!({"uri": "/x"}), bad("method"));
    check(json!({"method": {}, "uri": "/x"}), bad("method"));
    check(json!({"status": {}}), bad("status"));
}

#[test]
fn an_error_never_repeats_the_input() {
    for input in [
        json!({"event": ["secret"]}),
        json!({"secret": "secret"}),
        json!("secret"),
        json!({"type": ["secret"], "content": 1}),
    ] {
        let error = Envelope::from_value(input).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("secret"));
    }
}
