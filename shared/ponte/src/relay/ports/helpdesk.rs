//! What the relay needs of a helpdesk: one small port for each need.
//!
//! Every helpdesk opens a ticket, takes a customer's messages and is told of the end ([`Helpdesk`]). What else it can do, it offers by the
//! methods that lead to the other ports. An adapter without a port implements nothing of it. `EventPoller` and `Contacts` are ports
//! of other functions, and stand beside these.

mod abilities;

use async_trait::async_trait;
use service_rules::{EndReason, Route};

use super::{FileProblem, Line, Profile, Schedules};
use crate::{
    clock::Timestamp,
    failure::Failure,
    hash::HashKey,
    lime::{Identity, Referral},
    message::{Agent, Capabilities, Content, ConversationId, TicketId},
    texts::{TextKey, Texts},
};
pub use abilities::{
    AgentFiles, AgentReceipts, Answers, Batches, BridgeUser, EventReader, MAX_MISSED, Merges, NamesTickets, Notices,
    Presence, Rating, Ratings, Reopens,
};

/// Where a conversation comes from, for the agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// `router`, `ticket` or `bot`.
    pub mode: &'static str,
    /// The router, or the bot that owns the ticket, or we ourselves.
    pub bot: Option<Identity>,
    /// The id of Blip's own ticket, in the custom attendance channel.
    pub blip_ticket: Option<String>,
    /// The advertisement or link that the customer came by, where the message that opened the conversation names it.
    pub referral: Option<Referral>,
}

/// A conversation to open in the helpdesk.
#[derive(Clone, PartialEq)]
pub struct NewConversation {
    pub id: ConversationId,
    /// A name of the customer that says nothing, and stays the same through conversations: a keyed hash of the identity on
    /// the channel.
    pub customer: String,
    pub profile: Profile,
    /// Whether Blip answered about the profile.
    pub profile_known: bool,
    /// The channel's word: `whatsapp`, `messenger`, …
    pub channel: String,
    pub origin: Origin,
    /// `None` when it could not be read in time.
    pub transcript: Option<Vec<Line>>,
    pub at: Timestamp,
    /// Where it goes, by the service rules. Its queue is the helpdesk's own name or id of one.
    pub route: Route,
    /// Lines for the agent's first note: where it goes and why, and what the bot handed over.
    pub route_notes: Vec<String>,
    /// The ticket of the conversation before, where that ended so recently that the rules let this one go on in it; also where the route
    /// names another queue. A helpdesk that has a place for it links a new ticket to it.
    pub previous: Option<TicketId>,
}

/// Its id, and nothing of the customer's or the bot's words.
impl std::fmt::Debug for NewConversation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewConversation").field("id", &self.id).finish_non_exhaustive()
    }
}

impl NewConversation {
    /// The name of the customer with this identity on the channel ([`CustomerRef::customer`]).
    pub fn name_of(customer: &Identity, key: &HashKey) -> String {
        key.hex(&["customer", &customer.key()])
    }
}

/// A ticket as an adapter needs it for a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketRef {
    pub opening: ConversationId,
    pub ticket: TicketId,
}

/// Words of the customer for the agent.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomerMessage {
    /// Ours: opaque, stable through every repetition, unique in the opening.
    pub id: String,
    pub content: Content,
    pub at: Timestamp,
    /// It was said before the conversation ended and comes after: a note, not a new conversation.
    pub late: bool,
    /// An earlier try may have posted it: a helpdesk without an idempotency key is asked first.
    pub may_be_duplicate: bool,
}

/// Why an agent's message did not reach the customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotDelivered {
    /// The conversation is closed.
    Closed,
    /// The customer has come back in another conversation.
    Superseded,
    /// The customer is with the bot again.
    WithBot,
    /// Blip or the channel refused it.
    Channel { code: Option<i64>, description: Option<String> },
    /// A file of it could not be had. Its words were delivered.
    File(FileProblem),
    /// It was written as the bridge's own user, who is nobody.
    OwnUser,
}

impl NotDelivered {
    /// The code in the in-house contract.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Closed => "conversation_closed",
            Self::Superseded => "conversation_superseded",
            Self::WithBot => "customer_with_bot",
            Self::Channel { .. } => "channel_refused",
            Self::File(problem) => problem.code(),
            Self::OwnUser => "own_user",
        }
    }

    /// The same for the agent to read.
    pub fn words(&self, texts: &Texts) -> String {
        let key = match self {
            Self::Closed => TextKey::ConversationClosed,
            Self::Superseded => TextKey::ConversationSuperseded,
            Self::WithBot => TextKey::CustomerWithBot,
            Self::Channel { .. } => TextKey::ChannelRefused,
            Self::File(problem) => return problem.words(texts),
            Self::OwnUser => TextKey::OwnUser,
        };
        let text = texts.must_say(key, &[]);
        match self {
            Self::Channel { code, description } if code.is_some() || description.is_some() => {
                let code = code.map(|code| format!(" {code}")).unwrap_or_default();
                format!("{text} (Blip{code}: {})", description.as_deref().unwrap_or("-"))
            }
            _ => text,
        }
    }
}

