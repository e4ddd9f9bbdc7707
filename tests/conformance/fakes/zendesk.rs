//! Zendesk Support, by the documented shapes.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use ponte::clock::Timestamp;
use serde_json::{Value, json};

use super::{Answer, BY_NAME, Call, Desk, Fake, Happening, OPENING, Routed};

const SECRET: &str = "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==";
const CUSTOMER: u64 = 7;
const UPDATED: &str = "2026-11-21T12:00:00Z";

pub(in crate::conformance) const FAKE: Fake = Fake {
    name: "zendesk",
    settings: r#"{"agent_status":true}"#,
    credentials: "ponte@desk.test.invalid/token:the-token",
    secret: SECRET,
    answer,
    sign,
    event,
    wait: ("retry-after", "17"),
    opens_with: &["GET /api/v2/tickets", "POST /api/v2/users/create_or_update", "POST /api/v2/tickets"],
    route: BY_NAME,
    cannot: &[],
};

fn ticket(desk: &Desk, at: usize) -> Value {
    let status = if desk.closed { "solved" } else { "open" };
    json!({ "id": at + 1, "external_id": desk.tickets[at], "requester_id": CUSTOMER, "status": status, "updated_at": UPDATED })
}

/// The fields that say where a ticket goes.
const ROUTED: [&str; 3] = ["group_id", "priority", "custom_fields"];

/// What a new ticket got of a route.
fn got(ticket: &Value) -> Routed {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let fields = ticket["custom_fields"].as_array().into_iter().flatten();
    Routed {
        queue: (ticket["group_id"] == 361).then(|| BY_NAME.queue.to_owned()),
        priority: text(&ticket["priority"]),
        tags: ticket["tags"].as_array().into_iter().flatten().filter_map(text).filter(|tag| tag != "blip").collect(),
        fields: fields
            .filter(|field| field["id"] == 444)
            .filter_map(|field| Some((BY_NAME.field.to_owned(), text(&field["value"])?)))
            .collect(),
    }
}

