//! What the relay needs of the conversation store.

use async_trait::async_trait;

use crate::{
    clock::Timestamp,
    conversation::{CustomerRecord, Desk, Direction, Ending, Placement, State, Timers},
    failure::Failure,
    message::{ConversationId, CustomerKey, TicketId},
};

/// Why the store did not take a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Someone else wrote first: read again and merge.
    #[error("the conversation store changed concurrently")]
    Conflict,
    /// The store did not answer.
    #[error("the conversation store is unavailable")]
    Unavailable,
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict => Self::later("the conversation store changed concurrently"),
            StoreError::Unavailable => Self::later("the conversation store is unavailable"),
        }
    }
}

/// What one run writes of one direction.
#[derive(Debug, Clone, PartialEq)]
pub struct Progress<'a> {
    /// The new direction; its sequence is one more than the one that was read.
    pub direction: &'a Direction,
    /// The opening becomes `Open` with this write; only if it is still `Ticketed`.
    pub opens: bool,
    /// The agent who got the ticket in this run.
    pub agent: Option<&'a str>,
    /// The numbered answers that the customer saw last, where this run said anything: none of them are open any more when
    /// it is empty. `None` leaves them as they are.
    pub offer: Option<&'a [String]>,
    /// The queue that the ticket went to, where this run was told of one. Helpdesk to customer only.
    pub queue: Option<&'a str>,
    /// What the helpdesk told beside words, where this run changed it. Helpdesk to customer only.
    pub desk: Option<Desk>,
    /// What the timers remember, where this run changed it. Customer to helpdesk only.
    pub timers: Option<Timers>,
    /// When to look next whether something is due, where this run changed it; only until the conversation begins to close.
    pub due_at: Option<Timestamp>,
}

impl<'a> Progress<'a> {
    /// This direction, and nothing else.
    pub fn of(direction: &'a Direction) -> Self {
        Self { direction, opens: false, agent: None, offer: None, queue: None, desk: None, timers: None, due_at: None }
    }
}

/// What a conversation was before a write closed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClosedFrom {
    /// It did not even begin to close.
    Live,
    Closing,
    /// It was closed already.
    Closed,
}

impl From<State> for ClosedFrom {
    fn from(state: State) -> Self {
        match state {
            State::Claimed | State::Ticketed | State::Open => Self::Live,
            State::Closing { .. } => Self::Closing,
            State::Closed { .. } => Self::Closed,
        }
    }
}

/// The conversation store.
#[async_trait]
pub trait Store: Send + Sync {
    /// Reads a conversation, consistently. An expired one is not there.
    async fn conversation(&self, key: &CustomerKey, now: Timestamp) -> Result<Option<CustomerRecord>, StoreError>;

    /// Claims `conversation.opening`, if what is stored is still what `previous` says: no conversation, or a closed
    /// one of that opening. What a previous opening delivered stays known.
    async fn claim(
        &self,
        conversation: &CustomerRecord,
        previous: Option<&ConversationId>,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Stores the ticket of a claimed opening, and its placement, together with the way back from it. A ticket of the same customer's earlier opening,
    /// which the helpdesk goes on with, leads to this one from now on; another customer's is a conflict.
    async fn store_ticket(
        &self,
        opening: &ConversationId,
        ticket: &TicketId,
        placement: &Placement,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// The helpdesk merged the ticket `from` of this opening into `into`: the conversation goes on there, and so does the way back. `Conflict`
    /// where the opening has another ticket by now, is closed, or `into` is another customer's.
    async fn move_ticket(
        &self,
        opening: &ConversationId,
        from: &TicketId,
        into: &TicketId,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Writes customer-to-helpdesk progress, if opening and sequence are still those that were read.
    async fn record_inbound(&self, opening: &ConversationId, progress: &Progress<'_>) -> Result<(), StoreError>;

    /// Writes helpdesk-to-customer progress, on the same condition.
    async fn record_outbound(&self, opening: &ConversationId, progress: &Progress<'_>) -> Result<(), StoreError>;

    /// `Claimed`, `Ticketed` or `Open` becomes `Closing`, for this reason.
    async fn begin_closing(
        &self,
        opening: &ConversationId,
        since: Timestamp,
        ending: Ending<'_>,
    ) -> Result<(), StoreError>;

    /// While it is `Closing`, and once: the customer was asked for a rating, then. Until `due_at` the answer is waited for. The customer goes to `service`
    /// afterwards, where whoever closed it named one.
    async fn ask(
        &self,
        opening: &ConversationId,
        asked: Timestamp,
        service: Option<&str>,
        due_at: Timestamp,
    ) -> Result<(), StoreError>;

    /// While it is `Closing`: Blip is about to be asked to take the customer back.
    async fn leave(&self, opening: &ConversationId, at: Timestamp) -> Result<(), StoreError>;

    /// `Closed` becomes `Open` again, where the customer went back to the bot outside the hours: an agent answers at `at`, and the timers begin
    /// anew. What the helpdesk told beside words is `desk` now.
    async fn call_back(&self, opening: &ConversationId, at: Timestamp, desk: Desk) -> Result<(), StoreError>;

    /// `Open` becomes `Closed`: the customer was found with the bot. Only where neither side was written since it was read: `read` has the
    /// sequences of the customer's direction and of the agent's.
    async fn left(&self, opening: &ConversationId, at: Timestamp, read: (u64, u64)) -> Result<(), StoreError>;

    /// Any state of this opening becomes `Closed`. What it was with this write: of several writers, one finds it not closed.
    async fn close(&self, opening: &ConversationId, at: Timestamp) -> Result<ClosedFrom, StoreError>;

    /// The opening that a ticket belongs to.
    async fn conversation_of_ticket(
        &self,
        ticket: &TicketId,
        now: Timestamp,
    ) -> Result<Option<ConversationId>, StoreError>;

    /// The opening of the same customer that a ticket belonged to before the helpdesk went on with it in the present one. An earlier release did not
    /// write it.
    async fn opening_before(&self, ticket: &TicketId, now: Timestamp) -> Result<Option<ConversationId>, StoreError>;
}
