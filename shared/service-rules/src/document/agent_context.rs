//! What an agent sees of the customer.

use serde::{Deserialize, Serialize};

/// How many lines of the talk with the bot an agent gets without rules.
pub const DEFAULT_TRANSCRIPT_LINES: u8 = 50;

/// How many earlier tickets an agent is told of at most.
pub const MAX_EARLIER_TICKETS: u8 = 5;

/// What the agent sees at the opening.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AgentContext {
    /// The contact extras that the agent sees, in this order. Absent: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extras: Option<Vec<String>>,
    /// How many of the last lines of the talk with the bot. 0: none. Absent: 50.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 100)))]
    pub transcript_lines: Option<u8>,
    /// How many of the customer's earlier tickets, where the helpdesk does not show them itself. Absent: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 5)))]
    pub earlier_tickets: Option<u8>,
}

impl AgentContext {
    /// The number of lines.
    pub fn lines(&self) -> u8 {
        self.transcript_lines.unwrap_or(DEFAULT_TRANSCRIPT_LINES)
    }

    /// The number of earlier tickets.
    pub fn tickets(&self) -> u8 {
        self.earlier_tickets.unwrap_or_default()
    }
}
