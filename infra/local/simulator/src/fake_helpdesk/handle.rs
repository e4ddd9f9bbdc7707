//! What a test asks of the fake helpdesk.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use serde_json::Value;

use crate::state::{AnyCustomer, Conversation, World};
use crate::transport::FaultPlan;

/// How long `wait_ticket_of` waits, so that a helpdesk that fails for half a minute is no reason to give up.
const TICKET_LIMIT: Duration = Duration::from_secs(90);

/// Controls the fake helpdesk: agents, faults, options.
#[derive(Clone, Debug)]
pub struct Helpdesk {
    pub(crate) world: Arc<World>,
}

impl Helpdesk {
    /// Faults of the events' endpoint and of the files. A request's line reads `/events {type} {ticket} {conversation}`, with the
    /// customer's address and Blip's ticket behind them where the event names them, or `/files/{id}/{name}`.
    pub fn faults(&self) -> &FaultPlan {
        &self.world.helpdesk_faults
    }

    /// From now on no ticket numbers are given: a ticket is called by the conversation's id.
    pub fn gives_no_numbers(&self) {
        self.world.write(|state| state.helpdesk.without_numbers = true);
    }

    /// From now on nobody is online.
    pub fn goes_home(&self) {
        self.world.write(|state| state.helpdesk.nobody_there = true);
    }

    /// From now on words for a closed ticket are answered with 410.
    pub fn closed_is_gone(&self) {
        self.world.write(|state| state.helpdesk.closed_is_gone = true);
    }

    /// Waits for the ticket of the customer's current (or first) conversation, and gives its name.
    pub async fn wait_ticket_of(&self, customer: &impl AnyCustomer) -> Result<String> {
        let index = customer.index();
        let number = self.world.write(|state| state.person(index).map(|person| person.begun.max(1)))?;
        let what = format!("the helpdesk's ticket of {}, conversation {number}", customer.name());
        let name = format!("{}#{number}", customer.name());
        let found = self.world.until(TICKET_LIMIT, &what, |state| {
            let mut tickets = state.conversations.iter();
            tickets.find(|one| one.conversation == name).map(|one| one.ticket.clone())
        });
        found.await
    }

    /// The newest conversation with this ticket's name.
    pub fn conversation(&self, ticket: &str) -> Option<Conversation> {
        self.world.read(|state| state.conversation_of(ticket).cloned())
    }

    /// All conversations, in the order of their start.
    pub fn conversations(&self) -> Vec<Conversation> {
        self.world.read(|state| state.conversations.clone())
    }

    /// The events taken for a ticket, in order.
    pub fn events(&self, ticket: &str) -> Vec<Value> {
        self.conversation(ticket).map_or_else(Vec::new, |one| one.events)
    }

    /// Waits until the bridge has said that the conversation ended, and gives the reason.
    pub async fn wait_ended(&self, ticket: &str, limit: Duration) -> Result<String> {
        let what = format!("conversation.ended of ticket {ticket}");
        self.world.until(limit, &what, |state| state.conversation_of(ticket)?.ended.clone()).await
    }
}
