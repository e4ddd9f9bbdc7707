//! The JSON of the REST channel, as its client sees it.

pub use crate::relay::ports::{Button, Item};

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// `POST /webhooks/rest/webhook`. Rasa's own fields, and three more, which a client of Rasa's leaves out.
#[derive(Deserialize)]
pub struct Request {
    pub sender: String,
    /// What the customer says; nothing, where only what waits is asked for.
    #[serde(default)]
    pub message: Option<String>,
    /// The client's own name for the message: under the same one it is the same message.
    #[serde(default)]
    pub message_id: Option<String>,
    /// The last answer that the client has. Without one, each answer is given once.
    #[serde(default)]
    pub cursor: Option<Value>,
}

impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Request(…)")
    }
}

/// The same for its recipient.
#[derive(Serialize)]
pub struct Answer<'a> {
    pub recipient_id: &'a str,
    #[serde(flatten)]
    pub item: &'a Item,
    /// What the next request names, so that it gets what comes after.
    pub cursor: String,
}

impl std::fmt::Debug for Answer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Answer(…)")
    }
}
