//! The context of a redirect: what the bot says about the hand-over.
//!
//! `{"ponte": {"queue": …, "agent": …, "skills": […], "priority": …, "tags": […], "fields": {…}, "language": …, "subject": …, "text": …}}`,
//! as a document of type `application/json` or as the same JSON in a `text/plain` (whether every router passes JSON on is documented
//! nowhere, so teams send it as text). A text that is no such JSON is the subject. Whatever is wrong is left out, with a note.

use std::{collections::BTreeMap, fmt};

use crate::{Language, Priority};

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
