//! Whether somebody is there for a queue, as the helpdesk tells it: asked with a limit, and kept for a while.
//!
//! A bot waits for the answer, and its customer for the bot. So nothing of this is ever an error: what the helpdesk does not tell in time is not known.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::{Failure, ports::Staffing};
use crate::clock::Timestamp;

/// How long the helpdesk may take, with all look-ups of names.
const LIMIT: Duration = Duration::from_secs(2);
/// How long an answer serves; that there was none as well, so that a helpdesk that is down does not hold up each question.
const KEPT_FOR: Duration = Duration::from_secs(30);

/// What the helpdesk told of one queue, and when.
#[derive(Debug, Clone, Copy)]
struct Told {
    at: Timestamp,
    /// `None`: it did not tell.
    staffed: Option<bool>,
}

/// What a helpdesk told of its queues.
#[derive(Clone, Default)]
#[allow(missing_debug_implementations, reason = "it holds a port")]
pub struct StaffedQueues {
    /// `None`: this helpdesk does not tell.
    helpdesk: Option<Arc<dyn Staffing>>,
    /// By the helpdesk's name of the queue. No more than the rules have queues.
    known: Arc<Mutex<HashMap<Option<String>, Told>>>,
}

impl StaffedQueues {
    /// `helpdesk` is `None` where it does not tell.
    pub fn new(helpdesk: Option<Arc<dyn Staffing>>) -> Self {
        Self { helpdesk, known: Arc::default() }
    }

    /// Whether somebody is online for the queue of this name in the helpdesk. `None` where that is not known.
    pub(super) async fn is_staffed(&self, queue: Option<&str>, now: Timestamp) -> Option<bool> {
        let helpdesk = self.helpdesk.as_ref()?;
        let key = queue.map(str::to_owned);
        if let Some(told) = self.all(now).get(&key) {
            return told.staffed;
        }
        let asked = tokio::time::timeout(LIMIT, helpdesk.is_staffed(queue)).await;
        let staffed = asked.unwrap_or(Err(Failure::TimeIsUp)).unwrap_or_else(|failure| {
            tracing::warn!(kind = failure.kind(), reason = %failure, "the helpdesk does not tell whether somebody is there");
            None
        });
        self.all(now).insert(key, Told { at: now, staffed });
        staffed
    }

    /// What still serves. Queues that the rules do not have any more leave nothing behind.
    fn all(&self, now: Timestamp) -> MutexGuard<'_, HashMap<Option<String>, Told>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, told| now.since(told.at) < KEPT_FOR);
        known
    }
}
