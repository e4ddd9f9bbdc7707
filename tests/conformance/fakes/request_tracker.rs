//! Request Tracker, by what it was seen to answer. `make test-real` plays the real one.

use ponte::{clock::Timestamp, helpdesk::signature::SigningKey};
use serde_json::{Value, json};

use super::{Answer, BY_NAME, Call, Desk, Fake, Happening, OPENING, Routed};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

pub(in crate::conformance) const FAKE: Fake = Fake {
    name: "request-tracker",
    settings: r#"{"priority":{"urgent":120},"tags_field":"Etiquetas"}"#,
    credentials: "1-31-test",
    secret: SECRET,
    answer,
    sign,
    event,
    // RT has no rate limit; what stands before it may.
    wait: ("retry-after", "17"),
    opens_with: &["GET /REST/2.0/tickets", "POST /REST/2.0/ticket", "GET /REST/2.0/ticket/1"],
    route: BY_NAME,
    cannot: &[
        (super::super::staffing::TOLD, "Request Tracker knows no state of its users."),
        (super::super::staffing::UNKNOWN, "For the same reason."),
        ("words that an agent deletes are named", "A correspondence cannot be deleted."),
    ],
};

fn answer(desk: &mut Desk, call: &Call) -> Answer {
    let list = |items: Vec<Value>| (200, json!({ "items": items }));
    let query = call.query("query");
    match call.line.trim_start_matches("GET /REST/2.0/").trim_start_matches("POST /REST/2.0/") {
        "tickets" => {
            list(desk.tickets.iter().filter(|mark| query.contains(*mark)).map(|_| json!({ "id": "1" })).collect())
        }
        "queues/all" => {
            list([("1", "General"), ("7", "Financeiro")].map(|(id, name)| json!({ "id": id, "Name": name })).to_vec())
        }
        "ticket" if desk.refuse_route && call.at("/Queue") != "General" => {
            (400, json!({ "message": "Unable to find queue" }))
        }
        "ticket" => {
            desk.routed = routed(call);
            desk.tickets.push(call.at("/CustomFields/BlipTicketId"));
            (201, json!({ "id": "1", "type": "ticket" }))
        }
        "ticket/1" if desk.gone => (404, json!({})),
        "ticket/1" => (
            200,
            json!({
                "id": 1,
                "Status": if desk.closed { "resolved" } else { "open" },
                "Creator": { "id": "blip-bridge" },
                "Queue": { "id": "7", "type": "queue" },
                "Requestor": [],
                "CustomFields": custom_fields(desk),
                "_hyperlinks": [{ "ref": "correspond" }, { "ref": "comment" }],
            }),
        ),
        how @ ("ticket/1/correspond" | "ticket/1/comment") => {
            let private = how.ends_with("comment");
            let form = call.json.is_null();
            let mark = if form { String::new() } else { call.at("/TxnCustomFields/BlipMessageId") };
            let text = if form { call.text.clone() } else { call.at("/Content") };
            desk.post(text, private, mark).file = form && call.text.contains("%PDF-1.7");
            (201, json!(["Correspondence added", "Custom fields updated"]))
        }
        "transactions" => {
            let found =
                desk.posts.iter().filter(|post| !post.mark.is_empty() && query.contains(&format!("'{}'", post.mark)));
            list(found.map(|_| json!({ "id": "7" })).collect())
        }
        "PUT /REST/2.0/ticket/1" => {
            // A custom field that the queue does not have is left out, and RT says 200 all the same.
            if let Some(value) = call.json["CustomFields"]["Contrato"].as_str() {
                desk.routed.fields.insert(BY_NAME.field.to_owned(), value.to_owned());
                desk.rated = Some(value.to_owned());
            }
            match call.at("/Status").as_str() {
                "resolved" => desk.closed = true,
                "open" => desk.closed = false,
                _ => {}
            }
            if let Some(mark) = call.json.pointer("/CustomFields/BlipTicketId").and_then(Value::as_str) {
                desk.tickets[0] = mark.to_owned();
            }
            if let Some(previous) = call.json.get("RefersTo").and_then(Value::as_str) {
                desk.follows = previous.to_owned();
            }
            (200, json!(["Status changed"]))
        }
        "transaction/101" | "transaction/102" => transaction(call, "Correspond", &json!({})),
        "transaction/103" => transaction(call, "Comment", &json!({})),
        "transaction/105" => transaction(call, "Set", &json!({ "Field": "Owner", "NewValue": "27" })),
        "transaction/106" => transaction(call, "Status", &json!({ "NewValue": "resolved" })),
        "transaction/108" => transaction(call, "Set", &json!({ "Field": "Queue", "OldValue": "1", "NewValue": "7" })),
        "transaction/109" => transaction(call, "Status", &json!({ "OldValue": "open", "NewValue": "stalled" })),
        "transaction/101/attachments" => {
            list(vec![json!({ "id": "1", "ContentType": "text/plain", "ContentLength": "8", "Filename": "" })])
        }
        "transaction/7/attachments" => list(Vec::new()),
        "attachment/1" => (200, json!({ "Content": "Qm9tIGRpYSE=\n" })),
        "user/27" | "user/agent.ana" => (200, json!({ "Name": "agent.ana", "RealName": "Ana", "Privileged": 1 })),
        "rt" => (200, json!({ "Version": "5.0.3" })),
        other => panic!("{other}"),
    }
}

