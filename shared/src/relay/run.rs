//! One run of a group: the conversation is read once, and its direction written once, at the end.
//!
//! The write is conditional on the opening and on the direction's sequence. A conflict (a zombie of the same
//! group, or our own write repeated by the SDK) is read again and merged: what took effect is never reported
//! as failed.

use std::time::Duration;

use super::{
    Failure,
    batch::Deadline,
    ports::{Progress, Store, StoreError},
};
use crate::{
    clock::Timestamp,
    conversation::{Conversation, Direction, EARLIER, EARLIER_WHEN_TRIED, RingEntry, State},
    lime::{Event, Message, Notification, Reason},
    message::ConversationKey,
};

/// Which direction a worker writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Inbound,
    Outbound,
}

/// A bot could not process a message (takenet/lime-csharp, `ReasonCodes`).
const APPLICATION_ERROR: i64 = 101;
/// Conflicts in a row before the run gives up. Two writers of one group are already an accident.
const MAX_MERGES: usize = 5;

/// A customer is told at most this often that something was not delivered.
const TELL_AGAIN_AFTER: Duration = Duration::from_hours(1);

/// How often a record was tried, and until when it may be now.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tries {
    pub attempts: u32,
    pub replayed: bool,
    pub deadline: Deadline,
}

impl Tries {
    /// Whether an earlier try may have had its effect.
    pub(crate) fn again(self) -> bool {
        self.attempts > 1 || self.replayed
    }

    /// How long before an opening that must have been received which belongs to an earlier one.
    pub(crate) fn earlier(self) -> Duration {
        if self.again() { EARLIER_WHEN_TRIED } else { EARLIER }
    }
}

/// The function must write down what it did: the rest is received again at once.
pub(crate) fn time_is_up() -> Failure {
    Failure::Later { after: Some(Duration::ZERO), why: "the function's time is up" }
}

pub(crate) struct Run<'a> {
    store: &'a dyn Store,
    side: Side,
    key: ConversationKey,
    pub conversation: Option<Conversation>,
    /// The opening was claimed in this run: no earlier try can have had any effect of it.
    pub claimed: bool,
    /// The opening's last step was done in this run.
    pub opens: bool,
    /// The agent whom the customer was told of in this run.
    pub agent: Option<String>,
    /// The numbered answers that the customer saw last in this run; `Some` of none when something else was said.
    pub offer: Option<Vec<String>>,
    /// The helpdesk did not take a burst in this run: what is left goes one by one.
    pub singly: bool,
    delivered: Vec<RingEntry>,
    /// What Blip is told once this run is written down.
    pub receipts: Vec<Notification>,
}

impl<'a> Run<'a> {
    /// Reads the conversation.
    pub(crate) async fn load(
        store: &'a dyn Store,
        side: Side,
        key: ConversationKey,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let conversation = store.conversation(&key, now).await?;
        Ok(Self {
            store,
            side,
            key,
            conversation,
            claimed: false,
            opens: false,
            agent: None,
            offer: None,
            singly: false,
            delivered: Vec::new(),
            receipts: Vec::new(),
        })
    }

    /// Reads the conversation again, after a write of someone else, and keeps what this run delivered.
    pub(crate) async fn reload(&mut self, now: Timestamp) -> Result<(), StoreError> {
        self.conversation = self.store.conversation(&self.key, now).await?;
        for entry in std::mem::take(&mut self.delivered) {
            self.delivered(entry);
        }
        let ticketed = self.conversation.as_ref().is_some_and(|c| c.state == State::Ticketed);
        self.opens &= ticketed;
        Ok(())
    }

    /// Whose run it is.
    pub(crate) fn key(&self) -> &ConversationKey {
        &self.key
    }

    fn direction(&mut self) -> Option<&mut Direction> {
        let conversation = self.conversation.as_mut()?;
        Some(match self.side {
            Side::Inbound => &mut conversation.inbound,
            Side::Outbound => &mut conversation.outbound,
        })
    }

    /// Whether the customer may be told now that something was not delivered.
    pub(crate) fn may_tell(&mut self, now: Timestamp) -> bool {
        self.direction().is_some_and(|d| d.told.0 == 0 || now.since(d.told) >= TELL_AGAIN_AFTER)
    }

    /// Remembers that the customer was told.
    pub(crate) fn told(&mut self, now: Timestamp) {
        if let Some(direction) = self.direction() {
            direction.told = now;
        }
    }

    /// Whether this event had its effect already.
    pub(crate) fn knows(&mut self, entry: RingEntry) -> bool {
        self.direction().is_some_and(|direction| direction.ring.holds(entry))
    }

    /// Notes what became of a message of the customer. One without an id gets no notification.
    pub(crate) fn receipt(&mut self, message: &Message, event: Event) {
        let failed = event == Event::Failed;
        if let Some(mut receipt) = Notification::about(message, event) {
            receipt.reason = failed.then(|| Reason { code: Some(APPLICATION_ERROR), ..Reason::default() });
            self.receipts.push(receipt);
        }
    }

    /// Remembers what of the agent's words the customer saw last: answers by number, or something else. What stands in the
    /// map and is not open any more is taken away, at no cost of its own.
    pub(crate) fn offers(&mut self, options: &[String]) {
        let Some(conversation) = &mut self.conversation else { return };
        if !options.is_empty() || !conversation.offer.is_empty() {
            conversation.offer = options.to_vec();
            self.offer = Some(options.to_vec());
        }
    }

    /// Remembers that this event had its effect.
    pub(crate) fn delivered(&mut self, entry: RingEntry) {
        if let Some(direction) = self.direction() {
            direction.ring.push(entry);
            self.delivered.push(entry);
        }
    }

    /// Writes what this run did, if it did anything.
    pub(crate) async fn save(&mut self, now: Timestamp) -> Result<(), Failure> {
        for _ in 0..MAX_MERGES {
            if self.delivered.is_empty() && !self.opens && self.agent.is_none() {
                return Ok(());
            }
            let Some(direction) = self.direction() else { return Ok(()) };
            direction.sequence += 1;
            direction.last = now;
            let direction = direction.clone();
            let Some(conversation) = &self.conversation else { return Ok(()) };
            let progress = Progress {
                direction: &direction,
                opens: self.opens,
                agent: self.agent.as_deref(),
                offer: self.offer.as_deref(),
            };
            let written = match self.side {
                Side::Inbound => self.store.record_inbound(&conversation.opening, &progress).await,
                Side::Outbound => self.store.record_outbound(&conversation.opening, &progress).await,
            };
            match written {
                Ok(()) => {
                    self.delivered.clear();
                    self.opens = false;
                    self.agent = None;
                    self.offer = None;
                    return Ok(());
                }
                Err(StoreError::Conflict) => self.reload(now).await?,
                Err(StoreError::Unavailable) => {
                    // The sequence in memory must match the map again for the next try of this run.
                    if let Some(direction) = self.direction() {
                        direction.sequence -= 1;
                    }
                    return Err(StoreError::Unavailable.into());
                }
            }
        }
        Err(StoreError::Conflict.into())
    }
}
