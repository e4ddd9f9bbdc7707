//! A record of the queue `to-helpdesk.fifo`, as it was read: what came from the customer's side.

use super::{
    part::{NotReady, Part},
    ports::EndedBy,
    tries::Tries,
    worker::Deadline,
};
use crate::{
    clock::Timestamp,
    conversation::{CustomerEvent, Received},
    hash::HashKey,
    job::{Record, ToHelpdeskJob},
    lime::{Document, Envelope, Message, Node, Notification, Ticket, TicketStatus},
    message::{CustomerKey, SourceId},
};

/// A record as it was read.
pub(super) enum Read {
    Message(Box<Incoming>),
    /// The customer types, or stopped.
    Typing {
        conversation: CustomerKey,
        on: bool,
    },
    /// What became of a message of ours.
    Notification(Box<Notification>),
    /// Something may be due in the conversation.
    Due {
        conversation: CustomerKey,
        /// When the clock handed it on.
        at: Timestamp,
    },
    /// There is nothing in it for the helpdesk.
    Nothing,
    Broken(&'static str),
}

/// A message or ticket as it came, with what the decisions need.
pub(super) struct Incoming {
    pub id: SourceId,
    pub received: Timestamp,
    pub event: CustomerEvent,
    pub address: Node,
    pub conversation: CustomerKey,
    pub message: Message,
    pub tries: Tries,
    pub ended_by: EndedBy,
    /// What is delivered, where it was made ahead: its files copied before the run's first effect.
    pub parts: Option<Result<Vec<Part>, NotReady>>,
}

impl Read {
    /// Reads a record.
    pub(super) fn of(record: &Record, deadline: Deadline, key: &HashKey) -> Self {
        let Some(job) = record.job::<ToHelpdeskJob>() else { return Self::Broken("not a job of this version") };
        if let Some(conversation) = job.due {
            return Self::Due { conversation, at: job.received_at };
        }
        let message = match Envelope::from_value(job.envelope) {
            Ok(Envelope::Notification(notification)) => return Self::Notification(Box::new(notification)),
            Ok(Envelope::Message(message)) => message,
            _ => return Self::Broken("not an envelope"),
        };
        if let (Some(sender), Document::ChatState(state)) = (message.sender(), &message.document) {
            let conversation = CustomerKey::of(sender, key);
            return Self::Typing { conversation, on: state.is_composing() };
        }
        let tries = Tries { attempts: record.attempts, replayed: job.replayed, deadline };
        match Incoming::of(job.id, job.received_at, message, tries, key) {
            Some(incoming) => Self::Message(Box::new(incoming)),
            None => Self::Nothing,
        }
    }
}

impl Incoming {
    /// When it was received.
    pub(super) fn when(&self) -> Received {
        self.tries.received(self.received)
    }

    /// Whether it is something for the agent to read.
    pub(super) fn is_said(&self) -> bool {
        matches!(self.event, CustomerEvent::Words | CustomerEvent::Notice)
    }

    /// The ticket document, when it is one.
    pub(super) fn ticket(&self) -> Option<&Ticket> {
        match &self.message.document {
            Document::Ticket(ticket) => Some(ticket),
            _ => None,
        }
    }

    /// Reads a message. `None` when there is nothing in it for the helpdesk.
    fn of(id: SourceId, received: Timestamp, message: Message, tries: Tries, key: &HashKey) -> Option<Self> {
        let address = message.sender()?.clone();
        let (event, ended_by) = match &message.document {
            Document::Ticket(ticket) => match ticket.status() {
                TicketStatus::Waiting => (CustomerEvent::Waiting, EndedBy::Customer),
                TicketStatus::Closed(_) => (CustomerEvent::Ended, EndedBy::Customer),
                TicketStatus::Transferred => (CustomerEvent::Ended, EndedBy::Transfer),
                _ => return None,
            },
            document if document.is_internal() => return None,
            document if document.is_notice() => (CustomerEvent::Notice, EndedBy::Customer),
            _ => (CustomerEvent::Words, EndedBy::Customer),
        };
        let conversation = CustomerKey::of(&address, key);
        Some(Self { id, received, event, address, conversation, message, tries, ended_by, parts: None })
    }
}
