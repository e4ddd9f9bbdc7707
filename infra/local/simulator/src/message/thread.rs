//! Messages as Blip keeps them in a customer's thread and in a ticket.

use serde_json::{Value, json};

use crate::clock;

/// A `application/vnd.iris.thread-message+json` (response-threads-get.json).
pub(crate) fn thread_item(id: &str, direction: &str, mime: &str, content: &Value) -> Value {
    let status = if direction == "sent" { "dispatched" } else { "accepted" };
    let date = clock::text(clock::now_ms());
    json!({"id": id, "direction": direction, "type": mime, "content": content, "date": date, "status": status})
}
