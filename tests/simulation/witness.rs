//! Watches the writes of both directions: customer and agent never contend.
//!
//! A write may meet a conflict only where its own direction, the opening or the state was written since it was read.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use ponte::{
    clock::Timestamp,
    conversation::{Conversation, State},
    message::{ConversationKey, OpeningId, TicketId},
    relay::ports::{Progress, Store, StoreError},
};

use super::{
    invocation::Invocation,
    map::{Way, side},
};

pub(crate) struct Witness {
    inner: Arc<dyn Store>,
    invocation: Arc<Invocation>,
    /// How the map was at the last read.
    read: Mutex<HashMap<ConversationKey, Option<Conversation>>>,
}

impl Witness {
    pub(crate) fn new(inner: Arc<dyn Store>, invocation: Arc<Invocation>) -> Self {
        Self { inner, invocation, read: Mutex::default() }
    }

    fn judge(&self, way: Way, opening: &OpeningId, progress: &Progress<'_>, written: Result<(), StoreError>) {
        let key = opening.conversation();
        let world = &self.invocation.world;
        let now = world.map.get(&key);
        match written {
            Ok(()) => {
                self.read.lock().unwrap().insert(key, now);
                return;
            }
            // It may have been written all the same, and meet itself later.
            Err(StoreError::Unavailable) => return,
            Err(StoreError::Conflict) => {}
        }
        let before = self.read.lock().unwrap().get(&key).cloned().flatten();
        let Some((mut before, mut now)) = before.zip(now) else { return };
        let alone = before.opening == now.opening && side(&mut before, way).sequence == side(&mut now, way).sequence;
        let opens = progress.opens && now.state != State::Ticketed;
        if alone && !opens {
            let wrong =
                format!("{}: the directions contend: a conflict, and nobody wrote {way:?}", self.invocation.who());
            world.tell(|| wrong.clone());
            world.ledger().wrong.push(wrong);
        }
    }
}

#[async_trait]
impl Store for Witness {
    async fn conversation(&self, key: &ConversationKey, now: Timestamp) -> Result<Option<Conversation>, StoreError> {
        let before = self.invocation.world.map.get(key);
        let read = self.inner.conversation(key, now).await?;
        self.read.lock().unwrap().insert(key.clone(), before);
        Ok(read)
    }

    async fn claim(&self, new: &Conversation, previous: Option<&OpeningId>, now: Timestamp) -> Result<(), StoreError> {
        self.inner.claim(new, previous, now).await
    }

    async fn store_ticket(&self, opening: &OpeningId, ticket: &TicketId, now: Timestamp) -> Result<(), StoreError> {
        self.inner.store_ticket(opening, ticket, now).await
    }

    async fn record_inbound(&self, opening: &OpeningId, progress: &Progress<'_>) -> Result<(), StoreError> {
        let written = self.inner.record_inbound(opening, progress).await;
        self.judge(Way::In, opening, progress, written);
        written
    }

    async fn record_outbound(&self, opening: &OpeningId, progress: &Progress<'_>) -> Result<(), StoreError> {
        let written = self.inner.record_outbound(opening, progress).await;
        self.judge(Way::Out, opening, progress, written);
        written
    }

    async fn begin_closing(&self, opening: &OpeningId, since: Timestamp) -> Result<(), StoreError> {
        self.inner.begin_closing(opening, since).await
    }

    async fn leave(&self, opening: &OpeningId, at: Timestamp) -> Result<(), StoreError> {
        self.inner.leave(opening, at).await
    }

    async fn close(&self, opening: &OpeningId, at: Timestamp) -> Result<(), StoreError> {
        self.inner.close(opening, at).await
    }

    async fn way_back(&self, ticket: &TicketId, now: Timestamp) -> Result<Option<OpeningId>, StoreError> {
        self.inner.way_back(ticket, now).await
    }
}
