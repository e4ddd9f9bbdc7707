//! Intercom's JSON, both ways: as much of it as the bridge reads or writes.
//!
//! Everything that is read is optional, and unknown fields and values pass: webhooks of 2019 and of today are read by the
//! same types (`user` and `conversation_message` became `contacts` and `source`). What is written is held against the
//! official specification by the tests.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::helpdesk::json::{each, id, ids, lenient, personal};

personal!(
    ConversationUpdate,
    Conversation,
    Source,
    Part,
    Author,
    Attachment,
    Contact,
    NewContact,
    ConversationBody,
    Reply,
    Close,
    Errors,
    Error,
    Assignee
);

/// A webhook: `notification_event`.
#[derive(Debug, Deserialize)]
pub struct Notification {
    /// `conversation.admin.replied`, `ping`, …
    pub topic: String,
    /// `notif_…`; null in a ping.
    #[serde(default, deserialize_with = "id")]
    pub id: Option<String>,
    #[serde(default)]
    pub data: Data,
}

/// What a webhook is about.
#[derive(Debug, Default, Deserialize)]
pub struct Data {
    /// A conversation, in the topics that are ours.
    #[serde(default)]
    pub item: Value,
}

/// A conversation: of a webhook with its one new part, of `GET /conversations/{id}` with the last 500.
#[derive(Default, Deserialize)]
pub struct Conversation {
    #[serde(default, deserialize_with = "id")]
    pub id: Option<String>,
    /// The first message. `conversation_message` until API version 1.4.
    #[serde(default, alias = "conversation_message")]
    pub source: Option<Source>,
    #[serde(default)]
    pub contacts: Option<Contacts>,
    #[serde(default)]
    pub conversation_parts: Option<Parts>,
    /// `open`, `closed`, `snoozed`.
    #[serde(default)]
    pub state: Option<String>,
}

impl Conversation {
    /// The parts that are there, oldest first.
    pub fn parts(&self) -> &[Part] {
        self.conversation_parts.as_ref().map(|parts| parts.conversation_parts.as_slice()).unwrap_or_default()
    }

    /// The words of the first message.
    pub fn first_words(&self) -> &str {
        self.source.as_ref().and_then(|source| source.body.as_deref()).unwrap_or_default()
    }
}

/// The first message of a conversation.
#[derive(Deserialize)]
pub struct Source {
    #[serde(default)]
    pub body: Option<String>,
}

/// The contacts of a conversation.
#[derive(Debug, Default, Deserialize)]
pub struct Contacts {
    #[serde(default)]
    pub contacts: Vec<Contact>,
}

/// A contact: a customer.
#[derive(Deserialize)]
pub struct Contact {
    /// 24 hexadecimal characters.
    #[serde(default, deserialize_with = "id")]
    pub id: Option<String>,
}

/// A list of parts.
#[derive(Debug, Default, Deserialize)]
pub struct Parts {
    #[serde(default)]
    pub conversation_parts: Vec<Part>,
}

/// Something that was said or done in a conversation.
#[derive(Deserialize)]
pub struct Part {
    /// The same under every topic that tells of it.
    #[serde(default, deserialize_with = "id")]
    pub id: Option<String>,
    /// `comment`, `note`, `assignment`, `close`, … A reply that also assigns is an `assignment` with a body.
    #[serde(default)]
    pub part_type: String,
    /// HTML before webhook version 2.15, plain text since.
    #[serde(default)]
    pub body: Option<String>,
    /// Seconds since the epoch.
    #[serde(default)]
    pub created_at: Option<i64>,
    #[serde(default)]
    pub author: Option<Author>,
    #[serde(default)]
    pub assigned_to: Option<Author>,
    #[serde(default)]
    pub attachments: Option<Vec<Attachment>>,
    /// Somebody took its words back: a sentence of Intercom's stands in their place.
    #[serde(default, deserialize_with = "lenient")]
    pub redacted: Option<bool>,
}

/// Who did it, or to whom it was given.
#[derive(Deserialize)]
pub struct Author {
    /// `admin`, `team`, `bot`, `user`, `lead`, …
    #[serde(default, rename = "type")]
    pub kind: Option<String>,
    #[serde(default, deserialize_with = "id")]
    pub id: Option<String>,
    #[serde(default)]
    pub name: Option<String>,
}

/// A file of a part. Its link is signed and expires.
#[derive(Deserialize)]
pub struct Attachment {
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub url: Option<String>,
    #[serde(default)]
    pub content_type: Option<String>,
    /// Bytes.
    #[serde(default)]
    pub filesize: Option<u64>,
}

/// `GET /me`: whose token it is.
#[derive(Debug, Deserialize)]
pub struct Me {
    #[serde(default, deserialize_with = "id")]
    pub id: Option<String>,
}

/// The answer to `POST /conversations`: a message.
#[derive(Debug, Deserialize)]
pub struct Begun {
    #[serde(default, deserialize_with = "id")]
    pub conversation_id: Option<String>,
}

