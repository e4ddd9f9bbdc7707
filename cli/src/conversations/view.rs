//! A conversation as an operator may see it.

use ponte::{
    clock::Timestamp,
    conversation::{Conversation, State},
    message::{ConversationKey, OpeningId, TicketId},
};
use serde::Serialize;

use super::StateName;

/// What is shown: nothing that names anybody, unless that was asked for.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct View {
    pub key: ConversationKey,
    pub opening: OpeningId,
    pub state: StateName,
    /// Since when it is closing or closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    pub ticket: Option<TicketId>,
    /// Whether the customer was told of an agent.
    pub agent: bool,
    pub last_from_customer: Option<String>,
    pub last_from_agent: Option<String>,
    /// Personal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Personal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_name: Option<String>,
}

impl std::fmt::Debug for View {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "View({}, {:?})", self.opening.as_str(), self.state)
    }
}

impl View {
    /// Without names and addresses.
    pub fn of(conversation: &Conversation) -> Self {
        let since = match conversation.state {
            State::Closing { since } => Some(since),
            State::Closed { at } => Some(at),
            State::Claimed | State::Ticketed | State::Open => None,
        };
        Self {
            key: conversation.key.clone(),
            opening: conversation.opening.clone(),
            state: StateName::of(conversation.state),
            since: since.map(Timestamp::rfc3339),
            ticket: conversation.ticket.clone(),
            agent: conversation.agent.is_some(),
            last_from_customer: moment(conversation.inbound.last),
            last_from_agent: moment(conversation.outbound.last),
            address: None,
            agent_name: None,
        }
    }

    /// With the customer's address and the agent's name.
    pub fn personal(conversation: &Conversation) -> Self {
        Self {
            address: Some(conversation.address.as_str().to_owned()),
            agent_name: conversation.agent.clone(),
            ..Self::of(conversation)
        }
    }
}

/// A direction that never delivered anything has no moment.
fn moment(at: Timestamp) -> Option<String> {
    (at.0 > 0).then(|| at.rfc3339())
}
