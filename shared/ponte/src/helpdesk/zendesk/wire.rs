//! Zendesk's JSON, both ways: as much of it as the bridge reads or writes.
//!
//! Everything that is read is optional, and unknown fields and values pass. Ids are numbers in the API and in some events, and
//! text in others: both are read as text.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::helpdesk::json::{id, personal};

personal!(
    Event,
    Person,
    Comment,
    Attachment,
    User,
    NewUser,
    NewTicket,
    NewComment,
    Update,
    Routing,
    FieldValue,
    Reopening,
    UnlessUpdated,
);

/// A webhook: an event subscription's (`zen:event-type:ticket.…`), or a trigger's by the template of `docs/helpdesks/zendesk.md`.
#[derive(Deserialize)]
pub struct Event {
    #[serde(rename = "type")]
    pub kind: String,
    /// The id of a subscription's event. A trigger has none.
    #[serde(default, deserialize_with = "id")]
    pub id: Option<String>,
    /// What a subscription's event is about: the ticket.
    #[serde(default)]
    pub detail: Detail,
    /// What happened to it.
    #[serde(default)]
    pub event: Change,
    /// Of a trigger: the ticket.
    #[serde(default, rename = "ticketId", deserialize_with = "id")]
    pub ticket: Option<String>,
    /// Of a trigger: the ticket's external id.
    #[serde(default, rename = "externalId", deserialize_with = "id")]
    pub external_id: Option<String>,
    /// Of a trigger: the latest public comment.
    #[serde(default, rename = "commentId", deserialize_with = "id")]
    pub comment: Option<String>,
    /// Of a trigger: the assignee.
    #[serde(default)]
    pub agent: Option<Person>,
}

/// The ticket of a subscription's event, as it is since.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Detail {
    #[serde(deserialize_with = "id")]
    pub id: Option<String>,
    #[serde(deserialize_with = "id")]
    pub external_id: Option<String>,
    #[serde(deserialize_with = "id")]
    pub group_id: Option<String>,
}

/// What happened: a comment, or a change of one value.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Change {
    pub comment: Option<Comment>,
    /// The new value: text or a number, by event and by version.
    pub current: Value,
    /// The one before it.
    pub previous: Value,
}

/// Who has a ticket.
#[derive(Deserialize)]
pub struct Person {
    #[serde(default, deserialize_with = "id")]
    pub id: Option<String>,
    #[serde(default)]
    pub name: Option<String>,
}

/// A comment: of an event (`is_public`, `author`) or of the API (`public`, `author_id`).
#[derive(Clone, Deserialize)]
pub struct Comment {
    #[serde(default, deserialize_with = "id")]
    pub id: Option<String>,
    #[serde(default, alias = "is_public")]
    pub public: Option<bool>,
    #[serde(default)]
    pub author: Option<Author>,
    #[serde(default, deserialize_with = "id")]
    pub author_id: Option<String>,
    #[serde(default)]
    pub body: Option<String>,
    #[serde(default)]
    pub html_body: Option<String>,
    #[serde(default)]
    pub attachments: Vec<Attachment>,
}

/// The author in an event's comment.
#[derive(Debug, Clone, Deserialize)]
pub struct Author {
    /// `-1` is Zendesk itself.
    #[serde(default, deserialize_with = "id")]
    pub id: Option<String>,
    #[serde(default)]
    pub is_staff: Option<bool>,
}

/// A file of a comment.
#[derive(Clone, Deserialize)]
pub struct Attachment {
    #[serde(default)]
    pub file_name: Option<String>,
    #[serde(default)]
    pub content_url: Option<String>,
    #[serde(default)]
    pub content_type: Option<String>,
    /// Bytes.
    #[serde(default)]
    pub size: Option<u64>,
    /// A picture that stands in the text.
    #[serde(default)]
    pub inline: Option<bool>,
    /// What is `malware_found` is never passed on.
    #[serde(default)]
    pub malware_scan_result: Option<String>,
}

/// A page of a ticket's comments.
#[derive(Debug, Default, Deserialize)]
pub struct Comments {
    #[serde(default)]
    pub comments: Vec<Comment>,
}

/// How many comments a ticket has.
#[derive(Debug, Deserialize)]
pub struct CountAnswer {
    pub count: Count,
}

/// A number of things.
#[derive(Debug, Deserialize)]
pub struct Count {
    pub value: u64,
}

/// A page of a ticket's history.
#[derive(Debug, Default, Deserialize)]
pub struct Audits {
    #[serde(default)]
    pub audits: Vec<Audit>,
    #[serde(default)]
    pub meta: Meta,
}

/// Where the next page begins.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Meta {
    pub has_more: bool,
    pub after_cursor: Option<String>,
}

/// One update of a ticket.
#[derive(Debug, Deserialize)]
pub struct Audit {
    #[serde(default, deserialize_with = "id")]
    pub id: Option<String>,
    /// By what means it was made, and of which other tickets it tells.
    #[serde(default)]
    pub via: Value,
    #[serde(default)]
    pub metadata: Value,
}

