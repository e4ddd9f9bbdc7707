//! What agents do: each act is one signed event to the bridge, in the order of the ticket.

use anyhow::{Result, anyhow};
use serde_json::{Value, json};
use uuid::Uuid;

use super::handle::Helpdesk;
use crate::clock;
use crate::delivery;
use crate::ledger::{Direction, Label, Lane};
use crate::message::Content;
use crate::state::{Conversation, State};
use crate::transport::Delivery;

/// A person at the helpdesk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agent {
    pub id: String,
    pub name: String,
}

impl Agent {
    pub fn new(id: &str, name: &str) -> Self {
        Self { id: id.to_owned(), name: name.to_owned() }
    }
}

impl Helpdesk {
    /// Gives the ticket to an agent.
    pub fn assigns(&self, ticket: &str, agent: &Agent) {
        self.change(ticket, |one| one.agent = Some(agent.name.clone()));
        self.note(ticket, "assigned", &agent.name);
        self.post(ticket, "agent.assigned", &json!({"ticket": ticket, "agent": {"id": agent.id, "name": agent.name}}));
    }

    /// The helpdesk tells the customer's place in the queue. 1 is next.
    pub fn tells_place(&self, ticket: &str, place: u32) {
        self.note(ticket, "place", &place.to_string());
        self.post(ticket, "conversation.queued", &json!({"ticket": ticket, "position": place}));
    }

    /// The agent moves the ticket to the queue with this name and keeps it no longer: two events, as helpdesks tell it.
    pub fn transfers(&self, ticket: &str, queue: &str) {
        self.change(ticket, |one| (one.agent, one.queue) = (None, Some(queue.to_owned())));
        self.note(ticket, "transferred", queue);
        for what in [json!({"ticket": ticket, "queue": {"name": queue}}), json!({"ticket": ticket, "unassigned": true})]
        {
            self.post(ticket, "conversation.transferred", &what);
        }
    }

    /// The agent writes a note for other agents. It stays in the helpdesk: the contract has no event for it.
    pub fn notes(&self, ticket: &str, text: &str) {
        self.note(ticket, "noted", text);
    }

    /// The agent begins (`on`) or stops typing.
    pub fn types(&self, ticket: &str, on: bool) {
        self.post(ticket, "agent.typing", &json!({"ticket": ticket, "on": on}));
    }

    /// The agent writes; the label is the message's id in the helpdesk. Fails for a ticket that the helpdesk does not have.
    pub fn says(&self, ticket: &str, content: impl Into<Content>) -> Result<Label> {
        let content = content.into();
        self.world.write(|state| {
            let lane = lane(state, ticket).ok_or_else(|| anyhow!("there is no ticket {ticket}"))?;
            let label = state.label("m");
            state.ledger.say(label.clone(), lane, content.clone(), false);
            self.post(ticket, "agent.message", &json!({"ticket": ticket, "id": label.0, "content": content}));
            Ok(label)
        })
    }

    /// The agent closes the ticket; `service` is where the customer goes instead of the place set in the bridge.
    pub fn closes(&self, ticket: &str, service: Option<&str>) {
        self.world.write(|state| {
            let Some(one) = state.conversations.iter_mut().rev().find(|one| one.ticket == ticket) else {
                return;
            };
            one.closed = true;
            let (customer, conversation) = (one.customer.clone(), one.conversation.clone());
            let current = |name: &str, begun: usize| format!("{name}#{begun}") == conversation;
            if let Some(person) = state.people.iter_mut().find(|person| current(&person.name, person.begun)) {
                person.closing = true;
            }
            state.ledger.note(&customer, "closed", ticket);
        });
        let mut data = json!({"ticket": ticket});
        if let (Some(service), Some(fields)) = (service, data.as_object_mut()) {
            fields.insert("service".to_owned(), json!(service));
        }
        self.post(ticket, "conversation.closed", &data);
    }

    /// Posts any event, also a wrong one; nothing of it is written into the ledger.
    pub fn post(&self, ticket: &str, kind: &str, data: &Value) {
        let body = json!({"type": kind, "timestamp": clock::text(clock::now_ms()), "data": data});
        let delivery = Delivery { webhook_id: Some(format!("msg_{}", Uuid::new_v4().simple())), body };
        delivery::send(&self.world, ticket, delivery);
    }

    fn change(&self, ticket: &str, change: impl FnOnce(&mut Conversation)) {
        self.world.write(|state| {
            state.conversations.iter_mut().rev().find(|one| one.ticket == ticket).map(change);
        });
    }

    fn note(&self, ticket: &str, kind: &'static str, text: &str) {
        self.world.write(|state| {
            let customer = lane(state, ticket).map_or_else(String::new, |lane| lane.customer);
            state.ledger.note(&customer, kind, text);
        });
    }
}

fn lane(state: &State, ticket: &str) -> Option<Lane> {
    let one = state.conversation_of(ticket)?;
    let (customer, conversation) = (one.customer.clone(), one.conversation.clone());
    Some(Lane { customer, conversation, direction: Direction::ToCustomer })
}
