//! A customer as Blip keeps one: where the customer is, the thread, and how the conversations are counted.

use serde_json::{Value, json};

use super::profile::Profile;
use crate::ledger::{Direction, Lane};
use crate::message::{TEXT, thread_item};

/// Any customer.
pub trait AnyCustomer {
    /// The number of the customer in this simulator.
    fn index(&self) -> usize;
    /// The customer's name in the ledger.
    fn name(&self) -> String;
}

/// Where a router's customer is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// With the router's main bot.
    MainBot,
    /// With the bridge.
    Bridge,
    /// With another service of the router.
    Service(String),
}

/// One line of the conversation before the hand-over.
#[derive(Clone, Copy, Debug)]
pub enum Turn<'a> {
    Bot(&'a str),
    Customer(&'a str),
    /// A human agent of an earlier conversation.
    Agent(&'a str),
}

#[derive(Debug)]
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) profile: Profile,
    /// The address under which the bridge knows a router's customer.
    pub(crate) tunnel: Option<String>,
    pub(crate) place: Place,
    /// The thread items, oldest first, and whether the bridge took part in them.
    pub(crate) thread: Vec<(Value, bool)>,
    /// How many conversations the customer has begun, and how many the helpdesk was notified of.
    pub(crate) begun: usize,
    pub(crate) started: usize,
    /// Whether the conversation last begun is still on.
    pub(crate) talking: bool,
    /// Whether the agent has closed it: what the customer says from then on may open the next one.
    pub(crate) closing: bool,
    /// Documents that a redirect carried to other bots.
    pub(crate) delivered: Vec<(Place, Value)>,
    /// The current ticket of the custom attendance channel.
    pub(crate) ticket: Option<String>,
    /// The team that Blip's own rules give the customer's tickets to.
    pub(crate) team: Option<String>,
}

impl Person {
    pub(crate) fn new(name: String, profile: Profile, tunnel: Option<String>) -> Self {
        Self {
            name,
            profile,
            tunnel,
            place: Place::MainBot,
            thread: Vec::new(),
            begun: 0,
            started: 0,
            talking: false,
            closing: false,
            delivered: Vec::new(),
            ticket: None,
            team: None,
        }
    }

    /// Begins the next conversation.
    pub(crate) fn begin(&mut self) {
        self.begun += 1;
        self.talking = true;
        self.closing = false;
    }

    /// Goes on with the last conversation, which had ended.
    pub(crate) fn goes_on(&mut self) {
        self.talking = self.begun > 0;
    }

    pub(crate) fn end(&mut self) {
        self.talking = false;
        self.closing = false;
    }

    pub(crate) fn lane(&self, direction: Direction) -> Lane {
        // Words for a customer who was handed over again, and has not spoken yet, belong to no earlier conversation.
        let number = if self.talking { self.begun } else { self.begun + 1 };
        Lane { customer: self.name.clone(), conversation: format!("{}#{number}", self.name), direction }
    }

    pub(crate) fn add_turn(&mut self, turn: Turn<'_>) {
        let (direction, text, human) = match turn {
            Turn::Bot(text) => ("sent", text, false),
            Turn::Agent(text) => ("sent", text, true),
            Turn::Customer(text) => ("received", text, false),
        };
        let mut item = thread_item(&uuid::Uuid::new_v4().to_string(), direction, TEXT, &json!(text));
        if let (true, Some(fields)) = (human, item.as_object_mut()) {
            fields.insert("metadata".to_owned(), json!({"#messageEmitter": "Human"}));
        }
        self.thread.push((item, false));
    }
}
