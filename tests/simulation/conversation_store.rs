//! The conversation store: conditional writes and the transaction, with the conditions of `shared/ponte/src/store/dynamo.rs`.
//!
//! A write is one moment; what makes it fail or stay unanswered is decided by the invocation that calls.

use std::{collections::HashMap, sync::Mutex};

use ponte::{
    clock::Timestamp,
    conversation::{CustomerRecord, Desk, Direction, Ending, Placement, State, Timers},
    message::{ConversationId, CustomerKey, TicketId},
    relay::ports::{ClosedFrom, Due, Progress, StoreError},
};
use service_rules::EndReason;

/// Which direction of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    In,
    Out,
}

pub(crate) fn side(conversation: &mut CustomerRecord, way: Way) -> &mut Direction {
    match way {
        Way::In => &mut conversation.inbound,
        Way::Out => &mut conversation.outbound,
    }
}

#[derive(Default)]
pub(crate) struct ConversationStore {
    items: Mutex<HashMap<CustomerKey, CustomerRecord>>,
    /// Each with the opening that it leads to, and the one before that.
    tickets: Mutex<HashMap<TicketId, (ConversationId, ConversationId)>>,
}

impl ConversationStore {
    pub(crate) fn get(&self, key: &CustomerKey) -> Option<CustomerRecord> {
        self.items.lock().unwrap().get(key).cloned()
    }

    /// Somebody else changes a conversation, whatever the conditions.
    pub(crate) fn interfere(&self, key: &CustomerKey, change: impl FnOnce(&mut CustomerRecord)) {
        if let Some(stored) = self.items.lock().unwrap().get_mut(key) {
            change(stored);
        }
    }

    pub(crate) fn claim(&self, new: &CustomerRecord, previous: Option<&ConversationId>) -> Result<(), StoreError> {
        let mut items = self.items.lock().unwrap();
        let stored = items.get(&new.key);
        let free = match (stored, previous) {
            (None, None) => true,
            (Some(stored), Some(previous)) => {
                stored.opening == *previous && matches!(stored.state, State::Closed { .. })
            }
            _ => false,
        };
        if !free {
            return Err(StoreError::Conflict);
        }
        let mut claimed =
            CustomerRecord { ticket: None, agent: None, left: None, state: State::Claimed, ..new.clone() };
        let (inbound, outbound) =
            stored.map(|s| (s.inbound.of_next_opening(), s.outbound.of_next_opening())).unwrap_or_default();
        (claimed.inbound, claimed.outbound) = (inbound, outbound);
        items.insert(new.key.clone(), claimed);
        Ok(())
    }

    /// The conversations that are not closed, in the order in which something is due for them.
    pub(crate) fn due(&self) -> Vec<Due> {
        let items = self.items.lock().unwrap();
        let due = |(customer, conversation): (&CustomerKey, &CustomerRecord)| {
            Some(Due { at: conversation.timers.due_at?, customer: customer.clone() })
        };
        let mut due: Vec<_> = items.iter().filter_map(due).collect();
        due.sort();
        due
    }

    fn update(
        &self,
        opening: &ConversationId,
        condition: impl FnOnce(&mut CustomerRecord) -> bool,
        change: impl FnOnce(&mut CustomerRecord),
    ) -> Result<(), StoreError> {
        let mut items = self.items.lock().unwrap();
        let stored = items.get_mut(&opening.conversation()).ok_or(StoreError::Conflict)?;
        if stored.opening != *opening || !condition(stored) {
            return Err(StoreError::Conflict);
        }
        change(stored);
        Ok(())
    }

    pub(crate) fn store_ticket(
        &self,
        opening: &ConversationId,
        ticket: &TicketId,
        placement: &Placement,
    ) -> Result<(), StoreError> {
        let mut tickets = self.tickets.lock().unwrap();
        if tickets.get(ticket).is_some_and(|(stored, _)| stored.conversation() != opening.conversation()) {
            return Err(StoreError::Conflict);
        }
        self.update(
            opening,
            |c| c.state == State::Claimed,
            |c| {
                c.state = State::Ticketed;
                c.ticket = Some(ticket.clone());
                c.placement = placement.clone();
                c.earlier = c.earlier.with_ticket();
                c.last_ticket = None;
                (c.timers.same_ticket, c.timers.callback) = (placement.same_ticket, placement.callback);
            },
        )?;
        leads(&mut tickets, ticket, opening);
        Ok(())
    }

    pub(crate) fn move_ticket(
        &self,
        opening: &ConversationId,
        from: &TicketId,
        into: &TicketId,
    ) -> Result<(), StoreError> {
        let mut tickets = self.tickets.lock().unwrap();
        if tickets.get(into).is_some_and(|(stored, _)| stored.conversation() != opening.conversation()) {
            return Err(StoreError::Conflict);
        }
        let movable = |c: &mut CustomerRecord| {
            let waits = matches!(c.state, State::Closed { .. }) && c.ended == Some(EndReason::OutsideHours);
            let goes_on = matches!(c.state, State::Ticketed | State::Open | State::Closing { .. });
            c.ticket.as_ref() == Some(from) && (goes_on || waits)
        };
        self.update(opening, movable, |c| c.ticket = Some(into.clone()))?;
        leads(&mut tickets, into, opening);
        Ok(())
    }