/// Why a conversation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndedBy {
    /// The agent closed it.
    Agent,
    /// The customer left.
    Customer,
    /// Blip's ticket was transferred elsewhere.
    Transfer,
    /// Nobody answered, and the customer is back with the bot. The ticket stays open: a note says so.
    NoAgent,
    /// The customer said nothing any more. The ticket is closed.
    Inactive,
    /// It began outside the hours, and the customer is back with the bot. The ticket stays open.
    OutsideHours,
}

impl EndedBy {
    /// The word in the figures.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Customer => "customer",
            Self::Transfer => "transfer",
            Self::NoAgent => "no_agent",
            Self::Inactive => "inactive",
            Self::OutsideHours => "outside_hours",
        }
    }

    /// Whether Ponte closes the ticket. An agent who ended the conversation did so in the helpdesk; after the other two ends the ticket stays
    /// open.
    pub fn closes_ticket(self) -> bool {
        match self {
            Self::Customer | Self::Transfer | Self::Inactive => true,
            Self::Agent | Self::NoAgent | Self::OutsideHours => false,
        }
    }
}

impl From<EndReason> for EndedBy {
    fn from(reason: EndReason) -> Self {
        match reason {
            EndReason::Agent => Self::Agent,
            EndReason::NoAgent => Self::NoAgent,
            EndReason::Inactive => Self::Inactive,
            EndReason::OutsideHours => Self::OutsideHours,
            EndReason::Customer => Self::Customer,
        }
    }
}

/// A helpdesk. It touches neither the conversation store nor a queue.
#[async_trait]
pub trait Helpdesk: Send + Sync {
    /// What it can show: the relay makes everything fit before it is delivered.
    fn capabilities(&self) -> &Capabilities;
    /// Opens a ticket for `opening`, or finds the one that bears its mark. Safe to repeat.
    async fn open(&self, opening: &NewConversation) -> Result<TicketId, Failure>;
    /// Posts words of the customer. Safe to repeat with the same id.
    async fn deliver(&self, to: &TicketRef, message: &CustomerMessage) -> Result<(), Failure>;
    /// Tells that the customer is gone. Safe to repeat.
    async fn ended(&self, to: &TicketRef, by: EndedBy) -> Result<(), Failure>;

    /// Where an agent can be told what nobody said.
    fn notices(&self) -> Option<&dyn Notices> {
        None
    }
    /// Where it answers in the call that posts the customer's words.
    fn answers(&self) -> Option<&dyn Answers> {
        None
    }
    /// Where several messages are posted in one call ([`Capabilities::max_batch`]).
    fn batches(&self) -> Option<&dyn Batches> {
        None
    }
    /// Where events only name what happened ([`NeedsFetch`](crate::message::AgentEventKind::NeedsFetch)).
    fn event_reader(&self) -> Option<&dyn EventReader> {
        None
    }
    /// Where agents can merge tickets, and the helpdesk tells.
    fn merges(&self) -> Option<&dyn Merges> {
        None
    }
    /// Where a ticket that is over can be opened again.
    fn reopens(&self) -> Option<&dyn Reopens> {
        None
    }
    /// Where agents could write as the user whom the bridge is.
    fn bridge_user(&self) -> Option<&dyn BridgeUser> {
        None
    }
    /// Where a file of an agent's needs the helpdesk's key.
    fn agent_files(&self) -> Option<&dyn AgentFiles> {
        None
    }
    /// Where it shows that the customer types ([`Capabilities::typing`]).
    fn presence(&self) -> Option<&dyn Presence> {
        None
    }
    /// Where it shows how far an agent's message has come ([`Capabilities::receipts`]).
    fn receipts(&self) -> Option<&dyn AgentReceipts> {
        None
    }
    /// Where agents do not see a customer's earlier tickets by themselves.
    fn earlier_tickets(&self) -> Option<&dyn NamesTickets> {
        None
    }
    /// Where it keeps a rating beside the note.
    fn ratings(&self) -> Option<&dyn Ratings> {
        None
    }
    /// Whether it sends a survey of its own that can be told from other words ([`Survey`](crate::message::AgentEventKind::Survey)).
    fn sends_surveys(&self) -> bool {
        false
    }
    /// Where it keeps schedules that the service rules may name.
    fn schedules(&self) -> Option<&dyn Schedules> {
        None
    }
}

/// An agent's name as the customer is told it.
pub fn shown_name(agent: &Agent) -> Option<&str> {
    agent.name.as_deref().map(str::trim).filter(|name| !name.is_empty())
}
