//! Chatwoot's JSON, both ways: as much of it as the bridge reads or writes.
//!
//! Everything that is read is optional, and unknown fields and values pass: names differ between versions. Numbers are at times
//! text, and a message's type is a word in webhooks and a number in the API.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::helpdesk::json::{each, id, lenient, personal, text};

personal!(
    Hook,
    Person,
    Message,
    Attachment,
    Conversation,
    Attributed,
    Contact,
    NewContact,
    ConversationBody,
    Post,
    Named
);

/// A webhook. Of a message or a conversation it is the thing itself, with `event` beside its fields.
#[derive(Deserialize)]
pub struct Hook {
    /// `message_created`, `conversation_status_changed`, `conversation_updated`, `conversation_typing_on`, …
    pub event: String,
    /// Of the message, or of the conversation.
    #[serde(default, deserialize_with = "id")]
    pub id: Option<String>,
    /// The conversation of a message, or in which somebody types.
    #[serde(default, deserialize_with = "lenient")]
    pub conversation: Option<Conversation>,
    #[serde(default, deserialize_with = "id")]
    pub message_type: Option<String>,
    /// Of a message: `text`, `input_csat`, …
    #[serde(default, deserialize_with = "text")]
    pub content_type: Option<String>,
    /// Of a message.
    #[serde(default, deserialize_with = "lenient")]
    pub content_attributes: ContentAttributes,
    #[serde(default, deserialize_with = "lenient")]
    pub private: Option<bool>,
    #[serde(default, deserialize_with = "lenient")]
    pub sender: Option<Person>,
    /// Who types.
    #[serde(default, deserialize_with = "lenient")]
    pub user: Option<Person>,
    #[serde(default, deserialize_with = "lenient")]
    pub is_private: Option<bool>,
    #[serde(default, deserialize_with = "text")]
    pub status: Option<String>,
    /// Seconds since the epoch with their fraction: what tells one change of a conversation from another.
    #[serde(default, deserialize_with = "id")]
    pub updated_at: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub custom_attributes: Marks,
    #[serde(default, deserialize_with = "lenient")]
    pub meta: Meta,
    /// `[{"assignee_id": {"previous_value": …, "current_value": …}}]`.
    #[serde(default, deserialize_with = "each")]
    pub changed_attributes: Vec<serde_json::Map<String, Value>>,
}

/// Whose a conversation is.
#[derive(Debug, Default, Deserialize)]
pub struct Meta {
    #[serde(default, deserialize_with = "lenient")]
    pub assignee: Option<Person>,
    #[serde(default, deserialize_with = "lenient")]
    pub team: Option<Team>,
}

/// A team.
#[derive(Debug, Default, Deserialize)]
pub struct Team {
    #[serde(default, deserialize_with = "id")]
    pub id: Option<String>,
    #[serde(default, deserialize_with = "text")]
    pub name: Option<String>,
}

/// An agent, a bot, or a contact.
#[derive(Clone, Default, Deserialize)]
pub struct Person {
    #[serde(default, deserialize_with = "id")]
    pub id: Option<String>,
    /// `user`, `agent_bot`; a contact has none in webhooks.
    #[serde(default, rename = "type", deserialize_with = "text")]
    pub kind: Option<String>,
    #[serde(default, deserialize_with = "text")]
    pub name: Option<String>,
    /// The name that the agent chose for customers.
    #[serde(default, deserialize_with = "text")]
    pub available_name: Option<String>,
}

/// Our own among the custom attributes of a conversation.
#[derive(Debug, Default, Deserialize)]
pub struct Marks {
    /// Our mark: the opening.
    #[serde(default, deserialize_with = "text")]
    pub ponte: Option<String>,
}

/// One message, as the API has it.
#[derive(Clone, Default, Deserialize)]
pub struct Message {
    #[serde(default, deserialize_with = "id")]
    pub id: Option<String>,
    #[serde(default, deserialize_with = "text")]
    pub content: Option<String>,
    /// 0 incoming, 1 outgoing, 2 activity, 3 template; words in webhooks.
    #[serde(default, deserialize_with = "id")]
    pub message_type: Option<String>,
    /// Who may not see it is told by its being there.
    #[serde(default, deserialize_with = "lenient")]
    pub private: Option<bool>,
    #[serde(default, deserialize_with = "text")]
    pub source_id: Option<String>,
    /// Seconds since the epoch.
    #[serde(default, deserialize_with = "lenient")]
    pub created_at: Option<i64>,
    #[serde(default, deserialize_with = "lenient")]
    pub sender: Option<Person>,
    #[serde(default, deserialize_with = "lenient")]
    pub content_attributes: ContentAttributes,
    /// `text`, `input_select`, `cards`, `form`, `article`, `input_email`, `input_csat`, …
    #[serde(default, deserialize_with = "text")]
    pub content_type: Option<String>,
    /// The conversation, where the server says it.
    #[serde(default, deserialize_with = "id")]
    pub conversation_id: Option<String>,
    #[serde(default, deserialize_with = "each")]
    pub attachments: Vec<Attachment>,
}

