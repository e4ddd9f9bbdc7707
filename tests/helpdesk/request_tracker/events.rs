//! What the verifier makes of what RT's scrip posts.

use ponte::{
    clock::Timestamp,
    helpdesk::{request_tracker::RequestTrackerVerifier, signature::SigningKey},
    message::{AgentEventKind, ConversationId, TicketEvents},
    relay::ports::{Headers, Rejection, Unverified, WebhookVerifier},
};
use serde_json::{Value, json};

use super::{OPENING, fixture};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
/// What the fixtures' headers say, and a second.
const NOW: Timestamp = Timestamp(1_795_251_083_000);

struct Map(Vec<(String, String)>);

impl Headers for Map {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(header, _)| header == name).map(|(_, value)| value.as_str())
    }
}

fn through(own: &str, headers: &Map, body: &str) -> Result<Vec<TicketEvents>, Rejection> {
    let request = Unverified { headers, path: "", body: body.as_bytes() };
    let verifier = RequestTrackerVerifier::new(SECRET, own).unwrap();
    let checked = verifier.verify(&request, NOW)?;
    verifier.events(&request, checked)
}

/// A fixture as it came, with the signature that RT made.
fn captured(name: &str) -> (Map, String) {
    let file = fixture(name);
    let headers = file["headers"].as_object().unwrap().iter();
    let headers = headers.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect();
    (Map(headers), file["body_raw"].as_str().unwrap().to_owned())
}

/// A body that is signed here.
fn signed(own: &str, body: &str) -> Result<Vec<TicketEvents>, Rejection> {
    let signature = SigningKey::parse(SECRET).unwrap().sign("rt_txn_1", NOW, body.as_bytes());
    let timestamp = NOW.seconds().to_string();
    let headers = [("webhook-id", "rt_txn_1"), ("webhook-timestamp", &timestamp), ("webhook-signature", &signature)];
    through(own, &Map(headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into()), body)
}

/// Ticket and transaction of the one event, or nothing.
fn told(events: &[TicketEvents]) -> Option<String> {
    let [TicketEvents { ticket, events, .. }] = events else {
        assert!(events.is_empty());
        return None;
    };
    let [event] = events.as_slice() else { panic!("{} events", events.len()) };
    assert_eq!(event.kind, AgentEventKind::NeedsFetch);
    Some(format!("{} {}", ticket.as_str(), event.id.as_str()))
}

/// A hook as `hook-public-reply` has it but for `fields`.
fn hook(fields: &Value) -> String {
    let mut body = fixture("hook-public-reply")["body"].clone();
    body["data"].as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    body.to_string()
}

#[test]
fn what_may_be_for_the_customer_is_named_and_the_rest_is_dropped() {
    for (name, expected) in [
        ("hook-public-reply", Some("1 43")),
        ("hook-owner-taken", Some("1 41")),
        ("hook-owner-stolen", Some("1 45")),
        ("hook-resolved", Some("1 48")),
        ("hook-internal-comment", None),
        ("hook-status-by-rt-system", None),
    ] {
        let (headers, body) = captured(name);
        assert_eq!(told(&through("{}", &headers, &body).unwrap()).as_deref(), expected, "{name}");
    }
}

#[test]
fn a_signature_is_of_this_body_and_of_now() {
    let (headers, body) = captured("hook-resolved");
    let status = |headers: &Map, body: &str| through("{}", headers, body).unwrap_err().status();
    assert_eq!(status(&headers, &body.replace("\"ticket\":1", "\"ticket\":2")), 401);
    assert_eq!(status(&Map(Vec::new()), &body), 401);
    let request = Unverified { headers: &headers, path: "", body: body.as_bytes() };
    let verifier = RequestTrackerVerifier::new(SECRET, "{}").unwrap();
    assert!(verifier.verify(&request, Timestamp(NOW.0 + 301_000)).is_err(), "an old one is somebody's copy");
    for secret in ["", "whsec_", "password"] {
        assert!(RequestTrackerVerifier::new(secret, "{}").is_err(), "{secret}");
    }
}

