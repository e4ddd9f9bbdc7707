//! The JSON of the REST channel, as its client sees it.

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

/// One answer to tap.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Button {
    pub title: String,
    pub payload: String,
}

impl std::fmt::Debug for Button {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Button(…)")
    }
}

/// What waits for a sender, without its `recipient_id`.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Item {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<Button>,
    /// A link to a picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// A link to another file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attachment: Option<String>,
    /// `{"ponte": "closed", "service": …}` when the conversation is over.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub custom: Value,
}

impl std::fmt::Debug for Item {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Item(…)")
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
