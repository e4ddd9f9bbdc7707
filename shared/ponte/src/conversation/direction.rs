//! One direction of a conversation: how far it is, and what it has already delivered.

use super::{RecentIds, UnderWay};
use crate::clock::Timestamp;

/// One direction of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Direction {
    /// How many runs have written this direction: the condition of the next write.
    pub sequence: u64,
    /// When it last delivered words of its side in this opening; 0 when it did not.
    pub last: Timestamp,
    /// When the customer was last told that something was not delivered: at most once an hour.
    pub last_notice_at: Timestamp,
    /// Whole messages and events.
    pub ring: RecentIds,
    /// Receipts, at most [`super::RECEIPT_ENTRIES`].
    pub receipts: RecentIds,
    /// Messages of which a part is done, or was tried in vain.
    pub under_way: UnderWay,
}

impl Direction {
    /// What the next opening of the same customer begins with: all but when words were delivered.
    #[must_use]
    pub fn of_next_opening(&self) -> Self {
        Self { last: Timestamp::default(), ..self.clone() }
    }
}
