//! What a router's customers do.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use serde_json::{Value, json};
use uuid::Uuid;

use super::handle::{CustomerHandle, chat_state, common_methods, typing};
use super::upload::{MediaPlace, Upload};
use crate::clock;
use crate::json::without_nulls;
use crate::ledger::{Direction, Label, Seen};
use crate::message::{CHATSTATE, Content, MEDIA, TEXT, thread_item};
use crate::state::{AnyCustomer, BRIDGE_BOT, Person, Place, Profile, ROUTER, State, Turn, World};

/// A customer of the router; the bridge is one of its services.
#[derive(Clone, Debug)]
pub struct Customer(CustomerHandle);
common_methods!(Customer);

impl Customer {
    /// The customer with this number, who is known already.
    pub(crate) fn of(world: &Arc<World>, index: usize) -> Option<Self> {
        CustomerHandle::of(world, index).map(Self)
    }

    pub(crate) fn new(world: &Arc<World>, profile: Profile) -> Self {
        Self(CustomerHandle::new(world, profile, Some(format!("{}@tunnel.msging.net", Uuid::new_v4()))))
    }

    /// The main bot hands the customer to the bridge. A context (`{"type","value"}`) reaches the bridge as if the customer had
    /// sent it, and has the returned label; without one the bridge receives nothing until the customer speaks.
    pub fn hand_over(&self, context: Option<&Value>) -> Option<Label> {
        self.0.world.write(|state| state.person(self.0.index).map(|person| person.place = Place::Bridge).ok());
        let context = context?;
        let mime = context.get("type").and_then(Value::as_str).unwrap_or_default();
        let value = context.get("value").cloned().unwrap_or_default();
        // How the agent sees a technical context is the bridge's choice; only words are followed.
        let expected = Content::from_blip(mime, &value);
        Some(self.send(mime, &value, expected))
    }

    /// The main bot hands the customer to the bridge and says where the conversation goes: no words of the customer.
    pub fn hands_over_to_ponte(&self, context: &Value) {
        self.0.world.write(|state| state.person(self.0.index).map(|person| person.place = Place::Bridge).ok());
        self.send("application/json", &serde_json::json!({ "ponte": context }), None);
    }

    /// The router lets the redirect expire: the customer is back with the main bot, and nobody is notified.
    pub fn falls_back(&self) {
        self.0.world.write(|state| {
            if let Ok(person) = state.person(self.0.index) {
                person.place = Place::MainBot;
                person.end();
            }
        });
    }

    /// The customer writes to whoever is on the other end; only words to the bridge count in the ledger.
    pub fn says(&self, content: impl Into<Content>) -> Label {
        let content = content.into();
        let (mime, value) = content.to_blip();
        self.send(mime, &value, Some(content))
    }

    /// Sends any document; `expected` is what the agent should see of it, if that is to be judged.
    pub fn sends(&self, mime: &str, value: &Value, expected: Option<Content>) -> Label {
        self.send(mime, value, expected)
    }

    /// The customer answers what the bridge itself has asked: no words for an agent.
    pub fn answers(&self, text: &str) {
        self.0.world.write(|state| state.ledger.note(&self.0.name, "answers", text));
        self.send(TEXT, &json!(text), None);
    }

    /// The customer begins (`on`) or stops typing; the bridge is notified while the customer is with it.
    pub fn types(&self, on: bool) {
        self.0.world.write(|state| {
            let Ok(person) = state.person(self.0.index) else { return };
            if person.place == Place::Bridge {
                self.0.post(tunnelled(person, None, CHATSTATE, &chat_state(on)));
                state.ledger.note(&self.0.name, "types", typing(on));
            }
        });
    }

    /// Where the customer is now.
    pub fn place(&self) -> Place {
        self.0.world.read(|state| state.people.get(self.0.index).map_or(Place::MainBot, |person| person.place.clone()))
    }

    /// Waits until the customer is there.
    pub async fn wait_place(&self, place: &Place, limit: Duration) -> Result<()> {
        let what = format!("{} comes to {place:?}", self.name());
        let found = self.0.world.until(limit, &what, |state| {
            state.people.get(self.0.index).filter(|person| person.place == *place).map(|_| ())
        });
        found.await
    }

    /// What redirects carried to other bots: the place and the context.
    pub fn delivered(&self) -> Vec<(Place, Value)> {
        self.0
            .world
            .read(|state| state.people.get(self.0.index).map_or_else(Vec::new, |person| person.delivered.clone()))
    }

    /// The address under which the bridge knows the customer.
    pub fn tunnel(&self) -> String {
        let tunnel = |state: &State| state.people.get(self.0.index)?.tunnel.clone();
        self.0.world.read(tunnel).unwrap_or_default()
    }

    fn send(&self, mime: &str, value: &Value, expected: Option<Content>) -> Label {
        self.0.world.write(|state| {
            let label = state.label("c");
            let id = format!("wamid.{}", Uuid::new_v4().simple());
            let Ok(person) = state.person(self.0.index) else {
                return label;
            };
            let with_bridge = person.place == Place::Bridge;
            person.thread.push((thread_item(&id, "received", mime, value), with_bridge));
            if !with_bridge {
                return label;
            }
            if !person.talking {
                person.begin();
            }
            let (lane, closing) = (person.lane(Direction::ToAgent), person.closing);
            self.0.post(tunnelled(person, Some(&id), mime, value));
            state.sources.insert(label.0.clone(), id);
            if let Some(content) = expected {
                state.ledger.say(label.clone(), lane, content, closing);
            }
            label
        })
    }
}

/// As in message-text-inbound-tunnel-whatsapp.json.
fn tunnelled(person: &Person, id: Option<&str>, mime: &str, value: &Value) -> Value {
    let (originator, now) = (&person.profile.identity, clock::now_ms());
    let encoded = |identity: &str| identity.replace('@', "%40");
    without_nulls(json!({
        "type": mime, "content": value, "id": id, "from": person.tunnel, "to": BRIDGE_BOT,
        "metadata": {
            "#wa.timestamp": (now / 1000).to_string(),
            "#uniqueId": Uuid::new_v4().to_string(),
            "date_created": now.to_string(),
            "#date_processed": now.to_string(),
            "#tunnel.owner": ROUTER,
            "#tunnel.originator": originator,
            "#tunnel.originalFrom": format!("{ROUTER}/iris-hosted-2"),
            "#tunnel.originalTo": format!("{}@tunnel.msging.net/{}", encoded(BRIDGE_BOT), encoded(originator)),
        },
    }))
}