/// The answer to `POST /conversations/search`.
#[derive(Debug, Default, Deserialize)]
pub struct Found {
    #[serde(default)]
    pub conversations: Vec<Conversation>,
}

/// The body of a 4xx: `error.list`.
#[derive(Default, Deserialize)]
pub struct Errors {
    #[serde(default)]
    pub errors: Vec<Error>,
}

/// One of them.
#[derive(Deserialize)]
pub struct Error {
    #[serde(default)]
    pub message: Option<String>,
}

/// `POST /contacts`. No e-mail and no phone: Intercom would write to the customer by itself, or find somebody else's contact.
#[derive(Serialize)]
pub struct NewContact {
    /// `user`.
    pub role: &'static str,
    pub external_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// `POST /conversations`.
#[derive(Serialize)]
pub struct ConversationBody {
    pub from: From,
    /// Plain text; HTML is not supported.
    pub body: String,
}

/// Who begins a conversation.
#[derive(Debug, Serialize)]
pub struct From {
    /// `user`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub id: String,
}

/// `POST /conversations/{id}/reply`, of a contact or of an admin.
#[derive(Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Reply {
    /// Words of the customer.
    User {
        /// `comment`.
        message_type: &'static str,
        /// `user`.
        #[serde(rename = "type")]
        kind: &'static str,
        intercom_user_id: String,
        body: String,
        /// Seconds since the epoch: when it was said.
        created_at: i64,
        /// Links of pictures, at most 10.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        attachment_urls: Vec<String>,
    },
    /// A note, which only agents see.
    Admin {
        /// `note`.
        message_type: &'static str,
        /// `admin`.
        #[serde(rename = "type")]
        kind: &'static str,
        admin_id: String,
        /// HTML.
        body: String,
    },
}

/// `POST /conversations/{id}/parts`.
#[derive(Serialize)]
pub struct Close {
    /// `close`.
    pub message_type: &'static str,
    /// `admin`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub admin_id: String,
    pub body: String,
}

/// `POST /conversations/{id}/parts`, to open one again.
#[derive(Debug, Serialize)]
pub struct Open {
    /// `open`.
    pub message_type: &'static str,
    pub admin_id: String,
}

/// `PUT /conversations/{id}`.
#[derive(Serialize)]
pub struct ConversationUpdate {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(skip_serializing_if = "serde_json::Map::is_empty")]
    pub custom_attributes: serde_json::Map<String, Value>,
}

/// `POST /conversations/{id}/parts`, to give a conversation to somebody.
#[derive(Debug, Serialize)]
pub struct Assignment {
    /// `assignment`.
    pub message_type: &'static str,
    /// `team` or `admin`: both may be set, by two calls.
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub admin_id: String,
    pub assignee_id: String,
}

/// The admins of a workspace, and whether each is there.
#[derive(Debug, Deserialize)]
pub struct Admins {
    #[serde(default, deserialize_with = "each")]
    pub admins: Vec<Admin>,
}

/// An admin, who may be a person or an app.
#[derive(Debug, Deserialize)]
pub struct Admin {
    #[serde(default, deserialize_with = "id")]
    pub id: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub away_mode_enabled: Option<bool>,
    /// Without a seat nobody gets a conversation.
    #[serde(default, deserialize_with = "lenient")]
    pub has_inbox_seat: Option<bool>,
    #[serde(default, deserialize_with = "ids")]
    pub team_ids: Vec<String>,
}

/// The teams, or the admins, of a workspace.
#[derive(Debug, Default, Deserialize)]
pub struct Assignees {
    #[serde(default, alias = "teams", alias = "admins", deserialize_with = "each")]
    pub items: Vec<Assignee>,
}

/// One of them.
#[derive(Deserialize)]
pub struct Assignee {
    #[serde(default, deserialize_with = "id")]
    pub id: Option<String>,
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub email: Option<String>,
}

/// The attributes that conversations have.
#[derive(Debug, Default, Deserialize)]
pub struct Attributes {
    #[serde(default, deserialize_with = "each")]
    pub data: Vec<Attribute>,
}

/// One of them.
#[derive(Debug, Deserialize)]
pub struct Attribute {
    /// What it is set by.
    pub name: String,
    #[serde(default)]
    pub label: Option<String>,
    /// `string`, `integer`, `float`, `boolean`, `date`.
    #[serde(default)]
    pub data_type: Option<String>,
    /// The texts that it takes, where it takes only some: texts, or objects with a `value`.
    #[serde(default, deserialize_with = "each")]
    pub options: Vec<Value>,
    #[serde(default)]
    pub api_writable: Option<bool>,
    #[serde(default)]
    pub archived: Option<bool>,
}

/// A tag.
#[derive(Debug, Deserialize)]
pub struct Tag {
    #[serde(default, deserialize_with = "id")]
    pub id: Option<String>,
}
