//! One run of a group: the conversation is read once, and its direction written once, at the end.

mod save;

use std::time::Duration;

use super::{
    fate::Fate,
    ports::{Store, StoreError, TicketRef},
    worker::{Deadline, SOON},
};
use crate::{
    clock::Timestamp,
    conversation::{
        Before, CustomerRecord, Desk, Direction, INBOUND_ENTRIES, OUTBOUND_ENTRIES, Partial, RECEIPT_ENTRIES, RecentId,
        ServiceTimes, Timers,
    },
    lime::{Event, Message, Notification, Reason},
    message::CustomerKey,
    trail::Line,
};

/// Which direction a worker writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Inbound,
    Outbound,
}

/// A bot could not process a message (takenet/lime-csharp, `ReasonCodes`).
const APPLICATION_ERROR: i64 = 101;

/// A customer is told at most this often that something was not delivered.
const TELL_AGAIN_AFTER: Duration = Duration::from_hours(1);

/// Words that the agent took back before they were sent.
pub(super) struct TakenBack {
    /// The entry of the words among the recent ids.
    pub words: RecentId,
    /// That of the event that takes them back.
    pub by: RecentId,
}

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
    /// The agent who got the ticket in this run.
    pub agent: Option<String>,
    /// The numbered answers that the customer saw last in this run; `Some` of none when something else was said.
    pub offer: Option<Vec<String>>,
    /// Words of this side were delivered in this run.
    pub spoke: Option<Timestamp>,
    /// What the timers remember, where this run changed it.
    pub timers: Option<Timers>,
    /// When to look next whether something is due, where this run changed it.
    pub due_at: Option<Timestamp>,
    /// The queue that the ticket went to in this run.
    pub queue: Option<String>,
    /// What the helpdesk told beside words, where this run changed it.
    pub desk: Option<Desk>,
    /// Words of this run's records that were taken back.
    pub(super) taken_back: Vec<TakenBack>,
    /// Where the customer is was asked, or is known, in this run.
    pub is_found: bool,
    /// The close of a conversation that began outside the hours was handed on in this run.
    pub is_sent_back: bool,
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
    /// What was known when the conversation was read last.
    pub(super) before: Option<Before>,
    /// When the first words of this side were delivered in this run.
    pub(super) said: Option<Timestamp>,
    /// What became known with the write of this run.
    pub(super) times: ServiceTimes,
    /// What becomes of the message that is worked now.
    pub(super) fate: Option<Fate>,
    /// The steps of messages, told once this run is written down.
    pub(super) lines: Vec<Line>,
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
            before: before(side, conversation.as_ref()),
            conversation,
            claimed: false,
            opens: false,
            agent: None,
            offer: None,
            spoke: None,
            timers: None,
            due_at: None,
            queue: None,
            desk: None,
            taken_back: Vec::new(),
            is_found: false,
            is_sent_back: false,
            batching_disabled: false,
            unwritten: false,
            began: false,
            delivered: Vec::new(),
            passed_on: Vec::new(),
            under_way: Vec::new(),
            receipts: Vec::new(),
            said: None,
            times: ServiceTimes::default(),
            fate: None,
            lines: Vec::new(),
        })
    }

    /// Remembers what was done, and when to look next, for what comes in this run, too.
    pub(super) fn sets(&mut self, timers: Timers) {
        if let Some(conversation) = &mut self.conversation {
            conversation.timers = timers;
            (self.timers, self.due_at) = (Some(timers), timers.due_at);
        }
    }

    /// The ticket is in another queue. `moved`, where it was transferred there: since when, and whether the customer was told.
    pub(super) fn moves(&mut self, queue: Option<String>, moved: Option<(Timestamp, bool)>) {
        let Some(conversation) = &mut self.conversation else { return };
        if let Some(queue) = queue {
            conversation.placement.queue = Some(queue.clone());
            self.queue = Some(queue);
        }
        if let Some((at, told)) = moved {
            self.desk(|desk| desk.moved(at, told));
        }
    }

    /// Changes what the helpdesk told beside words.
    pub(super) fn desk(&mut self, change: impl FnOnce(&mut Desk)) {
        let Some(conversation) = &mut self.conversation else { return };
        change(&mut conversation.desk);
        self.desk = Some(conversation.desk);
    }

    /// The agent of this name has the ticket, at `now`.
    pub(super) fn taken_by(&mut self, name: &str, now: Timestamp) {
        if self.conversation.as_ref().is_some_and(|conversation| conversation.agent.is_none()) {
            self.desk(|desk| desk.assigned_at = desk.assigned_at.or(Some(now.seconds())));
        }
        self.agent = Some(name.to_owned());
        if let Some(conversation) = &mut self.conversation {
            conversation.agent = Some(name.to_owned());
        }
    }

    /// Words of this side are delivered, or were at `at`. Of a customer, they answer no question about the end.
    pub(super) fn speaks(&mut self, at: Timestamp) {
        self.spoke = self.spoke.max(Some(at));
        self.said = self.said.or(Some(at));
        let is_first = |conversation: &CustomerRecord| {
            conversation.outbound.last.0 == 0 && conversation.desk.first_word_at.is_none()
        };
        if self.side == Side::Outbound && self.conversation.as_ref().is_some_and(is_first) {
            self.desk(|desk| desk.first_word_at = Some(at.seconds()));
        }
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
}

/// What the helpdesk's direction compares its write with. The customer's measures nothing.
fn before(side: Side, conversation: Option<&CustomerRecord>) -> Option<Before> {
    conversation.filter(|_| side == Side::Outbound).map(Before::of)
}
