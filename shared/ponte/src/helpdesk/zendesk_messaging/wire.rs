//! The JSON of Sunshine Conversations that is read, as much of it as the bridge needs.
//!
//! All of it is optional, and unknown fields and values pass: Zendesk adds some (`subtypes: ["agent"]`) that its own specification does not
//! have.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::helpdesk::json::personal;

personal!(Event, Payload, Conversation, Message, MessageAuthor, Words, Item, Button, Field, Coordinates, Place);

/// Strings, numbers and booleans by name.
pub type Metadata = Map<String, Value>;

/// The body of a webhook. Each event is read by itself, so that one that nobody understands leaves the others alone.
#[derive(Debug, Deserialize)]
pub struct Delivery {
    pub events: Vec<Value>,
}

/// One event.
#[derive(Deserialize)]
pub struct Event {
    #[serde(default)]
    pub id: Option<String>,
    /// `conversation:message`, `switchboard:releaseControl`, …
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default)]
    pub payload: Payload,
}

/// What an event is about.
#[derive(Default, Deserialize)]
pub struct Payload {
    #[serde(default)]
    pub conversation: Option<Conversation>,
    #[serde(default)]
    pub message: Option<Message>,
    #[serde(default)]
    pub activity: Option<Activity>,
    /// What came with a transfer of control.
    #[serde(default)]
    pub metadata: Option<Metadata>,
    /// Why control was transferred: `ticketClosed`, `transferToEmail`, or nothing.
    #[serde(default)]
    pub reason: Option<String>,
}

/// A conversation.
#[derive(Default, Deserialize)]
pub struct Conversation {
    #[serde(default)]
    pub id: Option<String>,
    #[serde(default)]
    pub metadata: Option<Metadata>,
    #[serde(default, rename = "activeSwitchboardIntegration")]
    pub active: Option<SwitchboardIntegration>,
}

/// Who may be in control.
#[derive(Debug, Default, Deserialize)]
pub struct SwitchboardIntegration {
    #[serde(default)]
    pub id: Option<String>,
    #[serde(default)]
    pub name: Option<String>,
    /// `zd:agentWorkspace` is that of the agents, however it is named.
    #[serde(default, rename = "integrationType")]
    pub kind: Option<String>,
}

impl SwitchboardIntegration {
    /// Whether a setting means this one.
    pub fn is(&self, named: &str) -> bool {
        [&self.id, &self.name, &self.kind].into_iter().any(|own| own.as_deref() == Some(named))
    }
}

/// Typing, or reading.
#[derive(Debug, Deserialize)]
pub struct Activity {
    /// `typing:start`, `typing:stop`, `conversation:read`.
    #[serde(default, rename = "type")]
    pub kind: Option<String>,
    #[serde(default)]
    pub author: Option<MessageAuthor>,
}

/// A message.
#[derive(Deserialize)]
pub struct Message {
    #[serde(default)]
    pub id: Option<String>,
    #[serde(default)]
    pub author: Option<MessageAuthor>,
    #[serde(default)]
    pub content: Option<Words>,
    #[serde(default)]
    pub metadata: Option<Metadata>,
    /// What the system did, where it and nobody else speaks.
    #[serde(default)]
    pub activity: Option<Value>,
    #[serde(default)]
    pub deleted: Option<bool>,
}

/// Who said it.
#[derive(Deserialize)]
pub struct MessageAuthor {
    /// `business` or `user`.
    #[serde(default, rename = "type")]
    pub kind: Option<String>,
    /// `agent`, `AI`, `activity`.
    #[serde(default)]
    pub subtypes: Option<Vec<String>>,
    #[serde(default, rename = "displayName")]
    pub name: Option<String>,
}

impl MessageAuthor {
    /// Whether it is of this kind: `agent`, `AI`, …
    pub fn is(&self, subtype: &str) -> bool {
        self.subtypes.iter().flatten().any(|own| own.eq_ignore_ascii_case(subtype))
    }
}

/// The content of a message, of whatever type.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Words {
    /// `text`, `image`, `file`, `carousel`, `list`, `form`, `location`, `template`, …
    #[serde(rename = "type")]
    pub kind: String,
    pub text: Option<String>,
    pub html_text: Option<String>,
    pub markdown_text: Option<String>,
    pub text_fallback: Option<String>,
    pub actions: Option<Vec<Button>>,
    pub media_url: Option<String>,
    pub media_type: Option<String>,
    /// Bytes: a "number", so that a fraction must not hurt.
    pub media_size: Option<f64>,
    /// Also the file's name.
    pub alt_text: Option<String>,
    pub items: Option<Vec<Item>>,
    pub fields: Option<Vec<Field>>,
    pub coordinates: Option<Coordinates>,
    pub location: Option<Place>,
    /// What has no name here: a `template`, and what comes next year.
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// An item of a carousel or list.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Item {
    pub title: Option<String>,
    pub description: Option<String>,
    pub media_url: Option<String>,
    pub media_type: Option<String>,
    pub alt_text: Option<String>,
    pub actions: Option<Vec<Button>>,
}

/// Something to tap.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Button {
    /// `link`, `webview`, `buy`, `postback`, `reply`, `locationRequest`.
    #[serde(rename = "type")]
    pub kind: String,
    pub text: Option<String>,
    pub uri: Option<String>,
}

/// A field of a form.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Field {
    pub label: Option<String>,
    pub options: Option<Vec<Self>>,
}

/// Degrees.
#[derive(Deserialize)]
pub struct Coordinates {
    pub lat: f64,
    pub long: f64,
}

/// What a place is called.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Place {
    pub name: Option<String>,
    pub address: Option<String>,
}

/// The answer to `POST …/users`.
#[derive(Debug, Default, Deserialize)]
pub struct UserAnswer {
    #[serde(default)]
    pub user: Named,
}

/// The answer to `POST` and `GET …/conversations`.
#[derive(Debug, Default, Deserialize)]
pub struct ConversationAnswer {
    #[serde(default)]
    pub conversation: Conversation,
}

/// The answer to `POST …/messages`: what became a message.
#[derive(Debug, Default, Deserialize)]
pub struct PostAnswer {
    #[serde(default)]
    pub messages: Vec<Named>,
}

/// A thing with an id.
#[derive(Debug, Default, Deserialize)]
pub struct Named {
    #[serde(default)]
    pub id: Option<String>,
}

/// A page of conversations.
#[derive(Debug, Default, Deserialize)]
pub struct Conversations {
    #[serde(default)]
    pub conversations: Vec<Conversation>,
    #[serde(default)]
    pub meta: Meta,
}

/// A page of messages, the latest first of all pages.
#[derive(Debug, Default, Deserialize)]
pub struct Messages {
    #[serde(default)]
    pub messages: Vec<Message>,
    #[serde(default)]
    pub meta: Meta,
}

/// Whether there are further pages.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Meta {
    pub has_more: Option<bool>,
    pub after_cursor: Option<String>,
    pub before_cursor: Option<String>,
}

/// The users of a conversation.
#[derive(Debug, Default, Deserialize)]
pub struct Participants {
    #[serde(default)]
    pub participants: Vec<Participant>,
}

/// One of them.
#[derive(Debug, Default, Deserialize)]
pub struct Participant {
    #[serde(default, rename = "userId")]
    pub user: Option<String>,
}

/// The body of a 4xx.
#[derive(Debug, Default, Deserialize)]
pub struct Errors {
    #[serde(default)]
    pub errors: Vec<Error>,
}

/// One of them: `conversation_not_found`, …
#[derive(Debug, Default, Deserialize)]
pub struct Error {
    #[serde(default)]
    pub code: Option<String>,
}
