//! One line of the log for one step.

use serde::{Deserialize, Serialize};

use crate::{
    clock::Timestamp,
    hash::HashKey,
    message::{ConversationId, SourceId, TicketId},
};

/// So many hexadecimal digits name a message within its conversation: 48 bits.
const DIGITS: usize = 12;

/// The name of a message in the log: a keyed hash of the source's own id.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MessageHash(String);

impl MessageHash {
    /// Of a message of the customer's side.
    pub fn of_customer(id: &SourceId, key: &HashKey) -> Self {
        Self::of(&["trail", "customer", id.as_str()], key)
    }

    /// Of a message or event of the helpdesk's side, whose ids count within a ticket.
    pub fn of_agent(ticket: &TicketId, id: &SourceId, key: &HashKey) -> Self {
        Self::of(&["trail", "agent", ticket.as_str(), id.as_str()], key)
    }

    /// A hash as somebody copied it from a log. `None` when it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase();
        (text.len() == DIGITS && text.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(Self(text))
    }

    /// The hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn of(parts: &[&str], key: &HashKey) -> Self {
        let mut hash = key.hex(parts);
        hash.truncate(DIGITS);
        Self(hash)
    }
}

/// What happened. The serialised word is the line's `message`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepName {
    /// It is safe in the queue.
    #[serde(rename = "request accepted")]
    Accepted,
    /// The other side has it.
    Delivered,
    /// A copy of what had its effect before.
    Known,
    /// It, or a part of it, will never be taken: its sender's side was told.
    Refused,
    /// It means nothing for the conversation as it is now.
    Ignored,
    /// The agent took it back before it was sent.
    Withdrawn,
    /// Ponte itself acted on it: a rating, an ending word, an event beside words.
    Handled,
    /// The customer's device has it.
    Received,
    /// The customer saw it.
    Seen,
    /// The channel did not take it in the end: its agent is told.
    Undelivered,
    /// It goes back to the queue, with all of its group behind it.
    #[serde(rename = "retry scheduled")]
    Waits,
    /// It waits in the queue of parked messages for an operator.
    #[serde(rename = "message parked")]
    Parked,
    /// A group that waited is through.
    #[serde(rename = "batch done")]
    Done,
    /// The conversation has its ticket.
    Opened,
    /// An agent has the ticket for the first time.
    Assigned,
    /// An agent's first word.
    Answered,
    /// The conversation begins to end.
    Ends,
    /// The customer was asked for a rating, or has the helpdesk's survey to come.
    Asked,
    /// The customer is back with the bot.
    Left,
}

impl StepName {
    /// Whether the other side has the message then, or Ponte needs it no more: nothing is to come behind it.
    pub fn is_end(self) -> bool {
        matches!(self, Self::Delivered | Self::Known | Self::Refused | Self::Ignored | Self::Withdrawn | Self::Handled)
    }

    /// The word in the log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "request accepted",
            Self::Delivered => "delivered",
            Self::Known => "known",
            Self::Refused => "refused",
            Self::Ignored => "ignored",
            Self::Withdrawn => "withdrawn",
            Self::Handled => "handled",
            Self::Received => "received",
            Self::Seen => "seen",
            Self::Undelivered => "undelivered",
            Self::Waits => "retry scheduled",
            Self::Parked => "message parked",
            Self::Done => "batch done",
            Self::Opened => "opened",
            Self::Assigned => "assigned",
            Self::Answered => "answered",
            Self::Ends => "ends",
            Self::Asked => "asked",
            Self::Left => "left",
        }
    }
}

/// The side that a message goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Toward {
    Helpdesk,
    Customer,
}

/// `conversation.id`, as CloudWatch Logs names it in its queries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationRef {
    pub id: ConversationId,
}

/// One step, as the log has it. What is not known, or goes without saying, is absent: each byte is paid for with each message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// What happened.
    pub message: StepName,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Toward>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<ConversationRef>,
    /// The worker's queue, in lines about a whole group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<String>,
    /// The message group, where the conversation is not known: at the endpoints, and where a group waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<MessageHash>,
    /// The messages that wait, the first of which is the reason.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ids: Vec<MessageHash>,
    /// What it was, if not words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// How often SQS handed it out, from the second time on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempts: Option<u32>,
    /// Since its endpoint accepted it, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since_accepted_ms: Option<u64>,
    /// It is a note on a closed ticket.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub late: bool,
    /// What the other side answered, where it did not take it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The kind of failure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Why, in fixed words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How many records wait together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<usize>,
    /// How many records are through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub records: Option<usize>,
    /// The time until the next try, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait_s: Option<u64>,
    /// How long the first record waits already, or how long the customer waited for these words, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waited_s: Option<u64>,
    /// The queue of the service rules that the customer waited for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desk: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u64>,
    /// The first eight digits of Lambda's request id. Whoever writes the log adds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
}

impl Line {
    /// A step of which nothing else is known.
    pub fn new(message: StepName) -> Self {
        Self {
            message,
            to: None,
            conversation: None,
            queue: None,
            group: None,
            id: None,
            ids: Vec::new(),
            event: None,
            attempts: None,
            since_accepted_ms: None,
            late: false,
            status: None,
            kind: None,
            reason: None,
            waiting: None,
            records: None,
            wait_s: None,
            waited_s: None,
            desk: None,
            duration_ms: None,
            request: None,
        }
    }

    /// The same of this conversation.
    #[must_use]
    pub fn of(mut self, conversation: &ConversationId) -> Self {
        self.conversation = Some(ConversationRef { id: conversation.clone() });
        self
    }

    /// The same of a message that was tried so often, and was accepted then.
    #[must_use]
    pub fn tried(mut self, attempts: u32, accepted: Timestamp, now: Timestamp) -> Self {
        self.attempts = Some(attempts).filter(|attempts| *attempts > 1);
        self.since_accepted_ms = Some(u64::try_from(now.since(accepted).as_millis()).unwrap_or(u64::MAX));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_written_as_it_is_called_and_read_back() {
        let all = [
            StepName::Accepted,
            StepName::Delivered,
            StepName::Known,
            StepName::Refused,
            StepName::Ignored,
            StepName::Withdrawn,
            StepName::Handled,
            StepName::Received,
            StepName::Seen,
            StepName::Undelivered,
            StepName::Waits,
            StepName::Parked,
            StepName::Done,
            StepName::Opened,
            StepName::Assigned,
            StepName::Answered,
            StepName::Ends,
            StepName::Asked,
            StepName::Left,
        ];
        for step in all {
            let written = serde_json::to_string(&Line::new(step)).unwrap();
            assert_eq!(written, format!(r#"{{"message":"{}"}}"#, step.as_str()));
            assert_eq!(serde_json::from_str::<Line>(&written).unwrap(), Line::new(step));
        }
    }

    #[test]
    fn messages_are_told_apart_by_side_ticket_and_key() {
        let (key, other) = (HashKey::new(b"one"), HashKey::new(b"two"));
        let id = SourceId::new("a");
        let hashes = [
            MessageHash::of_customer(&id, &key),
            MessageHash::of_customer(&id, &other),
            MessageHash::of_agent(&TicketId::new("1"), &id, &key),
            MessageHash::of_agent(&TicketId::new("2"), &id, &key),
        ];
        let different: std::collections::BTreeSet<_> = hashes.iter().collect();
        assert_eq!(different.len(), 4);
        assert_eq!(MessageHash::parse(&hashes[0].as_str().to_uppercase()), Some(hashes[0].clone()));
        assert_eq!(MessageHash::parse("0123456789ag"), None);
    }
}
