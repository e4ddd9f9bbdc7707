//! The entries of the ledger: what was said, what was seen, and what else is worth a note.

use std::fmt;

use serde::Serialize;

use super::digest::Digest;
use crate::message::Content;

/// The name of a message in the ledger; for an agent's message it is also its id in the helpdesk.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Label(pub(crate) String);

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which way a message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From the customer to the agent.
    ToAgent,
    /// From the agent to the customer.
    ToCustomer,
}

/// Where a message belongs: the customer's name, and the conversation as `name#n` (the customer's n-th).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Lane {
    pub customer: String,
    pub conversation: String,
    pub direction: Direction,
}

/// A message that was said. Times are milliseconds since 1970.
#[derive(Clone, Debug, Serialize)]
pub struct Sent {
    pub label: Label,
    #[serde(flatten)]
    pub lane: Lane,
    pub content: Content,
    /// What the file was, if it is one that this simulator hosts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<Digest>,
    pub at: i64,
    /// Said by the customer after the agent had closed: it may open the next conversation.
    pub late: bool,
    /// When the other side saw it first.
    pub arrived: Option<i64>,
    /// The reason with which the bridge gave an agent's message back.
    pub refused: Option<String>,
}

/// What a thing that was seen turned out to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// This message, seen for the first time.
    Message(Label),
    /// A message that had been seen before.
    Again,
    /// The words of another conversation, named here.
    Leaked(String),
    /// The bridge's own text: greeting, agent joined, closing.
    System,
    /// Nobody said this.
    Nobody,
}

/// A message that was seen. `at` in milliseconds since 1970.
#[derive(Clone, Debug, Serialize)]
pub struct Seen {
    #[serde(flatten)]
    pub lane: Lane,
    pub content: Content,
    pub at: i64,
    pub origin: Origin,
}

/// Something else worth telling: typing, assignment, redirect, closing.
#[derive(Clone, Debug, Serialize)]
pub struct Note {
    pub customer: String,
    pub at: i64,
    pub kind: &'static str,
    pub text: String,
}
