//! What the relay needs of the outside. Adapters implement these and know nothing of each other.

use std::time::Duration;

use async_trait::async_trait;

mod contacts;
mod files;
mod outbox;
mod poll;
mod status;
mod webhook;

pub use crate::access::Access;
pub use crate::clock::Clock;
pub use crate::rejection::{Rejection, Unfit};
use crate::{
    clock::Timestamp,
    conversation::{CustomerRecord, Direction},
    hash::HashKey,
    job::{Job, Record},
    lime::{Document, Identity, Node, Notification, Referral},
    message::{
        Agent, AgentEvent, AgentEventKind, Capabilities, Content, ConversationId, CustomerKey, SourceId, TicketId,
    },
    texts::{Language, own},
};

use super::Failure;

pub use crate::message::TicketEvents;
pub use contacts::Contacts;
pub use files::{FileBytes, FileProblem, Files, NoFiles, NotCopied, SourceFile, StoredFile, StoredFiles};
pub use outbox::{Button, Entry, HEAD_KEPT_FOR, Head, Item, KEPT_FOR, KNOWN_FOR, Outbox};
pub use poll::{Cursors, EventPoller, Swept};
pub use status::Status;
pub use webhook::{HandshakeRequest, Headers, Unverified, Verified, WebhookVerifier};

/// Why the map did not take a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Someone else wrote first: read again and merge.
    #[error("the map was written by someone else")]
    Conflict,
    /// The map did not answer.
    #[error("the map is unavailable")]
    Unavailable,
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict => Self::later("the map was written by someone else"),
            StoreError::Unavailable => Self::later("the map is unavailable"),
        }
    }
}

/// What one run writes of one direction.
#[derive(Debug, Clone, PartialEq)]
pub struct Progress<'a> {
    /// The new direction; its sequence is one more than the one that was read.
    pub direction: &'a Direction,
    /// The opening becomes `Open` with this write; only if it is still `Ticketed`.
    pub opens: bool,
    /// The agent whom the customer was told of in this run.
    pub agent: Option<&'a str>,
    /// The numbered answers that the customer saw last, where this run said anything: none of them are open any more when
    /// it is empty. `None` leaves them as they are.
    pub offer: Option<&'a [String]>,
}

/// The conversation map.
#[async_trait]
pub trait Store: Send + Sync {
    /// Reads a conversation, consistently. An expired one is not there.
    async fn conversation(&self, key: &CustomerKey, now: Timestamp) -> Result<Option<CustomerRecord>, StoreError>;

    /// Claims `conversation.opening`, if what is stored is still what `previous` says: no conversation, or a closed
    /// one of that opening. The rings of a previous opening stay.
    async fn claim(
        &self,
        conversation: &CustomerRecord,
        previous: Option<&ConversationId>,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Stores the ticket of a claimed opening together with the way back from it. A ticket of the same customer's earlier opening,
    /// which the helpdesk goes on with, leads to this one from now on; another customer's is a conflict.
    async fn store_ticket(&self, opening: &ConversationId, ticket: &TicketId, now: Timestamp)
    -> Result<(), StoreError>;

    /// The helpdesk merged the ticket `from` of this opening into `into`: the conversation goes on there, and so does the way back. `Conflict`
    /// where the opening has another ticket by now, is closed, or `into` is another customer's.
    async fn move_ticket(
        &self,
        opening: &ConversationId,
        from: &TicketId,
        into: &TicketId,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Writes customer-to-helpdesk progress, if opening and sequence are still those that were read.
    async fn record_inbound(&self, opening: &ConversationId, progress: &Progress<'_>) -> Result<(), StoreError>;

    /// Writes helpdesk-to-customer progress, on the same condition.
    async fn record_outbound(&self, opening: &ConversationId, progress: &Progress<'_>) -> Result<(), StoreError>;

    /// `Claimed`, `Ticketed` or `Open` becomes `Closing`.
    async fn begin_closing(&self, opening: &ConversationId, since: Timestamp) -> Result<(), StoreError>;

    /// While it is `Closing`: Blip is about to be asked to take the customer back.
    async fn leave(&self, opening: &ConversationId, at: Timestamp) -> Result<(), StoreError>;

    /// Any state of this opening becomes `Closed`.
    async fn close(&self, opening: &ConversationId, at: Timestamp) -> Result<(), StoreError>;

    /// The opening that a ticket belongs to.
    async fn conversation_of_ticket(
        &self,
        ticket: &TicketId,
        now: Timestamp,
    ) -> Result<Option<ConversationId>, StoreError>;
}

/// Jobs on their way, and what becomes of the records of a batch.
#[async_trait]
pub trait Queue: Send + Sync {
    /// Sends a job. After `Ok` it is safe.
    async fn send(&self, job: &Job) -> Result<(), Failure>;
    /// Keeps records invisible for `wait`; best effort, since the queue's own time-out does the same, later.
    async fn postpone(&self, records: &[Record], wait: Duration);
    /// Moves a record to the parked queue, with the reason.
    async fn park(&self, record: &Record, failure: &Failure) -> Result<(), Failure>;
}

/// Who a customer is, as far as Blip knows.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Profile {
    pub name: Option<String>,
    pub phone: Option<String>,
    pub email: Option<String>,
    /// The identity on the channel: `#tunnel.originator`, or the address itself.
    pub identity: Option<Identity>,
}

impl std::fmt::Debug for Profile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Profile(…)")
    }
}

/// Who said a line of the transcript.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Author {
    Bot,
    Customer,
    Agent,
}

