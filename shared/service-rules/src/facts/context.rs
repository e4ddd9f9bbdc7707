//! The context of a redirect: what the bot says about the hand-over.
//!
//! `{"ponte": {"queue": …, "agent": …, "skills": […], "priority": …, "tags": […], "fields": {…}, "language": …, "subject": …, "text": …}}`,
//! as a document of type `application/json` or as the same JSON in a `text/plain` (whether every router passes JSON on is documented
//! nowhere, so teams send it as text). A text that is no such JSON is the subject. Whatever is wrong is left out, with a note.

use std::{collections::BTreeMap, fmt};

use serde_json::Value;

use super::reader::read_ponte;
use crate::{
    Language, Priority,
    fold::{cut, cut_line},
};

/// The key in the context under which Ponte's part stands.
pub(super) const KEY: &str = "ponte";
/// Bytes of a text that are read as JSON; a longer one is a text.
pub(super) const MAX_JSON: usize = 256 * 1024;
/// Characters of a subject. The narrowest field for one is `short_description` of the helpdesk `servicenow-tickets`, 160 as installed.
pub(super) const MAX_SUBJECT: usize = 160;
/// Characters of the text for the first note.
pub(super) const MAX_WORDS: usize = 4_000;

/// What the bot said about the hand-over.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ContextFacts {
    /// A queue: its id in the rules, the helpdesk's name, or a name for customers.
    pub queue: Option<String>,
    /// One agent.
    pub agent: Option<String>,
    /// Skills that the agent must have.
    pub skills: Vec<String>,
    /// The priority.
    pub priority: Option<Priority>,
    /// Tags of the ticket.
    pub tags: Vec<String>,
    /// Fields of the ticket, by the helpdesk's name, or by a name that the rules translate.
    pub fields: BTreeMap<String, String>,
    /// The conversation's language.
    pub language: Option<Language>,
    /// The subject.
    pub subject: Option<String>,
    /// What the agent reads in the first note.
    pub text: Option<String>,
}

impl fmt::Debug for ContextFacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ContextFacts(…)")
    }
}

/// What a context is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContextKind {
    /// It speaks to Ponte. Never shown as the customer's words.
    Ponte,
    /// A plain text: the subject, and the first thing that the agent reads.
    Text,
    /// Anything else, which tells Ponte nothing.
    Other,
}

/// A part of a context that was left out. It names the place and what was expected, never what stood there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ignored {
    /// The place, such as `ponte.tags[2]`.
    pub path: String,
    /// What was expected there.
    pub expected: &'static str,
}

impl fmt::Display for Ignored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: expected {}", self.path, self.expected)
    }
}

/// What was read from a context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadContext {
    /// What it says.
    pub facts: ContextFacts,
    /// What it is.
    pub kind: ContextKind,
    /// What was left out.
    pub ignored: Vec<Ignored>,
}

impl ContextFacts {
    /// Reads a context of any type and size: a document, or a text.
    pub fn read(context: &Value) -> ReadContext {
        match context {
            Value::String(text) => Self::read_text(text),
            Value::Object(fields) => {
                // The document may come with its container around it.
                let inner = fields.get("value").filter(|_| !fields.contains_key(KEY));
                match (fields.get(KEY), inner) {
                    (Some(ponte), _) => read_ponte(ponte),
                    (None, Some(Value::Object(inner))) if inner.contains_key(KEY) => {
                        read_ponte(inner.get(KEY).unwrap_or(&Value::Null))
                    }
                    (None, Some(Value::String(text))) => Self::read_text(text),
                    _ => nothing(ContextKind::Other),
                }
            }
            _ => nothing(ContextKind::Other),
        }
    }

    /// Reads a context that came as a text: JSON, or words.
    pub fn read_text(text: &str) -> ReadContext {
        let trimmed = text.trim();
        if trimmed.starts_with('{')
            && trimmed.len() <= MAX_JSON
            && let Ok(Value::Object(fields)) = serde_json::from_str(trimmed)
            && let Some(ponte) = fields.get(KEY)
        {
            return read_ponte(ponte);
        }
        if trimmed.is_empty() {
            return nothing(ContextKind::Other);
        }
        let facts = Self {
            subject: Some(cut_line(trimmed, MAX_SUBJECT)).filter(|subject| !subject.is_empty()),
            text: Some(cut(trimmed, MAX_WORDS)).filter(|words| !words.is_empty()),
            ..Self::default()
        };
        ReadContext { facts, kind: ContextKind::Text, ignored: Vec::new() }
    }
}

fn nothing(kind: ContextKind) -> ReadContext {
    ReadContext { facts: ContextFacts::default(), kind, ignored: Vec::new() }
}
