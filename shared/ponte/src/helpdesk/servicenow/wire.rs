//! The JSON of the Virtual Agent Bot Integration API, both ways: as much of it as the bridge reads or writes.
//!
//! Everything that is read is optional, and unknown fields and values pass.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::helpdesk::json::{each, id, lenient, personal, text};

personal!(Callback, Element, Choice, AgentInfo, Request, Message, Attachment, Entry);

/// What is posted to us.
#[derive(Deserialize)]
pub struct Callback {
    /// Ours, of the request that it answers; of words that an agent began, that of an earlier one.
    #[serde(default, rename = "requestId", deserialize_with = "id")]
    pub request: Option<String>,
    /// Ours; empty where the provider does not keep it.
    #[serde(default, rename = "clientSessionId", deserialize_with = "id")]
    pub session: Option<String>,
    /// What we sent, untouched.
    #[serde(default, rename = "clientVariables", deserialize_with = "lenient")]
    pub variables: Variables,
    /// Printed as a list, and as one object.
    #[serde(default, deserialize_with = "elements")]
    pub body: Vec<Element>,
    /// Whether it comes from a live agent's conversation.
    #[serde(default, rename = "agentChat", deserialize_with = "lenient")]
    pub agent_chat: Option<bool>,
    /// Whether the conversation is over.
    #[serde(default, deserialize_with = "lenient")]
    pub completed: Option<bool>,
    /// Whether control is handed back.
    #[serde(default, rename = "takeControl", deserialize_with = "lenient")]
    pub take_control: Option<bool>,
}

/// What comes back untouched.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Variables {
    /// Our mark: the opening.
    #[serde(default, deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub ponte: Option<String>,
}

/// One control of a body.
#[derive(Deserialize)]
pub struct Element {
    /// `OutputText`, `OutputLink`, `OutputImage`, `OutputHtml`, `OutputCard`, `Picker`, `FileUpload`, `ActionMsg`, …
    #[serde(default, rename = "uiType", deserialize_with = "text")]
    pub kind: Option<String>,
    /// Of an `ActionMsg`: `StartTypingIndicator`, `EndTypingIndicator`, `StartSpinner`.
    #[serde(default, rename = "actionType", deserialize_with = "text")]
    pub action: Option<String>,
    #[serde(default, rename = "messageId", deserialize_with = "id")]
    pub id: Option<String>,
    /// A text, a link, or an object with `action`.
    #[serde(default)]
    pub value: Value,
    /// The words of a control that asks for something, and of some texts.
    #[serde(default, deserialize_with = "text")]
    pub label: Option<String>,
    #[serde(default, deserialize_with = "text")]
    pub header: Option<String>,
    #[serde(default, rename = "promptMsg", deserialize_with = "text")]
    pub prompt: Option<String>,
    #[serde(default, deserialize_with = "each")]
    pub options: Vec<Choice>,
    /// Of a card: JSON in a text.
    #[serde(default, deserialize_with = "text")]
    pub data: Option<String>,
    /// Of a spinner: what to tell.
    #[serde(default, deserialize_with = "text")]
    pub message: Option<String>,
    #[serde(default, rename = "waitTime", deserialize_with = "text")]
    pub wait: Option<String>,
    #[serde(default, rename = "agentInfo", deserialize_with = "lenient")]
    pub agent: Option<AgentInfo>,
}

/// One answer of a picker.
#[derive(Deserialize)]
pub struct Choice {
    #[serde(default, deserialize_with = "text")]
    pub label: Option<String>,
}

/// Who speaks, where the agent chat tells it.
#[derive(Default, Deserialize)]
pub struct AgentInfo {
    #[serde(default, rename = "agentId", deserialize_with = "id")]
    pub id: Option<String>,
    #[serde(default, rename = "agentName", deserialize_with = "text")]
    pub name: Option<String>,
    #[serde(default, rename = "sentFromAgent", deserialize_with = "lenient")]
    pub sent: Option<bool>,
}

/// `POST /api/sn_va_as_service/bot/integration`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Request {
    pub request_id: String,
    /// `START_CONVERSATION`, `AGENT`, `SEND_HISTORY`, `TYPING`, `VIEWING`, `UPDATE_MESSAGES`, `END_CONVERSATION`; none for words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<&'static str>,
    pub bot_to_bot: bool,
    /// Our mark: the opening.
    pub client_session_id: String,
    /// Our pseudonym of the customer.
    pub user_id: String,
    /// An object; a list for `UPDATE_MESSAGES`.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub message: Value,
    /// Milliseconds since the epoch.
    pub timestamp: i64,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub context_variables: BTreeMap<String, String>,
    pub client_variables: Variables,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<Entry>,
}

/// The words of a request.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// Empty where a conversation ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    pub typed: bool,
    pub client_message_id: String,
    /// One: the table says a list, each documented example is an object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attachment: Option<Attachment>,
}

/// A file by its link.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Attachment {
    pub client_attachment_id: String,
    pub content_type: String,
    pub file_name: String,
    pub url: String,
}

/// A line of the history.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    pub display_name: String,
    pub is_bot_message: bool,
    /// Milliseconds since the epoch, as text.
    pub timestamp: String,
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub value: String,
}

/// The answer to a call: only that it arrived.
#[derive(Debug, Default, Deserialize)]
pub struct Received {
    /// `success`, `failure`.
    #[serde(default, deserialize_with = "text")]
    pub status: Option<String>,
    /// There, where the channel is synchronous.
    #[serde(default, rename = "requestId", deserialize_with = "id")]
    pub request: Option<String>,
}

fn elements<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Element>, D::Error> {
    let items = match Value::deserialize(deserializer)? {
        Value::Array(items) => items,
        Value::Null => Vec::new(),
        one => vec![one],
    };
    Ok(items.into_iter().filter_map(|item| serde_json::from_value(item).ok()).collect())
}