#[test]
fn only_these_kinds_can_matter() {
    let of = |fields: Value| told(&signed("{}", &hook(&fields)).unwrap()).is_some();
    for (fields, expected) in [
        (json!({ "kind": "Status", "field": "Status", "new": "resolved" }), true),
        (json!({ "kind": "Status", "field": "Status", "new": "rejected" }), true),
        (json!({ "kind": "Status", "field": "Status", "new": "deleted" }), true),
        (json!({ "kind": "Status", "field": "Status", "new": "stalled" }), true),
        (json!({ "kind": "Status", "field": "Status", "old": "stalled", "new": "open" }), true),
        (json!({ "kind": "Set", "field": "Queue", "old": "1", "new": "7" }), true),
        (json!({ "kind": "Status", "field": "Status", "new": "open" }), false),
        (json!({ "kind": "Status", "new": null }), false),
        (json!({ "kind": "Set", "field": "Owner", "new": 27 }), true),
        (json!({ "kind": "Set", "field": "Priority", "new": "5" }), false),
        (json!({ "kind": "SetWatcher", "field": "Owner" }), false),
        (json!({ "kind": "Create" }), false),
        (json!({ "kind": "whatever" }), false),
        (json!({ "creator": "RT_System" }), false),
        (json!({ "creator": "blip-bridge" }), false),
        (json!({ "creator": null, "status": [], "field": {} }), true),
    ] {
        assert_eq!(of(fields.clone()), expected, "{fields}");
    }
}

#[test]
fn the_bridges_own_user_may_have_another_name() {
    let by = |own: &str, creator: &str| told(&signed(own, &hook(&json!({ "creator": creator }))).unwrap()).is_some();
    let own = r#"{"queue":"Chat","user":"ponte"}"#;
    assert_eq!((by(own, "ponte"), by(own, "blip-bridge"), by("{}", "ponte")), (false, true, true));
    for bad in [r#"{"queue":""}"#, r#"{"user":" "}"#, r#"{"fila":"x"}"#, "5", "x"] {
        assert!(RequestTrackerVerifier::new(SECRET, bad).is_err(), "{bad}");
    }
}

#[test]
fn the_conversations_of_merged_tickets_move_before_anything_else() {
    let events = |merged: Value| {
        let events = signed("{}", &hook(&json!({ "ticket": 7, "merged": merged }))).unwrap();
        let tell = |told: TicketEvents| {
            let event = &told.events[0];
            match &event.kind {
                AgentEventKind::Merged { into } => {
                    format!("{} into {} as {}", told.ticket.as_str(), into.as_str(), event.id.as_str())
                }
                _ => told.ticket.as_str().to_owned(),
            }
        };
        events.into_iter().map(tell).collect::<Vec<_>>()
    };
    assert_eq!(events(json!([1, "2"])), ["1 into 7 as merged-7", "2 into 7 as merged-7", "7"]);
    for none in [json!([]), json!(null), json!("1"), json!({ "1": 2 }), json!([null, {}, [], " "])] {
        assert_eq!(events(none.clone()), ["7"], "{none}");
    }
    assert_eq!(events(json!((100..200).collect::<Vec<_>>())).len(), 11);
}

#[test]
fn the_mark_leads_back_without_a_look() {
    let opening = |mark: Value| signed("{}", &hook(&json!({ "opening": mark }))).unwrap()[0].opening.clone();
    assert_eq!(opening(OPENING.into()), ConversationId::parse(OPENING));
    assert_eq!((opening("x".into()), opening(Value::Null), opening(5.into())), (None, None, None));
}

#[test]
fn bad_input_is_refused() {
    let status = |body: &str| signed("{}", body).map_or_else(Rejection::status, |_| 200);
    for (body, expected) in [("", 400), ("oi", 400), ("[]", 400), ("{}", 400), (r#"{"type":5}"#, 400)] {
        assert_eq!(status(body), expected, "{body}");
    }
    for fields in
        [json!({ "ticket": null }), json!({ "transaction": "" }), json!({ "kind": 5 }), json!({ "ticket": [] })]
    {
        assert_eq!(status(&hook(&fields)), 422, "{fields}");
    }
    assert_eq!(status(r#"{"type":"rt.transaction.created","data":[]}"#), 422);
    assert_eq!(status(&hook(&json!({})).replace("rt.transaction.created", "ticket.created")), 422);
    assert_eq!(status(&hook(&json!({ "ticket": "7", "transaction": "8" }))), 200, "an id may be text");
}
