//! The two webhook endpoints: verify, parse, enqueue. They read no table, and answer only when the job is safe.
//!
//! What is dropped here is dropped by its shape alone: an echo, an internal event, a control document, an event that shows it is
//! not ours. What needs the conversation store is decided by the workers.

mod envelope_json;
mod steps;

use serde_json::Value;

use super::{
    body::{self, MAX_BODY},
    ports::{Clock, HandshakeRequest, Queue, Rejection, Unverified, Verified, WebhookVerifier},
};
use crate::{
    hash::HashKey,
    job::{Job, MAX_JOB, ToCustomerJob, ToHelpdeskJob, VERSION, typing_slot},
    lime::{Document, Envelope, Event, Message, Node, Notice, Notification, Ticket},
    message::{BlipId, BlipPart, Capabilities, CustomerKey, SourceId},
    trail::Line,
};

pub use steps::agent_step;
use steps::{customer_step, notification_step};

/// What became of a good request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Accepted {
    /// The jobs are safe in the queue, a line of the trail for each.
    Queued(Vec<Line>),
    /// Nothing in it is for the other side, and the trail has it all the same.
    Noted(Box<Line>),
    /// Nothing in it is for the other side.
    Dropped(&'static str),
    /// It asked whether the address is theirs, and this is the answer's body.
    Answered(String),
}

/// Blip's webhook endpoint, behind the check of its token (`blip::verify`). What the helpdesk cannot show of presence is dropped.
pub async fn from_blip(
    body: Verified<'_>,
    queue: &dyn Queue,
    clock: &dyn Clock,
    key: &HashKey,
    helpdesk: &Capabilities,
) -> Result<Accepted, Rejection> {
    named(body, None, queue, clock, key, helpdesk).await
}

/// The same for a side that has names of its own for its messages: they are not read as Blip's are.
pub async fn named(
    body: Verified<'_>,
    id: Option<SourceId>,
    queue: &dyn Queue,
    clock: &dyn Clock,
    key: &HashKey,
    helpdesk: &Capabilities,
) -> Result<Accepted, Rejection> {
    let envelope = envelope_json::parse(body.0)?;
    let job = match Envelope::from_value(envelope.clone()) {
        Ok(Envelope::Message(message)) => {
            let id = id.unwrap_or_else(|| source_id(message.header.id.as_deref()));
            message_job(&message, id, envelope, clock, key, helpdesk)?
        }
        Ok(Envelope::Notification(notification)) => {
            match notification_job(&notification, envelope, clock, key, helpdesk) {
                Err(Unused { step: Some(step), .. }) => return Ok(Accepted::Noted(step)),
                Err(Unused { why, .. }) => Err(why),
                Ok(job) => Ok(job),
            }
        }
        Ok(_) => return Err(Rejection::Malformed("not a message, a notification or a ticket")),
        Err(_) => return Err(Rejection::Malformed("not a LIME envelope: no content with a type, and no event")),
    };
    match job {
        Ok((job, step)) => {
            sendable(&job)?;
            queue.send(&job).await.map_err(|_| Rejection::NotStored)?;
            Ok(Accepted::Queued(vec![step]))
        }
        Err(why) => Ok(Accepted::Dropped(why)),
    }
}

/// What comes to the helpdesk's webhook endpoint and is no event, if it is that. It needs no signature, and causes nothing.
pub fn question(question: &HandshakeRequest<'_>, verifier: &dyn WebhookVerifier) -> Option<Accepted> {
    verifier.answer(question).map(Accepted::Answered)
}

/// Whether the helpdesk sent this, by its bytes alone.
pub fn verify<'a>(
    request: &Unverified<'a>,
    verifier: &dyn WebhookVerifier,
    clock: &dyn Clock,
) -> Result<Verified<'a>, Rejection> {
    if request.body.len() > MAX_BODY {
        return Err(Rejection::TooLarge);
    }
    verifier.verify(request, clock.now())
}

