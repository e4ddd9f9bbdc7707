//! The JSON of the in-house contract, both ways. `docs/openapi.yaml` is its written form; a test holds the two together.
//!
//! Every body is `{"type", "timestamp", "data"}`. Fields may be added by either side; unknown ones are ignored.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::check::whole;
pub use super::routing::Routing;
use crate::{
    helpdesk::json::lenient,
    message::{Agent, Content, DeskQueue, text::Format},
};

/// The envelope of Standard Webhooks.
#[derive(Debug, Serialize, Deserialize)]
pub struct Event<T> {
    /// RFC 3339, UTC: when it happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<String>,
    #[serde(flatten)]
    pub event: T,
}

/// An event that Ponte posts to an in-house helpdesk.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
pub enum FromPonte {
    #[serde(rename = "conversation.started")]
    ConversationStarted(Started),
    #[serde(rename = "message.created")]
    MessageCreated(Created),
    #[serde(rename = "message.failed")]
    MessageFailed(Failed),
    #[serde(rename = "message.status")]
    MessageStatus(MessageStatus),
    #[serde(rename = "customer.typing")]
    CustomerTyping(CustomerTyping),
    #[serde(rename = "availability.requested")]
    AvailabilityRequested(AvailabilityRequested),
    #[serde(rename = "conversation.rated")]
    ConversationRated(Rated),
    #[serde(rename = "conversation.ended")]
    ConversationEnded(Ended),
}

/// An event that an in-house helpdesk posts to Ponte.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
pub enum ToPonte {
    #[serde(rename = "agent.assigned")]
    AgentAssigned(Assigned),
    #[serde(rename = "agent.message")]
    AgentMessage(AgentMessage),
    #[serde(rename = "agent.typing")]
    AgentTyping(AgentTyping),
    #[serde(rename = "conversation.closed")]
    ConversationClosed(Closed),
    #[serde(rename = "conversation.transferred")]
    ConversationTransferred(Transferred),
    #[serde(rename = "conversation.queued")]
    ConversationQueued(Queued),
    #[serde(rename = "conversation.on_hold")]
    ConversationOnHold(OnHold),
    #[serde(rename = "message.withdrawn")]
    MessageWithdrawn(Withdrawn),
}

impl ToPonte {
    /// The types that are accepted.
    pub const TYPES: [&str; 8] = [
        "agent.assigned",
        "agent.message",
        "agent.typing",
        "conversation.closed",
        "conversation.transferred",
        "conversation.queued",
        "conversation.on_hold",
        "message.withdrawn",
    ];
}

/// A customer was handed over.
#[derive(Debug, Serialize, Deserialize)]
pub struct Started {
    /// Our name of this conversation. The ticket is called so until the answer says otherwise.
    pub conversation: String,
    pub customer: Customer,
    pub origin: Origin,
    pub transcript: Transcript,
    /// What is missing: `profile_unavailable`, `transcript_unavailable`.
    pub notices: Vec<String>,
    /// The ticket of the customer's last conversation, where that ended so recently that this one may go on in it. Who answers with the same
    /// ticket goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<String>,
    /// Where it goes, by the service rules.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub routing: Option<Box<Routing>>,
}

/// The answer to `conversation.started`; a body is optional.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct StartedAnswer {
    /// The helpdesk's own name of the ticket, at most 200 characters.
    #[serde(default)]
    pub ticket: Option<Value>,
}

/// Who the customer is.
#[derive(Serialize, Deserialize)]
pub struct Customer {
    /// Opaque and stable: the same customer on the same bot has it in every conversation.
    pub id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// `whatsapp`, `messenger`, `blip-chat`, … or the channel's domain.
    pub channel: String,
    /// The customer's identity on the channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

impl std::fmt::Debug for Customer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Customer(…)")
    }
}

/// Where the conversation comes from.
#[derive(Debug, Serialize, Deserialize)]
pub struct Origin {
    /// `router`, `ticket` or `bot`.
    pub mode: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bot: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blip_ticket: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advertisement: Option<Box<Advertisement>>,
}

/// The advertisement, post or link that the customer came by.
#[derive(Debug, Serialize, Deserialize)]
pub struct Advertisement {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headline: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// `ad`, `post`, or the channel's own word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

/// The talk with the bot, oldest first.
#[derive(Debug, Serialize, Deserialize)]
pub struct Transcript {
    /// `false`: it could not be read in time.
    pub available: bool,
    pub messages: Vec<TranscriptLine>,
}

/// One line of it.
#[derive(Serialize, Deserialize)]
pub struct TranscriptLine {
    /// `bot`, `customer` or `agent` (an earlier one).
    pub author: String,
    pub text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
}

impl std::fmt::Debug for TranscriptLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TranscriptLine({}, …)", self.author)
    }
}

/// The customer wrote.
#[derive(Debug, Serialize, Deserialize)]
pub struct Created {
    pub conversation: String,
    pub ticket: String,
    pub message: CreatedMessage,
}

/// What the customer wrote.
#[derive(Debug, Serialize, Deserialize)]
pub struct CreatedMessage {
    /// Opaque, and the same through every repetition.
    pub id: String,
    pub content: Content,
    /// RFC 3339, UTC: when we received it.
    pub at: String,
    /// It was written before the end and came after: there is nobody to answer to.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub late: bool,
    /// Nobody said it: the bridge itself tells the agent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub note: bool,
}

