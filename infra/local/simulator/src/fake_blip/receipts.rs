//! Notifications, both ways: Blip's about the bridge's messages, and the bridge's about the customer's.
//!
//! They may come late, repeated and out of order (`reference/blip.md` section 3.2), from the customer's address or from the
//! postmaster, and with `fwd:` before the id where a router has forwarded the message (notification-received-fwd-id.json).

use std::sync::Arc;

use serde_json::{Value, json};

use super::request::{Refusal, bad};
use crate::clock;
use crate::delivery;
use crate::state::{BRIDGE_BOT, State, World};
use crate::transport::Delivery;

/// Where the server's own notifications come from.
const POSTMASTER: &str = "postmaster@msging.net/#az-iris1";

/// Notifies the bridge of what happened to a message that was just shown.
pub(super) fn notify_all(world: &Arc<World>, state: &mut State, index: usize, id: &str) {
    let mut events = state.blip.notify.clone();
    let place = |events: &[String], wanted: &str| events.iter().position(|event| event == wanted);
    if let (Some(received), Some(consumed)) = (place(&events, "received"), place(&events, "consumed"))
        && state.blip.swap.hit()
    {
        events.swap(received, consumed);
    }
    for event in events {
        notify(world, state, index, id, &event, None);
    }
}

/// Logs a notification about a message of the bridge, and posts it.
pub(super) fn notify(
    world: &Arc<World>,
    state: &mut State,
    index: usize,
    id: &str,
    event: &str,
    reason: Option<Value>,
) {
    let Ok(person) = state.person(index) else {
        return;
    };
    let key = person.name.clone();
    let (address, forwarded) = match (&person.tunnel, &person.ticket) {
        (Some(tunnel), _) => (tunnel.clone(), true),
        (None, Some(ticket)) => (format!("{ticket}@desk.msging.net/Webhook"), false),
        (None, None) => return,
    };
    // Failures that the server makes come from its postmaster (docs.blip.ai, notifications, 2023).
    let from = if event == "failed" { POSTMASTER } else { &address };
    let mut body = record(state, id, from, event, reason);
    if let Some(fields) = body.as_object_mut() {
        let now = clock::now_ms();
        let metadata = json!({"#envelope.timestamp": now.to_string(), "#envelope.storageDate": clock::text(now)});
        fields.insert("metadata".to_owned(), metadata);
        if event == "received" && forwarded {
            fields.insert("id".to_owned(), json!(format!("fwd:{id}")));
            fields.insert("from".to_owned(), json!(POSTMASTER));
        }
    }
    delivery::send(world, &key, Delivery { webhook_id: None, body });
}

/// Records a notification for `get /notifications?id=`, and gives it.
pub(super) fn record(state: &mut State, id: &str, from: &str, event: &str, reason: Option<Value>) -> Value {
    let mut body = json!({"id": id, "from": from, "to": BRIDGE_BOT, "event": event});
    if let (Some(reason), Some(fields)) = (reason, body.as_object_mut()) {
        fields.insert("reason".to_owned(), reason);
    }
    state.notifications.entry(id.to_owned()).or_default().push(body.clone());
    body
}

/// A notification of the bridge (`received`, `consumed`, `failed`) about a message of the customer.
pub(super) fn take(world: &World, envelope: &Value) -> Result<(), Refusal> {
    let text = |key: &str| envelope.get(key).and_then(Value::as_str).map(str::to_owned);
    let id = text("id").ok_or_else(|| bad("a notification without `id`"))?;
    let event = text("event").ok_or_else(|| bad("a notification without `event`"))?;
    world.write(|state| state.ledger.receipts.push((event, id)));
    Ok(())
}
