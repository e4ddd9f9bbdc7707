//! The helpdesk: an in-house tool that speaks the `webhook` contract (`docs/openapi.yaml`).
//!
//! `receive` takes the bridge's events, `agent` is what agents do; both sign and verify with the simulator's own code.

mod agent;
mod files;
mod receive;
mod signals;

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use axum::Router;
use axum::routing::post;
use serde::Serialize;
use serde_json::Value;

pub use agent::Agent;

use crate::customer::Someone;
use crate::fault::Faults;
use crate::world::World;

/// How long `wait_ticket_of` waits, so that a helpdesk that fails for half a minute is no reason to give up.
const TICKET_LIMIT: Duration = Duration::from_secs(90);

/// What this helpdesk does beyond the default.
#[derive(Debug, Default)]
pub(crate) struct Options {
    /// It gives no ticket numbers of its own, so a ticket is called by the conversation's id.
    nameless: bool,
    /// It answers 410 to the customer's words in a closed ticket.
    closed_is_gone: bool,
}

/// A conversation as the helpdesk keeps it.
#[derive(Clone, Debug, Serialize)]
pub struct Conversation {
    /// The bridge's id of it.
    pub id: String,
    /// The helpdesk's own name of the ticket.
    pub ticket: String,
    pub customer: String,
    /// The ledger's name of it, `customer#n`.
    pub conversation: String,
    /// `data` of `conversation.started`: profile, origin, transcript.
    pub started: Value,
    /// Every event taken, whole, in order, without redeliveries.
    pub events: Vec<Value>,
    /// Whether the agent has closed it.
    pub closed: bool,
    /// The reason of `conversation.ended`.
    pub ended: Option<String>,
}

/// The handle of this side: agents, faults, habits.
#[derive(Clone, Debug)]
pub struct Helpdesk {
    pub(crate) world: Arc<World>,
}

impl Helpdesk {
    /// Faults of the events' door and of the files. A request's line reads `/events {type} {ticket} {conversation}` or
    /// `/files/{id}/{name}`.
    pub fn faults(&self) -> &Faults {
        &self.world.helpdesk_faults
    }

    /// From now on no ticket numbers are given: a ticket is called by the conversation's id.
    pub fn gives_no_numbers(&self) {
        self.world.write(|state| state.helpdesk.nameless = true);
    }

    /// From now on words for a closed ticket are answered with 410.
    pub fn closed_is_gone(&self) {
        self.world.write(|state| state.helpdesk.closed_is_gone = true);
    }

    /// Waits for the ticket of the customer's current (or first) conversation, and gives its name.
    pub async fn wait_ticket_of(&self, customer: &impl Someone) -> Result<String> {
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
        let same = |one: &&Conversation| one.ticket == ticket;
        self.world.read(|state| state.conversations.iter().rev().find(same).cloned())
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
        let found = self.world.until(limit, &what, |state| {
            state.conversations.iter().rev().find(|one| one.ticket == ticket)?.ended.clone()
        });
        found.await
    }
}

pub(crate) fn routes(world: Arc<World>) -> Router {
    Router::new().route("/events", post(receive::post_event)).with_state(world.clone()).merge(files::routes(world))
}