/// The helpdesk's webhook endpoint, behind [`verify`]: one job for each ticket, holding that ticket's events in order, so that a half-failed
/// send cannot reorder them.
pub async fn from_helpdesk(
    request: &Unverified<'_>,
    body: Verified<'_>,
    verifier: &dyn WebhookVerifier,
    helpdesk: &str,
    queue: &dyn Queue,
    clock: &dyn Clock,
    key: &HashKey,
) -> Result<Accepted, Rejection> {
    body::within_limits(request.body)?;
    if let Ok(text) = std::str::from_utf8(request.body) {
        body::parse(text)?;
    }
    let now = clock.now();
    let tickets = verifier.events(request, body)?.into_iter().map(|ticket| ToCustomerJob {
        v: VERSION,
        replayed: false,
        polled: false,
        received_at: now,
        ticket: ticket.ticket,
        opening: ticket.opening,
        events: ticket.events,
    });
    let addressed = |job: ToCustomerJob| {
        let sent = job.addressed(helpdesk, key);
        let step = agent_step(&job, &sent, key);
        (sent, step)
    };
    let (jobs, steps): (Vec<Job>, Vec<Line>) = tickets.map(addressed).unzip();
    // All of them or none: what is refused must not have had half of its effect.
    jobs.iter().try_for_each(sendable)?;
    for job in &jobs {
        queue.send(job).await.map_err(|_| Rejection::NotStored)?;
    }
    Ok(if steps.is_empty() { Accepted::Dropped("nothing for the customer") } else { Accepted::Queued(steps) })
}

/// A body within its limit may grow: a byte that is no UTF-8 becomes three, `9e99` becomes `9e+99`, and markup two line breaks. What no
/// queue would ever take is refused, for a 503 would have it sent again for ever.
fn sendable(job: &Job) -> Result<(), Rejection> {
    if job.body.len() > MAX_JOB { Err(Rejection::TooLarge) } else { Ok(()) }
}

/// What the trail calls it that somebody types.
const TYPING: &str = "typing";

/// A job with what the trail says of it.
type Addressed = (Job, Line);

/// A notification that is for nobody.
struct Unused {
    why: &'static str,
    /// The trail has it all the same.
    step: Option<Box<Line>>,
}

fn message_job(
    message: &Message,
    id: SourceId,
    envelope: Value,
    clock: &dyn Clock,
    key: &HashKey,
    helpdesk: &Capabilities,
) -> Result<Result<Addressed, &'static str>, Rejection> {
    let Some(sender) = message.sender() else {
        return Err(Rejection::Malformed("no sender: `from` is missing or is not a node"));
    };
    // A sender in the bare domain `msging.net`, or any `postmaster`, is no customer (Blip reference, traps, 4).
    if sender.is_service() {
        return Ok(Err("an echo: its sender is a bot"));
    }
    let conversation = CustomerKey::of(sender, key);
    let group = ToHelpdeskJob::conversation_group(&conversation);
    let now = clock.now();
    let id = match message.document.notice() {
        Some(Notice::Deleted) => SourceId::exact(&format!("deleted/{}", id.as_str())),
        Some(Notice::Edited(_)) => edited_id(&id, &envelope, key),
        _ => id,
    };
    let job = |id| ToHelpdeskJob { v: VERSION, replayed: false, id, received_at: now, envelope, due: None };
    let addressed = |id: SourceId, event: &str, what: Option<&'static str>| {
        let named = (what != Some(TYPING)).then(|| id.clone());
        let sent = job(id).addressed(&group, event, key);
        let step = customer_step(&sent, named.as_ref(), what, key);
        Ok(Ok((sent, step)))
    };
    if let Document::ChatState(state) = &message.document
        && helpdesk.typing
        && !state.state.eq_ignore_ascii_case("starting")
    {
        let event = if state.is_composing() { "composing" } else { "paused" };
        return addressed(SourceId::exact(&typing_slot(now)), event, Some(TYPING));
    }
    if message.document.is_internal() {
        return Ok(Err("internal: nothing that a person said"));
    }
    if let Document::Ticket(ticket) = &message.document {
        if !is_of_the_custom_channel(ticket, sender) {
            return Ok(Err("a ticket that is not of the custom attendance channel"));
        }
        return addressed(id, "ticket", Some("ticket"));
    }
    if message.document.is_control() {
        return Ok(Err("a control document: nothing that a person said"));
    }
    addressed(id, "message", None)
}

/// The id of a change of a message. A channel may tell a change or a deletion under the id of the message itself, which was delivered long ago,
/// and a message may be changed more than once. A change back to earlier words cannot be told from a copy. (Which id Blip's deleted content has
/// is documented nowhere.)
fn edited_id(id: &SourceId, envelope: &Value, key: &HashKey) -> SourceId {
    let content = envelope.get("content").map(Value::to_string).unwrap_or_default();
    let change: String = key.hex(&["edited", &content]).chars().take(12).collect();
    SourceId::exact(&format!("edited/{}/{change}", id.as_str()))
}

