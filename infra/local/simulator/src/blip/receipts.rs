//! Notifications, both ways: what Blip tells the bridge of the bridge's messages, and what the bridge tells of the customer's.
//!
//! They may come late, repeated and out of order (`reference/blip.md` section 3.2), from the customer's address or from the
//! postmaster, and with `fwd:` before the id where a router has forwarded the message (notification-received-fwd-id.json).

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Blip, Refusal, bad};
use crate::clock;
use crate::courier::Parcel;
use crate::person::BRIDGE_BOT;
use crate::world::{State, World};

/// What a channel that tells everything tells of one message, in its order.
const ALL: [&str; 4] = ["accepted", "dispatched", "received", "consumed"];
/// Where the server's own notifications come from.
const POSTMASTER: &str = "postmaster@msging.net/#az-iris1";

impl Blip {
    /// Posts these events (`accepted`, `received`, `consumed`…) for each message of the bridge that is shown. None by default.
    pub fn notifies(&self, events: &[&str]) {
        let events = events.iter().map(|event| (*event).to_owned()).collect();
        self.world.write(|state| state.blip.notify = events);
    }

    /// Whether all of `accepted`, `dispatched`, `received` and `consumed` are posted for each message that is shown.
    pub fn sends_receipts(&self, on: bool) {
        self.notifies(if on { &ALL } else { &[] });
    }

    /// Lets `consumed` come before `received` for this share of the messages, in per cent.
    pub fn swaps_receipts(&self, percent: u32) {
        self.world.write(|state| state.blip.swap.set(percent));
    }
}

/// Tells the bridge what is to be told of a message that was just shown.
pub(super) fn tell_all(world: &Arc<World>, state: &mut State, index: usize, id: &str) {
    let mut events = state.blip.notify.clone();
    let place = |events: &[String], wanted: &str| events.iter().position(|event| event == wanted);
    if let (Some(received), Some(consumed)) = (place(&events, "received"), place(&events, "consumed"))
        && state.blip.swap.hit()
    {
        events.swap(received, consumed);
    }
    for event in events {
        tell(world, state, index, id, &event, None);
    }
}

/// Logs a notification about a message of the bridge, and posts it.
pub(super) fn tell(world: &Arc<World>, state: &mut State, index: usize, id: &str, event: &str, reason: Option<Value>) {
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
    let mut body = log(state, id, from, event, reason);
    if let Some(fields) = body.as_object_mut() {
        let now = clock::now_ms();
        let metadata = json!({"#envelope.timestamp": now.to_string(), "#envelope.storageDate": clock::text(now)});
        fields.insert("metadata".to_owned(), metadata);
        if event == "received" && forwarded {
            fields.insert("id".to_owned(), json!(format!("fwd:{id}")));
            fields.insert("from".to_owned(), json!(POSTMASTER));
        }
    }
    world.courier.send(world, &key, Parcel { webhook_id: None, body });
}

/// Keeps a notification for `get /notifications?id=`, and gives it.
pub(super) fn log(state: &mut State, id: &str, from: &str, event: &str, reason: Option<Value>) -> Value {
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
