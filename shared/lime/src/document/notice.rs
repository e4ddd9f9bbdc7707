//! What a channel says of itself: nobody has said anything, or what was said is said no more.
//!
//! WhatsApp's shapes are those of Meta's Cloud API (webhooks, messages: `request_welcome`, `system`, `edit`, `revoke`, `unsupported`, with
//! the names of earlier versions beside them), Messenger's and Instagram's those of the Messenger Platform (`is_deleted`, `is_unsupported`).
//! A notice is worth no conversation of its own; within one it is a sentence.

use serde_json::Value;

use super::Document;
use crate::MAX_DEPTH;
use crate::media_types::{DELETED_CONTENT, same};

/// The code of a message that the channel cannot pass on (Meta's Cloud API, error codes), and its older and newer relatives.
const UNSUPPORTED: [i64; 3] = [131_051, 131_060, 501];

/// What stands beside every message of WhatsApp's (Meta's Cloud API, webhooks).
const ENVELOPE: [&str; 10] = [
    "type",
    "from",
    "from_user_id",
    "to",
    "id",
    "timestamp",
    "context",
    "errors",
    "messaging_product",
    "recipient_type",
];

/// One notice.
#[derive(Clone, PartialEq)]
pub enum Notice {
    /// The customer opened the chat and has said nothing.
    Opened,
    /// The customer has another number; the new one, if it is told.
    NumberChanged(Option<String>),
    /// The customer may be another person, or has another telephone.
    IdentityChanged,
    /// A message was changed; what it says now, if it is told.
    Edited(Option<Box<Document>>),
    /// A message was taken back.
    Deleted,
    /// The customer sent something that the channel does not pass on; the channel's word for it, if it has one.
    Unsupported(Option<String>),
    /// Anything else that the channel tells of itself, in its own words.
    Other(String),
}

impl std::fmt::Debug for Notice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Notice(…)")
    }
}

impl Document {
    /// Whether the channel says this of itself, and no person.
    pub fn is_notice(&self) -> bool {
        self.notice().is_some()
    }

    /// What the channel says of itself, whatever it is wrapped in.
    pub fn notice(&self) -> Option<Notice> {
        let mut document = self.clone();
        for _ in 0..MAX_DEPTH {
            document = match document {
                Self::Container(container) | Self::Sensitive(container) => container.document(),
                Self::Reply(reply) => reply.replied.document(),
                Self::Redirect(redirect) => redirect.said()?,
                Self::Json(content) => return Notice::of_json(&content),
                Self::Other { media_type, .. } if same(&media_type, DELETED_CONTENT) => return Some(Notice::Deleted),
                _ => return None,
            };
        }
        None
    }
}

impl Notice {
    /// The notice in a channel's own JSON, which may be JSON in a text.
    pub(crate) fn of_json(content: &Value) -> Option<Self> {
        let read = content
            .as_str()
            .filter(|text| text.trim_start().starts_with('{'))
            .and_then(|text| serde_json::from_str(text).ok());
        let content: &Value = read.as_ref().unwrap_or(content);
        let kind = content.get("type").and_then(Value::as_str).unwrap_or_default();
        let text = |path: &str| {
            content.pointer(path).and_then(Value::as_str).filter(|text| !text.trim().is_empty()).map(str::to_owned)
        };
        // A payload of a bot's own may use the same words: a notice has its own object beside its name, or nothing.
        let is_own = |name: &str| {
            let is_bare =
                || content.as_object().is_some_and(|fields| fields.keys().all(|key| ENVELOPE.contains(&key.as_str())));
            content.get(name).is_some_and(Value::is_object) || is_bare()
        };
        match kind {
            "request_welcome" => return Some(Self::Opened),
            "system" if is_own("system") => return Some(Self::system(content)),
            "edit" | "edited" if is_own("edit") || is_own("message") => return Some(Self::Edited(edited(content))),
            "revoke" | "revoked" | "deleted" if is_own("revoke") => return Some(Self::Deleted),
            "unsupported" | "unknown" if is_own("unsupported") => {
                return Some(Self::Unsupported(text("/unsupported/type")));
            }
            _ => {}
        }
        let is_true = |path: &str| content.pointer(path).and_then(Value::as_bool) == Some(true);
        let code = |error: &Value| match error.get("code") {
            Some(Value::String(code)) => code.trim().parse().ok(),
            other => other.and_then(Value::as_i64),
        };
        let is_unsupported = |error: &Value| code(error).is_some_and(|code| UNSUPPORTED.contains(&code));
        if ["/is_deleted", "/message/is_deleted"].into_iter().any(is_true) {
            Some(Self::Deleted)
        } else if ["/is_unsupported", "/message/is_unsupported"].into_iter().any(is_true)
            || content.get("errors").and_then(Value::as_array).is_some_and(|errors| errors.iter().any(is_unsupported))
        {
            Some(Self::Unsupported(text("/unsupported/type")))
        } else if content.get("message_edit").is_some_and(Value::is_object) {
            Some(Self::Edited(edited(content)))
        } else {
            None
        }
    }

    fn system(content: &Value) -> Self {
        let text = |name: &str| match content.pointer(&format!("/system/{name}")) {
            Some(Value::String(text)) if !text.trim().is_empty() => Some(text.clone()),
            Some(Value::Number(number)) => Some(number.to_string()),
            _ => None,
        };
        let kind = text("type").unwrap_or_default();
        if kind.contains("number") {
            let number = text("new_wa_id").or_else(|| text("wa_id"));
            // Digits are a telephone number with its country code; anything else is a name of the channel's.
            let is_number = |number: &String| number.bytes().all(|letter| letter.is_ascii_digit());
            Self::NumberChanged(number.map(|number| if is_number(&number) { format!("+{number}") } else { number }))
        } else if kind.contains("identity") || kind.contains("user_id") {
            Self::IdentityChanged
        } else {
            Self::Other(text("body").unwrap_or(kind))
        }
    }
}

/// What an edited message says now: `{"edit":{"original_message_id","message":{…}}}` (Meta's Cloud API), or `message_edit` with its text.
fn edited(content: &Value) -> Option<Box<Document>> {
    let inside = ["/edit/message", "/edit", "/message_edit", "/message", "/edited_message"];
    let message = inside.into_iter().find_map(|path| content.pointer(path).filter(|message| message.is_object()))?;
    let mut message = message.clone();
    if let Value::Object(fields) = &mut message {
        for name in ["original_message_id", "message_id", "mid", "num_edit"] {
            fields.remove(name);
        }
        // What is left may say nothing: then only the change is told.
        if fields.is_empty() || (fields.len() == 1 && fields.contains_key("type")) {
            return None;
        }
    }
    // A notice in a notice is no message, and would go on for ever.
    (Notice::of_json(&message).is_none()).then(|| Box::new(Document::Json(message)))
}
