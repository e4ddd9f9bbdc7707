//! Whether somebody is there for a queue, as the helpdesk tells it: asked with a limit, and kept for a while.
//!
//! A bot waits for the answer, and its customer for the bot. So nothing of this is ever an error: what the helpdesk does not tell in time is not known.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use super::{Failure, ports::Staffing};
use crate::clock::Timestamp;

/// How long the helpdesk may take, with all look-ups of names.
const LIMIT: Duration = Duration::from_secs(2);
/// How long an answer serves; that there was none as well, so that a helpdesk that is down does not hold up each question.
const KEPT_FOR: Duration = Duration::from_secs(30);

/// What a helpdesk told of its queues.
#[derive(Clone, Default)]
#[allow(missing_debug_implementations, reason = "it holds a port")]
pub struct StaffedQueues {
    /// `None`: this helpdesk does not tell.
    helpdesk: Option<Arc<dyn Staffing>>,
    /// By the helpdesk's name of the queue: when it was asked, and what it told. No more than the rules have queues.
    known: Arc<Mutex<HashMap<Option<String>, (Timestamp, Option<bool>)>>>,
}

impl StaffedQueues {
    /// `helpdesk` is `None` where it does not tell.
    pub fn new(helpdesk: Option<Arc<dyn Staffing>>) -> Self {
        Self { helpdesk, known: Arc::default() }
    }

    /// Whether somebody is online for the queue of this name in the helpdesk. `None` where that is not known.
    pub(super) async fn is_staffed(&self, queue: Option<&str>, now: Timestamp) -> Option<bool> {
        let helpdesk = self.helpdesk.as_ref()?;
        let queue = queue.map(str::to_owned);
        if let Some(known) = self.recent(&queue, now) {
            return known;
        }
        let asked = tokio::time::timeout(LIMIT, helpdesk.is_staffed(queue.as_deref())).await;
        let told = asked.unwrap_or(Err(Failure::TimeIsUp)).unwrap_or_else(|failure| {
            tracing::warn!(kind = failure.kind(), reason = %failure, "the helpdesk does not tell whether somebody is there");
            None
        });
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        // Rules that changed leave nothing behind.
        known.retain(|_, (at, _)| now.since(*at) < KEPT_FOR);
        known.insert(queue, (now, told));
        told
    }

    /// What was told of it so recently that it still serves.
    fn recent(&self, queue: &Option<String>, now: Timestamp) -> Option<Option<bool>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(queue).filter(|(at, _)| now.since(*at) < KEPT_FOR).map(|(_, told)| *told)
    }
}
