//! What the relay needs of the customer's side: one small port for each need.
//!
//! Every side sends, and says whether it has sent already ([`CustomerChannel`]). What else it can do, it offers by the methods that lead to
//! the other ports. A side without a port implements nothing of it.

use std::collections::BTreeMap;

use async_trait::async_trait;
use service_rules::ContactKey;

use super::Whereabouts;
use crate::{
    access::Access,
    failure::Failure,
    lime::{Document, Identity, Node, Notification},
    message::SourceId,
};

/// Who a customer is, as far as Blip knows.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Profile {
    pub name: Option<String>,
    pub phone: Option<String>,
    pub email: Option<String>,
    /// The identity on the channel: `#tunnel.originator`, or the address itself.
    pub identity: Option<Identity>,
    /// The contact's extras.
    pub extras: BTreeMap<String, String>,
    /// What else the contact says of the customer.
    pub contact: BTreeMap<ContactKey, String>,
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

/// The customer's side: Blip, or the REST channel.
#[async_trait]
pub trait CustomerChannel: Send + Sync {
    /// Sends a message. `Ok` means that this side has it, the customer not yet.
    async fn send(&self, message: &Outgoing) -> Result<(), Failure>;
    /// Whether this side has a message to `to` with this id: asked before a repetition.
    async fn knows(&self, to: &Node, id: &str) -> Result<bool, Failure>;

    /// Where it shows what became of a customer's message.
    fn receipts(&self) -> Option<&dyn CustomerReceipts> {
        None
    }
    /// Where it knows who a customer is.
    fn directory(&self) -> Option<&dyn CustomerDirectory> {
        None
    }
    /// Where the customer talked with a bot before.
    fn transcripts(&self) -> Option<&dyn Transcripts> {
        None
    }
    /// Where conversations come as tickets of its own.
    fn desk_tickets(&self) -> Option<&dyn DeskTickets> {
        None
    }
    /// Where a customer's files need a key, or a new link.
    fn files(&self) -> Option<&dyn CustomerFiles> {
        None
    }
    /// Where a router says with which of its bots a customer is, and we may ask it.
    fn whereabouts(&self) -> Option<&dyn Whereabouts> {
        None
    }
}

/// Shows the customer what became of a message.
#[async_trait]
pub trait CustomerReceipts: Send + Sync {
    /// Sends a notification: `consumed`, or `failed`.
    async fn notify(&self, notification: &Notification) -> Result<(), Failure>;
}

/// Knows who a customer is.
#[async_trait]
pub trait CustomerDirectory: Send + Sync {
    /// Name, phone, e-mail: contact first, then the channel's directory.
    async fn profile(&self, whom: &CustomerRef) -> Result<Profile, Failure>;
    /// Empties these extras of the contact.
    async fn clear_extras(&self, whom: &CustomerRef, extras: &[String]) -> Result<(), Failure>;
}

/// Keeps what was said to the bot.
#[async_trait]
pub trait Transcripts: Send + Sync {
    /// The last `take` messages of the talk with the bot, oldest first.
    async fn transcript(&self, whom: &CustomerRef, take: u8) -> Result<Vec<Spoken>, Failure>;
}

/// Tickets of Blip's custom attendance channel.
#[async_trait]
pub trait DeskTickets: Send + Sync {
    /// Gives a waiting ticket to `agent`. `Gone` when it has ended.
    async fn open_ticket(&self, ticket: &str, agent: &str) -> Result<(), Failure>;
    /// What the customer typed in this ticket so far, oldest first.
    async fn ticket_messages(&self, ticket: &str) -> Result<Vec<Typed>, Failure>;
    /// Ends the ticket as its attendant, with this tag where there is one. Closing twice is harmless.
    async fn close_ticket(&self, ticket: &str, tag: Option<&str>) -> Result<(), Failure>;
}

/// Files that customers send.
#[async_trait]
pub trait CustomerFiles: Send + Sync {
    /// What a file at `url` is fetched with; `None` where it needs nothing, or must get nothing.
    fn file_access(&self, url: &str) -> Option<Access>;
    /// A new link for a file whose link has expired; `None` when there is none.
    async fn refresh_file(&self, url: &str) -> Result<Option<String>, Failure>;
}