    pub(crate) fn record(&self, way: Way, opening: &ConversationId, progress: &Progress<'_>) -> Result<(), StoreError> {
        let read = progress.direction.sequence.saturating_sub(1);
        let condition = |c: &mut CustomerRecord| {
            side(c, way).sequence == read
                && (!progress.opens || c.state == State::Ticketed)
                && (progress.due_at.is_none() || !matches!(c.state, State::Closing { .. } | State::Closed { .. }))
        };
        self.update(opening, condition, |c| put(c, way, progress))
    }

    /// A write without any condition, as a bridge would make it that trusts in being alone.
    pub(crate) fn overwrite(&self, way: Way, opening: &ConversationId, progress: &Progress<'_>) {
        if let Some(stored) = self.items.lock().unwrap().get_mut(&opening.conversation()) {
            put(stored, way, progress);
        }
    }

    pub(crate) fn begin_closing(
        &self,
        opening: &ConversationId,
        state: State,
        ending: Ending<'_>,
    ) -> Result<(), StoreError> {
        let closable = |c: &mut CustomerRecord| {
            matches!(c.state, State::Claimed | State::Ticketed | State::Open)
                && ending.unless_said.is_none_or(|read| read == (c.inbound.sequence, c.outbound.sequence))
        };
        self.update(opening, closable, |c| {
            (c.state, c.ended) = (state, Some(ending.reason));
            if let Some(placement) = ending.placement {
                c.placement = placement.clone();
            }
        })
    }

    pub(crate) fn ask(
        &self,
        opening: &ConversationId,
        asked: Timestamp,
        service: Option<&str>,
        due_at: Timestamp,
    ) -> Result<(), StoreError> {
        let closing = |c: &mut CustomerRecord| matches!(c.state, State::Closing { .. }) && c.rating_asked.is_none();
        self.update(opening, closing, |c| {
            (c.rating_asked, c.timers.due_at) = (Some(asked), Some(due_at));
            if let Some(service) = service {
                c.placement.return_service = Some(service.to_owned());
            }
        })
    }

    pub(crate) fn leave(&self, opening: &ConversationId, at: Timestamp) -> Result<(), StoreError> {
        self.update(opening, |c| matches!(c.state, State::Closing { .. }), |c| c.left = Some(at))
    }

    pub(crate) fn call_back(&self, opening: &ConversationId, at: Timestamp, desk: Desk) -> Result<(), StoreError> {
        let waits = |c: &mut CustomerRecord| {
            matches!(c.state, State::Closed { .. }) && c.ended == Some(EndReason::OutsideHours)
        };
        self.update(opening, waits, |c| {
            (c.state, c.ended, c.desk, c.timers.due_at) = (State::Open, None, desk, Some(at));
        })
    }

    pub(crate) fn left(&self, opening: &ConversationId, at: Timestamp, read: (u64, u64)) -> Result<(), StoreError> {
        let is_quiet =
            |c: &mut CustomerRecord| c.state == State::Open && read == (c.inbound.sequence, c.outbound.sequence);
        self.update(opening, is_quiet, |c| {
            (c.state, c.ended) = (State::Closed { at }, Some(EndReason::Customer));
            c.timers.due_at = None;
        })
    }

    pub(crate) fn close(&self, opening: &ConversationId, state: State) -> Result<ClosedFrom, StoreError> {
        let mut was = ClosedFrom::Closed;
        self.update(
            opening,
            |_| true,
            |c| {
                was = c.state.into();
                c.state = state;
                c.left = None;
                c.timers.due_at = None;
            },
        )?;
        Ok(was)
    }

    pub(crate) fn conversation_of_ticket(&self, ticket: &TicketId) -> Option<ConversationId> {
        self.tickets.lock().unwrap().get(ticket).map(|(opening, _)| opening.clone())
    }

    pub(crate) fn opening_before(&self, ticket: &TicketId) -> Option<ConversationId> {
        let (opening, before) = self.tickets.lock().unwrap().get(ticket).cloned()?;
        (before != opening).then_some(before)
    }
}

/// A ticket leads to this opening from now on.
fn leads(
    tickets: &mut HashMap<TicketId, (ConversationId, ConversationId)>,
    ticket: &TicketId,
    opening: &ConversationId,
) {
    let before = tickets.get(ticket).map_or_else(|| opening.clone(), |(stored, _)| stored.clone());
    tickets.insert(ticket.clone(), (opening.clone(), before));
}

fn put(stored: &mut CustomerRecord, way: Way, progress: &Progress<'_>) {
    *side(stored, way) = progress.direction.clone();
    if progress.opens {
        stored.state = State::Open;
    }
    if let Some(agent) = progress.agent {
        stored.agent = Some(agent.to_owned());
    }
    if let Some(offer) = progress.offer {
        stored.offer = offer.to_vec();
    }
    if let Some(queue) = progress.queue {
        stored.placement.queue = Some(queue.to_owned());
    }
    if let Some(desk) = progress.desk {
        stored.desk = desk;
    }
    if let Some(timers) = progress.timers {
        stored.timers = Timers { due_at: stored.timers.due_at, ..timers };
    }
    if progress.due_at.is_some() {
        stored.timers.due_at = progress.due_at;
    }
}
