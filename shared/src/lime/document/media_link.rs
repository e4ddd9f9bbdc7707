//! A file behind a link.
//!
//! Links of Blip's own store end after minutes, and some need a token; fetching is not done here. Types are odd in practice
//! (`sticker/webp`, `voice/*`, parameters, none at all): whoever needs one to be right guesses it from the name too.

use serde_json::Value;

use crate::lime::record::record;
use crate::lime::wire::Wire;

record! {
    /// `application/vnd.lime.media-link+json` (docs.blip.ai, content-types/media-link, 2023).
    MediaLink
    needs {
        /// Where the file lies.
        uri: String = "uri",
    }
    may {
        /// The file's MIME type, as it came.
        media_type: String = "type",
        /// A title; on `WhatsApp` a document's file name (captured traffic, not promised).
        title: String = "title",
        /// The caption.
        text: String = "text",
        /// How large the file says it is.
        size: Size = "size",
        /// A smaller picture of it.
        preview_uri: String = "previewUri",
        /// The preview's MIME type.
        preview_type: String = "previewType",
        /// `1:1` and the like.
        aspect_ratio: String = "aspectRatio",
        /// Whose token opens the link.
        authorization_realm: String = "authorizationRealm",
    }
}

/// A size in bytes, as a number or (the documentation does it) as a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Size(Value);

impl Size {
    /// The bytes, if it tells a whole number of them.
    pub fn bytes(&self) -> Option<u64> {
        match &self.0 {
            Value::Number(number) => number.as_u64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        }
    }
}

impl From<u64> for Size {
    fn from(bytes: u64) -> Self {
        Self(Value::from(bytes))
    }
}

impl Wire for Size {
    fn read(value: &Value) -> Option<Self> {
        matches!(value, Value::Number(_) | Value::String(_)).then(|| Self(value.clone()))
    }

    fn write(&self) -> Value {
        self.0.clone()
    }
}
