//! Several documents of one type, or of several types in containers.
//!
//! Bots send them as messages, and commands answer with them. Opening gives one level only: nested collections are opened by whoever
//! counts the depth.

use serde_json::Value;

use crate::media_types::{self, CONTAINER};
use crate::record::record;

use super::{Container, Document};

record! {
    /// `application/vnd.lime.collection+json` (docs.blip.ai, content-types/collection, 2023).
    Collection
    needs {
        /// The items' type; for a container, each item has its own.
        item_type: String = "itemType",
        /// The items as they came.
        items: Vec<Value> = "items",
    }
    may {
        /// How many there are in all; more than `items` when the answer is a page.
        total: i64 = "total",
    }
}

impl Collection {
    /// The items as documents, in order, containers opened.
    pub fn documents(&self) -> Vec<Document> {
        self.items.iter().map(|item| self.document(item)).collect()
    }

    fn document(&self, item: &Value) -> Document {
        if media_types::same(&self.item_type, CONTAINER)
            && let Some(container) = Container::from_value(item.clone())
        {
            return container.document().unwrapped();
        }
        Document::new(&self.item_type, item.clone())
    }
}

/// The items of a collection that answers a command; none where there is no collection.
pub fn items(resource: &Value) -> Vec<Value> {
    resource.get("items").and_then(Value::as_array).cloned().unwrap_or_default()
}
