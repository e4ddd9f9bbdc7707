//! How often a record was tried.

use super::worker::Deadline;
use crate::{clock::Timestamp, conversation::Received};

/// How often a record was tried, and until when it may be now.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tries {
    pub attempts: u32,
    pub replayed: bool,
    pub deadline: Deadline,
}

impl Tries {
    /// Whether an earlier try may have had its effect.
    pub(crate) fn again(self) -> bool {
        self.attempts > 1 || self.replayed
    }

    /// A record of this many tries that was received then.
    pub(crate) fn received(self, at: Timestamp) -> Received {
        Received { at, may_be_duplicate: self.again() }
    }
}
