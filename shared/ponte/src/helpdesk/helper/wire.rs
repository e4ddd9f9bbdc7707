//! The JSON of Rasa's REST and callback channels, both ways, and as much of its tracker as the bridge reads.
//!
//! Everything that is read is optional, and unknown fields and values pass.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::helpdesk::json::{each, id, personal, text};

personal!(Said, Item, Button, Event);

/// `POST /webhooks/rest/webhook`, and `/webhooks/callback/webhook`.
#[derive(Serialize)]
pub struct Said {
    /// Our mark.
    pub sender: String,
    pub message: String,
}

/// One message of the assistant. What it holds is kept as it came: whatever shape it has, it is something that was said.
#[derive(Clone, Default, Deserialize)]
pub struct Item {
    /// The sender whom it is for.
    #[serde(default, rename = "recipient_id", deserialize_with = "id")]
    pub recipient: Option<String>,
    /// A text; a list of blocks, too.
    #[serde(default)]
    pub text: Value,
    /// A link.
    #[serde(default)]
    pub image: Value,
    /// A link; a list of them in the specification, an object in Rasa's own examples.
    #[serde(default)]
    pub attachment: Value,
    #[serde(default)]
    pub buttons: Value,
    /// Whatever the assistant's author put there.
    #[serde(default)]
    pub custom: Value,
    /// What has no name here.
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

impl Item {
    /// The answers to tap. A bare text is one that sends itself.
    pub fn buttons(&self) -> Vec<Button> {
        let items = self.buttons.as_array().map(Vec::as_slice).unwrap_or_default();
        let button = |item: &Value| match item {
            Value::String(title) => Some(Button { title: Some(title.clone()), payload: None, url: None }),
            other => serde_json::from_value(other.clone()).ok(),
        };
        items.iter().filter_map(button).collect()
    }
}

/// An answer to tap, or a link.
#[derive(Clone, Deserialize)]
pub struct Button {
    #[serde(default, deserialize_with = "text")]
    pub title: Option<String>,
    /// What is sent when it is tapped.
    #[serde(default, deserialize_with = "text")]
    pub payload: Option<String>,
    /// Where it leads (`web_url`).
    #[serde(default, alias = "uri", alias = "href", alias = "link", deserialize_with = "text")]
    pub url: Option<String>,
}

/// A list of messages, or one of them.
#[derive(Debug, Default)]
pub struct Items(pub Vec<Item>);

impl<'de> Deserialize<'de> for Items {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error as _;
        match Value::deserialize(deserializer)? {
            // What of it cannot be read is left out.
            Value::Array(items) => Ok(Self(items.into_iter().filter_map(item).collect())),
            one @ Value::Object(_) => {
                serde_json::from_value(one).map(|item| Self(vec![item])).map_err(D::Error::custom)
            }
            _ => Err(D::Error::custom("neither a message nor a list of messages")),
        }
    }
}

/// `GET /conversations/{sender}/tracker`.
#[derive(Debug, Default, Deserialize)]
pub struct Tracker {
    #[serde(default, deserialize_with = "each")]
    pub events: Vec<Event>,
}

/// One event of it.
#[derive(Deserialize)]
pub struct Event {
    /// `user`, `bot`, `action`, `slot`, …
    #[serde(default, deserialize_with = "text")]
    pub event: Option<String>,
    #[serde(default, deserialize_with = "crate::helpdesk::json::lenient")]
    pub data: Data,
}

/// What a bot's event carries beside its text.
#[derive(Debug, Default, Deserialize)]
pub struct Data {
    #[serde(default, deserialize_with = "each")]
    pub buttons: Vec<Button>,
}

/// A bare text is a message, too.
fn item(value: Value) -> Option<Item> {
    match value {
        text @ Value::String(_) => Some(Item { text, ..Item::default() }),
        other => serde_json::from_value(other).ok(),
    }
}