/// Whether Blip gives us this ticket to attend: its provider is `Webhook` (`Lime` is Blip's own desk), and it comes from the ticket's own
/// address, `{ticket}@desk.msging.net` (Blip reference, 8). A ticket that names no provider is taken for ours, for serialisers leave fields
/// out. What comes from a customer's address is something that a person typed, or an address in another's name (`…%40…@desk.msging.net`).
fn is_of_the_custom_channel(ticket: &Ticket, sender: &Node) -> bool {
    let provider = ticket.provider.as_deref().map(str::trim).filter(|provider| !provider.is_empty());
    let is_ticket =
        sender.domain().eq_ignore_ascii_case("desk.msging.net") && !sender.name().to_ascii_lowercase().contains("%40");
    is_ticket && provider.is_none_or(|provider| provider.eq_ignore_ascii_case("Webhook"))
}

/// A notification leads back by its id, since it may come from `postmaster` or without `from`: the echo rule is
/// for messages only. How far a message has come travels with the conversation, whose recent ids tell what was shown already; that one
/// failed must be told even when the conversation waits.
fn notification_job(
    notification: &Notification,
    envelope: Value,
    clock: &dyn Clock,
    key: &HashKey,
    helpdesk: &Capabilities,
) -> Result<Addressed, Unused> {
    let not_ours = Unused { why: "a notification of a message that is not ours", step: None };
    let ours = notification.header.id.as_deref().and_then(BlipId::parse).ok_or(not_ours)?;
    let job = ToHelpdeskJob {
        v: VERSION,
        replayed: false,
        id: source_id(notification.header.id.as_deref()),
        received_at: clock.now(),
        envelope,
        due: None,
    };
    let step = notification_step(&ours, &notification.event, key);
    let sent = match &notification.event {
        Event::Failed => job.addressed(&ToHelpdeskJob::opening_group(&ours.opening), "failed", key),
        event @ (Event::Received | Event::Consumed)
            if helpdesk.receipts && matches!(ours.part, BlipPart::Agent { .. }) =>
        {
            let conversation = ours.opening.conversation();
            job.addressed(&ToHelpdeskJob::conversation_group(&conversation), event.as_str(), key)
        }
        _ => return Err(Unused { why: "an unused notification", step: step.map(Box::new) }),
    };
    let step = step.unwrap_or_else(|| customer_step(&sent, None, Some("notification"), key));
    Ok((sent, step))
}

/// The source's id. One that is absent, or a placeholder of the documentation that somebody pasted
/// (`{{$guid}}`), gets a new one and is never merged with another.
fn source_id(id: Option<&str>) -> SourceId {
    match id.map(str::trim) {
        Some(id) if !id.is_empty() && !id.contains("{{") => SourceId::new(id),
        _ => SourceId::new(&uuid::Uuid::new_v4().to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_and_missing_ids_are_never_merged() {
        assert_eq!(source_id(Some("fwd:fwd:a")), source_id(Some("a")));
        for id in [None, Some(""), Some("{{$guid}}")] {
            assert_ne!(source_id(id), source_id(id));
        }
    }

    struct Asked;

    impl WebhookVerifier for Asked {
        fn answer(&self, question: &HandshakeRequest<'_>) -> Option<String> {
            (question.method == "GET").then(|| question.query.to_owned())
        }

        fn verify<'a>(&self, _: &Unverified<'a>, _: crate::clock::Timestamp) -> Result<Verified<'a>, Rejection> {
            Err(Rejection::Unauthorized(""))
        }

        fn events(
            &self,
            _: &Unverified<'_>,
            _: Verified<'_>,
        ) -> Result<Vec<super::super::ports::TicketEvents>, Rejection> {
            Ok(Vec::new())
        }
    }

    #[test]
    fn a_question_is_answered_where_the_helpdesk_asks_any() {
        let asked =
            |method, verifier: &dyn WebhookVerifier| question(&HandshakeRequest { method, query: "a=1" }, verifier);
        assert_eq!(asked("GET", &Asked), Some(Accepted::Answered("a=1".to_owned())));
        assert_eq!(asked("POST", &Asked), None);
    }
}
