//! Watches the writes of both directions: customer and agent never contend.
//!
//! A write may meet a conflict only where its own direction, the opening or the state was written since it was read. One function
//! may read a conversation for several groups, as for two tickets of one customer: a write belongs to the read whose sequence
//! it goes on from.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use ponte::{
    clock::Timestamp,
    conversation::{CustomerRecord, Desk, Ending, Placement, State},
    message::{ConversationId, CustomerKey, TicketId},
    relay::ports::{ClosedFrom, Progress, Store, StoreError},
};

use super::{
    conversation_store::{Way, side},
    invocation::Invocation,
};

/// A read of a conversation, or a write after which its writer knows it again.
struct Known {
    /// The sequences of both directions as the relay was told them.
    told: [u64; 2],
    /// How the conversation store was.
    was: CustomerRecord,
}

pub(crate) struct Witness {
    inner: Arc<dyn Store>,
    invocation: Arc<Invocation>,
    known: Mutex<Vec<Known>>,
}

fn sequences(conversation: &CustomerRecord) -> [u64; 2] {
    [conversation.inbound.sequence, conversation.outbound.sequence]
}

fn of(sequences: [u64; 2], way: Way) -> u64 {
    let [inbound, outbound] = sequences;
    if way == Way::In { inbound } else { outbound }
}

impl Witness {
    pub(crate) fn new(inner: Arc<dyn Store>, invocation: Arc<Invocation>) -> Self {
        Self { inner, invocation, known: Mutex::default() }
    }

    fn judge(&self, way: Way, opening: &ConversationId, progress: &Progress<'_>, written: Result<(), StoreError>) {
        let world = &self.invocation.world;
        let Some(mut now) = world.store.get(&opening.conversation()) else { return };
        let mut known = self.known.lock().unwrap();
        match written {
            Ok(()) => {
                let told = progress.direction.sequence;
                let told = if way == Way::In { [told, u64::MAX] } else { [u64::MAX, told] };
                known.push(Known { told, was: now });
                return;
            }
            // It may have been written all the same, and meet itself later.
            Err(StoreError::Unavailable) => return,
            Err(StoreError::Conflict) => {}
        }
        let read = progress.direction.sequence - 1;
        let theirs = |known: &&mut Known| known.was.opening == *opening && of(known.told, way) == read;
        let Some(Known { was: before, .. }) = known.iter_mut().rev().find(theirs) else { return };
        let alone = before.opening == now.opening && side(before, way).sequence == side(&mut now, way).sequence;
        let opens = progress.opens && now.state != State::Ticketed;
        // A timer of what closes, or is closed, is dropped.
        let is_over = progress.due_at.is_some() && matches!(now.state, State::Closing { .. } | State::Closed { .. });
        if alone && !opens && !is_over {
            let wrong =
                format!("{}: the directions contend: a conflict, and nobody wrote {way:?}", self.invocation.who());
            world.tell(|| wrong.clone());
            world.ledger().wrong.push(wrong);
        }
    }
}

#[async_trait]
impl Store for Witness {
    async fn conversation(&self, key: &CustomerKey, now: Timestamp) -> Result<Option<CustomerRecord>, StoreError> {
        let before = self.invocation.world.store.get(key);
        let read = self.inner.conversation(key, now).await?;
        if let Some((was, read)) = before.zip(read.as_ref()) {
            self.known.lock().unwrap().push(Known { told: sequences(read), was });
        }
        Ok(read)
    }

    async fn claim(
        &self,
        new: &CustomerRecord,
        previous: Option<&ConversationId>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.inner.claim(new, previous, now).await
    }

    async fn store_ticket(
        &self,
        opening: &ConversationId,
        ticket: &TicketId,
        placement: &Placement,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.inner.store_ticket(opening, ticket, placement, now).await
    }

    async fn move_ticket(
        &self,
        opening: &ConversationId,
        from: &TicketId,
        into: &TicketId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.inner.move_ticket(opening, from, into, now).await
    }