/// What else is known of a message.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct ContentAttributes {
    #[serde(default, deserialize_with = "lenient")]
    pub deleted: Option<bool>,
    /// What belongs to a message that is no text: answers, cards, fields of a form, articles.
    #[serde(default, deserialize_with = "each")]
    pub items: Vec<Item>,
}

/// One of them (`app/models/concerns/content_attribute_validator.rb`, and the interactive messages of the documentation).
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Item {
    #[serde(deserialize_with = "text")]
    pub title: Option<String>,
    #[serde(deserialize_with = "text")]
    pub description: Option<String>,
    /// Of an article.
    #[serde(deserialize_with = "text")]
    pub link: Option<String>,
    /// Of a card: its picture.
    #[serde(deserialize_with = "text")]
    pub media_url: Option<String>,
    #[serde(deserialize_with = "each")]
    pub actions: Vec<Action>,
    /// Of a form: what is asked.
    #[serde(deserialize_with = "text")]
    pub label: Option<String>,
    #[serde(deserialize_with = "text")]
    pub placeholder: Option<String>,
    #[serde(deserialize_with = "each")]
    pub options: Vec<Choice>,
}

/// A button of a card: `link`, `postback`.
#[derive(Debug, Clone, Deserialize)]
pub struct Action {
    #[serde(default, deserialize_with = "text")]
    pub text: Option<String>,
    #[serde(default, deserialize_with = "text")]
    pub uri: Option<String>,
}

/// An answer of a form's field.
#[derive(Debug, Clone, Deserialize)]
pub struct Choice {
    #[serde(default, deserialize_with = "text")]
    pub label: Option<String>,
}

/// A file of a message.
#[derive(Clone, Deserialize)]
pub struct Attachment {
    /// It answers with a redirect.
    #[serde(default, deserialize_with = "text")]
    pub data_url: Option<String>,
    /// `image`, `audio`, `video`, `file`, `location`, …
    #[serde(default, deserialize_with = "text")]
    pub file_type: Option<String>,
    /// Bytes.
    #[serde(default, deserialize_with = "lenient")]
    pub file_size: Option<u64>,
    /// Of a location.
    #[serde(default, deserialize_with = "lenient")]
    pub coordinates_lat: Option<f64>,
    #[serde(default, deserialize_with = "lenient")]
    pub coordinates_long: Option<f64>,
    #[serde(default, deserialize_with = "text")]
    pub fallback_title: Option<String>,
}

/// `GET /api/v1/profile`: whose token it is.
#[derive(Debug, Deserialize)]
pub struct Me {
    #[serde(default, deserialize_with = "id")]
    pub id: Option<String>,
}

/// A conversation, as the API has it.
#[derive(Default, Deserialize)]
pub struct Conversation {
    #[serde(default, deserialize_with = "id")]
    pub id: Option<String>,
    /// `open`, `resolved`, `pending`, `snoozed`.
    #[serde(default, deserialize_with = "text")]
    pub status: Option<String>,
    /// What its survey is called by (the specification, `/survey/responses/{conversation_uuid}`).
    #[serde(default, deserialize_with = "text")]
    pub uuid: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub custom_attributes: Marks,
    /// Seconds since the epoch: when the last message of any kind was written.
    #[serde(default, deserialize_with = "lenient")]
    pub last_activity_at: Option<i64>,
    /// Whose it is (`_conversation.json.jbuilder`).
    #[serde(default, deserialize_with = "lenient")]
    pub meta: Option<Given>,
}

/// A conversation with all of its custom attributes, whoever set them.
#[derive(Deserialize)]
pub struct Attributed {
    #[serde(default, deserialize_with = "id")]
    pub id: Option<String>,
    pub custom_attributes: serde_json::Map<String, Value>,
}

/// A contact, with the inboxes that it has.
#[derive(Deserialize)]
pub struct Contact {
    #[serde(default, deserialize_with = "id")]
    pub id: Option<String>,
    #[serde(default, deserialize_with = "text")]
    pub identifier: Option<String>,
    #[serde(default, deserialize_with = "each")]
    pub contact_inboxes: Vec<ContactInbox>,
}

