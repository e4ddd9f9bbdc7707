//! A conversation as the helpdesk keeps it.

use serde::Serialize;
use serde_json::Value;

/// A conversation as the helpdesk keeps it.
#[derive(Clone, Debug, Serialize)]
pub struct Conversation {
    /// The bridge's id of it.
    pub id: String,
    /// The helpdesk's own name of the ticket.
    pub ticket: String,
    pub customer: String,
    /// The ledger's name of it, `customer#n`.
    pub conversation: String,
    /// `data` of `conversation.started`: profile, origin, transcript.
    pub started: Value,
    /// Every event taken, whole, in order, without redeliveries.
    pub events: Vec<Value>,
    /// The agent who has it, and the queue that it was moved to.
    pub agent: Option<String>,
    pub queue: Option<String>,
    /// Whether the agent has closed it.
    pub closed: bool,
    /// The reason of `conversation.ended`.
    pub ended: Option<String>,
}
