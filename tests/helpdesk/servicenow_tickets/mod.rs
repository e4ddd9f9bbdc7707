//! The helpdesk `servicenow-tickets`. The fixtures' sources are in `tests/fixtures/servicenow/README.md`.

mod backlog;
mod calls;
mod events;
mod reads;
mod routing;
mod sweeps;

use serde_json::{Value, json};

use super::bridge::{self, Adapter, OPENING};

const ADAPTER: Adapter = Adapter {
    name: "servicenow-tickets",
    own: r#"{"resolve":{"state":"6","close_code":"Solved"},"fields":{"assignment_group":"Blip"}}"#,
    credentials: "ponte:the-password",
    secret: "a-secret-header-for-tests",
    below: "/api/now/",
};
const RECORD: &str = "965f140bdb4c8c105f6f00b5ca961922";

fn fixture(name: &str) -> Value {
    bridge::fixture("servicenow", name)
}

fn mark() -> String {
    format!("ponte:{OPENING}")
}

fn rows(rows: &[Value]) -> (u16, Value) {
    (200, json!({ "result": rows }))
}

/// A row of the journal as the API gives it.
fn entry(id: &str, author: &str, value: &str, at: &str) -> Value {
    json!({
        "sys_id": id, "name": "incident", "element_id": RECORD, "element": "comments", "value": value,
        "sys_created_by": author, "sys_created_on": format!("2026-11-20 {at}"), "sys_tags": "",
    })
}

/// The record of the conversation with these fields.
fn record(fields: &Value) -> Value {
    let mut record = json!({
        "sys_id": RECORD, "correlation_id": mark(), "correlation_display": "", "state": "2", "assigned_to": "",
        "sys_updated_on": "2026-11-20 12:00:00",
    });
    record.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    record
}

fn one(result: impl Into<Value>) -> (u16, Value) {
    (200, json!({ "result": result.into() }))
}

fn ana() -> Value {
    json!({ "sys_id": "5", "user_name": "ana.souza", "name": "Ana Souza" })
}

fn gone() -> (u16, Value) {
    let error =
        json!({ "message": "No Record found", "detail": "Record doesn't exist or ACL restricts the record retrieval" });
    (404, json!({ "error": error, "status": "failure" }))
}
