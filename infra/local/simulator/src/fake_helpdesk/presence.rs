//! What the bridge reports to a helpdesk whose settings ask for it: how far an agent's message has come, and that the customer types.

use std::time::Duration;

use anyhow::Result;
use axum::http::StatusCode;
use serde_json::Value;

use super::handle::Helpdesk;
use crate::json::text;
use crate::ledger::{Label, Ledger};
use crate::state::{Conversation, State};

/// The statuses of the contract; a message moves through them forwards only.
const STATUSES: [&str; 2] = ["received", "consumed"];

impl Helpdesk {
    /// What was reported of agents' messages, in order: the message's id, which is its label, and `received` or `consumed`.
    pub fn statuses(&self, ticket: &str) -> Vec<(String, String)> {
        let found = self.world.read(|state| state.conversation_of(ticket).map(statuses));
        found.unwrap_or_default()
    }

    /// What was reported of the customer's typing, in order: begun (true) or stopped.
    pub fn typing_seen(&self, ticket: &str) -> Vec<bool> {
        let events = self.events(ticket);
        let typing = events.iter().filter(|event| text(event, "type") == Some("customer.typing"));
        typing.filter_map(|event| event.pointer("/data/on")?.as_bool()).collect()
    }

    /// Waits until this status of an agent's message was reported.
    pub async fn wait_status(&self, ticket: &str, message: &Label, status: &str, limit: Duration) -> Result<()> {
        let what = format!("{message} of ticket {ticket} is {status}");
        let wanted = (message.to_string(), status.to_owned());
        let seen = |state: &State| statuses(state.conversation_of(ticket)?).contains(&wanted).then_some(());
        self.world.until(limit, &what, seen).await
    }
}

fn statuses(conversation: &Conversation) -> Vec<(String, String)> {
    let events = conversation.events.iter().filter(|event| text(event, "type") == Some("message.status"));
    let pair = |event: &Value| {
        let data = event.get("data")?;
        Some((text(data, "message")?.to_owned(), text(data, "status")?.to_owned()))
    };
    events.filter_map(pair).collect()
}

/// `message.status`. What is malformed is refused; a status that cannot be right is taken and recorded.
pub(super) fn take_status(
    conversation: &mut Conversation,
    ledger: &mut Ledger,
    event: &Value,
) -> Result<(), (StatusCode, String)> {
    let data = complete(event)?;
    let message = text(data, "message").ok_or_else(|| bad("no message", event))?;
    let status = text(data, "status").ok_or_else(|| bad("no status", event))?;
    let rank = |status: &str| STATUSES.iter().position(|known| *known == status);
    let new = rank(status).ok_or_else(|| bad("a status that the contract does not know", event))?;
    let before = statuses(conversation).into_iter().filter(|(id, _)| id == message);
    let furthest = before.filter_map(|(_, status)| rank(&status)).max();
    if let Some(before) = furthest.filter(|before| new < *before).and_then(|before| STATUSES.get(before)) {
        ledger.faults.push(format!("the status of {message} moved backwards, from {before} to {status}"));
    }
    let sent = ledger.sent.iter().find(|sent| sent.label.0 == message);
    if sent.is_none_or(|sent| sent.lane.conversation != conversation.conversation) {
        ledger.faults.push(format!("a status of {message}, which no agent said in {}", conversation.conversation));
    }
    ledger.note(&conversation.customer, "status", format!("{message} {status}"));
    conversation.events.push(event.clone());
    Ok(())
}

/// `customer.typing`.
pub(super) fn take_typing(
    conversation: &mut Conversation,
    ledger: &mut Ledger,
    event: &Value,
) -> Result<(), (StatusCode, String)> {
    let on = complete(event)?.get("on").and_then(Value::as_bool).ok_or_else(|| bad("no on", event))?;
    let what = if on { "the customer types" } else { "the customer has stopped typing" };
    ledger.note(&conversation.customer, "shown", what);
    conversation.events.push(event.clone());
    Ok(())
}

/// The data of an event that names both its ticket and its conversation.
fn complete(event: &Value) -> Result<&Value, (StatusCode, String)> {
    let data = event.get("data").ok_or_else(|| bad("no data", event))?;
    let both = text(data, "ticket").and(text(data, "conversation"));
    both.map(|_| data).ok_or_else(|| bad("ticket or conversation is missing", event))
}

fn bad(reason: &str, event: &Value) -> (StatusCode, String) {
    (StatusCode::BAD_REQUEST, format!("{reason}: {event}"))
}
