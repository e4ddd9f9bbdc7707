//! A text menu.
//!
//! On channels without menus it falls back to a numbered text. The customer's answer is the option's value, its order or its text,
//! and comes as any type (docs.blip.ai, content-types/menu, 2023).

use serde_json::Value;

use crate::record::record;

use super::Document;

record! {
    /// `application/vnd.lime.select+json`.
    Select
    needs {
        /// What can be chosen.
        options: Vec<SelectOption> = "options",
    }
    may {
        /// `transient`, `persistent` or `immediate` (quick replies, at most 11).
        scope: String = "scope",
        /// The question.
        text: String = "text",
    }
}

record! {
    /// One option; often it has a text only, and `null` fields occur.
    SelectOption
    needs {}
    may {
        /// Its number, where it has one.
        order: i64 = "order",
        /// What is shown.
        text: String = "text",
        /// The type of the value.
        media_type: String = "type",
        /// What is sent when it is chosen.
        value: Value = "value",
    }
}

impl SelectOption {
    /// What is sent when the option is chosen, if it says so.
    pub fn document(&self) -> Option<Document> {
        Some(Document::new(self.media_type.as_deref()?, self.value.clone()?))
    }
}
