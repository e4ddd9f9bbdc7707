//! The sweep: asks a helpdesk what happened since the last look, and puts into the queue what its webhook endpoint was never told.
//!
//! Called by the function `sweep` on a schedule. What it finds carries the ids it has at the webhook endpoint and goes the same way, so that
//! an event that comes by both has one effect: within minutes the queue drops the second, later the conversation's recent ids do.

use std::sync::Arc;

use super::{
    Deadline, Failure,
    accept::agent_step,
    ports::{Clock, Cursors, EventPoller, Journal, Queue, Store, Swept},
};
use crate::{
    hash::HashKey,
    job::{ToCustomerJob, VERSION},
    message::TicketEvents,
};

/// A look and what follows from it take at most about this long.
const MAX_LOOK: std::time::Duration = std::time::Duration::from_secs(10);

/// The use case of the function `sweep`: asks the helpdesk for events that it never told.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "it holds ports")]
pub struct PollEvents {
    pub helpdesk: Arc<dyn EventPoller>,
    /// The helpdesk's name: part of a job's address.
    pub name: String,
    pub cursors: Arc<dyn Cursors>,
    pub store: Arc<dyn Store>,
    pub queue: Arc<dyn Queue>,
    pub clock: Arc<dyn Clock>,
    pub key: HashKey,
    /// Where the first step of what was found goes.
    pub journal: Arc<dyn Journal>,
}

impl PollEvents {
    /// Looks until there is nothing more, or the time is up. How many events were put into the queue.
    ///
    /// Where the next look begins is written once all that was found is safe: a sweep that breaks off is made again.
    pub async fn run(&self, deadline: Deadline) -> Result<usize, Failure> {
        let mut cursor = self.cursors.cursor().await?;
        let mut sent = 0;
        loop {
            let Swept { tickets, cursor: next, more } = self.helpdesk.since(cursor.as_deref()).await?;
            for ticket in tickets {
                sent += self.send(ticket).await?;
            }
            let moved = cursor.as_deref() != Some(next.as_str());
            if moved {
                self.cursors.store_cursor(&next).await?;
            }
            if !more || !moved || !deadline.allows(self.clock.now(), MAX_LOOK) {
                return Ok(sent);
            }
            cursor = Some(next);
        }
    }

    /// Puts the events of a ticket into the queue, one job each, as the webhook endpoint has them. A helpdesk has tickets that are not ours: they
    /// are left here, so that no worker waits for them to be known. One whose opening is under way is found by the next looks, since their cursor stays
    /// behind.
    async fn send(&self, ticket: TicketEvents) -> Result<usize, Failure> {
        let TicketEvents { ticket, opening, events } = ticket;
        let now = self.clock.now();
        if opening.is_none() && self.store.conversation_of_ticket(&ticket, now).await?.is_none() {
            return Ok(0);
        }
        let count = events.len();
        for event in events {
            let job = ToCustomerJob {
                v: VERSION,
                replayed: false,
                polled: true,
                received_at: now,
                ticket: ticket.clone(),
                opening: opening.clone(),
                events: vec![event],
            };
            let sent = job.addressed(&self.name, &self.key);
            self.queue.send(&sent).await?;
            self.journal.step(agent_step(&job, &sent, &self.key));
        }
        Ok(count)
    }
}
