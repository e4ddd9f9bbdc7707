//! What a router's customers do, and what they share with those of the custom attendance channel (`desk_customer`).

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::clock;
use crate::content::{CHATSTATE, Content, MEDIA, without_nulls};
use crate::courier::Parcel;
use crate::ledger::{Direction, Label, Seen};
use crate::person::{BRIDGE_BOT, Person, Place, Profile, ROUTER, Turn, thread_item};
use crate::upload::{MediaPlace, Upload};
use crate::world::{State, World};

/// Any customer.
pub trait Someone {
    /// The number of the customer in this simulator.
    fn index(&self) -> usize;
    /// The customer's name in the ledger.
    fn name(&self) -> String;
}

/// What both kinds of customers share.
#[derive(Clone, Debug)]
pub(crate) struct Handle {
    pub(crate) world: Arc<World>,
    pub(crate) index: usize,
    name: String,
}

impl Handle {
    pub(crate) fn new(world: &Arc<World>, profile: Profile, tunnel: Option<String>) -> Self {
        world.write(|state| {
            let index = state.people.len();
            let taken = state.people.iter().filter(|person| person.profile.name == profile.name).count();
            let name = if taken == 0 { profile.name.clone() } else { format!("{} ({})", profile.name, taken + 1) };
            state.people.push(Person::new(name.clone(), profile, tunnel));
            Self { world: world.clone(), index, name }
        })
    }

    pub(crate) fn name(&self) -> String {
        self.name.clone()
    }

    pub(crate) fn talks_to_bot(&self, turns: &[Turn<'_>]) {
        self.world.write(|state| {
            if let Ok(person) = state.person(self.index) {
                for turn in turns {
                    person.hears(*turn);
                }
            }
        });
    }

    pub(crate) fn sees(&self) -> Vec<Seen> {
        let mine = |seen: &&Seen| seen.lane.customer == self.name && seen.lane.direction == Direction::ToCustomer;
        self.world.read(|state| state.ledger.seen.iter().filter(mine).cloned().collect())
    }

    pub(crate) fn typing_seen(&self) -> usize {
        let mine = |note: &&crate::ledger::Note| note.customer == self.name && note.kind == "typing";
        self.world.read(|state| state.ledger.notes.iter().filter(mine).count())
    }

    pub(crate) fn post(&self, body: Value) {
        self.world.courier.send(&self.world, &self.name, Parcel { webhook_id: None, body });
    }
}

/// What one can ask of either kind.
macro_rules! both {
    ($handle:ident) => {
        impl Someone for $handle {
            fn index(&self) -> usize {
                self.0.index
            }
            fn name(&self) -> String {
                self.0.name()
            }
        }

        impl $handle {
            /// The talk with the bot (or an earlier agent) that Blip keeps as the customer's thread.
            pub fn talks_to_bot(&self, turns: &[Turn<'_>]) {
                self.0.talks_to_bot(turns);
            }

            /// Everything the customer's app shows of the bridge, in order; system texts are marked.
            pub fn sees(&self) -> Vec<Seen> {
                self.0.sees()
            }

            /// The customer sends a file, which Blip's media store hands out under a link that lives for minutes. A voice note
            /// of WhatsApp is `audio/ogg; codecs=opus` without name.
            pub fn sends_file<'a>(
                &self,
                name: impl Into<Option<&'a str>>,
                mime: &'a str,
                bytes: impl Into<Vec<u8>>,
                caption: impl Into<Option<&'a str>>,
            ) -> Label {
                self.sends_from(MediaPlace::Signed, name.into(), mime, bytes.into(), caption.into())
            }

            /// The same, but the link wants the bot's `Authorization`.
            pub fn sends_guarded_file<'a>(
                &self,
                name: impl Into<Option<&'a str>>,
                mime: &'a str,
                bytes: impl Into<Vec<u8>>,
                caption: impl Into<Option<&'a str>>,
            ) -> Label {
                self.sends_from(MediaPlace::Guarded, name.into(), mime, bytes.into(), caption.into())
            }

            fn sends_from(
                &self,
                place: MediaPlace,
                name: Option<&str>,
                mime: &str,
                bytes: Vec<u8>,
                caption: Option<&str>,
            ) -> Label {
                let (value, content) = Upload { place, name, mime, bytes, caption }.store(&self.0.world);
                self.sends(MEDIA, &value, Some(content))
            }

            /// How many chat states (begun and paused typing) have reached the customer.
            pub fn typing_seen(&self) -> usize {
                self.0.typing_seen()
            }
        }
    };
}

/// A customer of the router; the bridge is one of its services.
#[derive(Clone, Debug)]
pub struct Customer(Handle);
both!(Customer);
pub(crate) use both;

impl Customer {
    pub(crate) fn new(world: &Arc<World>, profile: Profile) -> Self {
        Self(Handle::new(world, profile, Some(format!("{}@tunnel.msging.net", Uuid::new_v4()))))
    }

    /// The main bot hands the customer to the bridge. A context (`{"type","value"}`) reaches the bridge as if the customer had
    /// sent it, and has the returned label; without one the bridge hears nothing until the customer speaks.
    pub fn hand_over(&self, context: Option<&Value>) -> Option<Label> {
        self.0.world.write(|state| state.person(self.0.index).map(|person| person.place = Place::Bridge).ok());
        let context = context?;
        let mime = context.get("type").and_then(Value::as_str).unwrap_or_default();
        let value = context.get("value").cloned().unwrap_or_default();
        // How the agent sees a technical context is the bridge's choice; only words are followed.
        let expected = Content::from_blip(mime, &value);
        Some(self.send(mime, &value, expected))
    }

    /// The router lets the redirect expire: the customer is back with the main bot, and nobody is told.
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

    /// The customer begins (`on`) or stops typing; the bridge hears of it while the customer is with it.
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
        let look = |state: &State| state.people.get(self.0.index)?.tunnel.clone();
        self.0.world.read(look).unwrap_or_default()
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
            if let Some(content) = expected {
                state.ledger.say(label.clone(), lane, content, closing);
            }
            label
        })
    }
}

/// The document of a chat state, which Blip sends without id (message-chatstate-composing.json).
pub(crate) fn chat_state(on: bool) -> Value {
    json!({"state": typing(on)})
}

pub(crate) fn typing(on: bool) -> &'static str {
    if on { "composing" } else { "paused" }
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
