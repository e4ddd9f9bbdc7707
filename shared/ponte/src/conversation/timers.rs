//! What is due in a conversation, and what was done of it.

use crate::clock::Timestamp;

/// The timers of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Timers {
    /// When to look next whether something is due. `None`: not before the conversation expires.
    pub due_at: Option<Timestamp>,
    /// What was done, a bit each (`service_rules::Done`).
    pub done: u32,
}
