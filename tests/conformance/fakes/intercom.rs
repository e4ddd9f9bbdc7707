//! Intercom, by the shapes of its specification.

use hmac::{Hmac, KeyInit, Mac};
use ponte::clock::Timestamp;
use serde_json::{Value, json};

use super::{Answer, BY_NAME, Call, Desk, Fake, Happening};

const SECRET: &str = "intercom-client-secret-for-tests";
const CONTACT: &str = "667d60d18a68186f43bafddd";

pub(in crate::conformance) const FAKE: Fake = Fake {
    name: "intercom",
    settings: r#"{"priority_attribute":"Prioridade"}"#,
    credentials: "the-token",
    secret: SECRET,
    answer,
    sign,
    event,
    // Seconds since the epoch: 17 from now.
    wait: ("x-ratelimit-reset", "1795262417"),
    opens_with: &[
        "GET /contacts/find_by_external_id/c41d8a07e2b95f3664d0a9c8b7e1f250",
        "POST /contacts",
        "POST /conversations",
        "GET /me",
        "POST /conversations/1/reply",
    ],
    route: BY_NAME,
    cannot: &[
        (
            "an old signature is refused",
            "Intercom signs no time; what comes again is known by the id of its part, and has no second effect.",
        ),
        (
            super::super::reopening::LINKED,
            "The specification has no link of conversations; the inbox shows those of the same contact.",
        ),
    ],
};

fn part(at: usize, desk: &Desk) -> Value {
    let post = &desk.posts[at];
    let (kind, author) = if post.private { ("note", "admin") } else { ("comment", "user") };
    json!({ "id": at.to_string(), "part_type": kind, "body": post.text, "created_at": post.at, "author": { "type": author } })
}

fn conversation(desk: &Desk) -> Value {
    let parts: Vec<Value> = (0..desk.posts.len()).map(|at| part(at, desk)).collect();
    json!({
        "id": "1",
        "state": if desk.closed { "closed" } else { "open" },
        "source": { "body": desk.tickets.first() },
        "contacts": { "contacts": [{ "id": CONTACT }] },
        "conversation_parts": { "conversation_parts": parts },
    })
}

