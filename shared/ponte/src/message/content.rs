//! The content of one message, in either direction.
//!
//! Its JSON is part of two contracts, the jobs in the queues and the in-house helpdesk
//! (`docs/openapi.yaml`, `Content`): fields may be added, never renamed.

use serde::{Deserialize, Serialize};

/// The longest text of one message that is passed on, in characters. Far more than any channel shows
/// (WhatsApp: 4,096), and far less than a queue message holds.
pub const MAX_TEXT: usize = 60_000;

/// One thing that was said or shown.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Content {
    /// Plain text, line breaks as `\n`.
    Text { text: String },
    /// A file by its link.
    File {
        /// Where the bytes are: an absolute `http` or `https` link.
        url: String,
        /// File name as a person would see it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// MIME type without promise: channels send oddities such as `voice/ogg`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mime: Option<String>,
        /// Size in bytes, when the sender said it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        size: Option<u64>,
        /// Words that belong to the file.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        caption: Option<String>,
    },
    /// A place, in degrees (WGS 84).
    Location {
        latitude: f64,
        longitude: f64,
        /// What the place is called.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
    },
    /// A question with answers to tap.
    Choices {
        text: String,
        /// The answers, as shown; the one tapped comes back as text.
        options: Vec<String>,
    },
    /// A link to a page.
    Link {
        url: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        title: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
    },
}

impl Content {
    /// Plain text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text { text: text.into() }
    }

    /// The kind, for logs: never a word of what was said.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text",
            Self::File { .. } => "file",
            Self::Location { .. } => "location",
            Self::Choices { .. } => "choices",
            Self::Link { .. } => "link",
        }
    }
}

impl std::fmt::Debug for Content {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Content::{}(…)", self.kind())
    }
}
