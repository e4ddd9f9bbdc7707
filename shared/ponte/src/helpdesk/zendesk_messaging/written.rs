//! The JSON of Sunshine Conversations that is written. The tests hold it against the specification.

use serde::Serialize;

use super::wire::Metadata;
use crate::helpdesk::json::personal;

personal!(NewUser, NewProfile, ConversationBody, NewMessage, Author, NewContent, Pass);

/// `POST …/users`. No e-mail: Zendesk would write to the customer by itself, or find somebody else.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewUser {
    pub external_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<NewProfile>,
}

/// What is known of a user.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewProfile {
    /// At most 128 characters.
    pub given_name: String,
}

/// `POST …/conversations`.
#[derive(Serialize)]
pub struct ConversationBody {
    /// `personal`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub participants: [NewParticipant; 1],
    pub metadata: Metadata,
}

/// Whose conversation it is.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewParticipant {
    pub user_external_id: String,
}

/// `POST …/messages`.
#[derive(Clone, Serialize)]
pub struct NewMessage {
    pub author: Author,
    pub content: NewContent,
    pub metadata: Metadata,
}

/// `POST …/activity`.
#[derive(Debug, Serialize)]
pub struct NewActivity {
    pub author: Author,
    /// `conversation:read`.
    #[serde(rename = "type")]
    pub kind: &'static str,
}

/// In whose name.
#[derive(Clone, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Author {
    /// The customer.
    User {
        #[serde(rename = "userId", skip_serializing_if = "Option::is_none")]
        id: Option<String>,
        #[serde(rename = "userExternalId", skip_serializing_if = "Option::is_none")]
        external_id: Option<String>,
    },
    /// The bridge.
    Business {
        #[serde(rename = "displayName")]
        name: &'static str,
    },
}

/// What is said.
#[derive(Clone, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "lowercase", rename_all_fields = "camelCase")]
pub enum NewContent {
    Text {
        text: String,
    },
    Image {
        media_url: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        alt_text: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        text: Option<String>,
    },
    File {
        media_url: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        alt_text: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        text: Option<String>,
    },
}

/// `POST …/passControl` and `…/offerControl`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Pass {
    pub switchboard_integration: String,
    pub metadata: Metadata,
}

/// `POST …/releaseControl`.
#[derive(Debug, Serialize)]
pub struct Release {
    /// `ticketClosed`.
    pub reason: &'static str,
    pub metadata: Metadata,
}
