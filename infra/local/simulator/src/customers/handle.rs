//! What all customers share.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::delivery;
use crate::ledger::{Direction, Note, Seen};
use crate::state::{Person, Profile, Turn, World};
use crate::transport::Delivery;

/// A customer in the state.
#[derive(Clone, Debug)]
pub(crate) struct CustomerHandle {
    pub(crate) world: Arc<World>,
    pub(crate) index: usize,
    pub(super) name: String,
}

impl CustomerHandle {
    pub(crate) fn new(world: &Arc<World>, profile: Profile, tunnel: Option<String>) -> Self {
        world.write(|state| {
            let index = state.people.len();
            let taken = state.people.iter().filter(|person| person.profile.name == profile.name).count();
            let name = if taken == 0 { profile.name.clone() } else { format!("{} ({})", profile.name, taken + 1) };
            state.people.push(Person::new(name.clone(), profile, tunnel));
            Self { world: world.clone(), index, name }
        })
    }

    /// The customer with this number, who is known already.
    pub(crate) fn of(world: &Arc<World>, index: usize) -> Option<Self> {
        let name = world.read(|state| state.people.get(index).map(|person| person.name.clone()))?;
        Some(Self { world: world.clone(), index, name })
    }

    pub(crate) fn name(&self) -> String {
        self.name.clone()
    }

    pub(crate) fn talks_to_bot(&self, turns: &[Turn<'_>]) {
        self.world.write(|state| {
            if let Ok(person) = state.person(self.index) {
                for turn in turns {
                    person.add_turn(*turn);
                }
            }
        });
    }

    pub(crate) fn sees(&self) -> Vec<Seen> {
        let own = |seen: &&Seen| seen.lane.customer == self.name && seen.lane.direction == Direction::ToCustomer;
        self.world.read(|state| state.ledger.seen.iter().filter(own).cloned().collect())
    }

    pub(crate) fn typing_seen(&self) -> usize {
        let own = |note: &&Note| note.customer == self.name && note.kind == "typing";
        self.world.read(|state| state.ledger.notes.iter().filter(own).count())
    }

    pub(crate) fn post(&self, body: Value) {
        delivery::send(&self.world, &self.name, Delivery { webhook_id: None, body });
    }
}

/// What one can ask of a customer of the router and of one of the custom attendance channel.
macro_rules! common_methods {
    ($handle:ident) => {
        impl AnyCustomer for $handle {
            fn index(&self) -> usize {
                self.0.index
            }
            fn name(&self) -> String {
                self.0.name()
            }
        }

        impl $handle {
            /// The conversation with the bot (or an earlier agent) that Blip keeps as the customer's thread.
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

pub(super) use common_methods;

/// The document of a chat state, which Blip sends without id (message-chatstate-composing.json).
pub(crate) fn chat_state(on: bool) -> Value {
    json!({"state": typing(on)})
}

pub(crate) fn typing(on: bool) -> &'static str {
    if on { "composing" } else { "paused" }
}
