//! How far a message has come: what chat apps show as ticks.

use serde_json::Value;

use crate::ledger::Sent;
use crate::state::{Conversation, State};

/// From nothing to the end.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::playground) enum Tick {
    /// Ponte has not taken it yet.
    Unsent,
    /// Ponte has it, and it has not arrived.
    Accepted,
    /// The other side has it.
    Delivered,
    /// The other side has told that somebody saw it, or, to the customer, that it is with the agent.
    Seen,
    /// Given back, with the reason.
    Refused(String),
}

/// Of what a customer wrote.
pub(super) fn of_customer(state: &State, sent: &Sent) -> Tick {
    let id = state.sources.get(&sent.label.0);
    let told = |event: &str| {
        let about = |known: &(String, String)| known.0 == event && id.is_some_and(|id| id.ends_with(&known.1));
        state.ledger.receipts.iter().any(about)
    };
    if told("consumed") { Tick::Seen } else { way(state, sent, id) }
}

/// Of what an agent wrote: its label is its id.
pub(super) fn of_agent(state: &State, sent: &Sent, conversation: &Conversation) -> Tick {
    if let Some(reason) = &sent.refused {
        let text = serde_json::from_str::<Value>(reason).ok();
        let text = text.and_then(|reason| Some(reason.get("text")?.as_str()?.to_owned()));
        return Tick::Refused(text.unwrap_or_else(|| reason.clone()));
    }
    let field = |event: &Value, name: &str| event.pointer(name).and_then(Value::as_str).map(str::to_owned);
    let seen = conversation.events.iter().any(|event| {
        field(event, "/type").as_deref() == Some("message.status")
            && field(event, "/data/message").as_deref() == Some(&sent.label.0)
            && field(event, "/data/status").as_deref() == Some("consumed")
    });
    if seen { Tick::Seen } else { way(state, sent, Some(&sent.label.0)) }
}

fn way(state: &State, sent: &Sent, id: Option<&String>) -> Tick {
    if sent.arrived.is_some() {
        return Tick::Delivered;
    }
    let taken = |id: &String| {
        let mut posts = state.posted.iter().filter(|post| post.id == *id);
        posts.any(|post| post.tries.iter().any(|one| one.status.is_some_and(|status| status < 300)))
    };
    if id.is_some_and(taken) { Tick::Accepted } else { Tick::Unsent }
}
