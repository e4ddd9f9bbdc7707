//! A conversation as an operator may see it.

use ponte::{
    clock::Timestamp,
    conversation::{CustomerRecord, State},
    message::{ConversationId, CustomerKey, TicketId},
};
use serde::Serialize;

use super::{Groups, StateName};
use crate::Stack;

/// What is shown: nothing that names anybody, unless that was asked for.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct View {
    pub key: CustomerKey,
    pub conversation: ConversationId,
    pub state: StateName,
    /// Where it stands, in words.
    pub stands: String,
    /// Since when it is closing or closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// When what opened it was received.
    pub opened: Option<String>,
    pub ticket: Option<TicketId>,
    /// The domain of the channel that the customer writes on.
    pub channel: String,
    /// Whether the customer was told of an agent.
    pub agent: bool,
    pub last_from_customer: Option<String>,
    pub last_from_agent: Option<String>,
    /// Its message groups, as the logs name them.
    pub groups: Groups,
    /// The address of the customer. Personal: shown only when it is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The name of the agent. Personal: shown only when it is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_name: Option<String>,
}

impl std::fmt::Debug for View {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "View({}, {:?})", self.conversation.as_str(), self.state)
    }
}

impl View {
    /// What of a conversation is not personal: no name, and no address.
    pub fn of(stack: &Stack, conversation: &CustomerRecord) -> Self {
        let since = match conversation.state {
            State::Closing { since } => Some(since),
            State::Closed { at } => Some(at),
            State::Claimed | State::Ticketed | State::Open => None,
        };
        Self {
            key: conversation.key.clone(),
            conversation: conversation.opening.clone(),
            state: StateName::of(conversation.state),
            stands: stands(conversation.state).to_owned(),
            since: since.map(Timestamp::rfc3339),
            opened: moment(conversation.opened),
            ticket: conversation.ticket.clone(),
            channel: conversation.channel.clone(),
            agent: conversation.agent.is_some(),
            last_from_customer: moment(conversation.inbound.last),
            last_from_agent: moment(conversation.outbound.last),
            groups: Groups::of(stack, conversation),
            address: None,
            agent_name: None,
        }
    }

    /// With the customer's address and the agent's name.
    pub fn personal(stack: &Stack, conversation: &CustomerRecord) -> Self {
        Self {
            address: Some(conversation.address.as_str().to_owned()),
            agent_name: conversation.agent.clone(),
            ..Self::of(stack, conversation)
        }
    }
}

/// What a state means for who looks.
fn stands(state: State) -> &'static str {
    match state {
        State::Claimed => "it is opening: the helpdesk has no ticket yet",
        State::Ticketed => "it is opening: the helpdesk has its ticket, the first words are on their way",
        State::Open => "customer and agent are talking",
        State::Closing { .. } => "it is ending: the customer goes back to the bot when the delay is over",
        State::Closed { .. } => "it has ended: the customer is back with the bot, and the next words open a new one",
    }
}

/// A direction that never delivered anything has no moment.
fn moment(at: Timestamp) -> Option<String> {
    (at.0 > 0).then(|| at.rfc3339())
}
