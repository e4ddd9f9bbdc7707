//! The clock: finds the conversations for which something is due, and puts a job into each customer's own group.
//!
//! Called by the function `clock` every minute. It decides nothing: what is due is worked out again by the worker, in the order of the
//! conversation. A job that comes twice, or late, finds nothing to do.

use std::sync::Arc;

use futures_util::{TryStreamExt, stream};
use serde_json::Value;

use super::{
    Deadline, Failure,
    ports::{Clock, Due, DueIndex, Queue},
    worker::SOON,
};
use crate::{
    hash::HashKey,
    job::{ToHelpdeskJob, VERSION},
    message::SourceId,
};

/// Jobs that are sent at once.
const AT_ONCE: usize = 10;

/// The use case of the function `clock`: finds the conversations in which something is due, and sends a job for each.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "it holds ports")]
pub struct FindDue {
    pub index: Arc<dyn DueIndex>,
    pub queue: Arc<dyn Queue>,
    pub clock: Arc<dyn Clock>,
    pub key: HashKey,
}

impl FindDue {
    /// Hands on what is due now, the longest due first, until there is no more or the time is up. How many it handed on.
    pub async fn run(&self, deadline: Deadline) -> Result<usize, Failure> {
        let now = self.clock.now();
        let (mut sent, mut last) = (0, None);
        while deadline.allows(self.clock.now(), SOON) {
            let page = self.index.due_by(now, last.as_ref()).await?;
            let Some(end) = page.last() else { return Ok(sent) };
            last = Some(end.clone());
            sent += page.len();
            stream::iter(page.iter().map(Ok)).try_for_each_concurrent(AT_ONCE, |due| self.send(due)).await?;
        }
        tracing::warn!(sent, "there was no time for all that is due: the next minute goes on");
        Ok(sent)
    }

    async fn send(&self, due: &Due) -> Result<(), Failure> {
        let job = ToHelpdeskJob {
            v: VERSION,
            replayed: false,
            id: SourceId::new(&due.at.0.to_string()),
            received_at: self.clock.now(),
            envelope: Value::Null,
            due: Some(due.customer.clone()),
        };
        self.queue.send(&job.addressed(&ToHelpdeskJob::conversation_group(&due.customer), "due", &self.key)).await
    }
}
