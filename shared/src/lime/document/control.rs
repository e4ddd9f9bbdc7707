//! Which documents steer the platform and say nothing to people.

use super::Document;
use crate::lime::MAX_DEPTH;

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
            Self::Redirect(redirect) => redirect
                .context
                .as_ref()
                .is_none_or(|context| context.value.is_null() || crate::lime::is_blank(&text(context)) || silent(context.document())),
            Self::Container(container) | Self::Sensitive(container) => silent(container.document()),
            Self::Reply(reply) => reply.replied.document().steers(depth),
            Self::Collection(collection) => {
                let documents = collection.documents();
                !documents.is_empty() && documents.into_iter().all(silent)
            }
            other => crate::lime::opened(other).is_some_and(|inside| inside.into_iter().all(silent)),
        }
    }
}

/// The content as text; of what is no text, something that is not blank.
fn text(context: &super::Container) -> String {
    context.value.as_str().map_or_else(|| "…".to_owned(), str::to_owned)
}
