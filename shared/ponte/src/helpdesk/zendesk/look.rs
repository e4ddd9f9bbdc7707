//! The comments of a ticket as they were read last: an event is read just after what was missed before it.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use super::wire;
use crate::{clock::Timestamp, message::TicketId};

/// How long the comments that were read last serve: as long as a run takes from looking for what was missed to reading it.
const SAME_LOOK: Duration = Duration::from_secs(5);

/// The last comments of a ticket, as they were read.
struct Look {
    ticket: TicketId,
    at: Timestamp,
    comments: Vec<wire::Comment>,
}

/// Shared by a client's clones.
#[derive(Clone, Default)]
pub(super) struct LastLook(Arc<Mutex<Option<Look>>>);

impl LastLook {
    /// Keeps the comments that were just read.
    pub(super) fn put(&self, ticket: &TicketId, at: Timestamp, comments: &[wire::Comment]) {
        let look = Look { ticket: ticket.clone(), at, comments: comments.to_vec() };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(look);
    }

    /// The comments of the look just made, where this comment is among them.
    pub(super) fn with(&self, ticket: &TicketId, id: &str, now: Timestamp) -> Option<Vec<wire::Comment>> {
        let last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let look = last.as_ref().filter(|look| look.ticket == *ticket && now.since(look.at) < SAME_LOOK)?;
        let has = look.comments.iter().any(|comment| comment.id.as_deref() == Some(id));
        has.then(|| look.comments.clone())
    }
}
