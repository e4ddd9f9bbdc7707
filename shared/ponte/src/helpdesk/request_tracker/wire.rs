//! RT's JSON, both ways: as much of it as the bridge reads or writes.
//!
//! Everything that is read is optional, and unknown fields and values pass. An id is a number in what is read by itself and text
//! in lists; a link to another thing is an object, and in lists at times empty text.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::helpdesk::json::{each, id, ids, lenient, personal, text};

/// Who owns what nobody owns.
pub(super) const NOBODY: &str = "Nobody";
/// What the custom field of a ticket is called that has the customer's address.
pub(super) const IDENTITY: &str = "BlipIdentity";
/// What the custom field of a ticket is called that bears our mark.
pub(super) const TICKET_ID: &str = "BlipTicketId";

personal!(Change, Ticket, Transaction, CustomField, Attachment, Body, User, NewTicket, TicketFields, Message);

/// What the scrip posts.
#[derive(Debug, Deserialize)]
pub struct Hook {
    /// `rt.transaction.created`.
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default)]
    pub data: Value,
}

/// A transaction as the scrip tells it.
#[derive(Deserialize)]
pub struct Change {
    #[serde(default, deserialize_with = "id")]
    pub ticket: Option<String>,
    #[serde(default, deserialize_with = "id")]
    pub transaction: Option<String>,
    /// `Correspond`, `Comment`, `Status`, `Set`.
    #[serde(default, deserialize_with = "text")]
    pub kind: Option<String>,
    /// What was set: `Owner`, `Queue`.
    #[serde(default, deserialize_with = "text")]
    pub field: Option<String>,
    #[serde(default, deserialize_with = "text")]
    pub old: Option<String>,
    #[serde(default, deserialize_with = "text")]
    pub new: Option<String>,
    /// Whose doing it was, by the name that one logs in with.
    #[serde(default, deserialize_with = "text")]
    pub creator: Option<String>,
    /// The tickets that were merged into this one.
    #[serde(default, deserialize_with = "ids")]
    pub merged: Vec<String>,
    /// Our mark, `BlipTicketId`.
    #[serde(default, deserialize_with = "text")]
    pub opening: Option<String>,
}

/// A link to a user or a ticket.
#[derive(Debug, Default, Clone, Deserialize)]
pub struct Link {
    /// Of a user the name, of all else the number.
    #[serde(default, deserialize_with = "id")]
    pub id: Option<String>,
}

/// A custom field with its values.
#[derive(Deserialize)]
pub struct CustomField {
    #[serde(default, deserialize_with = "id")]
    pub id: Option<String>,
    #[serde(default, deserialize_with = "text")]
    pub name: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub values: Vec<Value>,
}

/// A link that a ticket or a transaction names.
#[derive(Debug, Deserialize)]
pub struct Hyperlink {
    /// `correspond` and `comment` where one may.
    #[serde(default, rename = "ref", deserialize_with = "text")]
    pub reference: Option<String>,
}

/// `GET /ticket/{id}`.
#[derive(Default, Deserialize)]
pub struct Ticket {
    #[serde(default, deserialize_with = "id")]
    pub id: Option<String>,
    #[serde(default, rename = "Status", deserialize_with = "text")]
    pub status: Option<String>,
    #[serde(default, rename = "Creator", deserialize_with = "lenient")]
    pub creator: Link,
    #[serde(default, rename = "Owner", deserialize_with = "lenient")]
    pub owner: Link,
    #[serde(default, rename = "Queue", deserialize_with = "lenient")]
    pub queue: Link,
    #[serde(default, rename = "Requestor", deserialize_with = "lenient")]
    pub requestor: Vec<Link>,
    #[serde(default, rename = "CustomFields", deserialize_with = "lenient")]
    pub custom_fields: Vec<CustomField>,
    #[serde(default, rename = "_hyperlinks", deserialize_with = "lenient")]
    pub hyperlinks: Vec<Hyperlink>,
}

/// One of `GET /queues/all`.
#[derive(Debug, Deserialize)]
pub struct Queue {
    #[serde(default, deserialize_with = "id")]
    pub id: Option<String>,
    #[serde(default, rename = "Name", deserialize_with = "text")]
    pub name: Option<String>,
}