fn answer(desk: &mut Desk, call: &Call) -> Answer {
    match call.line.as_str() {
        "GET /api/v2/tickets" => {
            let mark = call.query("external_id");
            let found = (0..desk.tickets.len()).filter(|at| desk.tickets[*at] == mark);
            (200, json!({ "tickets": found.map(|at| ticket(desk, at)).collect::<Vec<_>>() }))
        }
        "POST /api/v2/users/create_or_update" => (201, json!({ "user": { "id": CUSTOMER } })),
        "GET /api/v2/groups/assignable" => {
            let next = call.query("page[after]").is_empty();
            let group =
                if next { json!({ "id": 360, "name": "Vendas" }) } else { json!({ "id": 361, "name": "FINANCEIRO" }) };
            (200, json!({ "groups": [group], "meta": { "has_more": next, "after_cursor": "2" } }))
        }
        "GET /api/v2/agent_availabilities" => {
            assert_eq!(call.query("filter[channel_status]"), "support:online");
            let agent = |id: u64, groups: &[u64]| {
                json!({
                    "id": format!("agent_availabilities|{id}"), "type": "agent_availabilities",
                    "attributes": { "agent_id": id, "group_ids": groups, "version": 1 },
                })
            };
            let first = call.query("page[after]").is_empty();
            let agents = if first {
                vec![agent(1, &[360])]
            } else {
                desk.online.then(|| agent(2, &[360, 361])).into_iter().collect()
            };
            (200, json!({ "data": agents, "meta": { "has_more": first, "after_cursor": "2" } }))
        }
        "GET /api/v2/ticket_fields" => {
            let field =
                |id: u64, title: &str, kind: &str| json!({ "id": id, "title": title, "type": kind, "active": true });
            let fields = [field(20, "Contrato", "priority"), field(444, "Contrato", "text")];
            (200, json!({ "ticket_fields": fields, "meta": { "has_more": false } }))
        }
        "POST /api/v2/tickets" => {
            let routed = ROUTED.iter().any(|field| call.json["ticket"].get(field).is_some());
            if desk.refuse_route && routed {
                let why = json!({ "group_id": [{ "description": "Group: is invalid", "error": "InvalidValue" }] });
                return (422, json!({ "error": "RecordInvalid", "details": why }));
            }
            desk.routed = got(&call.json["ticket"]);
            desk.tickets.push(call.at("/ticket/external_id"));
            desk.follows =
                call.json["ticket"]["via_followup_source_id"].as_u64().map_or_else(String::new, |id| id.to_string());
            (201, json!({ "ticket": ticket(desk, desk.tickets.len() - 1) }))
        }
        "GET /api/v2/tickets/77" => (200, json!({ "ticket": { "id": 77, "status": "closed" } })),
        "GET /api/v2/tickets/1" if desk.gone => (404, json!({ "error": "RecordNotFound" })),
        "GET /api/v2/tickets/1" => (200, json!({ "ticket": ticket(desk, 0) })),
        "PUT /api/v2/tickets/1/tags" => {
            assert_eq!(call.json, json!({ "tags": ["csat_4"] }));
            (200, json!({ "tags": ["blip", "csat_4"] }))
        }
        "PUT /api/v2/tickets/1" => {
            let fields = call.json["ticket"]["custom_fields"].as_array().into_iter().flatten();
            let rated = fields.filter(|field| field["id"] == 444).find_map(|field| field["value"].as_str());
            desk.rated = rated.map(str::to_owned).or(desk.rated.take());
            let public = call.json.pointer("/ticket/comment/public") == Some(&Value::Bool(true));
            let by_customer = call.json.pointer("/ticket/comment/author_id") == Some(&json!(CUSTOMER));
            assert_eq!(public, by_customer, "what is public is the customer's");
            let file = call.json.pointer("/ticket/comment/uploads/0").is_some();
            if call.json.pointer("/ticket/comment").is_some() {
                desk.post(call.at("/ticket/comment/body"), !public, call.at("/ticket/metadata/ponte")).file = file;
            }
            match call.at("/ticket/status").as_str() {
                "solved" => desk.closed = true,
                "open" => desk.closed = false,
                _ => {}
            }
            let mark = call.at("/ticket/external_id");
            if !mark.is_empty() {
                assert_eq!(
                    (&call.json["ticket"]["safe_update"], call.at("/ticket/updated_stamp").as_str()),
                    (&json!(true), UPDATED)
                );
                desk.tickets[0] = mark;
            }
            (200, json!({ "ticket": ticket(desk, 0) }))
        }
        "GET /api/v2/tickets/1/audits" => {
            let audit = |(at, post): (usize, &super::Post)| json!({ "id": at + 1, "metadata": { "custom": { "ponte": post.mark } } });
            (200, json!({ "audits": desk.posts.iter().enumerate().map(audit).collect::<Vec<_>>() }))
        }
        "GET /api/v2/tickets/1/comments" => {
            let comment = |id| json!({ "id": id, "public": true, "author_id": 5, "body": "Bom dia!" });
            (200, json!({ "comments": [comment(102), comment(101)] }))
        }
        "GET /api/v2/users/me" => (200, json!({ "user": { "id": 9, "role": "admin" } })),
        "GET /api/v2/users/5" => (200, json!({ "user": { "id": 5, "name": "Ana", "role": "agent" } })),
        "POST /api/v2/uploads" => {
            assert_eq!((call.query("filename"), call.text.as_str()), ("conta.pdf", "%PDF-1.7"));
            (201, json!({ "upload": { "token": "t" } }))
        }
        other => panic!("{other}"),
    }
}

fn sign(body: &str, at: Timestamp) -> Vec<(&'static str, String)> {
    let timestamp = at.rfc3339();
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(format!("{timestamp}{body}").as_bytes());
    let signature = STANDARD.encode(mac.finalize().into_bytes());
    vec![("x-zendesk-webhook-signature", signature), ("x-zendesk-webhook-signature-timestamp", timestamp)]
}

fn event(happening: Happening) -> Value {
    let comment = |id: u8, public: bool, staff: bool, author: u64| {
        let author = json!({ "id": author.to_string(), "is_staff": staff, "name": "Ana" });
        let comment = json!({ "id": id.to_string(), "body": "Bom dia!", "is_public": public, "author": author });
        ("comment_added", json!({ "comment": comment }))
    };
    let (kind, event) = match happening {
        Happening::Says(number) => comment(100 + number, true, true, 5),
        Happening::Notes => comment(103, false, true, 5),
        Happening::Echoes => comment(104, true, false, CUSTOMER),
        Happening::Takes => ("agent_assignment_changed", json!({ "current": 5, "previous": null })),
        Happening::Moves => ("group_assignment_changed", json!({ "current": "361", "previous": "360" })),
        Happening::Rests => ("status_changed", json!({ "current": "PENDING", "previous": "OPEN" })),
        Happening::Deletes => ("comment_redacted", json!({ "comment": { "id": "101" } })),
        Happening::Closes => ("status_changed", json!({ "current": "SOLVED", "previous": "OPEN" })),
        Happening::Unknown => ("moved_to_another_planet", json!({ "current": { "planet": "Mars" } })),
    };
    json!({
        "type": format!("zen:event-type:ticket.{kind}"),
        "id": format!("{happening:?}"),
        "detail": { "id": "1", "external_id": OPENING },
        "event": event,
    })
}
