//! The life of a conversation: what it is, and what an event means for it.
//!
//! Pure: no I/O, no clock, no randomness. The two decisions, [`customer_event`] and [`agent_event`], are the
//! whole policy about states; `relay` carries them out and the conversation store keeps the result.
//!
//! ```text
//! (none) --claim--> Claimed --ticket stored--> Ticketed --first words delivered--> Open
//!                                                  \------------ agent closes ------/--> Closing --> Closed
//!                                                                            ^--- an answer calls back ---/
//! ```
//!
//! Invariant: the two directions never write the same field, except `due_at`, where what is lost costs a look too many, or one an hour later. So
//! customer and agent never contend. The opening writes the queue, and from then on only the helpdesk's direction does.

mod agent;
mod callback;
mod customer;
mod desk;
mod direction;
mod earlier;
mod entry_point;
mod last_ticket;
mod moments;
mod recent_ids;
mod service_times;
mod timers;
mod under_way;
mod who;

pub use agent::{AgentDecision, Late, UNDER_WAY, agent_event};
pub use customer::{CustomerDecision, CustomerEvent, EARLIER, EARLIER_WHEN_TRIED, Received, customer_event};
pub use desk::Desk;
pub use direction::Direction;
pub use earlier::{EarlierTicket, EarlierTickets, MAX_EARLIER, earlier_room};
pub use entry_point::EntryPoint;
pub use last_ticket::LastTicket;
pub use recent_ids::{INBOUND_ENTRIES, OUTBOUND_ENTRIES, RECEIPT_ENTRIES, RecentId, RecentIds};
pub use service_times::{Before, ServiceTimes};
pub use timers::Timers;
pub use under_way::{Partial, Position, UNDER_WAY_ENTRIES, UnderWay};
pub use who::Who;

use service_rules::{EndReason, Language};

use crate::{
    clock::Timestamp,
    lime::Node,
    message::{ConversationId, CustomerKey, TicketId},
};

/// The states of a conversation, in the order in which they follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// An opening was claimed; the helpdesk may or may not have its ticket yet.
    Claimed,
    /// The ticket and the way back are stored: words of the agent pass.
    Ticketed,
    /// All steps of the opening are done.
    Open,
    /// The agent closed; the last words may still pass, the customer's wait.
    Closing { since: Timestamp },
    /// The customer is back with the bot.
    Closed { at: Timestamp },
}

/// One customer's conversation, as the conversation store keeps it.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomerRecord {
    pub key: CustomerKey,
    /// The present (or last) opening.
    pub opening: ConversationId,
    pub state: State,
    /// When what opened it was received: what was received well before belongs to an earlier opening.
    pub opened: Timestamp,
    /// Where replies go: `from` as it came, instance and percent-encoding included.
    pub address: Node,
    /// When Blip was last asked to take the customer back, while the answer is not known: from then on the customer may be with the bot.
    pub left: Option<Timestamp>,
    /// The ticket of the present opening, once it is stored.
    pub ticket: Option<TicketId>,
    /// The agent who has the ticket, as far as the helpdesk told it. That the customer knows another one is in `desk`.
    pub agent: Option<String>,
    /// The domain of the channel that the customer writes on, behind a router or a ticket too.
    pub channel: String,
    /// Who that is on the channel. An earlier release did not write it.
    pub who: Option<Who>,
    /// Where the service rules sent it.
    pub placement: Placement,
    /// What is due, and what was done of it. Customer to helpdesk writes it, as it does its own direction.
    pub timers: Timers,
    /// What the helpdesk told beside words. Helpdesk to customer writes it.
    pub desk: Desk,
    /// When the customer was asked for a rating, once it is closing.
    pub rating_asked: Option<Timestamp>,
    /// Why it ended, once it is closing.
    pub ended: Option<EndReason>,
    /// The answers that the customer saw as numbers, while nothing else was said since.
    pub offer: Vec<String>,
    /// The customer's earlier tickets, where the rules name them to an agent who does not see them in the helpdesk.
    pub earlier: EarlierTickets,
    /// The ticket of the conversation before, until this one has its own: where the rules let a customer who comes back go on in it.
    pub last_ticket: Option<LastTicket>,
    /// Progress of the direction from the customer to the helpdesk.
    pub inbound: Direction,
    /// Progress of the direction from the helpdesk to the customer.
    pub outbound: Direction,
}

/// How a conversation begins to close.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ending<'a> {
    /// Why.
    pub reason: EndReason,
    /// Only where neither side was written since: the sequences of the customer's direction and of the agent's.
    pub unless_said: Option<(u64, u64)>,
    /// Where the service rules sent what never got a ticket, with which it is stored otherwise.
    pub placement: Option<&'a Placement>,
}

impl Ending<'_> {
    /// The agent closed it.
    pub const BY_AGENT: Self = Self { reason: EndReason::Agent, unless_said: None, placement: None };
}

/// Where a conversation is, by the service rules and the helpdesk, as far as it matters after the opening. An earlier release did not write it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Placement {
    /// The id of a queue of the rules.
    pub queue: Option<String>,
    /// The language that the customer is spoken to.
    pub language: Option<Language>,
    /// The router's service that takes the customer back, where the route names one of its own.
    pub return_service: Option<String>,
    /// It goes on in the ticket of the conversation before it.
    pub same_ticket: bool,
    /// It began outside the hours: once it has its ticket the customer goes back to the bot, and the first answer calls the customer back.
    pub callback: bool,
}

/// A conversation that is kept this long from its opening. Past it, the next message opens a new one.
pub const OPEN_FOR: std::time::Duration = std::time::Duration::from_hours(365 * 24);
/// How long the recent ids outlive the closing, so that a late copy does not open a ghost ticket.
pub const RINGS_OUTLIVE: std::time::Duration = std::time::Duration::from_hours(30 * 24);
/// How long the way back from a ticket is kept, from the opening: longer than anything else of its conversation.
pub const CONVERSATION_OF_TICKET_FOR: std::time::Duration = std::time::Duration::from_hours(425 * 24);

#[cfg(test)]
mod tests_support {
    use super::*;

    pub(super) fn conversation(address: &str, state: State) -> CustomerRecord {
        let key = CustomerKey::new("0123456789abcdef0123456789abcdef");
        CustomerRecord {
            opening: ConversationId::mint(&key, uuid::Uuid::from_u128(1 << 100)),
            key,
            state,
            opened: Timestamp(0),
            address: Node::parse(address).unwrap(),
            left: None,
            ticket: Some(TicketId::new("T-1")),
            agent: None,
            channel: "wa.gw.msging.net".to_owned(),
            who: None,
            placement: Placement::default(),
            timers: Timers::default(),
            desk: Desk::default(),
            rating_asked: None,
            ended: None,
            offer: Vec::new(),
            earlier: EarlierTickets::default(),
            last_ticket: None,
            inbound: Direction::default(),
            outbound: Direction::default(),
        }
    }

    pub(super) fn other_opening() -> ConversationId {
        ConversationId::mint(&CustomerKey::new("0123456789abcdef0123456789abcdef"), uuid::Uuid::from_u128(2 << 100))
    }
}
