//! What becomes of a message, and what a record is about: for the trail.

use crate::{
    hash::HashKey,
    job::{CloseJob, Record, ToCustomerJob, ToHelpdeskJob},
    lime::{Document, Envelope},
    message::{AgentEvent, AgentEventKind, ConversationId},
    trail::{MessageHash, StepName},
};

/// What a record is about, as far as it says so itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct About {
    pub conversation: Option<ConversationId>,
    pub messages: Vec<MessageHash>,
}

/// What became of a message, and what the other side answered if it did not take it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fate {
    pub step: StepName,
    /// What the other side answered, where it did not take it.
    pub status: Option<u16>,
    /// It is a note on a closed ticket.
    pub late: bool,
}

impl From<StepName> for Fate {
    fn from(step: StepName) -> Self {
        Self { step, status: None, late: false }
    }
}

/// What an event is called, if it is not words.
pub(super) fn event_name(kind: &AgentEventKind) -> Option<String> {
    (!matches!(kind, AgentEventKind::Message { .. })).then(|| kind.name().to_owned())
}

/// Whether an event is a step of the trail by itself: what is worth nothing later is not, nor what only names another.
pub(super) fn is_named(event: &AgentEvent) -> bool {
    !matches!(event.kind, AgentEventKind::Typing { .. } | AgentEventKind::NeedsFetch)
}

/// What a record of `to-helpdesk.fifo` is about.
pub(super) fn about_customer(record: &Record, key: &HashKey) -> About {
    let Some(job) = record.any_version::<ToHelpdeskJob>() else { return About::default() };
    let is_message = match Envelope::from_value(job.envelope) {
        Ok(Envelope::Message(message)) => !matches!(message.document, Document::ChatState(_)),
        _ => false,
    };
    let messages = is_message.then(|| MessageHash::of_customer(&job.id, key));
    About { conversation: None, messages: messages.into_iter().collect() }
}

/// What a record of `to-blip.fifo` is about.
pub(super) fn about_agent(record: &Record, key: &HashKey) -> About {
    let Some(job) = record.any_version::<ToCustomerJob>() else { return About::default() };
    let messages = job
        .events
        .iter()
        .filter(|event| !matches!(event.kind, AgentEventKind::Typing { .. }))
        .map(|event| MessageHash::of_agent(&job.ticket, &event.id, key));
    About { conversation: job.opening.clone(), messages: messages.collect() }
}

/// What a record of `close-ticket.fifo` is about.
pub(super) fn about_close(record: &Record) -> About {
    let job = record.any_version::<CloseJob>();
    About { conversation: job.map(|job| job.opening), messages: Vec::new() }
}
