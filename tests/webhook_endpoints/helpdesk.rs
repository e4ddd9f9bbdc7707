//! `ANY /helpdesk`, for the helpdesk `webhook`.

use std::{collections::HashMap, time::Duration};

use ponte::{
    clock::{Clock, Timestamp},
    helpdesk::{signature::SigningKey, webhook::InHouseVerifier},
    relay::{
        accept,
        ports::{Headers, Rejection, Unverified},
    },
};
use serde_json::{Value, json};

use super::{Row, check_page};
use crate::relay::world::{ROUTER, World, record, words};

/// The public test key of the Standard Webhooks vectors.
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

struct Map(HashMap<&'static str, String>);

impl Headers for Map {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

fn signed(secret: &str, at: Timestamp, body: &[u8]) -> Map {
    let signature = SigningKey::parse(secret).unwrap().sign("msg_1", at, body);
    Map(HashMap::from([
        ("webhook-id", "msg_1".to_owned()),
        ("webhook-timestamp", at.seconds().to_string()),
        ("webhook-signature", signature),
    ]))
}

/// Sends one body through the endpoint and the worker of a world with one open ticket, `T-1`, and then a good event.
async fn row(what: &'static str, headers: impl Fn(Timestamp, &[u8]) -> Map, body: &[u8], expected: (u16, &str)) -> Row {
    let world = World::new();
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    let answer = endpoint(&world, &headers(world.clock.now(), body), body).await;
    let reaches = carried(&world).await;
    let status = answer.map_or_else(Rejection::status, |_| 200);
    assert_eq!((status, reaches.as_str()), expected, "{what}");
    let next = event("agent.message", &json!({ "ticket": "T-1", "id": "next", "content": text("the next good one") }));
    endpoint(&world, &signed(SECRET, world.clock.now(), &next), &next).await.unwrap();
    assert!(carried(&world).await.ends_with("the next good one"), "{what}");
    Row { what, status, reaches }
}

async fn endpoint(world: &World, headers: &Map, body: &[u8]) -> Result<accept::Accepted, Rejection> {
    let verifier = InHouseVerifier::new(SECRET).unwrap();
    let request = Unverified { headers, path: "", body };
    let body = accept::verify(&request, &verifier, &*world.clock)?;
    accept::from_helpdesk(&request, body, &verifier, "webhook", &*world.queue, &*world.clock, &world.key).await
}

/// What the customer sees. An event of an unknown ticket is tried until its two minutes are over.
async fn carried(world: &World) -> String {
    let jobs = std::mem::take(&mut *world.queue.sent.lock().unwrap());
    let records: Vec<_> = jobs.iter().map(|job| record(job, 1)).collect();
    let failed = world.to_blip(records.clone()).await;
    if !failed.is_empty() {
        world.clock.pass(Duration::from_secs(121));
        assert!(world.to_blip(records).await.is_empty());
    }
    world.sent().join(" ")
}

fn text(text: &str) -> Value {
    json!({ "type": "text", "text": text })
}

fn event(kind: &str, data: &Value) -> Vec<u8> {
    json!({ "type": kind, "timestamp": "2026-01-01T00:00:00Z", "data": data }).to_string().into_bytes()
}

#[tokio::test]
async fn bad_input_from_the_helpdesk() {
    let good = || event("agent.message", &json!({ "ticket": "T-1", "id": "a", "content": text("olá") }));
    let says = |data: Value| {
        let mut whole = json!({ "ticket": "T-1", "id": "a", "content": text("olá") });
        whole.as_object_mut().unwrap().extend(data.as_object().unwrap().clone());
        event("agent.message", &whole)
    };
    let mut rows = Vec::new();
    let minutes = |n: i64| move |now: Timestamp, body: &[u8]| signed(SECRET, Timestamp(now.0 + n * 60_000), body);
    rows.push(row("a good message", minutes(0), &good(), (200, "olá")).await);
    rows.push(row("no signature", |_, _| Map(HashMap::new()), &good(), (401, "")).await);
    rows.push(
        row(
            "signed with another key",
            |now, body| signed("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", now, body),
            &good(),
            (401, ""),
        )
        .await,
    );
    rows.push(row("signed over another body", |now, _| signed(SECRET, now, b"{}"), &good(), (401, "")).await);
    rows.push(row("signed 6 minutes ago", minutes(-6), &good(), (401, "")).await);
    rows.push(row("signed 6 minutes ahead", minutes(6), &good(), (401, "")).await);
    rows.push(row("signed 4 minutes ago", minutes(-4), &good(), (200, "olá")).await);
    for (what, body, status, reaches) in [
        ("an empty body, signed", vec![], 400, ""),
        ("not JSON, signed", b"oi".to_vec(), 400, ""),
        ("an array", b"[]".to_vec(), 400, ""),
        ("no `type`", br#"{"data":{}}"#.to_vec(), 400, ""),
        ("a body of 300 KB", says(json!({ "content": text(&"x".repeat(300 << 10)) })), 413, ""),
        (
            "a text that grows beyond a queue's limit",
            says(json!({ "content": text(&"\u{FFFF}".repeat(80_000)) })),
            413,
            "",
        ),
        ("an unknown `type`", event("agent.danced", &json!({ "ticket": "T-1" })), 422, ""),
        ("no `data`", br#"{"type":"agent.message"}"#.to_vec(), 422, ""),
        ("no `ticket`", event("agent.message", &json!({ "id": "a", "content": text("olá") })), 422, ""),
        ("an empty `ticket`", says(json!({ "ticket": " " })), 422, ""),
        ("a number as `ticket`, and an unknown one", says(json!({ "ticket": 1 })), 200, ""),
        ("a number as `id`", says(json!({ "id": 1 })), 200, "olá"),
        ("a list as `id`", says(json!({ "id": [] })), 422, ""),
        ("a fraction as `id`", says(json!({ "id": 1.5 })), 422, ""),
        ("a whole number with a point as `id`", says(json!({ "id": 1.0 })), 200, "olá"),
        (
            "`timestamp: null`",
            json!({ "type": "agent.message", "timestamp": null, "data": { "ticket": "T-1", "id": "a", "content": text("olá") } })
                .to_string()
                .into_bytes(),
            200,
            "olá",
        ),
        ("choices without options", says(json!({ "content": { "type": "choices", "text": "a", "options": [] } })), 422, ""),
        (
            "a latitude of 200",
            says(json!({ "content": { "type": "location", "latitude": 200, "longitude": 0 } })),
            422,
            "",
        ),
        ("an empty text", says(json!({ "content": text(" ") })), 422, ""),
        ("an unknown content", says(json!({ "content": { "type": "dance" } })), 422, ""),
        (
            "a file whose link is not http(s)",
            says(json!({ "content": { "type": "file", "url": "file:///x" } })),
            422,
            "",
        ),
        ("an unknown ticket", says(json!({ "ticket": "T-2" })), 200, ""),
        ("a `conversation` that is no mark of ours", says(json!({ "conversation": "x" })), 200, "olá"),
        (
            "a `conversation` of someone else: the ticket decides",
            says(json!({ "conversation": "0123456789abcdef0123456789abcdef-0123456789ab" })),
            200,
            "olá",
        ),
        ("an unknown field", says(json!({ "mood": 5 })), 200, "olá"),
        ("an empty `id`", says(json!({ "id": "" })), 200, "olá"),
    ] {
        rows.push(row(what, minutes(0), &body, (status, reaches)).await);
    }
    check_page("table of /helpdesk", &rows);
}