fn answer(desk: &mut Desk, call: &Call) -> Answer {
    match call.line.as_str() {
        "GET /me" => (200, json!({ "id": "9" })),
        line if line.starts_with("GET /contacts/find_by_external_id/") => match desk.customers.first() {
            Some(_) => (200, json!({ "id": CONTACT })),
            None => (404, json!({})),
        },
        "POST /contacts" => {
            desk.customers.push(call.at("/external_id"));
            (200, json!({ "id": CONTACT }))
        }
        "POST /conversations/search" => {
            let found = desk.tickets.first().map(|_| conversation(desk));
            (200, json!({ "conversations": found.into_iter().collect::<Vec<_>>() }))
        }
        "POST /conversations" => {
            desk.tickets.push(call.at("/body"));
            (200, json!({ "conversation_id": "1" }))
        }
        "GET /conversations/1" if desk.gone => (404, json!({})),
        "GET /conversations/1" => (200, conversation(desk)),
        "POST /conversations/1/reply" => {
            let private = call.at("/message_type") == "note";
            let post = desk.post(call.at("/body"), private, String::new());
            post.file = call.json.pointer("/attachment_urls/0").is_some();
            post.at = call.json.pointer("/created_at").and_then(Value::as_i64).unwrap_or_default();
            (200, json!({}))
        }
        "GET /teams" => (200, json!({ "type": "team.list", "teams": [{ "id": "720001", "name": "Financeiro" }] })),
        "GET /admins" => {
            let admin = |id: &str, away: bool, seat: bool, teams: &[u64]| json!({ "type": "admin", "id": id, "away_mode_enabled": away, "has_inbox_seat": seat, "team_ids": teams });
            let admins = [
                admin("1", !desk.online, true, &[720_001]),
                admin("2", false, false, &[720_001]),
                admin("3", false, true, &[720_002]),
            ];
            (200, json!({ "type": "admin.list", "admins": admins }))
        }
        "GET /data_attributes" => {
            let attribute = |name: &str, options: &[&str]| {
                let options: Vec<Value> = options.iter().map(|option| json!({ "value": option })).collect();
                json!({ "name": name, "data_type": "string", "options": options, "api_writable": true, "archived": false })
            };
            let levels = ["Baixa", "Normal", "Alta", "Urgente"];
            (200, json!({ "type": "list", "data": [attribute("Contrato", &[]), attribute("Prioridade", &levels)] }))
        }
        "POST /tags" => (200, json!({ "type": "tag", "id": format!("tag-{}", call.at("/name")) })),
        "POST /conversations/1/tags" => {
            let tag = call.at("/id").trim_start_matches("tag-").to_owned();
            desk.routed.tags.retain(|known| *known != tag);
            desk.routed.tags.push(tag);
            (200, json!({}))
        }
        "PUT /conversations/1" => {
            let set = |name: &str| call.json["custom_attributes"][name].as_str().map(str::to_owned);
            let words = [("Baixa", "low"), ("Alta", "high"), ("Urgente", "urgent")];
            let word = |set: String| words.iter().find(|(name, _)| *name == set).map(|(_, word)| (*word).to_owned());
            desk.routed.priority = set("Prioridade").and_then(word);
            desk.rated = set("Contrato").filter(|value| value == "4");
            desk.routed.fields.extend(set("Contrato").map(|value| (BY_NAME.field.to_owned(), value)));
            (200, json!({}))
        }
        "POST /conversations/1/parts" if call.json["message_type"] == "assignment" => {
            if desk.refuse_route {
                return (400, json!({ "type": "error.list", "errors": [{ "code": "parameter_invalid" }] }));
            }
            assert_eq!(call.json["type"], "team");
            desk.routed.queue = (call.json["assignee_id"] == "720001").then(|| BY_NAME.queue.to_owned());
            (200, json!({}))
        }
        "POST /conversations/1/parts" => {
            desk.closed = call.json["message_type"] != "open";
            (200, json!({}))
        }
        other => panic!("{other}"),
    }
}

fn sign(body: &str, _: Timestamp) -> Vec<(&'static str, String)> {
    let mut mac = Hmac::<sha1::Sha1>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(body.as_bytes());
    let hex: Vec<String> = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    vec![("x-hub-signature", format!("sha1={}", hex.concat()))]
}

fn event(happening: Happening) -> Value {
    let ana = json!({ "type": "admin", "id": "5", "name": "Ana" });
    let team = json!({ "type": "team", "id": "8", "name": "Financeiro" });
    let (topic, id, kind, author, to) = match happening {
        Happening::Says(number) => ("conversation.admin.replied", 100 + number, "comment", &ana, Value::Null),
        Happening::Notes => ("conversation.admin.noted", 103, "note", &ana, Value::Null),
        Happening::Echoes => ("conversation.user.replied", 104, "comment", &json!({ "type": "user" }), Value::Null),
        Happening::Takes => ("conversation.admin.assigned", 105, "assignment", &ana, ana.clone()),
        Happening::Moves => ("conversation.admin.assigned", 108, "assignment", &ana, team),
        Happening::Rests => ("conversation.admin.snoozed", 109, "snoozed", &ana, Value::Null),
        Happening::Deletes => ("conversation_part.redacted", 101, "comment", &ana, Value::Null),
        Happening::Closes => ("conversation.admin.closed", 106, "close", &ana, Value::Null),
        Happening::Unknown => ("conversation.moved.to_mars", 107, "move", &ana, Value::Null),
    };
    let body = matches!(happening, Happening::Says(_) | Happening::Notes | Happening::Echoes).then_some("Bom dia!");
    let part = json!({ "id": id.to_string(), "part_type": kind, "body": body, "author": author, "assigned_to": to });
    let item = json!({ "id": "1", "conversation_parts": { "conversation_parts": [part] } });
    json!({ "type": "notification_event", "topic": topic, "id": "notif_1", "data": { "item": item } })
}
