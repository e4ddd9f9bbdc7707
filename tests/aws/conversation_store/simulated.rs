//! The simulation's conversation store, called without what may befall a call.

use async_trait::async_trait;
use ponte::{
    clock::Timestamp,
    conversation::{CustomerRecord, Desk, Ending, Placement, State},
    message::{ConversationId, CustomerKey, TicketId},
    relay::ports::{ClosedFrom, Progress, Store, StoreError},
};

use crate::simulation::conversation_store::{ConversationStore, Way};

#[derive(Default)]
pub(super) struct Simulated(ConversationStore);

#[async_trait]
impl Store for Simulated {
    async fn conversation(&self, key: &CustomerKey, _: Timestamp) -> Result<Option<CustomerRecord>, StoreError> {
        Ok(self.0.get(key))
    }

    async fn claim(
        &self,
        new: &CustomerRecord,
        previous: Option<&ConversationId>,
        _: Timestamp,
    ) -> Result<(), StoreError> {
        self.0.claim(new, previous)
    }

    async fn store_ticket(
        &self,
        opening: &ConversationId,
        ticket: &TicketId,
        placement: &Placement,
        _: Timestamp,
    ) -> Result<(), StoreError> {
        self.0.store_ticket(opening, ticket, placement)
    }

    async fn move_ticket(
        &self,
        opening: &ConversationId,
        from: &TicketId,
        into: &TicketId,
        _: Timestamp,
    ) -> Result<(), StoreError> {
        self.0.move_ticket(opening, from, into)
    }

    async fn record_inbound(&self, opening: &ConversationId, progress: &Progress<'_>) -> Result<(), StoreError> {
        self.0.record(Way::In, opening, progress)
    }

    async fn record_outbound(&self, opening: &ConversationId, progress: &Progress<'_>) -> Result<(), StoreError> {
        self.0.record(Way::Out, opening, progress)
    }

    async fn begin_closing(
        &self,
        opening: &ConversationId,
        since: Timestamp,
        ending: Ending<'_>,
    ) -> Result<(), StoreError> {
        self.0.begin_closing(opening, State::Closing { since }, ending)
    }

    async fn ask(
        &self,
        opening: &ConversationId,
        asked: Timestamp,
        service: Option<&str>,
        due_at: Timestamp,
    ) -> Result<(), StoreError> {
        self.0.ask(opening, asked, service, due_at)
    }

    async fn leave(&self, opening: &ConversationId, at: Timestamp) -> Result<(), StoreError> {
        self.0.leave(opening, at)
    }

    async fn call_back(&self, opening: &ConversationId, at: Timestamp, desk: Desk) -> Result<(), StoreError> {
        self.0.call_back(opening, at, desk)
    }

    async fn left(&self, opening: &ConversationId, at: Timestamp, read: (u64, u64)) -> Result<(), StoreError> {
        self.0.left(opening, at, read)
    }

    async fn close(&self, opening: &ConversationId, at: Timestamp) -> Result<ClosedFrom, StoreError> {
        self.0.close(opening, State::Closed { at })
    }

    async fn conversation_of_ticket(
        &self,
        ticket: &TicketId,
        _: Timestamp,
    ) -> Result<Option<ConversationId>, StoreError> {
        Ok(self.0.conversation_of_ticket(ticket))
    }

    async fn opening_before(&self, ticket: &TicketId, _: Timestamp) -> Result<Option<ConversationId>, StoreError> {
        Ok(self.0.opening_before(ticket))
    }
}
