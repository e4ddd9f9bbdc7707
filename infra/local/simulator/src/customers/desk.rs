//! What the customers of a bot with the custom attendance channel do: their words travel in a ticket.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use uuid::Uuid;

use super::handle::{CustomerHandle, chat_state, common_methods, typing};
use super::upload::{MediaPlace, Upload};
use crate::ledger::{Direction, Label, Lane, Seen};
use crate::message::{CHATSTATE, Content, MEDIA, TEXT, TICKET, thread_item};
use crate::state::{AnyCustomer, Profile, State, Ticket, Turn, World, waiting_document};

/// A customer whose bot opens tickets of the custom attendance channel.
#[derive(Clone, Debug)]
pub struct DeskCustomer(CustomerHandle);
common_methods!(DeskCustomer);

impl DeskCustomer {
    /// The customer with this number, who is known already.
    pub(crate) fn of(world: &Arc<World>, index: usize) -> Option<Self> {
        CustomerHandle::of(world, index).map(Self)
    }

    pub(crate) fn new(world: &Arc<World>, profile: Profile) -> Self {
        Self(CustomerHandle::new(world, profile, None))
    }

    /// Blip's own rules give the customer's next tickets to this team, by what the customer chose in the bot.
    pub fn is_given_to(&self, team: &str) {
        self.0.world.write(|state| {
            if let Ok(person) = state.person(self.0.index) {
                person.team = Some(team.to_owned());
            }
        });
    }

    /// The bot opens a ticket for the customer, whose words `input` are; gives the ticket's id and the label of the words.
    pub fn opens_ticket(&self, input: impl Into<Content>) -> (String, Label) {
        let (id, mut labels) = self.opens_ticket_and_types(input, Vec::new());
        (id, labels.remove(0))
    }

    /// The same, and the customer goes on typing before anybody can have opened the ticket: these words are in the ticket's
    /// messages, but are never posted. One label for each, the input's first.
    pub fn opens_ticket_and_types(&self, input: impl Into<Content>, more: Vec<Content>) -> (String, Vec<Label>) {
        let (id, input) = (Uuid::new_v4().to_string(), input.into());
        let labels = self.0.world.write(|state| {
            let number = state.number();
            let Ok(person) = state.person(self.0.index) else { return Vec::new() };
            person.begin();
            person.ticket = Some(id.clone());
            let conversation = person.lane(Direction::ToAgent).conversation;
            let document = waiting_document(&id, number, &person.profile.identity, person.team.as_deref(), &input);
            let body = json!({"type": TICKET, "content": document, "id": format!("Ticket:{id}:Waiting"),
                              "from": format!("{id}@desk.msging.net/Webhook")});
            let (status, agent, person) = ("Waiting".to_owned(), None, self.0.index);
            let ticket = Ticket { person, conversation, status, agent, document, messages: Vec::new() };
            state.tickets.insert(id.clone(), ticket);
            let words = std::iter::once(input).chain(more);
            let labels = words.map(|content| {
                let (mime, value) = content.to_blip();
                self.speak(state, mime, &value, Some(content))
            });
            let labels = labels.collect();
            self.0.post(body);
            labels
        });
        (id, labels)
    }

    /// The customer writes: posted if the ticket is open; only kept in the ticket's messages while it waits; nothing afterwards.
    pub fn says(&self, content: impl Into<Content>) -> Label {
        let content = content.into();
        let (mime, value) = content.to_blip();
        self.sends(mime, &value, Some(content))
    }

    /// Sends any document; `expected` is what the agent should see of it, if that is to be judged.
    pub fn sends(&self, mime: &str, value: &Value, expected: Option<Content>) -> Label {
        self.0.world.write(|state| self.speak(state, mime, value, expected))
    }

    /// The same as [`Self::says`], but an error when the ticket does not wait any more.
    pub fn types_while_waiting(&self, content: impl Into<Content>) -> Result<Label> {
        ensure!(self.status().as_deref() == Some("Waiting"), "the ticket of {} does not wait", self.name());
        Ok(self.says(content))
    }

