//! The helpdesk `chatwoot`. The fixtures' sources are in `tests/fixtures/chatwoot/README.md`.

mod backlog;
mod calls;
mod events;
mod reads;
pub(super) mod routing;
mod sweeps;

use serde_json::{Value, json};

use super::bridge::{self, Adapter, OPENING};

const ADAPTER: Adapter = Adapter {
    name: "chatwoot",
    own: r#"{"account":3,"inbox":9}"#,
    credentials: "the-token",
    secret: "chatwoot-inbox-secret-for-tests",
    below: "/api/v1/accounts/3/",
};

fn fixture(name: &str) -> Value {
    bridge::fixture("chatwoot", name)
}

/// An agent's message, as the API lists it.
fn said(id: u64, content: &str, at: i64) -> Value {
    json!({
        "id": id, "content": content, "message_type": 1, "private": false, "source_id": null, "created_at": at,
        "sender": { "id": 4, "type": "user", "name": "Ana Agente", "available_name": "Ana" },
    })
}

/// A message of the bridge, by its id.
fn ours(id: u64, source: &str) -> Value {
    json!({ "id": id, "content": "x", "message_type": 0, "private": false, "source_id": source, "created_at": 1 })
}

fn messages(messages: &[Value]) -> (u16, Value) {
    (200, json!({ "meta": {}, "payload": messages }))
}

fn conversation(status: &str) -> (u16, Value) {
    (200, json!({ "id": 118, "status": status, "custom_attributes": { "ponte": OPENING } }))
}