/// `GET /transaction/{id}`, or one of a list.
#[derive(Default, Deserialize)]
pub struct Transaction {
    #[serde(default, deserialize_with = "id")]
    pub id: Option<String>,
    /// `Correspond`, `Comment`, `Status`, `Set`, …
    #[serde(default, rename = "Type", deserialize_with = "text")]
    pub kind: Option<String>,
    #[serde(default, rename = "Field", deserialize_with = "text")]
    pub field: Option<String>,
    #[serde(default, rename = "NewValue", deserialize_with = "id")]
    pub new: Option<String>,
    #[serde(default, rename = "OldValue", deserialize_with = "id")]
    pub old: Option<String>,
    #[serde(default, rename = "Creator", deserialize_with = "lenient")]
    pub creator: Link,
    /// Its ticket; empty in lists.
    #[serde(default, rename = "Object", deserialize_with = "lenient")]
    pub object: Link,
    /// Its ticket, in lists.
    #[serde(default, rename = "ObjectId", deserialize_with = "id")]
    pub object_id: Option<String>,
    /// RFC 3339, UTC, whole seconds.
    #[serde(default, rename = "Created", deserialize_with = "text")]
    pub created: Option<String>,
    #[serde(default, rename = "CustomFields", deserialize_with = "lenient")]
    pub custom_fields: Vec<CustomField>,
}

/// A list. What of it cannot be read is left out.
#[derive(Debug, Deserialize)]
pub struct List<T: serde::de::DeserializeOwned> {
    #[serde(bound(deserialize = "T: serde::de::DeserializeOwned"), deserialize_with = "each")]
    pub items: Vec<T>,
}

/// One part of a transaction, without its content.
#[derive(Deserialize)]
pub struct Attachment {
    #[serde(default, deserialize_with = "id")]
    pub id: Option<String>,
    #[serde(default, rename = "Filename", deserialize_with = "text")]
    pub name: Option<String>,
    #[serde(default, rename = "ContentType", deserialize_with = "text")]
    pub mime: Option<String>,
    /// Bytes, in text.
    #[serde(default, rename = "ContentLength", deserialize_with = "id")]
    pub length: Option<String>,
}

/// `GET /attachment/{id}`.
#[derive(Deserialize)]
pub struct Body {
    /// Base64, in lines.
    #[serde(default, rename = "Content", deserialize_with = "text")]
    pub content: Option<String>,
}

/// `GET /user/{name or number}`.
#[derive(Clone, Default, Deserialize)]
pub struct User {
    #[serde(default, rename = "Name", deserialize_with = "text")]
    pub name: Option<String>,
    #[serde(default, rename = "RealName", deserialize_with = "text")]
    pub real_name: Option<String>,
    /// 1 for whoever works in RT, 0 for whoever only writes e-mail.
    #[serde(default, rename = "Privileged", deserialize_with = "id")]
    pub privileged: Option<String>,
}

/// `GET /rt`.
#[derive(Debug, Deserialize)]
pub struct About {
    #[serde(default, rename = "Version", deserialize_with = "text")]
    pub version: Option<String>,
}

/// The answer to `POST /ticket`.
#[derive(Debug, Deserialize)]
pub struct Created {
    #[serde(default, deserialize_with = "id")]
    pub id: Option<String>,
}

/// `POST /ticket`. No `Requestor`: RT would write e-mail to whoever that is.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct NewTicket {
    pub queue: String,
    pub subject: String,
    /// A user, by name, e-mail or number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The priority of the ticket, a whole number in text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<String>,
    /// What agents read first.
    pub content: String,
    /// `text/plain`.
    pub content_type: &'static str,
    pub custom_fields: TicketFields,
}

/// The custom fields of a ticket.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct TicketFields {
    /// The address on the channel, so that an agent finds what the same customer said before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blip_identity: Option<String>,
    /// Our mark: the opening.
    pub blip_ticket_id: String,
    /// More of them, by name or number: a text, or a list of texts.
    #[serde(flatten)]
    pub more: BTreeMap<String, Value>,
}

/// `POST /ticket/{id}/correspond` and `/comment`.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Message {
    pub content: String,
    /// `text/plain`.
    pub content_type: &'static str,
    pub txn_custom_fields: MessageFields,
}

/// The custom field of a transaction.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct MessageFields {
    /// What it is found again by.
    pub blip_message_id: String,
}
