//! What the relay needs of a helpdesk: one small port for each need.
//!
//! Every helpdesk opens a ticket, takes a customer's messages and is told of the end ([`Helpdesk`]). What else it can do, it offers by the
//! methods that lead to the other ports. An adapter without a port implements nothing of it. `EventPoller` and `Contacts` are ports
//! of other functions, and stand beside these.

use async_trait::async_trait;
use service_rules::{EndReason, Route};

use super::{FileProblem, Line, Profile, Schedules, Status};
use crate::{
    access::Access,
    clock::Timestamp,
    failure::Failure,
    hash::HashKey,
    lime::{Identity, Referral},
    message::{Agent, AgentEvent, AgentEventKind, Capabilities, Content, ConversationId, SourceId, TicketId},
    texts::{TextKey, Texts},
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

/// How many events before a named one are looked at: what was told of them must still be in the ring of the conversation, each
/// with its files.
pub const MAX_MISSED: usize = 8;

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
    /// Where events only name what happened ([`AgentEventKind::NeedsFetch`]).
    fn event_reader(&self) -> Option<&dyn EventReader> {
        None
    }
    /// Where agents can merge tickets, and the helpdesk tells.
    fn merges(&self) -> Option<&dyn Merges> {
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
    /// Where it keeps schedules that the service rules may name.
    fn schedules(&self) -> Option<&dyn Schedules> {
        None
    }
}

/// Tells an agent what nobody said.
#[async_trait]
pub trait Notices: Send + Sync {
    /// Tells the agent something. `id` is ours, as a message's. Safe to repeat.
    async fn note(&self, to: &TicketRef, id: &str, text: &str) -> Result<(), Failure>;
    /// The first words of an agent's message, for the notice that it did not arrive. `None` where the helpdesk has no message by this id,
    /// or does not answer: without the quote the notice is still a notice.
    async fn quote(&self, _to: &TicketRef, _message: &SourceId) -> Option<String> {
        None
    }
    /// Tells the agent that a message did not reach the customer. `message` is the helpdesk's own id. The reason is not in the notice's id:
    /// a later try may find another one, and one notice of a message is enough.
    async fn not_delivered(
        &self,
        to: &TicketRef,
        message: &SourceId,
        reason: &NotDelivered,
        texts: &Texts,
    ) -> Result<(), Failure> {
        let mut text = reason.words(texts);
        if let Some(quote) = self.quote(to, message).await {
            text = format!("{text}\n> {quote}");
        }
        self.note(to, &format!("not-delivered-{}", message.as_str()), &text).await
    }
}

/// Answers in the call that posts the customer's words.
#[async_trait]
pub trait Answers: Send + Sync {
    /// Posts words of the customer and gives the answer to them. Called in place of [`Helpdesk::deliver`]. The answer's ids follow from the
    /// message's, so that what comes twice has one effect.
    async fn converse(&self, to: &TicketRef, message: &CustomerMessage) -> Result<Vec<AgentEvent>, Failure>;
}

/// Takes several messages in one call.
#[async_trait]
pub trait Batches: Send + Sync {
    /// Posts words of the customer that waited, oldest first, in one call: all of them or none. Called with 2 to
    /// [`Capabilities::max_batch`] messages, whose texts fit into one. Safe to repeat, in whatever company.
    async fn deliver_batch(&self, to: &TicketRef, messages: &[CustomerMessage]) -> Result<(), Failure>;
}

/// Reads events that were only named.
#[async_trait]
pub trait EventReader: Send + Sync {
    /// Reads what an event was. Nothing, where it is not for the customer, or is gone.
    async fn read(&self, to: &TicketRef, event: &SourceId) -> Result<Vec<AgentEventKind>, Failure>;
    /// Events of the ticket that came before such a one and may never have been told, oldest first: at most
    /// [`MAX_MISSED`]. What was told is known by its id.
    async fn missed_before(&self, _to: &TicketRef, _event: &SourceId) -> Result<Vec<SourceId>, Failure> {
        Ok(Vec::new())
    }
}

/// Knows which tickets were merged.
#[async_trait]
pub trait Merges: Send + Sync {
    /// The ticket that this one was merged into, which is asked for one that is gone. `None` where it was not merged.
    async fn merged_into(&self, to: &TicketRef) -> Result<Option<TicketId>, Failure>;
}

/// Knows who the bridge is.
#[async_trait]
pub trait BridgeUser: Send + Sync {
    /// The id of the bridge's own user. Asked for once, and kept. `None` where the helpdesk does not say.
    async fn bridge_user_id(&self) -> Result<Option<String>, Failure>;
}

/// Files that agents send.
pub trait AgentFiles: Send + Sync {
    /// What a file at `url` is fetched with: the helpdesk's key, on its own host only.
    fn file_access(&self, url: &str) -> Option<Access>;
}

/// Names a ticket to an agent, in a note on another one.
pub trait NamesTickets: Send + Sync {
    /// Its number or id, and the address of its page where that is known. One line.
    fn ticket_name(&self, ticket: &TicketId) -> String;
}

/// Shows who types.
#[async_trait]
pub trait Presence: Send + Sync {
    /// Shows that the customer types, or stopped. Worth nothing later.
    async fn typing(&self, to: &TicketRef, on: bool) -> Result<(), Failure>;
}

/// Shows how far an agent's message has come.
#[async_trait]
pub trait AgentReceipts: Send + Sync {
    /// `message` is the helpdesk's own id. Safe to repeat.
    async fn status(&self, to: &TicketRef, message: &SourceId, status: Status) -> Result<(), Failure>;
}

/// An agent's name as the customer is told it.
pub fn shown_name(agent: &Agent) -> Option<&str> {
    agent.name.as_deref().map(str::trim).filter(|name| !name.is_empty())
}
