//! `POST /blip`.

use ponte::{
    message::{BlipId, ConversationId, SourceId, TicketId},
    relay::accept::Accepted,
};
use serde_json::{Value, json};

use super::{Row, check_page};
use crate::relay::{
    helpdesk::Told,
    world::{ROUTER, World, record},
};

const REDIRECT: &str = "application/vnd.lime.redirect+json";
const TICKET: &str = "application/vnd.iris.ticket+json";
const TOKEN: Option<&str> = Some("Key token");

/// Sends one body through the endpoint and the worker, and then a good message, which must go through.
async fn row(what: &'static str, token: Option<&str>, body: &[u8], expected: (u16, &str)) -> Row {
    let world = World::new();
    let answer = world.blip_endpoint(token, body).await;
    let jobs = std::mem::take(&mut *world.queue.sent.lock().unwrap());
    let status = match answer {
        Ok(accepted) => {
            assert_eq!(matches!(&accepted, Accepted::Queued(steps) if steps.len() == 1), jobs.len() == 1, "{what}");
            200
        }
        Err(rejection) => {
            assert!(jobs.is_empty(), "{what}");
            rejection.status()
        }
    };
    let failed = world.to_helpdesk(jobs.iter().map(|job| record(job, 1)).collect()).await;
    assert!(failed.is_empty() && world.queue.parked.lock().unwrap().is_empty(), "{what}");
    let reaches = world.told().iter().filter_map(described).collect::<Vec<_>>().join(" ");
    assert_eq!((status, reaches.as_str()), expected, "{what}");
    world.customer(&[crate::relay::world::words(ROUTER, "next", "the next good one")]).await;
    assert!(world.said().last().unwrap().ends_with("the next good one"), "{what}");
    Row { what, status, reaches }
}

fn described(told: &Told) -> Option<String> {
    match told {
        Told::Opened(_) | Told::Reopened { .. } => None,
        Told::Said { content, .. } => Some(match content {
            ponte::message::Content::Text { text } => text.escape_debug().to_string(),
            other => other.kind().to_owned(),
        }),
        Told::NotDelivered { .. } => Some("message.failed".to_owned()),
        Told::Noted { .. } => Some("a note".to_owned()),
        Told::Ended { .. } => Some("conversation.ended".to_owned()),
        Told::Rated { .. } => Some("conversation.rated".to_owned()),
        Told::Typing { .. } => Some("customer.typing".to_owned()),
        Told::Status { .. } => Some("message.status".to_owned()),
    }
}

fn envelope(change: &Value) -> Vec<u8> {
    let mut envelope = json!({ "id": "1", "from": ROUTER, "type": "text/plain", "content": "oi" });
    for (field, value) in change.as_object().unwrap() {
        match value {
            Value::String(gone) if gone == "(missing)" => drop(envelope.as_object_mut().unwrap().remove(field)),
            value => envelope[field] = value.clone(),
        }
    }
    envelope.to_string().into_bytes()
}

/// A text of so many bytes that are no UTF-8. Each of them becomes three.
fn growing(bytes: usize) -> Vec<u8> {
    let envelope = String::from_utf8(envelope(&json!({ "content": "(here)" }))).unwrap();
    let (before, after) = envelope.split_once("(here)").unwrap();
    [before.as_bytes(), &vec![0xFF; bytes], after.as_bytes()].concat()
}

fn our_id() -> String {
    let opening = ConversationId::new("0123456789abcdef0123456789abcdef-0123456789ab");
    BlipId::agent(&opening, &TicketId::new("T-1"), &SourceId::new("a"), 1).render()
}

