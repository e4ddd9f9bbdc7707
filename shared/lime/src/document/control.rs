//! Which documents steer the platform and say nothing to people.

use super::Document;
use crate::MAX_DEPTH;
use crate::media_types::{REDIRECT, TICKET, same};

impl Document {
    /// Whether this steers Blip and holds no words of a person: a ticket, and a redirect without a context that says something, however
    /// they are wrapped. A redirect's context is what the customer "says" to its destination (docs.blip.ai, content-types/redirect, 2023),
    /// but Blip also sends one whose context is the ticket that was closed (docs.blip.ai, extensions/desk, 2023).
    pub fn is_control(&self) -> bool {
        self.steers(MAX_DEPTH)
    }

    fn steers(&self, depth: usize) -> bool {
        let Some(depth) = depth.checked_sub(1) else { return false };
        let silent = |document: Document| document.is_internal() || document.steers(depth);
        match self {
            Self::Ticket(_) => true,
            Self::Redirect(redirect) => redirect.said().is_none_or(silent),
            // Without its shape it steers nothing, and says nothing.
            Self::Other { media_type, .. } if same(media_type, TICKET) || same(media_type, REDIRECT) => true,
            Self::Container(container) | Self::Sensitive(container) => silent(container.document()),
            Self::Reply(reply) => reply.replied.document().steers(depth),
            Self::Collection(collection) => {
                let documents = collection.documents();
                !documents.is_empty() && documents.into_iter().all(silent)
            }
            other => crate::opened(other).is_some_and(|inside| inside.into_iter().all(silent)),
        }
    }
}
