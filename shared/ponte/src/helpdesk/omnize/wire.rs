//! Omnize's JSON, both ways: as much of it as the bridge reads or writes.
//!
//! Everything that is read is optional, and unknown fields and values pass.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::helpdesk::json::{each, id, lenient, personal, text};

personal!(
    Trigger,
    TriggerMessage,
    TriggerAgent,
    NewInteraction,
    Customer,
    Message,
    Note,
    Evaluation,
    History,
    HistoryLine,
    Typing
);

/// What is posted to us: a state, or a message.
#[derive(Deserialize)]
pub struct Trigger {
    #[serde(default, rename = "interaction_hash", deserialize_with = "id")]
    pub interaction: Option<String>,
    /// `queued`, `accepted`, `unavailable`, `finished`, `typing`, `cleared`, `transferred`.
    #[serde(default, deserialize_with = "text")]
    pub state: Option<String>,
    /// Where it was transferred to.
    #[serde(default, rename = "department_id", deserialize_with = "id")]
    pub department: Option<String>,
    /// In the queue.
    #[serde(default, deserialize_with = "id")]
    pub position: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub message: Option<TriggerMessage>,
    #[serde(default, deserialize_with = "lenient")]
    pub agent: Option<TriggerAgent>,
    /// What we sent with the interaction.
    #[serde(default, deserialize_with = "lenient")]
    pub extra: Extra,
}

/// Words of an agent.
#[derive(Default, Deserialize)]
pub struct TriggerMessage {
    #[serde(default, rename = "hash", deserialize_with = "id")]
    pub id: Option<String>,
    #[serde(default, deserialize_with = "text")]
    pub content: Option<String>,
    /// `text`, `image`, `video`, `audio`, `file`.
    #[serde(default, rename = "type", deserialize_with = "text")]
    pub kind: Option<String>,
    #[serde(default, deserialize_with = "text")]
    pub url: Option<String>,
}

/// Who says them.
#[derive(Default, Deserialize)]
pub struct TriggerAgent {
    #[serde(default, deserialize_with = "id")]
    pub id: Option<String>,
    #[serde(default, deserialize_with = "text")]
    pub name: Option<String>,
}

/// What comes back in every trigger.
#[derive(Default, Serialize, Deserialize)]
pub struct Extra {
    /// Our mark: the opening.
    #[serde(default, deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub ponte: Option<String>,
    /// What a route gives.
    #[serde(flatten, skip_deserializing)]
    pub fields: BTreeMap<String, String>,
}

impl std::fmt::Debug for Extra {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Extra({:?}, …)", self.ponte)
    }
}

/// One of `GET /api/external/departments`.
#[derive(Debug, Deserialize)]
pub struct Department {
    #[serde(default, deserialize_with = "id")]
    pub id: Option<String>,
    #[serde(default, deserialize_with = "text")]
    pub name: Option<String>,
    /// 1 active, 0 inactive.
    #[serde(default, deserialize_with = "id")]
    pub state: Option<String>,
}

/// The answer with them: a list.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct Departments {
    #[serde(deserialize_with = "each")]
    pub all: Vec<Department>,
}

/// Who is online in a department: how many, and three of them.
#[derive(Debug, Deserialize)]
pub struct Online {
    #[serde(default, deserialize_with = "lenient")]
    pub count: Option<u64>,
}

/// `POST /core/api/v1/interactions`.
#[derive(Serialize)]
pub struct NewInteraction {
    pub token: String,
    /// `TEXT`.
    pub media_type: &'static str,
    pub department_id: u64,
    pub customer: Customer,
    pub extra: Extra,
    /// Where the transcript is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_history: Option<String>,
}

/// Who the customer is.
#[derive(Serialize)]
pub struct Customer {
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

/// The answer to it.
#[derive(Debug, Deserialize)]
pub struct Created {
    #[serde(default, deserialize_with = "lenient")]
    pub data: CreatedInteraction,
}

/// What was created.
#[derive(Debug, Default, Deserialize)]
pub struct CreatedInteraction {
    #[serde(default, rename = "interaction_hash", deserialize_with = "id")]
    pub interaction: Option<String>,
}

/// `POST …/interactions/{hash}/messages`.
#[derive(Serialize)]
pub struct Message {
    pub token: String,
    pub content: String,
    /// `text`, `image`, `video`, `audio`, `file`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// `PUT …/interactions/{hash}`.
#[derive(Serialize)]
pub struct Note {
    pub token: String,
    pub note: String,
}

/// `PUT …/interactions/{hash}`, the service evaluation.
#[derive(Serialize)]
pub struct Evaluation {
    pub token: String,
    /// `POSITIVE`, `NEGATIVE`.
    pub mood: &'static str,
}

/// `PUT …/interactions/{hash}/typing`, `/cleared`, `/finish`.
#[derive(Serialize)]
pub struct Typing {
    pub token: String,
}

/// What is behind `external_history`.
#[derive(Serialize)]
pub struct History {
    pub messages: Vec<HistoryLine>,
}

/// A line of it.
#[derive(Serialize)]
pub struct HistoryLine {
    /// Without a zone: `2026-11-20 12:00:00`.
    pub time: String,
    /// `CLIENT`, `AGENT`.
    pub direction: &'static str,
    pub content: String,
}

/// Why a call was refused.
#[derive(Debug, Default, Deserialize)]
pub struct Refusal {
    #[serde(default, deserialize_with = "text")]
    pub message: Option<String>,
}
