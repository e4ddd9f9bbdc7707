//! A tool of one's own, by the contract of `docs/openapi.yaml`.

use ponte::{clock::Timestamp, helpdesk::signature::SigningKey};
use serde_json::{Value, json};

use super::{Answer, BY_NAME, Call, Desk, Fake, Happening, OPENING, Routed};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

pub(in crate::conformance) const FAKE: Fake = Fake {
    name: "webhook",
    settings: r#"{"availability":true}"#,
    credentials: "",
    secret: SECRET,
    answer,
    sign,
    event,
    wait: ("retry-after", "17"),
    opens_with: &["POST /"],
    route: BY_NAME,
    cannot: &[
        (
            "a queue of an unknown name: it opens with a note",
            "The tool gets the name as the service rules have it. What it does with one that it does not know is its own matter.",
        ),
        (
            "a rating whose field is not there is refused",
            "The tool gets the score in an event of its own, and no field is named to it.",
        ),
        (
            "a note for colleagues does not travel",
            "The contract has no event for a note: a tool of one's own does not post it.",
        ),
        ("what the bridge wrote does not come back", "The contract has no event for that either."),
        (
            "an end for silence closes the ticket, in the company's words or without any",
            "The contract tells the tool why a conversation ended. What agents read of it is the tool's own matter.",
        ),
        (
            "an unknown event is dropped",
            "It is answered 422 in words: whoever writes the tool must see a misspelt type.",
        ),
        (
            super::super::reopening::GONE,
            "The tool is told which ticket it was, and decides by itself: it answers with that one or with another.",
        ),
    ],
};

fn answer(desk: &mut Desk, call: &Call) -> Answer {
    let id = call.header("webhook-id").unwrap_or_default().to_owned();
    let again = desk.keys.contains(&id);
    if desk.refuse_route && call.json.pointer("/data/routing").is_some() {
        return (422, json!({ "error": "what is this" }));
    }
    desk.keys.push(id.clone());
    let data = |field: &str| call.at(&format!("/data{field}"));
    match call.at("/type").as_str() {
        "conversation.rated" => desk.rated = call.json.pointer("/data/score").map(Value::to_string),
        _ if again => {}
        "conversation.started" => {
            desk.tickets.push(data("/conversation"));
            desk.follows = data("/previous");
            let routing: Value = call.json.pointer("/data/routing").cloned().unwrap_or_default();
            desk.routed = Routed {
                queue: routing["queue"].as_str().map(str::to_owned),
                priority: routing["priority"].as_str().map(str::to_owned),
                tags: serde_json::from_value(routing["tags"].clone()).unwrap_or_default(),
                fields: serde_json::from_value(routing["fields"].clone()).unwrap_or_default(),
            };
        }
        "message.created" => {
            let note = call.json.pointer("/data/message/note") == Some(&Value::Bool(true));
            let text = data("/message/content/text") + &data("/message/content/caption");
            desk.post(text, note, id).file = !data("/message/content/url").is_empty();
        }
        "message.failed" => _ = desk.post(data("/reason/text"), true, id),
        "conversation.ended" => {
            desk.post(data("/reason"), true, id);
            desk.closed = true;
        }
        _ => {}
    }
    if call.at("/type") == "availability.requested" {
        // It knows one queue by its name; of the others together there is always somebody.
        let staffed = match call.json.pointer("/data/queue").and_then(Value::as_str) {
            Some("Financeiro") => json!(desk.online),
            Some(_) => Value::Null,
            None => json!(true),
        };
        return (200, json!({ "staffed": staffed }));
    }
    (200, json!({ "ticket": "1" }))
}

fn sign(body: &str, at: Timestamp) -> Vec<(&'static str, String)> {
    let signature = SigningKey::parse(SECRET).unwrap().sign("msg_1", at, body.as_bytes());
    let timestamp = at.seconds().to_string();
    vec![("webhook-id", "msg_1".to_owned()), ("webhook-timestamp", timestamp), ("webhook-signature", signature)]
}

fn event(happening: Happening) -> Value {
    let ana = json!({ "id": "5", "name": "Ana" });
    let (kind, data) = match happening {
        Happening::Says(number) => {
            let content = json!({ "type": "text", "text": "Bom dia!" });
            ("agent.message", json!({ "ticket": "1", "id": number, "content": content, "agent": ana }))
        }
        Happening::Takes => ("agent.assigned", json!({ "ticket": "1", "agent": ana })),
        Happening::Moves => {
            ("conversation.transferred", json!({ "ticket": "1", "queue": { "id": "8", "name": "Financeiro" } }))
        }
        Happening::Rests => ("conversation.on_hold", json!({ "ticket": "1", "on": true })),
        Happening::Deletes => ("message.withdrawn", json!({ "ticket": "1", "message": 1 })),
        Happening::Closes => ("conversation.closed", json!({ "ticket": "1", "conversation": OPENING })),
        Happening::Notes => ("agent.note", json!({ "ticket": "1", "text": "cliente VIP" })),
        Happening::Echoes | Happening::Unknown => ("something.else", json!({ "ticket": "1" })),
    };
    json!({ "type": kind, "data": data })
}