/// An agent's message did not reach the customer.
#[derive(Debug, Serialize, Deserialize)]
pub struct Failed {
    pub conversation: String,
    pub ticket: String,
    /// The `id` of the agent's message.
    pub message: String,
    pub reason: FailedReason,
}

/// Why.
#[derive(Debug, Serialize, Deserialize)]
pub struct FailedReason {
    /// `conversation_closed`, `conversation_superseded`, `customer_with_bot`, `channel_refused`, `file_too_large`, `file_refused` or
    /// `file_unavailable`.
    pub code: String,
    /// For the agent, in the stack's language.
    pub text: String,
}

/// How far an agent's message has come. Sent only with the setting `receipts`.
#[derive(Debug, Serialize, Deserialize)]
pub struct MessageStatus {
    pub conversation: String,
    pub ticket: String,
    /// The `id` of the agent's message.
    pub message: String,
    /// `received` (it is on the customer's device) or `consumed` (the customer has seen it).
    pub status: String,
}

/// A bot asks whether somebody is there. Sent only with the setting `availability`.
#[derive(Debug, Serialize, Deserialize)]
pub struct AvailabilityRequested {
    /// The queue, as a route names it. Absent: a conversation without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<String>,
}

/// The answer to it.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct AvailabilityAnswer {
    /// Whether somebody is online who can take a new conversation. Absent: the tool does not tell.
    #[serde(default, deserialize_with = "lenient")]
    pub staffed: Option<bool>,
}

/// The customer types, or stopped. Sent only with the setting `typing`.
#[derive(Debug, Serialize, Deserialize)]
pub struct CustomerTyping {
    pub conversation: String,
    pub ticket: String,
    pub on: bool,
}

/// The customer rated the conversation.
#[derive(Debug, Serialize, Deserialize)]
pub struct Rated {
    pub conversation: String,
    pub ticket: String,
    /// From 1 to `scale`.
    pub score: u8,
    /// The best score: 5.
    pub scale: u8,
    /// Who asked for it: `bridge`.
    pub asked_by: String,
}

/// The conversation is over, and the customer gone.
#[derive(Debug, Serialize, Deserialize)]
pub struct Ended {
    pub conversation: String,
    pub ticket: String,
    /// `agent`, `customer` or `transferred`.
    pub reason: String,
}

/// Someone took the ticket.
#[derive(Debug, Serialize, Deserialize)]
pub struct Assigned {
    #[serde(deserialize_with = "text_or_number")]
    pub ticket: String,
    /// Optional: as `conversation.started` said it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<String>,
    pub agent: Agent,
}

/// The agent wrote.
#[derive(Debug, Serialize, Deserialize)]
pub struct AgentMessage {
    #[serde(deserialize_with = "text_or_number")]
    pub ticket: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<String>,
    /// The helpdesk's own id of the message: the same one again has no second effect.
    #[serde(deserialize_with = "text_or_number")]
    pub id: String,
    pub content: Content,
    /// How the words of `content` are written: `plain` (when left out), `html` or `markdown`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<Format>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<Agent>,
}

/// The agent types, or stopped.
#[derive(Debug, Serialize, Deserialize)]
pub struct AgentTyping {
    #[serde(deserialize_with = "text_or_number")]
    pub ticket: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<String>,
    pub on: bool,
}

/// The agent closed the conversation.
#[derive(Debug, Serialize, Deserialize)]
pub struct Closed {
    #[serde(deserialize_with = "text_or_number")]
    pub ticket: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<String>,
    /// The service of the router that the customer goes to, instead of `ReturnService`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
}

/// The conversation went to another queue, or from an agent back to its queue.
#[derive(Debug, Serialize, Deserialize)]
pub struct Transferred {
    #[serde(deserialize_with = "text_or_number")]
    pub ticket: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<String>,
    /// Where it is now. Absent: it left its agent, and is in the queue where it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<DeskQueue>,
    /// Nobody has it now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unassigned: Option<bool>,
}

/// The customer's place in the queue.
#[derive(Debug, Serialize, Deserialize)]
pub struct Queued {
    #[serde(deserialize_with = "text_or_number")]
    pub ticket: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<String>,
    /// 1 is next.
    pub position: u32,
}

/// The ticket is on hold, or goes on.
#[derive(Debug, Serialize, Deserialize)]
pub struct OnHold {
    #[serde(deserialize_with = "text_or_number")]
    pub ticket: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<String>,
    pub on: bool,
}

/// The agent deleted a message.
#[derive(Debug, Serialize, Deserialize)]
pub struct Withdrawn {
    #[serde(deserialize_with = "text_or_number")]
    pub ticket: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<String>,
    /// The `id` of the agent's message.
    #[serde(deserialize_with = "text_or_number")]
    pub message: String,
}

/// Many tools number their tickets and messages: a number is read as its decimal text.
fn text_or_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::String(text) => Ok(text),
        Value::Number(number) if whole(&number).is_some() => Ok(number.to_string()),
        _ => Err(serde::de::Error::custom("neither text nor a whole number")),
    }
}
