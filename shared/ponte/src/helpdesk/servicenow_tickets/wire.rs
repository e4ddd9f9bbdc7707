//! `ServiceNow`'s JSON, both ways: as much of it as the bridge reads or writes.
//!
//! Everything that is read is optional, and unknown fields and values pass. All values are text, sizes and states too; a reference is
//! an object, or empty text.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::helpdesk::json::{each, id, lenient, personal, text};

personal!(Record, Entry, Attachment, User, Nudge);

/// An answer of the Table API.
#[derive(Debug, Deserialize)]
pub struct Answer<T: serde::de::DeserializeOwned> {
    #[serde(bound(deserialize = "T: serde::de::DeserializeOwned"))]
    pub result: T,
}

/// An answer with rows. What of them cannot be read is left out.
#[derive(Debug, Deserialize)]
pub struct Rows<T: serde::de::DeserializeOwned> {
    #[serde(bound(deserialize = "T: serde::de::DeserializeOwned"), deserialize_with = "each")]
    pub result: Vec<T>,
}

/// A task.
#[derive(Clone, Default, Deserialize)]
pub struct Record {
    #[serde(default, rename = "sys_id", deserialize_with = "id")]
    pub id: Option<String>,
    /// Our mark.
    #[serde(default, deserialize_with = "text")]
    pub correlation_id: Option<String>,
    /// The customer's message that was written last.
    #[serde(default, deserialize_with = "text")]
    pub correlation_display: Option<String>,
    #[serde(default, deserialize_with = "id")]
    pub state: Option<String>,
    /// `{"link": …, "value": …}`, or empty text.
    #[serde(default, deserialize_with = "lenient")]
    pub assigned_to: Reference,
    /// UTC, whole seconds: `2026-11-20 12:00:00`.
    #[serde(default, rename = "sys_updated_on", deserialize_with = "text")]
    pub updated: Option<String>,
}

/// Another record.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Reference {
    #[serde(default, deserialize_with = "text")]
    pub value: Option<String>,
}

/// A row of the journal (`sys_journal_field`).
#[derive(Clone, Default, Deserialize)]
pub struct Entry {
    #[serde(default, rename = "sys_id", deserialize_with = "id")]
    pub id: Option<String>,
    /// The table of its record.
    #[serde(default, deserialize_with = "text")]
    pub name: Option<String>,
    /// Its record.
    #[serde(default, rename = "element_id", deserialize_with = "id")]
    pub record: Option<String>,
    /// `comments` for the customer, `work_notes` for colleagues.
    #[serde(default, deserialize_with = "text")]
    pub element: Option<String>,
    #[serde(default, deserialize_with = "text")]
    pub value: Option<String>,
    /// The name that its author logs in with.
    #[serde(default, rename = "sys_created_by", deserialize_with = "text")]
    pub author: Option<String>,
    /// UTC, whole seconds.
    #[serde(default, rename = "sys_created_on", deserialize_with = "text")]
    pub created: Option<String>,
}

/// An attachment.
#[derive(Clone, Deserialize)]
pub struct Attachment {
    #[serde(default, rename = "sys_id", deserialize_with = "id")]
    pub id: Option<String>,
    #[serde(default, rename = "table_sys_id", deserialize_with = "id")]
    pub record: Option<String>,
    #[serde(default, rename = "file_name", deserialize_with = "text")]
    pub name: Option<String>,
    #[serde(default, rename = "content_type", deserialize_with = "text")]
    pub mime: Option<String>,
    /// Bytes, in text.
    #[serde(default, rename = "size_bytes", deserialize_with = "id")]
    pub size: Option<String>,
    #[serde(default, rename = "sys_created_by", deserialize_with = "text")]
    pub author: Option<String>,
    #[serde(default, rename = "sys_created_on", deserialize_with = "text")]
    pub created: Option<String>,
}

/// A user.
#[derive(Clone, Default, Deserialize)]
pub struct User {
    #[serde(default, rename = "sys_id", deserialize_with = "id")]
    pub id: Option<String>,
    /// The name that one logs in with: not shown to customers.
    #[serde(default, rename = "user_name", deserialize_with = "text")]
    pub login: Option<String>,
    #[serde(default, deserialize_with = "text")]
    pub name: Option<String>,
}

/// What a failed call says beside its status.
#[derive(Debug, Deserialize)]
pub struct Refusal {
    #[serde(default)]
    pub error: Value,
}

/// What a business rule of ours posts. Its body is our own: `docs/helpdesks/servicenow-tickets.md` has the script.
#[derive(Deserialize)]
pub struct Nudge {
    /// The record.
    #[serde(default, rename = "sys_id", deserialize_with = "id")]
    pub record: Option<String>,
    #[serde(default, deserialize_with = "text")]
    pub correlation_id: Option<String>,
    /// The row of the journal that was written.
    #[serde(default, deserialize_with = "id")]
    pub journal: Option<String>,
    /// When the record was changed.
    #[serde(default, deserialize_with = "text")]
    pub updated: Option<String>,
}

/// A new record, or a change of one: fields and their values.
#[derive(Default, Serialize)]
#[serde(transparent)]
pub struct Fields(pub std::collections::BTreeMap<String, String>);

impl std::fmt::Debug for Fields {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Fields(…)")
    }
}

impl Fields {
    /// The same with one more.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }
}
