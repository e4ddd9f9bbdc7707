//! Chatwoot 4, by its specification and its source.

use hmac::{Hmac, KeyInit, Mac};
use ponte::clock::Timestamp;
use serde_json::{Value, json};

use super::{Answer, BY_NAME, Call, Desk, Fake, Happening, OPENING};

const SECRET: &str = "chatwoot-inbox-secret-for-tests";

pub(in crate::conformance) const FAKE: Fake = Fake {
    name: "chatwoot",
    settings: r#"{"account":3,"inbox":9}"#,
    credentials: "the-token",
    secret: SECRET,
    answer,
    sign,
    event,
    wait: ("retry-after", "17"),
    opens_with: &[
        "GET /api/v1/accounts/3/contacts/search",
        "POST /api/v1/accounts/3/contacts",
        "POST /api/v1/accounts/3/conversations",
        "POST /api/v1/accounts/3/conversations/1/messages",
    ],
    route: BY_NAME,
    cannot: &[(
        super::super::reopening::LINKED,
        "The specification has no link of conversations; those of the same contact stand beside each.",
    )],
};

fn message(id: u64, private: bool) -> Value {
    json!({
        "id": id, "content": "Bom dia!", "message_type": 1, "private": private,
        "sender": { "id": 4, "type": "user", "name": "Ana Agente", "available_name": "Ana" },
    })
}

/// Whose token it is: never somebody who answers.
const OWN_USER: u64 = 77;

fn agent(id: u64, is_online: bool) -> Value {
    json!({ "id": id, "name": "Ana", "availability_status": if is_online { "online" } else { "busy" } })
}

fn answer(desk: &mut Desk, call: &Call) -> Answer {
    let list = |items: Vec<Value>| (200, json!({ "payload": items }));
    match call.line.replace("/api/v1/accounts/3/", "").as_str() {
        "GET contacts/search" => {
            let known = |identifier: &String| json!({ "id": 52, "identifier": identifier, "contact_inboxes": [] });
            list(desk.customers.iter().map(known).collect())
        }
        "POST contacts" => {
            desk.customers.push(call.at("/identifier"));
            (200, json!({ "payload": { "contact": { "id": 52 } } }))
        }
        "GET contacts/52/conversations" => {
            list(desk.tickets.iter().map(|mark| json!({ "id": 1, "custom_attributes": { "ponte": mark } })).collect())
        }
        "GET teams" => (200, json!([{ "id": 3, "name": "vendas" }, { "id": 4, "name": "financeiro" }])),
        "GET teams/4/team_members" => (200, json!([agent(4, desk.online), agent(OWN_USER, true)])),
        "GET inbox_members/9" => list(vec![agent(4, desk.online), agent(5, true), agent(OWN_USER, true)]),
        "GET /api/v1/profile" => (200, json!({ "id": OWN_USER })),
        "GET custom_attribute_definitions" => {
            let attribute = json!({
                "attribute_key": "contrato_atual", "attribute_display_name": "Contrato", "attribute_display_type": "text",
                "attribute_values": [],
            });
            (200, json!([attribute]))
        }
        "POST conversations" => {
            let attributes = &call.json["custom_attributes"];
            if desk.refuse_route && call.json.get("team_id").is_some() {
                return (422, json!({ "message": "Team must exist" }));
            }
            desk.routed.queue = (call.json["team_id"] == 4).then(|| BY_NAME.queue.to_owned());
            let value = attributes["contrato_atual"].as_str();
            desk.routed.fields.extend(value.map(|value| (BY_NAME.field.to_owned(), value.to_owned())));
            desk.tickets.push(call.at("/custom_attributes/ponte"));
            (200, json!({ "id": 1 }))
        }
        "GET conversations/1" if desk.gone => (404, json!({ "error": "Resource could not be found" })),
        "GET conversations/1" => {
            // The agent resolves it in the event; nothing else looks before the bridge has.
            let status = if desk.closed || desk.posts.is_empty() { "resolved" } else { "open" };
            let attributes = json!({ "ponte": desk.tickets.first(), "plano": "Ouro" });
            (200, json!({ "id": 1, "status": status, "custom_attributes": attributes }))
        }
        "POST conversations/1/messages" if call.json.is_null() => {
            let private = !call.text.contains("name=\"message_type\"\r\n\r\nincoming");
            desk.post(call.text.clone(), private, String::new()).file = call.text.contains("%PDF-1.7");
            (200, json!({ "id": 7 }))
        }
        "POST conversations/1/messages" => {
            let private = call.json["private"] == true;
            assert_eq!(private, call.json["message_type"] == "outgoing", "what is public is the customer's");
            desk.post(call.at("/content"), private, call.at("/source_id"));
            (200, json!({ "id": 7 }))
        }
        "GET conversations/1/messages" if call.query("before").is_empty() => {
            let ours = desk.posts.iter().enumerate();
            list(ours.map(|(at, post)| json!({ "id": at + 1, "source_id": post.mark })).collect())
        }
        "GET conversations/1/messages" if call.query("before") == "1" => list(Vec::new()),
        "GET conversations/1/messages" => list(vec![message(101, false), message(102, false), message(103, true)]),
        "POST conversations/1/toggle_priority" => {
            desk.routed.priority = Some(call.at("/priority"));
            (200, json!({}))
        }
        "GET conversations/1/labels" => list(desk.routed.tags.iter().map(|tag| json!(tag)).collect()),
        "POST conversations/1/labels" => {
            desk.routed.tags = serde_json::from_value(call.json["labels"].clone()).unwrap();
            list(Vec::new())
        }
        "POST conversations/1/custom_attributes" => {
            let attributes = &call.json["custom_attributes"];
            assert_eq!(attributes["plano"], "Ouro", "all are replaced");
            match attributes["contrato_atual"].as_str() {
                Some(score) => {
                    assert_eq!(attributes["ponte"], OPENING);
                    desk.rated = Some(score.to_owned());
                }
                None => desk.tickets[0] = call.at("/custom_attributes/ponte"),
            }
            (200, json!({ "custom_attributes": attributes }))
        }
        "POST conversations/1/toggle_status" => {
            desk.closed = call.at("/status") == "resolved";
            (200, json!({ "payload": { "success": true } }))
        }
        other => panic!("{other}"),
    }
}

