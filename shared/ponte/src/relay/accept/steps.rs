//! What the endpoints say of a request: the first step of each message.
//!
//! They read no table, so that the conversation is not known here but for a notification, whose id names it. What leads to it is the
//! message group, which whoever knows the conversation works out (`docs/design/trail.md`).

use crate::{
    hash::HashKey,
    job::{Job, ToCustomerJob},
    lime::Event,
    message::{AgentEvent, BlipId, BlipPart, SourceId},
    relay::fate::{event_name, is_named},
    trail::{Line, MessageHash, StepName},
};

/// A message of the customer's side is safe in the queue. `event` is what it is, if not words.
pub(super) fn customer_step(job: &Job, id: Option<&SourceId>, event: Option<&'static str>, key: &HashKey) -> Line {
    Line {
        group: Some(job.group.clone()),
        id: id.map(|id| MessageHash::of_customer(id, key)),
        event: event.map(str::to_owned),
        ..Line::new(StepName::Accepted)
    }
}

/// Events of a ticket are safe in the queue.
pub fn agent_step(job: &ToCustomerJob, sent: &Job, key: &HashKey) -> Line {
    let line = Line { group: Some(sent.group.clone()), ..Line::new(StepName::Accepted) };
    let hash = |event: &AgentEvent| MessageHash::of_agent(&job.ticket, &event.id, key);
    match job.events.as_slice() {
        [event] => Line { id: is_named(event).then(|| hash(event)), event: event_name(&event.kind), ..line },
        several => Line { ids: several.iter().filter(|event| is_named(event)).map(hash).collect(), ..line },
    }
}

/// How far an agent's message has come, as Blip tells it. `None` of Ponte's own texts, and of what is no step of any message.
pub(super) fn notification_step(ours: &BlipId, event: &Event, key: &HashKey) -> Option<Line> {
    let BlipPart::Agent { ticket, message, .. } = &ours.part else { return None };
    let step = match event {
        Event::Received => StepName::Received,
        Event::Consumed => StepName::Seen,
        Event::Failed => StepName::Undelivered,
        _ => return None,
    };
    let id = Some(MessageHash::of_agent(ticket, &SourceId::exact(message), key));
    Some(Line { id, ..Line::new(step).of(&ours.opening) })
}
