//! One run of a group: the conversation is read once, and its direction written once, at the end.
//!
//! The write is conditional on the opening and on the direction's sequence. A conflict (a zombie of the same
//! group, or our own write repeated by the SDK) is read again and merged: what took effect is never reported
//! as failed.

use std::time::Duration;

use super::{
    Failure,
    ports::{Progress, Store, StoreError, TicketRef},
    worker::{Deadline, SOON},
};
use crate::{
    clock::Timestamp,
    conversation::{
        CustomerRecord, Direction, INBOUND_ENTRIES, OUTBOUND_ENTRIES, Partial, RECEIPT_ENTRIES, RecentId, State, Timers,
    },
    lime::{Event, Message, Notification, Reason},
    message::CustomerKey,
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

/// What one run knows of its conversation, and what it did.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(crate) struct Run<'a> {
    store: &'a dyn Store,
    side: Side,
    key: CustomerKey,
    pub conversation: Option<CustomerRecord>,
    /// The opening was claimed in this run: no earlier try can have had any effect of it.
    pub claimed: bool,
    /// The opening's last step was done in this run.
    pub opens: bool,
    /// The agent whom the customer was told of in this run.
    pub agent: Option<String>,
    /// The numbered answers that the customer saw last in this run; `Some` of none when something else was said.
    pub offer: Option<Vec<String>>,
    /// Words of this side were delivered in this run.
    pub spoke: bool,
    /// What the timers remember, where this run changed it.
    pub timers: Option<Timers>,
    /// When to look next whether something is due, where this run changed it.
    pub due_at: Option<Timestamp>,
    /// The helpdesk did not take a batch in this run: what is left goes one by one.
    pub batching_disabled: bool,
    /// Something was done that is not written down yet.
    pub(super) unwritten: bool,
    /// Something of it had an effect in this run.
    pub(super) began: bool,
    delivered: Vec<RecentId>,
    passed_on: Vec<RecentId>,
    pub(super) under_way: Vec<Partial>,
    /// What Blip is told once this run is written down.
    pub receipts: Vec<Notification>,
}

