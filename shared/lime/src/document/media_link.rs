//! A file behind a link.
//!
//! Links of Blip's own store end after minutes, and some need a token; fetching is not done here. Types are odd in practice
//! (`sticker/webp`, `voice/*`, parameters, none at all): whoever needs one to be right guesses it from the name too.

use serde_json::Value;

use super::{Document, file_inside, is_data};
use crate::is_web;
use crate::media_types::{MEDIA_LINK, same};
use crate::record::record;
use crate::wire::Wire;

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

impl Document {
    /// The file that this document is, behind a link that can be fetched: a media link, a media link whose address stands under another
    /// name, or the file itself under its own type. Bytes that stand in the message are a `data:` link (RFC 2397). `None` for all else.
    pub fn file(&self) -> Option<MediaLink> {
        match self {
            Self::MediaLink(link) if is_web(&link.uri) || is_data(&link.uri) => Some(link.clone()),
            Self::Other { media_type, content } => {
                let uri = file_inside(media_type, content)?;
                let mut link = content.as_object().cloned().and_then(|mut fields| {
                    fields.insert("uri".to_owned(), Value::from(uri.as_str()));
                    MediaLink::from_value(Value::Object(fields))
                });
                let link = link.get_or_insert_with(|| MediaLink { uri: uri.clone(), ..MediaLink::default() });
                let other =
                    |names: &[&str]| names.iter().find_map(|name| content.get(*name)?.as_str()).map(str::to_owned);
                link.text = link.text.take().or_else(|| other(&["caption", "description"]));
                link.title = link.title.take().or_else(|| other(&["filename", "fileName", "name"]));
                link.media_type = link.media_type.take().or_else(|| other(&["mime_type", "mimeType", "contentType"]));
                if !same(media_type, MEDIA_LINK) {
                    link.media_type.get_or_insert_with(|| media_type.clone());
                }
                Some(link.clone())
            }
            _ => None,
        }
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
