//! The three jobs, and how a job is addressed.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use service_rules::EndReason;

use crate::{
    clock::Timestamp,
    hash::HashKey,
    message::{AgentEvent, AgentEventKind, ConversationId, CustomerKey, SourceId, TicketId},
};

/// The version of the job format that this release writes.
pub const VERSION: u8 = 1;
/// The largest job, in bytes: what SQS takes in one message, at its smallest (256 KiB).
pub const MAX_JOB: usize = 256 * 1024;

/// The queue that a job is sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Destination {
    ToHelpdesk,
    ToCustomer,
    CloseTicket,
}

/// A job with its address.
#[derive(Clone, PartialEq, Eq)]
pub struct Job {
    pub destination: Destination,
    /// The message group: a keyed hash.
    pub group: String,
    /// The deduplication id: a keyed hash.
    pub deduplication: String,
    /// The JSON. Personal: never logged.
    pub body: String,
}

impl std::fmt::Debug for Job {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Job({:?}, group {})", self.destination, self.group)
    }
}

/// A job as a worker receives it.
#[derive(Clone, PartialEq, Eq)]
pub struct Record {
    /// SQS's id of the message, which a partial failure names.
    pub id: String,
    pub receipt: String,
    pub group: String,
    /// How often it was received, this time included. It also counts receipts in which it was never tried.
    pub attempts: u32,
    pub body: String,
}

impl std::fmt::Debug for Record {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Record({}, attempt {})", self.id, self.attempts)
    }
}

impl Record {
    /// The job inside. `None` when it is not one, or of a version that this release does not know.
    pub fn job<T: DeserializeOwned>(&self) -> Option<T> {
        #[derive(Deserialize)]
        struct Version {
            v: u8,
        }
        let Version { v } = serde_json::from_str(&self.body).ok()?;
        (v == VERSION).then(|| serde_json::from_str(&self.body).ok())?
    }

    /// The job inside, of whatever version, as far as this release can read it: to find out whose it is, never to work it.
    pub fn any_version<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_str(&self.body).ok()
    }
}

/// That somebody types is passed on once in this time.
const TYPING: i64 = 5_000;

/// What stands in for the id of an event that somebody types: the same for all that come within five seconds, so that the
/// queue itself drops all but the first.
pub fn typing_slot(at: Timestamp) -> String {
    (at.0.div_euclid(TYPING)).to_string()
}

/// An envelope of Blip's, as it came, or that something is due. The worker reads it again: a parked one profits from a later release.
#[derive(Clone, Serialize, Deserialize)]
#[allow(missing_debug_implementations, reason = "personal: a job is never printed")]
pub struct ToHelpdeskJob {
    pub v: u8,
    /// It was parked and sent again: the other side is asked before it is repeated.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub replayed: bool,
    /// The source's id, or one made at the webhook endpoint for an envelope without.
    pub id: SourceId,
    pub received_at: Timestamp,
    /// Null where something is due.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub envelope: Value,
    /// Whose conversation something is due for, in place of an envelope: the clock found it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<CustomerKey>,
}

impl ToHelpdeskJob {
    /// The message group of what `group` names.
    pub fn group(group: &[&str], key: &HashKey) -> String {
        key.hex(&[&["to-helpdesk"], group].concat())
    }

    /// The group parts of what became of messages of an opening.
    pub fn opening_group(opening: &ConversationId) -> [&str; 2] {
        ["opening", opening.as_str()]
    }

    /// Addresses the job: `group` names the conversation (or the opening, for a notification), `event` the
    /// kind of envelope, so that `received` and `failed` of one message are two events.
    pub fn addressed(&self, group: &[&str], event: &str, key: &HashKey) -> Job {
        let group = Self::group(group, key);
        Job {
            destination: Destination::ToHelpdesk,
            deduplication: key.hex(&["to-helpdesk", &group, event, self.id.as_str()]),
            group,
            body: json(self),
        }
    }
}

/// The job of `to-blip.fifo`: events of one ticket, in their order.
#[derive(Clone, Serialize, Deserialize)]
#[allow(missing_debug_implementations, reason = "personal: a job is never printed")]
pub struct ToCustomerJob {
    pub v: u8,
    /// It was parked and sent again: the other side is asked before it is repeated.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub replayed: bool,
    /// A look found it, however long ago it happened: the webhook endpoint may have been told of it, too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub polled: bool,
    pub received_at: Timestamp,
    pub ticket: TicketId,
    /// Our mark, when the event carried it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opening: Option<ConversationId>,
    pub events: Vec<AgentEvent>,
}

impl ToCustomerJob {
    /// The message group of a ticket.
    pub fn group(ticket: &TicketId, helpdesk: &str, key: &HashKey) -> String {
        key.hex(&["to-blip", helpdesk, ticket.as_str()])
    }