/// A user. `role` is `end-user`, `agent` or `admin`.
#[derive(Clone, Deserialize)]
pub struct User {
    #[serde(default, deserialize_with = "id")]
    pub id: Option<String>,
    #[serde(default, deserialize_with = "id")]
    pub external_id: Option<String>,
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub role: Option<String>,
}

/// An answer with users.
#[derive(Debug, Default, Deserialize)]
pub struct Users {
    #[serde(default)]
    pub users: Vec<User>,
}

/// An answer with a user.
#[derive(Debug, Deserialize)]
pub struct UserAnswer {
    pub user: User,
}

/// A ticket.
#[derive(Debug, Clone, Deserialize)]
pub struct Ticket {
    #[serde(default, deserialize_with = "id")]
    pub id: Option<String>,
    #[serde(default, deserialize_with = "id")]
    pub external_id: Option<String>,
    #[serde(default, deserialize_with = "id")]
    pub requester_id: Option<String>,
    /// `new`, `open`, `pending`, `hold`, `solved`, `closed`.
    #[serde(default)]
    pub status: Option<String>,
    #[serde(default)]
    pub updated_at: Option<String>,
}

/// An answer with a ticket.
#[derive(Debug, Deserialize)]
pub struct TicketAnswer {
    pub ticket: Ticket,
}

/// An answer with tickets.
#[derive(Debug, Default, Deserialize)]
pub struct Tickets {
    #[serde(default)]
    pub tickets: Vec<Ticket>,
}

/// The answer to an upload.
#[derive(Debug, Deserialize)]
pub struct UploadAnswer {
    pub upload: Upload,
}

/// A file that waits for its comment.
#[derive(Debug, Deserialize)]
pub struct Upload {
    pub token: String,
}

/// The body of a 4xx.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Errors {
    /// What is wrong, by field.
    pub details: serde_json::Map<String, Value>,
    pub description: Option<String>,
    pub errors: Vec<ErrorCode>,
}

/// An error of the other form.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ErrorCode {
    pub code: Option<String>,
}

/// `POST /users/create_or_update`. No e-mail: Zendesk would write to the customer by itself, or take somebody else's user.
#[derive(Serialize)]
pub struct NewUser {
    pub external_id: String,
    pub name: String,
    /// Else Zendesk asks for an address to be confirmed.
    pub verified: bool,
}

/// `POST /tickets`.
#[derive(Serialize)]
pub struct NewTicket {
    pub subject: String,
    pub external_id: String,
    pub requester_id: u64,
    pub comment: NewComment,
    pub tags: Vec<String>,
    /// The closed ticket that it follows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub via_followup_source_id: Option<u64>,
    #[serde(flatten)]
    pub routing: Routing,
}

/// Where a new ticket goes. What is not set is as Zendesk decides.
#[derive(Clone, Default, PartialEq, Serialize)]
pub struct Routing {
    /// In place of the bridge's own.
    #[serde(skip)]
    pub subject: Option<String>,
    /// Beside the bridge's own.
    #[serde(skip)]
    pub tags: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_id: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignee_id: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignee_email: Option<String>,
    /// `low`, `normal`, `high`, `urgent`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<&'static str>,
    /// `problem`, `incident`, `question`, `task`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub ticket_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand_id: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ticket_form_id: Option<u64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub custom_fields: Vec<FieldValue>,
}

/// A custom field of a ticket.
#[derive(Clone, PartialEq, Serialize)]
pub struct FieldValue {
    pub id: u64,
    /// Text, a list of texts, true or false, by the kind of field.
    pub value: Value,
}

/// A comment to be written.
#[derive(Serialize)]
pub struct NewComment {
    pub body: String,
    pub public: bool,
    /// Who says it: the customer. Without it, the user of the token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author_id: Option<u64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub uploads: Vec<String>,
}

/// `PUT /tickets/{id}`.
#[derive(Serialize)]
pub struct Update {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<NewComment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<&'static str>,
    pub metadata: Mark,
}

/// The same for a ticket that is opened again, which is then the ticket of another conversation.
#[derive(Serialize)]
pub struct Reopening {
    pub comment: NewComment,
    pub external_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<&'static str>,
    pub metadata: Mark,
    /// Only if nobody wrote since then: else a 409 (developer.zendesk.com, protecting against ticket update collisions).
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub unless_updated: Option<UnlessUpdated>,
}

/// A condition of an update.
#[derive(Serialize)]
pub struct UnlessUpdated {
    pub safe_update: bool,
    pub updated_stamp: String,
}

/// What an update is recognised by: comes back as `metadata.custom` of its audit.
#[derive(Debug, Serialize)]
pub struct Mark {
    /// Ids, with commas between them.
    pub ponte: String,
}