fn sign(body: &str, at: Timestamp) -> Vec<(&'static str, String)> {
    let timestamp = at.seconds().to_string();
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(format!("{timestamp}.{body}").as_bytes());
    let hex: Vec<String> = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    vec![("x-chatwoot-timestamp", timestamp), ("x-chatwoot-signature", format!("sha256={}", hex.concat()))]
}

fn event(happening: Happening) -> Value {
    let conversation = json!({ "id": 1, "custom_attributes": { "ponte": OPENING } });
    let message = |id: u8, kind: &str, private: bool, sender: Value| {
        json!({
            "event": "message_created", "id": id, "message_type": kind, "private": private, "sender": sender,
            "content": "Bom dia!", "conversation": conversation,
        })
    };
    let ana = json!({ "id": 4, "name": "Ana Agente", "type": "user" });
    let changed = |event: &str, fields: Value| {
        let mut body = json!({ "event": event, "updated_at": 1_763_640_120.512 });
        for part in [&conversation, &fields] {
            body.as_object_mut().unwrap().extend(part.as_object().unwrap().clone());
        }
        body
    };
    match happening {
        Happening::Says(number) => message(100 + number, "outgoing", false, ana),
        Happening::Notes => message(103, "outgoing", true, ana),
        Happening::Echoes => message(104, "incoming", false, json!({ "id": 52, "name": "Maria" })),
        Happening::Takes => changed(
            "conversation_updated",
            json!({
                "meta": { "assignee": { "id": 4, "name": "Ana Agente", "available_name": "Ana", "type": "user" } },
                "changed_attributes": [{ "assignee_id": { "previous_value": null, "current_value": 4 } }],
            }),
        ),
        Happening::Moves => changed(
            "conversation_updated",
            json!({
                "meta": { "assignee": null, "team": { "id": 8, "name": "financeiro" } },
                "changed_attributes": [{ "team_id": { "previous_value": 7, "current_value": 8 } }],
            }),
        ),
        Happening::Rests => changed("conversation_status_changed", json!({ "status": "snoozed" })),
        Happening::Deletes => json!({
            "event": "message_updated", "id": 101, "message_type": "outgoing", "private": false,
            "sender": ana, "content": "This message was deleted", "content_attributes": { "deleted": true }, "conversation": conversation,
        }),
        Happening::Closes => changed("conversation_status_changed", json!({ "status": "resolved" })),
        Happening::Unknown => changed("conversation_moved_to_mars", json!({})),
    }
}