/// What a contact is called in an inbox.
#[derive(Debug, Clone, Deserialize)]
pub struct ContactInbox {
    #[serde(default, deserialize_with = "text")]
    pub source_id: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub inbox: Inbox,
}

/// An inbox.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Inbox {
    #[serde(default, deserialize_with = "id")]
    pub id: Option<String>,
}

/// A list that stands in `payload`. What of it cannot be read is left out.
#[derive(Debug, Deserialize)]
pub struct List<T: serde::de::DeserializeOwned> {
    #[serde(bound(deserialize = "T: serde::de::DeserializeOwned"), deserialize_with = "each")]
    pub payload: Vec<T>,
}

/// The list of conversations stands in `data`.
#[derive(Debug, Deserialize)]
pub struct Page {
    pub data: List<Conversation>,
}

/// The answer to a new contact.
#[derive(Debug, Deserialize)]
pub struct CreatedContact {
    /// An object with `contact`; a list in the specification.
    #[serde(default)]
    pub payload: Value,
}

/// The answer to a new conversation.
#[derive(Debug, Deserialize)]
pub struct Created {
    #[serde(default, deserialize_with = "id")]
    pub id: Option<String>,
    /// Whose it is (`_conversation.json.jbuilder`).
    #[serde(default, deserialize_with = "lenient")]
    pub meta: Option<Given>,
}

/// Who has a conversation. Nobody: there is no `assignee`, or it is null.
#[derive(Debug, Deserialize)]
pub struct Given {
    #[serde(default, deserialize_with = "lenient")]
    pub assignee: Option<Named>,
}

impl Given {
    /// Whether the agent with this id has it.
    pub fn is(&self, agent: u64) -> bool {
        self.assignee.as_ref().and_then(|assignee| assignee.id.as_deref()) == Some(agent.to_string().as_str())
    }
}

/// Why a call was refused, in English.
#[derive(Debug, Default, Deserialize)]
pub struct Refusal {
    #[serde(default, deserialize_with = "text")]
    pub message: Option<String>,
    #[serde(default, deserialize_with = "text")]
    pub error: Option<String>,
}

/// `POST /contacts`. Neither phone nor e-mail: both must be unique in the account, and another contact may have them.
#[derive(Serialize)]
pub struct NewContact {
    pub inbox_id: u64,
    pub name: String,
    /// Our pseudonym of the customer.
    pub identifier: String,
    /// The same: what the contact is called in the inbox.
    pub source_id: String,
}

/// `POST /conversations`.
#[derive(Serialize)]
pub struct ConversationBody {
    pub source_id: String,
    pub inbox_id: u64,
    pub contact_id: u64,
    /// `open`: an inbox with a bot would make it `pending`, which agents do not see.
    pub status: &'static str,
    /// Our mark, and what the route sets.
    pub custom_attributes: serde_json::Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub team_id: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignee_id: Option<u64>,
}

/// A team or an agent.
#[derive(Deserialize)]
pub struct Named {
    #[serde(default, deserialize_with = "id")]
    pub id: Option<String>,
    #[serde(default, deserialize_with = "text")]
    pub name: Option<String>,
    #[serde(default, deserialize_with = "text")]
    pub available_name: Option<String>,
    #[serde(default, deserialize_with = "text")]
    pub email: Option<String>,
    /// Of an agent: `online` or `available`, `busy`, `offline`.
    #[serde(default, deserialize_with = "text")]
    pub availability_status: Option<String>,
}

/// A custom attribute that conversations may have.
#[derive(Debug, Deserialize)]
pub struct Attribute {
    /// What it is set by.
    #[serde(default, deserialize_with = "id")]
    pub attribute_key: Option<String>,
    /// What agents see.
    #[serde(default, deserialize_with = "text")]
    pub attribute_display_name: Option<String>,
    /// `text`, `number`, `currency`, `percent`, `link`, `date`, `list`, `checkbox`.
    #[serde(default, deserialize_with = "text")]
    pub attribute_display_type: Option<String>,
    /// Of a list. The specification has text here, the server a list.
    #[serde(default, deserialize_with = "each")]
    pub attribute_values: Vec<String>,
}

/// `POST /conversations/{id}/messages`.
#[derive(Serialize)]
pub struct Post {
    pub content: String,
    /// `incoming` for the customer's words, `outgoing` for notes.
    pub message_type: &'static str,
    pub private: bool,
    /// What it is found again by.
    pub source_id: String,
}
