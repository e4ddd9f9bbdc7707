//! What some helpdesks can do beside what every helpdesk does: one port for each ability.

use async_trait::async_trait;

use super::{CustomerMessage, NewConversation, NotDelivered, TicketRef};
use crate::{
    access::Access,
    failure::Failure,
    message::{AgentEvent, AgentEventKind, SourceId, TicketId},
    relay::ports::Status,
    texts::Texts,
};

/// How many events before a named one are looked at: what was told of them must still be in the ring of the conversation, each
/// with its files.
pub const MAX_MISSED: usize = 8;

/// Tells an agent what nobody said.
#[async_trait]
pub trait Notices: Send + Sync {
    /// Tells the agent something. `id` is ours, as a message's. Safe to repeat.
    async fn note(&self, to: &TicketRef, id: &str, text: &str) -> Result<(), Failure>;
    /// The first words of an agent's message, for the notice that it did not arrive. `None` where the helpdesk has no message by this id,
    /// or does not answer: without the quote the notice is still a notice.
    async fn quote(&self, _to: &TicketRef, _message: &SourceId) -> Option<String> {
        None
    }
    /// Tells the agent that a message did not reach the customer. `message` is the helpdesk's own id. The reason is not in the notice's id:
    /// a later try may find another one, and one notice of a message is enough.
    async fn not_delivered(
        &self,
        to: &TicketRef,
        message: &SourceId,
        reason: &NotDelivered,
        texts: &Texts,
    ) -> Result<(), Failure> {
        let mut text = reason.words(texts);
        if let Some(quote) = self.quote(to, message).await {
            text = format!("{text}\n> {quote}");
        }
        self.note(to, &format!("not-delivered-{}", message.as_str()), &text).await
    }
}

/// Answers in the call that posts the customer's words.
#[async_trait]
pub trait Answers: Send + Sync {
    /// Posts words of the customer and gives the answer to them. Called in place of [`Helpdesk::deliver`](super::Helpdesk::deliver). The
    /// answer's ids follow from the message's, so that what comes twice has one effect.
    async fn converse(&self, to: &TicketRef, message: &CustomerMessage) -> Result<Vec<AgentEvent>, Failure>;
}

/// Takes several messages in one call.
#[async_trait]
pub trait Batches: Send + Sync {
    /// Posts words of the customer that waited, oldest first, in one call: all of them or none. Called with 2 to
    /// [`Capabilities::max_batch`](crate::message::Capabilities::max_batch) messages, whose texts fit into one. Safe to repeat, in whatever
    /// company.
    async fn deliver_batch(&self, to: &TicketRef, messages: &[CustomerMessage]) -> Result<(), Failure>;
}

/// Reads events that were only named.
#[async_trait]
pub trait EventReader: Send + Sync {
    /// Reads what an event was. Nothing, where it is not for the customer, or is gone.
    async fn read(&self, to: &TicketRef, event: &SourceId) -> Result<Vec<AgentEventKind>, Failure>;
    /// Events of the ticket that came before such a one and may never have been told, oldest first: at most
    /// [`MAX_MISSED`]. What was told is known by its id.
    async fn missed_before(&self, _to: &TicketRef, _event: &SourceId) -> Result<Vec<SourceId>, Failure> {
        Ok(Vec::new())
    }
}

/// Knows which tickets were merged.
#[async_trait]
pub trait Merges: Send + Sync {
    /// The ticket that this one was merged into, which is asked for one that is gone. `None` where it was not merged.
    async fn merged_into(&self, to: &TicketRef) -> Result<Option<TicketId>, Failure>;
}

/// Opens a ticket again that is over.
#[async_trait]
pub trait Reopens: Send + Sync {
    /// Goes on with `ticket` in `opening`: the ticket is open, bears the opening's mark, and has what agents read first. Queue and agent stay as
    /// they are. Safe to repeat, also where an earlier try ended with a new ticket: what bears the mark comes first. `None` where the ticket is
    /// gone, closed for good, merged into another one, or cannot be opened: then a new one is opened.
    async fn reopen(&self, ticket: &TicketId, opening: &NewConversation) -> Result<Option<TicketId>, Failure>;
    /// Whether the ticket is over at present. Asked about a closing that is told of a ticket which was opened again: it may be the one before.
    async fn is_over(&self, to: &TicketRef) -> Result<bool, Failure>;
}

/// Knows who the bridge is.
#[async_trait]
pub trait BridgeUser: Send + Sync {
    /// The id of the bridge's own user. Asked for once, and kept. `None` where the helpdesk does not say.
    async fn bridge_user_id(&self) -> Result<Option<String>, Failure>;
}

/// Files that agents send.
pub trait AgentFiles: Send + Sync {
    /// What a file at `url` is fetched with: the helpdesk's key, on its own host only.
    fn file_access(&self, url: &str) -> Option<Access>;
}

/// Names a ticket to an agent, in a note on another one.
pub trait NamesTickets: Send + Sync {
    /// Its number or id, and the address of its page where that is known. One line.
    fn ticket_name(&self, ticket: &TicketId) -> String;
}

/// A rating that a customer gave Ponte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rating<'a> {
    /// From 1 to [`service_rules::RATING_SCALE`].
    pub score: u8,
    /// The field of the ticket that gets it, by the helpdesk's own name or id, where the service rules name one.
    pub field: Option<&'a str>,
}

/// Keeps a rating where it can be counted: in a field, as a tag. The note that agents read is [`Notices`]' own.
#[async_trait]
pub trait Ratings: Send + Sync {
    /// Writes the rating. Safe to repeat, and does not open a ticket that is closed. A field that is not there, or does not take it, is
    /// [`Failure::Refused`].
    async fn rated(&self, to: &TicketRef, rating: &Rating<'_>) -> Result<(), Failure>;
}

/// Shows who types.
#[async_trait]
pub trait Presence: Send + Sync {
    /// Shows that the customer types, or stopped. Worth nothing later.
    async fn typing(&self, to: &TicketRef, on: bool) -> Result<(), Failure>;
}

/// Shows how far an agent's message has come.
#[async_trait]
pub trait AgentReceipts: Send + Sync {
    /// `message` is the helpdesk's own id. Safe to repeat.
    async fn status(&self, to: &TicketRef, message: &SourceId, status: Status) -> Result<(), Failure>;
}
