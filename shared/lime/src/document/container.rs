//! A document with its type, as it lies inside other documents.
//!
//! The value stays JSON until [`Container::document`] is called, so a hostile nest costs nothing to read. The opener counts the depth.

use serde_json::{Map, Value};

use crate::{media_types, record::as_json};

use super::Document;

/// `{"type","value"}`, the "`DocumentContainer`" of docs.blip.ai, 2023.
#[derive(Clone, PartialEq, Default)]
pub struct Container {
    /// The type, as it came.
    pub media_type: String,
    /// The content; `null` if there is none.
    pub value: Value,
    /// All other fields, and a `null` value that was written out.
    pub rest: Map<String, Value>,
}

impl Container {
    /// Wraps a document.
    pub fn new(document: &Document) -> Self {
        Self { media_type: document.media_type().to_owned(), value: document.content(), rest: Map::new() }
    }

    /// Wraps JSON.
    pub fn json(value: Value) -> Self {
        Self { media_type: media_types::JSON.to_owned(), value, rest: Map::new() }
    }

    /// The document inside.
    pub fn document(&self) -> Document {
        Document::new(&self.media_type, self.value.clone())
    }

    /// Reads a container; `None` without a `type` that is a text.
    pub fn from_value(value: Value) -> Option<Self> {
        let Value::Object(mut rest) = value else {
            return None;
        };
        let Some(Value::String(media_type)) = rest.remove("type") else {
            return None;
        };
        let value = match rest.get("value") {
            None | Some(Value::Null) => Value::Null,
            Some(_) => rest.remove("value").unwrap_or_default(),
        };
        Some(Self { media_type, value, rest })
    }

    /// The JSON object, with everything that was read.
    pub fn to_value(&self) -> Value {
        let mut object = self.rest.clone();
        object.insert("type".to_owned(), Value::from(self.media_type.as_str()));
        if !self.value.is_null() {
            object.insert("value".to_owned(), self.value.clone());
        }
        Value::Object(object)
    }
}

as_json!(Container);