/// One line of the talk with the bot.
#[derive(Clone, PartialEq, Eq)]
pub struct Line {
    pub author: Author,
    /// What was said, in words.
    pub text: String,
    /// RFC 3339, UTC, as Blip wrote it.
    pub at: Option<String>,
}

impl std::fmt::Debug for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Line({:?}, …)", self.author)
    }
}

/// A line of the talk with the bot, by the id of its message where Blip names it: what is delivered as a message is no line of the transcript.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spoken {
    pub id: Option<SourceId>,
    pub line: Line,
}

/// Whom to look up: where the customer writes from, and who that is behind a tunnel.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomerRef {
    pub address: Node,
    /// `#tunnel.originator`, or a desk ticket's `customerIdentity`.
    pub originator: Option<Identity>,
    /// `#tunnel.owner`: the router.
    pub router: Option<Identity>,
}

impl CustomerRef {
    /// The customer's own identity, as far as it is known.
    pub fn customer(&self) -> Identity {
        self.originator.clone().unwrap_or_else(|| self.address.identity())
    }
}

/// One message for Blip.
#[derive(Debug, Clone, PartialEq)]
pub struct Outgoing {
    /// The id on the wire (`message::BlipId`); none for chat states, so that no notification comes back.
    pub id: Option<String>,
    pub to: Node,
    pub document: Document,
}

/// What a desk ticket's history says was typed while it waited.
#[derive(Debug, Clone, PartialEq)]
pub struct Typed {
    pub id: SourceId,
    pub document: Document,
}

/// Blip.
#[async_trait]
pub trait Blip: Send + Sync {
    /// Sends a message. `Ok` is a 202: Blip has it, the customer not yet.
    async fn send(&self, message: &Outgoing) -> Result<(), Failure>;
    /// Sends a notification: what became of a message of the customer.
    async fn notify(&self, notification: &Notification) -> Result<(), Failure>;
    /// Whether Blip has logged anything about a message to `to` with this id: looked at before a repetition.
    async fn knows(&self, to: &Node, id: &str) -> Result<bool, Failure>;
    /// Name, phone, e-mail: contact first, then the channel's directory.
    async fn profile(&self, whom: &CustomerRef) -> Result<Profile, Failure>;
    /// The last `take` messages of the talk with the bot, oldest first.
    async fn transcript(&self, whom: &CustomerRef, take: u8) -> Result<Vec<Spoken>, Failure>;
    /// Gives a waiting ticket of the custom attendance channel to `agent`. `Gone` when it has ended.
    async fn open_ticket(&self, ticket: &str, agent: &str) -> Result<(), Failure>;
    /// What the customer typed in this ticket so far, oldest first.
    async fn ticket_messages(&self, ticket: &str) -> Result<Vec<Typed>, Failure>;
    /// Ends the ticket as its attendant. Closing twice is harmless.
    async fn close_ticket(&self, ticket: &str) -> Result<(), Failure>;
    /// What a file of Blip's at `url` is fetched with; `None` where it needs nothing, or must get nothing.
    fn file_access(&self, url: &str) -> Option<Access>;
    /// A new link for a file of Blip's whose link has expired; `None` when there is none.
    async fn refresh_file(&self, url: &str) -> Result<Option<String>, Failure>;
}

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
#[derive(Debug, Clone, PartialEq)]
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
    pub fn words(&self, language: Language) -> String {
        let text = own(language, self.code()).unwrap_or_default();
        match self {
            Self::Channel { code, description } if code.is_some() || description.is_some() => {
                let code = code.map(|code| format!(" {code}")).unwrap_or_default();
                format!("{text} (Blip{code}: {})", description.as_deref().unwrap_or("-"))
            }
            Self::File(problem) => problem.words(language),
            Self::Closed | Self::Superseded | Self::Channel { .. } | Self::OwnUser => text.to_owned(),
        }
    }
}

