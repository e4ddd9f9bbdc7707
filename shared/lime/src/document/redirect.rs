//! Hands a customer to another bot behind the same router.
//!
//! A control message, sent to the customer's address. What it does, and what the bridge may still say after it, is not decided here.

use serde_json::Value;

use crate::is_blank;
use crate::media_types::JSON;
use crate::record::record;

use super::{Container, Document};

record! {
    /// `application/vnd.lime.redirect+json` (docs.blip.ai, content-types/redirect, 2023). `{}` leads back to the main bot.
    Redirect
    needs {}
    may {
        /// A service's name as the router spells it, or a bot's identity.
        address: String = "address",
        /// What the destination receives as if the customer had sent it.
        context: Container = "context",
    }
}

impl Redirect {
    /// What the customer "says" to the destination, if it is anything: the context, which may stand there without a type.
    pub fn said(&self) -> Option<Document> {
        let text = |value: &Value| value.as_str().filter(|text| !is_blank(text)).map(Document::text);
        if let Some(context) = &self.context {
            let is_empty = context.value.is_null() || context.value.as_str().is_some_and(is_blank);
            return (!is_empty).then(|| context.document());
        }
        let context = self.rest.get("context")?;
        let value = context.get("value").filter(|value| !value.is_null()).unwrap_or(context);
        match value {
            Value::Object(fields) if !fields.is_empty() => Some(Document::new(JSON, value.clone())),
            other => text(other),
        }
    }
}