/// What a new ticket asks for. No ticket is made in a queue that is not there.
fn routed(call: &Call) -> Routed {
    let queue = call.at("/Queue");
    assert!(["General", "Financeiro"].contains(&queue.as_str()), "{queue}");
    let priority = match call.at("/Priority").as_str() {
        "" => None,
        "0" => Some("low".to_owned()),
        "100" => Some("high".to_owned()),
        "120" => Some("urgent".to_owned()),
        other => panic!("{other}"),
    };
    let given = call.json["CustomFields"].as_object().unwrap().iter();
    let fields = given.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
    Routed {
        queue: Some(queue).filter(|queue| queue != "General"),
        priority,
        tags: serde_json::from_value(call.json["CustomFields"]["Etiquetas"].clone()).unwrap_or_default(),
        fields: fields.filter(|(name, _)| !name.starts_with("Blip")).collect(),
    }
}

fn custom_fields(desk: &Desk) -> Vec<Value> {
    let given = desk.routed.fields.iter().map(|(name, value)| json!({ "name": name, "values": [value] }));
    let ours = [json!({ "name": "BlipTicketId", "values": [OPENING] })];
    ours.into_iter().chain(given).chain([json!({ "name": "Etiquetas", "values": desk.routed.tags })]).collect()
}

fn transaction(call: &Call, kind: &str, fields: &Value) -> Answer {
    let id = call.line.rsplit('/').next().unwrap();
    let mut transaction = json!({ "id": id, "Type": kind, "Creator": { "id": "agent.ana" }, "Object": { "id": "1" } });
    transaction.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    (200, transaction)
}

fn sign(body: &str, at: Timestamp) -> Vec<(&'static str, String)> {
    let signature = SigningKey::parse(SECRET).unwrap().sign("rt_txn_1", at, body.as_bytes());
    let timestamp = at.seconds().to_string();
    vec![("webhook-id", "rt_txn_1".to_owned()), ("webhook-timestamp", timestamp), ("webhook-signature", signature)]
}

fn event(happening: Happening) -> Value {
    let (id, kind, fields) = match happening {
        Happening::Says(number) => (100 + number, "Correspond", json!({})),
        Happening::Notes => (103, "Comment", json!({})),
        Happening::Echoes => (104, "Correspond", json!({ "creator": "blip-bridge" })),
        Happening::Takes => (105, "Set", json!({ "field": "Owner", "new": "27" })),
        Happening::Moves => (108, "Set", json!({ "field": "Queue", "old": "1", "new": "7" })),
        Happening::Rests => (109, "Status", json!({ "field": "Status", "old": "open", "new": "stalled" })),
        Happening::Deletes => (110, "Comment", json!({})),
        Happening::Closes => (106, "Status", json!({ "field": "Status", "new": "resolved" })),
        Happening::Unknown => (107, "MovedToMars", json!({})),
    };
    let mut data = json!({ "ticket": 1, "transaction": id, "kind": kind, "creator": "agent.ana", "identity": "x" });
    data.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    json!({ "type": "rt.transaction.created", "data": data })
}
