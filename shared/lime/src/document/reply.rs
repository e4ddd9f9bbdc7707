//! An answer that quotes the message it answers.
//!
//! `WhatsApp`'s menu and button answers arrive in this form too. Replies inside replies are opened only as deep as
//! [`MAX_DEPTH`].

use serde_json::Value;

use crate::MAX_DEPTH;
use crate::media_types::JSON;
use crate::record::record;

use super::{Container, Document};

record! {
    /// `application/vnd.lime.reply+json` (docs.blip.ai, content-types/reply, 2023).
    Reply
    needs {
        /// What is said now.
        replied: Container = "replied",
    }
    may {
        /// What it answers.
        in_reply_to: InReplyTo = "inReplyTo",
    }
}

record! {
    /// The quoted message; every field is optional.
    InReplyTo
    needs {}
    may {
        /// The quoted message's id.
        id: String = "id",
        /// The quoted document's type.
        media_type: String = "type",
        /// The quoted content.
        value: Value = "value",
        /// `sent` by the bot or `received` from the customer.
        direction: String = "direction",
    }
}

impl Reply {
    /// What is said now, with replies and containers inside it opened.
    pub fn innermost(&self) -> Document {
        let mut document = self.replied.document();
        for _ in 0..MAX_DEPTH {
            match document {
                Document::Reply(reply) => document = reply.replied.document(),
                Document::Container(container) => document = container.document(),
                other => return other,
            }
        }
        document
    }
}

impl InReplyTo {
    /// The quoted document, if its content is there. Without a type, a text is a text, and an object the channel's own.
    pub fn document(&self) -> Option<Document> {
        let value = self.value.clone()?;
        match (&self.media_type, value) {
            (Some(media_type), value) => Some(Document::new(media_type, value)),
            (None, Value::String(text)) => Some(Document::Text(text)),
            (None, value @ Value::Object(_)) => Some(Document::new(JSON, value)),
            (None, _) => None,
        }
    }
}