impl<'a> Run<'a> {
    /// Reads the conversation.
    pub(crate) async fn load(
        store: &'a dyn Store,
        side: Side,
        key: CustomerKey,
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
            spoke: false,
            timers: None,
            due_at: None,
            batching_disabled: false,
            unwritten: false,
            began: false,
            delivered: Vec::new(),
            passed_on: Vec::new(),
            under_way: Vec::new(),
            receipts: Vec::new(),
        })
    }

    /// Reads the conversation again, after a write of someone else, and keeps what this run did. What was said of one opening is
    /// not written into another.
    pub(crate) async fn reload(&mut self, now: Timestamp) -> Result<(), StoreError> {
        let conversation = self.store.conversation(&self.key, now).await?;
        let told = self.direction().map(|direction| direction.last_notice_at);
        let before = std::mem::replace(&mut self.conversation, conversation);
        let (partials, delivered, passed_on) = (
            std::mem::take(&mut self.under_way),
            std::mem::take(&mut self.delivered),
            std::mem::take(&mut self.passed_on),
        );
        if let Some(direction) = self.direction() {
            direction.last_notice_at = direction.last_notice_at.max(told.unwrap_or_default());
            direction.under_way.merge(&partials);
        }
        self.under_way = partials;
        for entry in delivered {
            self.delivered(entry);
        }
        for entry in passed_on {
            self.passed_on(entry);
        }
        let opening = |conversation: &Option<CustomerRecord>| conversation.as_ref().map(|c| c.opening.clone());
        let same = opening(&before) == opening(&self.conversation);
        let ticketed = self.conversation.as_ref().is_some_and(|c| c.state == State::Ticketed);
        self.opens &= same && ticketed;
        if !same {
            self.agent = None;
            self.offer = None;
        }
        // Whoever closes a conversation says when to look at it again.
        let is_over =
            |conversation: &CustomerRecord| matches!(conversation.state, State::Closing { .. } | State::Closed { .. });
        let is_over = self.conversation.as_ref().is_some_and(is_over);
        self.spoke &= same;
        self.timers = self.timers.filter(|_| same);
        self.due_at = self.due_at.filter(|_| same && !is_over);
        if let (Some(conversation), Some(timers)) = (&mut self.conversation, self.timers) {
            conversation.timers = Timers { due_at: self.due_at.or(conversation.timers.due_at), ..timers };
        }
        Ok(())
    }

    /// Remembers what was done, and when to look next, for what comes in this run, too.
    pub(super) fn sets(&mut self, timers: Timers) {
        if let Some(conversation) = &mut self.conversation {
            conversation.timers = timers;
            (self.timers, self.due_at) = (Some(timers), timers.due_at);
        }
    }

    /// Words of this side are delivered. Of a customer, they answer no question about the end.
    pub(super) fn speaks(&mut self) {
        self.spoke = true;
        self.asks_to_end(None);
    }

    /// Remembers when the customer was asked whether an ending word is meant.
    pub(super) fn asks_to_end(&mut self, at: Option<Timestamp>) {
        let Some(conversation) = self.conversation.as_mut().filter(|_| self.side == Side::Inbound) else { return };
        let at = at.map(Timestamp::seconds);
        if conversation.timers.end_asked_at != at {
            conversation.timers.end_asked_at = at;
            self.timers = Some(conversation.timers);
        }
    }

    /// Whose run it is.
    pub(crate) fn key(&self) -> &CustomerKey {
        &self.key
    }

    /// The ticket of the conversation, once there is one.
    pub(super) fn ticket_ref(&self) -> Option<TicketRef> {
        let conversation = self.conversation.as_ref()?;
        Some(TicketRef { opening: conversation.opening.clone(), ticket: conversation.ticket.clone()? })
    }

    pub(super) fn direction(&mut self) -> Option<&mut Direction> {
        let conversation = self.conversation.as_mut()?;
        Some(match self.side {
            Side::Inbound => &mut conversation.inbound,
            Side::Outbound => &mut conversation.outbound,
        })
    }

    /// How many recent ids of this direction are remembered.
    fn limit(&self) -> usize {
        match self.side {
            Side::Inbound => INBOUND_ENTRIES,
            Side::Outbound => OUTBOUND_ENTRIES,
        }
    }

    /// Whether the customer may be told now that something was not delivered.
    pub(crate) fn may_tell(&mut self, now: Timestamp) -> bool {
        self.direction().is_some_and(|d| d.last_notice_at.0 == 0 || now.since(d.last_notice_at) >= TELL_AGAIN_AFTER)
    }

    /// Remembers that the customer was told.
    pub(crate) fn told(&mut self, now: Timestamp) {
        if let Some(direction) = self.direction() {
            direction.last_notice_at = now;
            self.unwritten = true;
        }
    }

    /// Whether this event had its effect already.
    pub(crate) fn knows(&mut self, entry: RecentId) -> bool {
        self.direction().is_some_and(|direction| direction.recent_ids.holds(entry))
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
    /// conversation store and is not open any more is taken away, at no cost of its own.
    pub(crate) fn offers(&mut self, options: &[String]) {
        let Some(conversation) = &mut self.conversation else { return };
        if !options.is_empty() || !conversation.offer.is_empty() {
            conversation.offer = options.to_vec();
            self.offer = Some(options.to_vec());
        }
    }

    /// Whether what is remembered may no longer say what had its effect.
    pub(crate) fn may_have_forgotten(&mut self) -> bool {
        let limit = self.limit();
        self.direction().is_some_and(|direction| direction.recent_ids.is_full(limit))
    }

    /// Remembers that this event had its effect, whole.
    pub(crate) fn delivered(&mut self, entry: RecentId) {
        self.began = true;
        let limit = self.limit();
        if let Some(direction) = self.direction() {
            direction.recent_ids.push(entry, limit);
            direction.under_way.remove(entry);
            self.under_way.retain(|partial| partial.entry != entry);
            self.delivered.push(entry);
            self.unwritten = true;
        }
    }

    /// Whether this receipt was passed on already.
    pub(crate) fn knows_receipt(&mut self, entry: RecentId) -> bool {
        self.direction().is_some_and(|direction| direction.receipts.holds(entry))
    }

    /// Remembers that this receipt was passed on, among receipts only: they push no words out.
    pub(crate) fn passed_on(&mut self, entry: RecentId) {
        if let Some(direction) = self.direction() {
            direction.receipts.push(entry, RECEIPT_ENTRIES);
            self.passed_on.push(entry);
            self.unwritten = true;
        }
    }

    /// Whether there is time for one more call. The first effect of a run always may begin: a run that did nothing would
    /// never end.
    pub(crate) fn has_time(&self, deadline: Deadline, now: Timestamp) -> bool {
        if self.began { deadline.allows(now, SOON) } else { !deadline.left(now).is_zero() }
    }

    /// Remembers since when the customer waits for a word: the first one that nobody answered.
    fn begins_to_wait(&mut self, now: Timestamp) {
        let Some(conversation) = &mut self.conversation else { return };
        if !self.spoke || self.side != Side::Inbound || matches!(conversation.state, State::Closed { .. }) {
            return;
        }
        let times = conversation.times();
        let waits = times.customer.waits(&times.agent) && times.customer.last_word_at.is_some();
        if !waits {
            // The opening's own words began it, and their time is there.
            let since = (times.agent.last_word_at.is_some()).then(|| now.seconds());
            if conversation.timers.waits_since != since {
                conversation.timers.waits_since = since;
                self.timers = Some(conversation.timers);
            }
        }
    }

    /// Writes what this run did, if it did anything.
    pub(crate) async fn save(&mut self, now: Timestamp) -> Result<(), Failure> {
        for _ in 0..MAX_MERGES {
            if !self.unwritten && !self.opens && self.agent.is_none() && self.timers.is_none() && self.due_at.is_none()
            {
                return Ok(());
            }
            let spoke = self.spoke;
            self.begins_to_wait(now);
            let Some(direction) = self.direction() else { return Ok(()) };
            direction.sequence += 1;
            if spoke {
                direction.last = now;
            }
            let direction = direction.clone();
            let Some(conversation) = &self.conversation else { return Ok(()) };
            let progress = Progress {
                direction: &direction,
                opens: self.opens,
                agent: self.agent.as_deref(),
                offer: self.offer.as_deref(),
                timers: self.timers,
                due_at: self.due_at,
            };
            let written = match self.side {
                Side::Inbound => self.store.record_inbound(&conversation.opening, &progress).await,
                Side::Outbound => self.store.record_outbound(&conversation.opening, &progress).await,
            };
            match written {
                Ok(()) => {
                    self.unwritten = false;
                    self.delivered.clear();
                    self.passed_on.clear();
                    self.under_way.clear();
                    self.opens = false;
                    self.agent = None;
                    self.offer = None;
                    self.timers = None;
                    self.due_at = None;
                    self.spoke = false;
                    return Ok(());
                }
                Err(StoreError::Conflict) => self.reload(now).await?,
                Err(StoreError::Unavailable) => {
                    // The sequence in memory must match the conversation store again for the next try of this run.
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
