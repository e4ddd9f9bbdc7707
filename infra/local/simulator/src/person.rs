//! Customers and tickets as Blip keeps them.

use serde_json::{Value, json};

use crate::clock;
use crate::content::TEXT;
use crate::ledger::{Direction, Lane};

/// The identity of the router bot.
pub(crate) const ROUTER: &str = "examplerouter@msging.net";
/// The bridge's identity as a service of the router, and the name of that service.
pub(crate) const BRIDGE_BOT: &str = "helpdeskbridge@msging.net";
pub(crate) const BRIDGE_SERVICE: &str = "attendance";
/// The other services of the router; their bots are called `{name}@msging.net`.
pub(crate) const SERVICES: [&str; 2] = ["survey", "sales"];
/// The bot that owns the tickets of the custom attendance channel.
pub(crate) const OWNER_BOT: &str = "demobot@msging.net";

/// An invented customer. `identity` is the address on the channel, `5531…@wa.gw.msging.net`.
#[derive(Clone, Debug)]
pub struct Profile {
    pub name: String,
    pub identity: String,
    pub phone: Option<String>,
    pub email: Option<String>,
    /// Whether the bot's contacts know the customer; the channel's directory always does.
    pub has_contact: bool,
}

impl Profile {
    /// A customer on `WhatsApp`; `phone` is digits with country code.
    pub fn whatsapp(name: &str, phone: &str) -> Self {
        Self::on("wa.gw.msging.net", name, phone, Some(format!("+{phone}")))
    }

    /// A customer on Messenger, known by a number that says nothing.
    pub fn messenger(name: &str, number: &str) -> Self {
        Self::on("messenger.gw.msging.net", name, number, None)
    }

    /// A visitor of the chat widget: `{uuid}.{bot}@0mn.io`.
    pub fn blip_chat(name: &str) -> Self {
        Self::on("0mn.io", name, &format!("{}.demobot", uuid::Uuid::new_v4()), None)
    }

    /// A customer of a company's own site, known by the site's name only.
    pub(crate) fn site(name: &str) -> Self {
        Self::on("site.example.com", name, "nobody", None)
    }

    /// With an e-mail address.
    #[must_use]
    pub fn email(mut self, email: &str) -> Self {
        self.email = Some(email.to_owned());
        self
    }

    /// Known to the channel's directory only.
    #[must_use]
    pub fn without_contact(mut self) -> Self {
        self.has_contact = false;
        self
    }

    fn on(domain: &str, name: &str, account: &str, phone: Option<String>) -> Self {
        let (name, identity) = (name.to_owned(), format!("{account}@{domain}"));
        Self { name, identity, phone, email: None, has_contact: true }
    }

    pub(crate) fn domain(&self) -> &str {
        self.identity.split_once('@').map_or("", |(_, domain)| domain)
    }
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

/// One line of the talk before the hand-over.
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
    /// How many conversations the customer has begun, and how many the helpdesk was told of.
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
}

/// A ticket of the custom attendance channel.
#[derive(Debug)]
pub(crate) struct Ticket {
    pub(crate) person: usize,
    /// The ledger's name of its conversation.
    pub(crate) conversation: String,
    pub(crate) status: String,
    pub(crate) agent: Option<String>,
    pub(crate) document: Value,
    /// Thread messages, oldest first.
    pub(crate) messages: Vec<Value>,
}

impl Ticket {
    pub(crate) fn ended(&self) -> bool {
        self.status.starts_with("Closed")
    }
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
        }
    }

    /// Begins the next conversation.
    pub(crate) fn begin(&mut self) {
        self.begun += 1;
        self.talking = true;
        self.closing = false;
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

    pub(crate) fn hears(&mut self, turn: Turn<'_>) {
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

/// A `application/vnd.iris.thread-message+json` (response-threads-get.json).
pub(crate) fn thread_item(id: &str, direction: &str, mime: &str, content: &Value) -> Value {
    let status = if direction == "sent" { "dispatched" } else { "accepted" };
    let date = clock::text(clock::now_ms());
    json!({"id": id, "direction": direction, "type": mime, "content": content, "date": date, "status": status})
}