    async fn record_inbound(&self, opening: &ConversationId, progress: &Progress<'_>) -> Result<(), StoreError> {
        let written = self.inner.record_inbound(opening, progress).await;
        self.judge(Way::In, opening, progress, written);
        written
    }

    async fn record_outbound(&self, opening: &ConversationId, progress: &Progress<'_>) -> Result<(), StoreError> {
        let written = self.inner.record_outbound(opening, progress).await;
        self.judge(Way::Out, opening, progress, written);
        written
    }

    async fn begin_closing(
        &self,
        opening: &ConversationId,
        since: Timestamp,
        ending: Ending<'_>,
    ) -> Result<(), StoreError> {
        self.inner.begin_closing(opening, since, ending).await
    }

    async fn ask(
        &self,
        opening: &ConversationId,
        asked: Timestamp,
        service: Option<&str>,
        due_at: Timestamp,
    ) -> Result<(), StoreError> {
        self.inner.ask(opening, asked, service, due_at).await
    }

    async fn leave(&self, opening: &ConversationId, at: Timestamp) -> Result<(), StoreError> {
        self.inner.leave(opening, at).await
    }

    async fn call_back(&self, opening: &ConversationId, at: Timestamp, desk: Desk) -> Result<(), StoreError> {
        self.inner.call_back(opening, at, desk).await
    }

    async fn left(&self, opening: &ConversationId, at: Timestamp, read: (u64, u64)) -> Result<(), StoreError> {
        self.inner.left(opening, at, read).await
    }

    async fn close(&self, opening: &ConversationId, at: Timestamp) -> Result<ClosedFrom, StoreError> {
        self.inner.close(opening, at).await
    }

    async fn conversation_of_ticket(
        &self,
        ticket: &TicketId,
        now: Timestamp,
    ) -> Result<Option<ConversationId>, StoreError> {
        self.inner.conversation_of_ticket(ticket, now).await
    }

    async fn opening_before(&self, ticket: &TicketId, now: Timestamp) -> Result<Option<ConversationId>, StoreError> {
        self.inner.opening_before(ticket, now).await
    }
}

#[cfg(test)]
mod tests {
    use ponte::{conversation::Direction, queue::Destination};

    use super::{
        super::{fault_plan::FaultPlan, random::Random, verdict, world::World},
        *,
    };

    /// One function reads a conversation twice, for two tickets of the customer; one of its groups writes, the other one meets that.
    #[tokio::test(start_paused = true)]
    async fn two_groups_of_one_function_do_not_contend() {
        let mut random = Random::new(1);
        let world = World::under(FaultPlan::calm(&mut random), random, None, false);
        world.ledger().chat("customer0@tunnel.msging.net", None, &world.key);
        let opening = verdict::opens(&world, 0, 1);
        let invocation = Arc::new(Invocation::new(&world, Destination::ToCustomer));
        let witness = Witness::new(invocation.clone(), invocation);
        let now = Timestamp(0);
        let read = witness.conversation(&opening.conversation(), now).await.unwrap().unwrap();
        let direction = Direction { sequence: read.outbound.sequence + 1, ..read.outbound };
        let progress = Progress::of(&direction);
        assert_eq!(witness.record_outbound(&opening, &progress).await, Ok(()));
        assert_eq!(witness.record_outbound(&opening, &progress).await, Err(StoreError::Conflict));
        assert_eq!(world.ledger().wrong, [""; 0]);
        // The same without anybody's write is a contention.
        let late = Direction { sequence: direction.sequence + 5, ..direction.clone() };
        witness
            .known
            .lock()
            .unwrap()
            .push(Known { told: [0, late.sequence - 1], was: world.store.get(&opening.conversation()).unwrap() });
        let progress = Progress { direction: &late, ..progress };
        assert_eq!(witness.record_outbound(&opening, &progress).await, Err(StoreError::Conflict));
        assert_eq!(world.ledger().wrong.len(), 1);
    }
}
