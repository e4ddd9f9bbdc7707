//! The port `Blip` on the outbox: what a customer of this channel is sent waits there.

use std::sync::Arc;

use async_trait::async_trait;

use super::{Entry, Outbox, is_ours, mapping};
use crate::{
    clock::Clock,
    hash::HashKey,
    lime::Node,
    message::CustomerKey,
    relay::{
        Failure,
        ports::{CustomerChannel, CustomerDirectory, CustomerRef, Outgoing, Profile, StoreError},
    },
};

/// The largest message, in bytes of its JSON: an item of the table has at most 400 KB (Amazon DynamoDB, service quotas).
const MAX_MESSAGE: usize = 390_000;
/// How often a write is tried that others are quicker with.
const TRIES: usize = 5;

/// The REST channel as the workers see it.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "it holds ports")]
pub struct RestChannel {
    pub outbox: Arc<dyn Outbox>,
    pub clock: Arc<dyn Clock>,
    pub key: HashKey,
}

#[async_trait]
impl CustomerChannel for RestChannel {
    async fn send(&self, message: &Outgoing) -> Result<(), Failure> {
        let items = mapping::items(&message.document);
        // What has no id is worth nothing later: that somebody types.
        let Some(id) = message.id.as_deref().filter(|_| !items.is_empty()) else { return Ok(()) };
        if serde_json::to_string(&items).is_ok_and(|text| text.len() > MAX_MESSAGE) {
            return Err(Failure::Refused { why: "the message is too large for the outbox", status: 413 });
        }
        let key = CustomerKey::of(&message.to, &self.key);
        for _ in 0..TRIES {
            let now = self.clock.now();
            let mut head = self.outbox.head(&key, now).await?;
            if head.knows(id) {
                return Ok(());
            }
            let read = head.version;
            let entry = Entry { number: head.next(now), id: id.to_owned(), items: items.clone() };
            match self.outbox.add(&key, read, &head, &entry, now).await {
                Err(StoreError::Conflict) if self.outbox.knows(&key, id, now).await? => return Ok(()),
                Err(StoreError::Conflict) => {}
                outcome => return Ok(outcome?),
            }
        }
        Err(Failure::later("the outbox changed concurrently"))
    }

    async fn knows(&self, to: &Node, id: &str) -> Result<bool, Failure> {
        let key = CustomerKey::of(to, &self.key);
        let now = self.clock.now();
        Ok(self.outbox.knows(&key, id, now).await? || self.outbox.head(&key, now).await?.knows(id))
    }

    fn directory(&self) -> Option<&dyn CustomerDirectory> {
        Some(self)
    }
}

#[async_trait]
impl CustomerDirectory for RestChannel {
    /// All that is known of a sender is its name.
    async fn profile(&self, whom: &CustomerRef) -> Result<Profile, Failure> {
        let name = Some(&whom.address).filter(|address| is_ours(address)).and_then(super::sender);
        Ok(Profile { name, identity: Some(whom.customer()), ..Profile::default() })
    }

    /// A sender has no extras.
    async fn clear_extras(&self, _whom: &CustomerRef, _extras: &[String]) -> Result<(), Failure> {
        Ok(())
    }
}
