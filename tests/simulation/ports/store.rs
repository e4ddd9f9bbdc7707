//! The conversation store.

use async_trait::async_trait;
use ponte::{
    clock::Timestamp,
    conversation::{CustomerRecord, Desk, Ending, Placement, State},
    message::{ConversationId, CustomerKey, TicketId},
    relay::ports::{ClosedFrom, Progress, Store, StoreError},
};

use crate::simulation::{conversation_store::Way, invocation::Invocation};

#[async_trait]
impl Store for Invocation {
    async fn conversation(&self, key: &CustomerKey, _: Timestamp) -> Result<Option<CustomerRecord>, StoreError> {
        self.reads("read", |store| store.get(key)).await
    }

    async fn claim(
        &self,
        new: &CustomerRecord,
        previous: Option<&ConversationId>,
        _: Timestamp,
    ) -> Result<(), StoreError> {
        self.writes("claim", StoreError::Conflict, |store| store.claim(new, previous)).await
    }

    async fn store_ticket(
        &self,
        opening: &ConversationId,
        ticket: &TicketId,
        placement: &Placement,
        _: Timestamp,
    ) -> Result<(), StoreError> {
        // A transaction that the SDK repeats bears the same token, and succeeds.
        self.writes("store ticket", StoreError::Unavailable, |store| store.store_ticket(opening, ticket, placement))
            .await
    }

    async fn move_ticket(
        &self,
        opening: &ConversationId,
        from: &TicketId,
        into: &TicketId,
        _: Timestamp,
    ) -> Result<(), StoreError> {
        self.writes("move ticket", StoreError::Unavailable, |store| store.move_ticket(opening, from, into)).await
    }

    async fn record_inbound(&self, opening: &ConversationId, progress: &Progress<'_>) -> Result<(), StoreError> {
        self.writes("record in", StoreError::Conflict, |store| store.record(Way::In, opening, progress)).await
    }

    async fn record_outbound(&self, opening: &ConversationId, progress: &Progress<'_>) -> Result<(), StoreError> {
        self.writes("record out", StoreError::Conflict, |store| store.record(Way::Out, opening, progress)).await
    }

    async fn begin_closing(
        &self,
        opening: &ConversationId,
        since: Timestamp,
        ending: Ending<'_>,
    ) -> Result<(), StoreError> {
        self.writes("begin closing", StoreError::Conflict, |store| {
            store.begin_closing(opening, State::Closing { since }, ending)?;
            let mut ledger = self.world.ledger();
            ledger.closings.push((self.world.now(), opening.clone()));
            ledger.endings.push((self.world.now(), opening.clone(), ending.reason));
            Ok(())
        })
        .await
    }

    async fn ask(
        &self,
        opening: &ConversationId,
        asked: Timestamp,
        service: Option<&str>,
        due_at: Timestamp,
    ) -> Result<(), StoreError> {
        self.writes("ask", StoreError::Unavailable, |store| store.ask(opening, asked, service, due_at)).await
    }

    async fn leave(&self, opening: &ConversationId, at: Timestamp) -> Result<(), StoreError> {
        self.writes("leave", StoreError::Conflict, |store| store.leave(opening, at)).await
    }

    async fn call_back(&self, opening: &ConversationId, at: Timestamp, desk: Desk) -> Result<(), StoreError> {
        self.writes("call back", StoreError::Conflict, |store| store.call_back(opening, at, desk)).await
    }

    async fn left(&self, opening: &ConversationId, at: Timestamp, read: (u64, u64)) -> Result<(), StoreError> {
        self.writes("left", StoreError::Conflict, |store| store.left(opening, at, read)).await
    }

    async fn close(&self, opening: &ConversationId, at: Timestamp) -> Result<ClosedFrom, StoreError> {
        self.writes("close", StoreError::Conflict, |store| store.close(opening, State::Closed { at })).await
    }

    async fn conversation_of_ticket(
        &self,
        ticket: &TicketId,
        _: Timestamp,
    ) -> Result<Option<ConversationId>, StoreError> {
        let found = self.reads("read way back", |store| store.conversation_of_ticket(ticket)).await;
        if found == Ok(None) {
            self.unknown.lock().unwrap().insert(ticket.clone());
        }
        found
    }

    async fn opening_before(&self, ticket: &TicketId, _: Timestamp) -> Result<Option<ConversationId>, StoreError> {
        self.reads("read way back", |store| store.opening_before(ticket)).await
    }
}
