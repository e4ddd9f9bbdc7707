//! What a helpdesk tells us, in words that are the same for every helpdesk.
//!
//! An adapter's `mapping.rs` makes these from its own JSON; they travel in the to-blip queue, so their JSON is
//! part of the job format: fields may be added, never renamed.

use serde::{Deserialize, Serialize};

use super::{Content, ConversationId, SourceId, TicketId};

/// A person who works in the helpdesk.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agent {
    /// The helpdesk's id of the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The name that a customer may read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl std::fmt::Debug for Agent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Agent(…)")
    }
}

/// A queue (team, group, department) of the helpdesk, by what the helpdesk says of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskQueue {
    /// The helpdesk's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The helpdesk's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// One event of a ticket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AgentEvent {
    /// The helpdesk's own id of the event: what makes it one event through every repetition.
    pub id: SourceId,
    #[serde(flatten)]
    pub kind: AgentEventKind,
}

/// What an agent did, or what happened to the ticket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum AgentEventKind {
    /// Something that the helpdesk only named: what it is, is read from it (`EventReader::read`), by the event's id.
    #[serde(rename = "reference")]
    NeedsFetch,
    /// Words for the customer; several contents are parts of one message (a text and its files).
    Message {
        contents: Vec<Content>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        agent: Option<Agent>,
    },
    /// The helpdesk's own survey, as text with its link: for the customer only where the service rules let the helpdesk ask.
    Survey { contents: Vec<Content> },
    /// Someone took the ticket.
    Assigned { agent: Agent },
    /// The agent began or stopped typing.
    Typing { on: bool },
    /// The ticket went to another queue, or from an agent back to its queue.
    Transferred {
        /// Where it is now. `None` where the helpdesk does not say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        queue: Option<DeskQueue>,
        /// It left its agent, and nobody has it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        unassigned: bool,
        /// Who did it, where the helpdesk says so: the bridge's own user moves nobody.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<Agent>,
    },
    /// The customer waits at this place of the queue; 1 is next.
    Queued { position: u32 },
    /// The ticket is on hold (snoozed, pending), or goes on.
    OnHold { on: bool },
    /// The agent deleted or redacted what `message` names: the id of the event that told it.
    Withdrawn {
        message: SourceId,
        /// Some of it was redacted, and the rest is still for the customer.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        partly: bool,
    },
    /// The agent merged this ticket into another one: the conversation goes on there.
    Merged { into: TicketId },
    /// The agent ended the conversation; `service` is where the customer goes instead of the configured one.
    Closed {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        service: Option<String>,
    },
}

impl AgentEventKind {
    /// Whether it says how the ticket is, and only the last one of its kind matters.
    pub fn is_of_ticket(&self) -> bool {
        matches!(self, Self::Transferred { .. } | Self::Queued { .. } | Self::OnHold { .. })
    }

    /// What the customer reads of it.
    pub fn contents(&self) -> Option<&[Content]> {
        match self {
            Self::Message { contents, .. } | Self::Survey { contents } => Some(contents),
            _ => None,
        }
    }

    /// The kind, for groups, deduplication and logs.
    pub fn name(&self) -> &'static str {
        match self {
            Self::NeedsFetch => "reference",
            Self::Message { .. } => "message",
            Self::Survey { .. } => "survey",
            Self::Assigned { .. } => "assigned",
            Self::Typing { .. } => "typing",
            Self::Transferred { .. } => "transferred",
            Self::Queued { .. } => "queued",
            Self::OnHold { .. } => "on_hold",
            Self::Withdrawn { .. } => "withdrawn",
            Self::Merged { .. } => "merged",
            Self::Closed { .. } => "closed",
        }
    }
}

/// The events of one ticket out of one callback, in their order.
#[derive(Debug, Clone, PartialEq)]
pub struct TicketEvents {
    pub ticket: TicketId,
    /// Our mark, when the event carries it: it saves a look-up.
    pub opening: Option<ConversationId>,
    pub events: Vec<AgentEvent>,
}