/// What it is, the token, the body, the status, and what reaches the helpdesk.
type Case = (&'static str, Option<&'static str>, Vec<u8>, u16, &'static str);

/// What a person sent by way of a server, and what is no person's at all.
fn passed_on_and_steering() -> Vec<Case> {
    vec![
        (
            "a customer's message that a postmaster passed on",
            TOKEN,
            envelope(&json!({ "pp": "postmaster@tunnel.msging.net" })),
            200,
            "oi",
        ),
        (
            "a customer's message that a bot passed on",
            TOKEN,
            envelope(&json!({ "pp": "router@msging.net/x" })),
            200,
            "oi",
        ),
        ("a redirect without an address", TOKEN, envelope(&json!({ "type": REDIRECT, "content": {} })), 200, ""),
        (
            "a redirect whose context is a closed ticket",
            TOKEN,
            envelope(&json!({ "type": REDIRECT, "content": { "context": {
                "type": TICKET, "value": { "sequentialId": 77, "status": "ClosedAttendant" } } } })),
            200,
            "",
        ),
        (
            "a redirect with words of the customer",
            TOKEN,
            envelope(&json!({ "type": REDIRECT, "content": { "context": { "type": "text/plain", "value": "oi" } } })),
            200,
            "oi",
        ),
        (
            "a ticket from a customer's address",
            TOKEN,
            envelope(&json!({ "type": TICKET, "content": { "id": "1", "provider": "Webhook", "status": "Waiting" } })),
            200,
            "",
        ),
        (
            "a ticket of Blip's own desk",
            TOKEN,
            envelope(&json!({ "from": "1@desk.msging.net/Lime", "type": TICKET,
                "content": { "id": "1", "provider": "Lime", "status": "Waiting" } })),
            200,
            "",
        ),
        (
            "a ticket from an address in another's name",
            TOKEN,
            envelope(&json!({ "from": "5531%40wa.gw.msging.net@desk.msging.net", "type": TICKET,
                "content": { "id": "1", "status": "Waiting" } })),
            200,
            "",
        ),
        (
            "what was tapped, and its payload",
            TOKEN,
            envelope(&json!({ "type": "application/json", "content": { "rota": "fin-07" },
                "metadata": { "#blip.payload.content": "oi", "#blip.payload.type": "text/plain" } })),
            200,
            "oi",
        ),
        (
            "a picture as base64",
            TOKEN,
            envelope(&json!({ "type": "image/png", "content": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ" })),
            200,
            "file",
        ),
    ]
}

#[tokio::test]
async fn bad_input_from_blip() {
    let message = |change| envelope(&change);
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000)).into_bytes();
    let deep_content = format!(
        r#"{{"id":"1","from":"{ROUTER}","type":"application/json","content":{}1{}}}"#,
        "[".repeat(100),
        "]".repeat(100)
    );
    let large = envelope(&json!({ "content": "x".repeat(2 << 20) }));
    let half = format!(r#"{{"id":"1","from":"{ROUTER}","type":"text/plain","content":"oi \ud83d!"}}"#);
    let metadata = json!({ "a": null, "b": true, "c": 1, "d": "x", "e": [1], "f": { "g": 2 } });
    let notification = |id: &str, event: &str, from: Value| {
        json!({ "id": id, "from": from, "event": event, "reason": { "code": 81 } }).to_string().into_bytes()
    };
    let mut rows = Vec::new();
    for (what, token, body, status, reaches) in [
        ("no token", None, message(json!({})), 401, ""),
        ("a wrong token", Some("Key tokem"), message(json!({})), 401, ""),
        ("an empty body", TOKEN, vec![], 400, ""),
        ("blanks only", TOKEN, b" \r\n ".to_vec(), 400, ""),
        ("not JSON", TOKEN, b"oi".to_vec(), 400, ""),
        ("JSON that is a string", TOKEN, b"\"oi\"".to_vec(), 400, ""),
        ("JSON that is `null`", TOKEN, b"null".to_vec(), 400, ""),
        ("an array of envelopes", TOKEN, b"[{}]".to_vec(), 400, ""),
        ("an empty object", TOKEN, b"{}".to_vec(), 400, ""),
        ("a body of 2 MB", TOKEN, large, 413, ""),
        ("a body that grows beyond a queue's limit", TOKEN, growing(240 << 10), 413, ""),
        ("arrays 10,000 deep", TOKEN, deep, 400, ""),
        ("content 100 deep", TOKEN, deep_content.into_bytes(), 400, ""),
        ("a command", TOKEN, br#"{"id":"1","method":"get","uri":"/ping"}"#.to_vec(), 400, ""),
        ("a command's answer", TOKEN, br#"{"id":"1","method":"get","status":"success"}"#.to_vec(), 400, ""),
        ("a session", TOKEN, br#"{"id":"1","state":"established"}"#.to_vec(), 400, ""),
        ("no `content`", TOKEN, message(json!({ "content": "(missing)" })), 400, ""),
        ("no `type`", TOKEN, message(json!({ "type": "(missing)" })), 400, ""),
        ("a number as `type`", TOKEN, message(json!({ "type": 7 })), 400, ""),
        ("no `from`", TOKEN, message(json!({ "from": "(missing)" })), 400, ""),
        ("a `from` that is no node", TOKEN, message(json!({ "from": "maria" })), 400, ""),
        ("a number as `from`", TOKEN, message(json!({ "from": 5 })), 400, ""),
        ("an echo: `from` in the bare `msging.net`", TOKEN, message(json!({ "from": "bot@msging.net/x" })), 200, ""),
        ("a message of a postmaster", TOKEN, message(json!({ "from": "postmaster@desk.msging.net" })), 200, ""),
        (
            "a chat state",
            TOKEN,
            message(json!({ "type": "application/vnd.lime.chatstate+json", "content": { "state": "composing" } })),
            200,
            "",
        ),
        ("no `id`", TOKEN, message(json!({ "id": "(missing)" })), 200, "oi"),
        ("a placeholder as `id`", TOKEN, message(json!({ "id": "{{$guid}}" })), 200, "oi"),
        ("a number as `id`", TOKEN, message(json!({ "id": 12 })), 200, "oi"),
        ("an object as `id`", TOKEN, message(json!({ "id": {} })), 200, "oi"),
        ("a number as `to`", TOKEN, message(json!({ "to": 5 })), 200, "oi"),
        ("an unknown field", TOKEN, message(json!({ "new": [1] })), 200, "oi"),
        (
            "an unknown MIME type",
            TOKEN,
            message(json!({ "type": "application/x-new", "content": { "text": "oi" } })),
            200,
            "[application/x-new] oi",
        ),
        ("a MIME type with parameters", TOKEN, message(json!({ "type": "Text/Plain; charset=utf-8" })), 200, "oi"),
        ("`content: null`", TOKEN, message(json!({ "content": null })), 200, "[empty message]"),
        ("an empty text", TOKEN, message(json!({ "content": "" })), 200, "[empty message]"),
        ("a code point that is no character", TOKEN, message(json!({ "content": "oi \u{FFFF}" })), 200, "oi \\u{ffff}"),
        ("a number as text", TOKEN, message(json!({ "content": 42 })), 200, "42"),
        ("metadata of every JSON type", TOKEN, message(json!({ "metadata": metadata })), 200, "oi"),
        ("metadata that is no object", TOKEN, message(json!({ "metadata": "x" })), 200, "oi"),
        ("half an emoji (a lone surrogate)", TOKEN, half.into_bytes(), 200, "oi \u{FFFD}!"),
        (
            "bytes that are no UTF-8",
            TOKEN,
            [&b"{\"from\":\"a@0mn.io\",\"type\":\"text/plain\",\"content\":\"oi "[..], b"\xff\"}"].concat(),
            200,
            "oi \u{FFFD}",
        ),
        (
            "`failed` of a message of ours, from a postmaster",
            TOKEN,
            notification(&our_id(), "failed", json!("postmaster@msging.net/x")),
            200,
            "message.failed",
        ),
        (
            "`failed` of a message of ours, without `from`",
            TOKEN,
            notification(&our_id(), "failed", json!(null)),
            200,
            "message.failed",
        ),
        ("`failed` of a message that is not ours", TOKEN, notification("m-1", "failed", json!(ROUTER)), 200, ""),
        ("an unknown notification", TOKEN, notification(&our_id(), "deleted", json!(ROUTER)), 200, ""),
    ]
    .into_iter()
    .chain(passed_on_and_steering())
    {
        rows.push(row(what, token, &body, (status, reaches)).await);
    }
    check_page("table of POST /blip", &rows);
}

#[tokio::test]
async fn what_could_not_be_stored_is_a_503() {
    let world = World::new();
    *world.queue.unavailable.lock().unwrap() = true;
    let answer = world.blip_endpoint(TOKEN, &envelope(&json!({}))).await;
    assert_eq!(answer.unwrap_err().status(), 503);
}