    /// The customer answers what the bridge itself has asked: no words for an agent.
    pub fn answers(&self, text: &str) {
        self.0.world.write(|state| {
            state.ledger.note(&self.0.name, "answers", text);
            self.speak(state, TEXT, &json!(text), None);
        });
    }

    /// The customer begins (`on`) or stops typing; it is posted while the ticket is open.
    pub fn types(&self, on: bool) {
        if self.status().as_deref() != Some("Open") {
            return;
        }
        self.0.world.write(|state| {
            let Ok(person) = state.person(self.0.index) else { return };
            let (name, ticket) = (person.name.clone(), person.ticket.clone().unwrap_or_default());
            let from = format!("{ticket}@desk.msging.net/Webhook");
            self.0.post(json!({"type": CHATSTATE, "content": chat_state(on), "from": from}));
            state.ledger.note(&name, "types", typing(on));
        });
    }

    /// The customer ends it; with `notifies` Blip posts the ticket document (whether it really does is unknown).
    pub fn closes(&self, notifies: bool) {
        self.0.world.write(|state| {
            let Ok(person) = state.person(self.0.index) else { return };
            person.end();
            let Some(id) = person.ticket.clone() else { return };
            let Some(ticket) = state.tickets.get_mut(&id).filter(|ticket| !ticket.ended()) else { return };
            "ClosedClient".clone_into(&mut ticket.status);
            if let Some(fields) = ticket.document.as_object_mut() {
                fields.insert("status".to_owned(), json!("ClosedClient"));
                fields.insert("closed".to_owned(), json!(true));
            }
            if notifies {
                self.0.post(
                    json!({"type": TICKET, "content": ticket.document, "id": format!("Ticket:{id}:ClosedClient"),
                                   "from": format!("{id}@desk.msging.net/Webhook")}),
                );
            }
        });
    }

    /// The status of the current ticket.
    pub fn status(&self) -> Option<String> {
        let look = |state: &State| {
            let id = state.people.get(self.0.index)?.ticket.clone()?;
            state.tickets.get(&id).map(|ticket| ticket.status.clone())
        };
        self.0.world.read(look)
    }

    /// Waits until the current ticket has this status.
    pub async fn wait_status(&self, status: &str, limit: Duration) -> Result<()> {
        let what = format!("the ticket of {} is {status}", self.name());
        let look = |state: &State| {
            let id = state.people.get(self.0.index)?.ticket.clone()?;
            (state.tickets.get(&id)?.status == status).then_some(())
        };
        self.0.world.until(limit, &what, look).await
    }

    fn speak(&self, state: &mut State, mime: &str, value: &Value, expected: Option<Content>) -> Label {
        let label = state.label("c");
        let plain = Uuid::new_v4().to_string();
        let Ok(person) = state.person(self.0.index) else {
            return label;
        };
        person.thread.push((thread_item(&plain, "received", mime, value), true));
        let (customer, closing) = (person.name.clone(), person.closing);
        let Some(ticket) = person.ticket.clone() else {
            return label;
        };
        let Some(open) = state.tickets.get_mut(&ticket).filter(|open| !open.ended()) else {
            return label;
        };
        // Blip's desk forwards the bot's forward of the customer's message (message-text-custom-channel-customer.json).
        let id = format!("fwd:fwd:{plain}");
        open.messages.push(thread_item(&id, "sent", mime, value));
        state.sources.insert(label.0.clone(), id.clone());
        let lane = Lane { customer, conversation: open.conversation.clone(), direction: Direction::ToAgent };
        if open.status == "Open" {
            let from = format!("{ticket}@desk.msging.net/Webhook");
            self.0.post(json!({"type": mime, "content": value, "id": id, "from": from}));
        }
        if let Some(content) = expected {
            state.ledger.say(label.clone(), lane, content, closing);
        }
        label
    }
}
