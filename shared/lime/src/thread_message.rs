//! A line of a transcript: `application/vnd.iris.thread-message+json`.
//!
//! Comes in the collections of `/threads/{identity}` and `/tickets/{id}/messages`, **newest first**. Any content type occurs, `null`
//! content too. Telling agent from bot in what was sent is the reader's work (`#messageEmitter` in the metadata).

use std::fmt;

use serde_json::{Map, Value};

use super::wire::{Wire, take, take_filled, vocabulary};
use super::{Document, Metadata, Reason, seen};

vocabulary! {
    /// Which way a line of a transcript went, seen from the bot (docs.blip.ai, extensions/chat-history, 2023).
    Direction {
        /// By the bot, or an agent.
        Sent = "sent",
        /// From the customer.
        Received = "received",
    }
}

/// One line: `{id, direction, type, content, date, status, reason, metadata}` (docs.blip.ai, extensions/chat-history, 2023).
#[derive(Clone, PartialEq)]
pub struct ThreadMessage {
    /// The message's id, `fwd:` prefixes included.
    pub id: Option<String>,
    /// Whether the bot sent the message or received it.
    pub direction: Direction,
    /// What was said: of a button, what the customer saw on it.
    pub document: Document,
    /// When: ISO 8601, UTC.
    pub date: Option<String>,
    /// The last event known of it (`accepted`, `consumed`, …).
    pub status: Option<String>,
    /// Why the message failed.
    pub reason: Option<Reason>,
    /// What travelled beside it.
    pub metadata: Metadata,
    /// All other fields.
    pub rest: Map<String, Value>,
}

impl ThreadMessage {
    /// Reads a line; `None` if it is no object or has no `type`.
    pub fn from_value(value: Value) -> Option<Self> {
        let Value::Object(mut rest) = value else {
            return None;
        };
        let Some(Value::String(media_type)) = rest.remove("type") else {
            return None;
        };
        let content = rest.remove("content").unwrap_or(Value::Null);
        let metadata = Metadata::take(&mut rest);
        let sent = Document::new(&media_type, content);
        Some(Self {
            id: take_filled(&mut rest, "id"),
            direction: take(&mut rest, "direction").unwrap_or_else(|| Direction::Other(String::new())),
            document: seen::on_a_button(&sent, &metadata).unwrap_or(sent),
            date: take(&mut rest, "date"),
            status: take(&mut rest, "status"),
            reason: take(&mut rest, "reason"),
            metadata,
            rest,
        })
    }
}

impl fmt::Debug for ThreadMessage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ThreadMessage")
            .field("direction", &self.direction)
            .field("document", &self.document)
            .finish_non_exhaustive()
    }
}