    /// Addresses the job: the group is the helpdesk's ticket.
    pub fn addressed(&self, helpdesk: &str, key: &HashKey) -> Job {
        let group = Self::group(&self.ticket, helpdesk, key);
        let mut parts = vec!["to-blip", &group];
        let slot = typing_slot(self.received_at);
        for event in &self.events {
            match event.kind {
                // Tools repeat that somebody types with every key that is struck.
                AgentEventKind::Typing { on } => {
                    parts.extend([event.kind.name(), if on { "on" } else { "off" }, &slot]);
                }
                _ => parts.extend([event.kind.name(), event.id.as_str()]),
            }
        }
        Job { destination: Destination::ToCustomer, deduplication: key.hex(&parts), group, body: json(self) }
    }
}

/// A close that was written as `closing` and waits for the agent's last words.
#[derive(Clone, Serialize, Deserialize)]
#[allow(missing_debug_implementations, reason = "personal: a job is never printed")]
pub struct CloseJob {
    pub v: u8,
    /// It was parked and sent again: the other side is asked before it is repeated.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub replayed: bool,
    pub opening: ConversationId,
    /// None where the helpdesk refused to open one: the customer goes back without a word of a conversation that never was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<TicketId>,
    /// The rating question was asked, or a survey waited for, and that is over: the customer goes now.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub asked: bool,
    /// The customer's rating, 1 to 5.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<u8>,
    /// The customer has the helpdesk's own survey: the bot needs not ask.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub surveyed: bool,
    /// Where the customer goes in place of what the service rules say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// Why it ended, where no agent closed it: for the helpdesk, should the customer be back in another conversation by then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<EndReason>,
}

impl CloseJob {
    /// The close of a conversation, and of nothing that is known besides.
    pub fn new(opening: ConversationId, ticket: Option<TicketId>) -> Self {
        let (asked, surveyed) = (false, false);
        Self { v: VERSION, replayed: false, opening, ticket, asked, rating: None, surveyed, service: None, ended: None }
    }

    /// The message group of a ticket.
    pub fn group(ticket: &TicketId, key: &HashKey) -> String {
        key.hex(&["close-ticket", ticket.as_str()])
    }

    /// Addresses the job: the group is the ticket, or the opening that has none, and an opening closes once; behind a rating question or a survey once more, and after
    /// an end outside the hours, from which the customer was called back.
    pub fn addressed(&self, key: &HashKey) -> Job {
        let opening = self.opening.as_str();
        let deduplication = match self.ended {
            _ if self.asked => key.hex(&["close-ticket", opening, "asked"]),
            // An agent may call the customer back soon, and close the conversation.
            Some(reason @ EndReason::OutsideHours) => key.hex(&["close-ticket", opening, reason.as_str()]),
            _ => key.hex(&["close-ticket", opening]),
        };
        Job {
            destination: Destination::CloseTicket,
            group: self.ticket.as_ref().map_or_else(|| deduplication.clone(), |ticket| Self::group(ticket, key)),
            deduplication,
            body: json(self),
        }
    }
}

impl ToHelpdeskJob {
    /// The group parts of a customer's envelope.
    pub fn conversation_group(key: &CustomerKey) -> [&str; 2] {
        ["conversation", key.as_str()]
    }
}

/// These types have string keys and no fallible field, so that writing them cannot fail.
fn json(job: &impl Serialize) -> String {
    let json = serde_json::to_string(job).unwrap_or_default();
    // SQS takes the characters of XML 1.0 (`SendMessage`), and puts U+FFFD in place of others or refuses the message, by when one reads
    // its page. JSON escapes all of those but these two, which stand in texts only.
    if json.contains(['\u{FFFE}', '\u{FFFF}']) {
        json.replace('\u{FFFE}', "\\ufffe").replace('\u{FFFF}', "\\uffff")
    } else {
        json
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_has_only_characters_that_sqs_keeps() {
        let said: String =
            ('\0'..=' ').chain(['\u{7F}', '\u{FFFD}', '\u{FFFE}', '\u{FFFF}', '\u{10FFFF}', '\\']).collect();
        let job = CloseJob {
            service: Some(said.clone()),
            ..CloseJob::new(ConversationId::new(said.as_str()), Some(TicketId::new(said.as_str())))
        };
        let body = job.addressed(&HashKey::new(b"key")).body;
        assert!(body.chars().all(|c| matches!(c, ' '..='\u{FFFD}' | '\u{10000}'..)), "{body:?}");
        let again: CloseJob = serde_json::from_str(&body).unwrap();
        assert_eq!((again.opening.as_str(), again.service.as_deref()), (said.as_str(), Some(said.as_str())));
    }
}