/// Why a conversation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndedBy {
    Agent,
    Customer,
    Transfer,
}

/// How many events before a named one are looked at: what was told of them must still be in the ring of the conversation, each
/// with its files.
pub const MAX_MISSED: usize = 8;

/// A helpdesk. It never touches the map or a queue.
#[async_trait]
pub trait Helpdesk: Send + Sync {
    /// What it can show: the relay makes everything fit before it is delivered.
    fn capabilities(&self) -> &Capabilities;
    /// Opens a ticket for `opening`, or finds the one that bears its mark. Safe to repeat.
    async fn open(&self, opening: &NewConversation) -> Result<TicketId, Failure>;
    /// Posts words of the customer. Safe to repeat with the same id.
    async fn deliver(&self, to: &TicketRef, message: &CustomerMessage) -> Result<(), Failure>;
    /// Posts words of the customer to a helpdesk that answers in the same call, and gives its answer. Called in place of
    /// [`Self::deliver`]. The answer's ids follow from the message's, so that what comes twice has one effect.
    async fn converse(&self, to: &TicketRef, message: &CustomerMessage) -> Result<Vec<AgentEvent>, Failure> {
        self.deliver(to, message).await.map(|()| Vec::new())
    }
    /// Posts words of the customer that waited, oldest first, in one call: all of them or none. Called with 2 to
    /// [`Capabilities::together`] messages, whose texts fit into one. Safe to repeat, in whatever company.
    async fn deliver_batch(&self, to: &TicketRef, messages: &[CustomerMessage]) -> Result<(), Failure> {
        for message in messages {
            self.deliver(to, message).await?;
        }
        Ok(())
    }
    /// Reads what an event was that the helpdesk only named ([`AgentEventKind::Reference`]). Nothing, where it is not for the
    /// customer, or is gone.
    async fn read(&self, _to: &TicketRef, _event: &SourceId) -> Result<Vec<AgentEventKind>, Failure> {
        Ok(Vec::new())
    }
    /// Events of the ticket that came before such a one and may never have been told, oldest first: at most
    /// [`MAX_MISSED`]. What was told is known by its id.
    async fn missed_before(&self, _to: &TicketRef, _event: &SourceId) -> Result<Vec<SourceId>, Failure> {
        Ok(Vec::new())
    }
    /// The ticket that this one was merged into, which is asked for one that is gone. `None` where it was not merged, or the helpdesk
    /// does not tell.
    async fn merged_into(&self, _to: &TicketRef) -> Result<Option<TicketId>, Failure> {
        Ok(None)
    }
    /// Tells the agent that a message did not reach the customer. `message` is the helpdesk's own id.
    async fn not_delivered(&self, to: &TicketRef, message: &SourceId, reason: &NotDelivered) -> Result<(), Failure>;
    /// Tells the agent something that nobody said. `id` is ours, as a message's. Safe to repeat.
    async fn note(&self, to: &TicketRef, id: &str, text: &str) -> Result<(), Failure>;
    /// Tells that the customer is gone. Safe to repeat.
    async fn ended(&self, to: &TicketRef, by: EndedBy) -> Result<(), Failure>;
    /// The id of the user whom the bridge is there, where agents could write as that user. Asked for once, and kept.
    async fn own_user(&self) -> Result<Option<String>, Failure> {
        Ok(None)
    }
    /// What a file of the agent's at `url` is fetched with: the helpdesk's key, on its own host only.
    fn file_access(&self, _url: &str) -> Option<Access> {
        None
    }
    /// Shows that the customer types, or stopped. Called only where [`Capabilities::typing`] says so; worth nothing later.
    async fn typing(&self, _to: &TicketRef, _on: bool) -> Result<(), Failure> {
        Ok(())
    }
    /// Shows how far a message of the agent has come. Called only where [`Capabilities::receipts`] says so. Safe to repeat.
    async fn status(&self, _to: &TicketRef, _message: &SourceId, _status: Status) -> Result<(), Failure> {
        Ok(())
    }
}

/// An agent's name as the customer is told it.
pub fn shown_name(agent: &Agent) -> Option<&str> {
    agent.name.as_deref().map(str::trim).filter(|name| !name.is_empty())
}
