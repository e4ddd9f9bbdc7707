//! The JSON of Rasa's REST and callback channels, both ways, and as much of its tracker as the bridge reads.
//!
//! Everything that is read is optional, and unknown fields and values pass.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::helpdesk::json::{each, id, personal, text};

personal!(Said, Item, Button, Event);

/// `POST /webhooks/rest/webhook`, and `/webhooks/callback/webhook`.
#[derive(Serialize)]
pub struct Said {
    /// Our mark.
    pub sender: String,
    pub message: String,
}

/// One message of the assistant.
#[derive(Default, Deserialize)]
pub struct Item {
    /// The sender whom it is for.
    #[serde(default, rename = "recipient_id", deserialize_with = "id")]
    pub recipient: Option<String>,
    #[serde(default, deserialize_with = "text")]
    pub text: Option<String>,
    #[serde(default, deserialize_with = "text")]
    pub image: Option<String>,
    /// A link; a list of them in the specification.
    #[serde(default, deserialize_with = "links")]
    pub attachment: Vec<String>,
    #[serde(default, deserialize_with = "each")]
    pub buttons: Vec<Button>,
    /// Whatever the assistant's author put there.
    #[serde(default)]
    pub custom: Value,
}

/// An answer to tap.
#[derive(Clone, Deserialize)]
pub struct Button {
    #[serde(default, deserialize_with = "text")]
    pub title: Option<String>,
    /// What is sent when it is tapped.
    #[serde(default, deserialize_with = "text")]
    pub payload: Option<String>,
}

/// A list of messages, or one of them.
#[derive(Debug, Default)]
pub struct Items(pub Vec<Item>);

impl<'de> Deserialize<'de> for Items {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error as _;
        match Value::deserialize(deserializer)? {
            // What of it cannot be read is left out.
            Value::Array(items) => {
                Ok(Self(items.into_iter().filter_map(|item| serde_json::from_value(item).ok()).collect()))
            }
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

fn links<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let items = match Value::deserialize(deserializer)? {
        Value::Array(items) => items,
        one => vec![one],
    };
    Ok(items.into_iter().filter_map(|item| item.as_str().map(str::to_owned)).collect())
}
