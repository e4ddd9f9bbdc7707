//! What is in a parked copy: the kind of job, whose it is, and its body as it goes back. Pure.

use ponte::{
    hash::HashKey,
    lime::Envelope,
    message::{BlipId, ConversationId, CustomerKey, TicketId},
    queue::{CloseJob, ToCustomerJob, ToHelpdeskJob},
};
use serde_json::{Map, Value};

use crate::QueueName;

/// What kind of job this is, in a few words that say nothing of its content.
pub fn kind(queue: QueueName, body: &str) -> String {
    let known = match queue {
        QueueName::ToHelpdesk => serde_json::from_str::<ToHelpdeskJob>(body).ok().map(|job| envelope(&job.envelope)),
        QueueName::ToBlip => serde_json::from_str::<ToCustomerJob>(body).ok().map(|job| {
            let kinds: Vec<&str> = job.events.iter().map(|event| event.kind.name()).collect();
            kinds.join(", ")
        }),
        QueueName::CloseTicket => serde_json::from_str::<CloseJob>(body).ok().map(|_| "close".to_owned()),
    };
    let unknown = || if replayed(body).is_some() { "a job of another release" } else { "not a job" };
    known.unwrap_or_else(|| unknown().to_owned())
}

fn envelope(envelope: &Value) -> String {
    let kind = envelope.get("type").and_then(Value::as_str).unwrap_or_default();
    match envelope.get("event").and_then(Value::as_str) {
        Some("failed") => "notification: failed",
        Some(_) => "notification",
        None if kind.eq_ignore_ascii_case("application/vnd.iris.ticket+json") => "ticket",
        None => "message",
    }
    .to_owned()
}

/// Whose a job is: what it says itself, or the ticket to ask the conversation store about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Owner {
    CustomerRecord(CustomerKey),
    Ticket(TicketId),
    Unknown,
}

/// Whose job this is.
pub(crate) fn owner(queue: QueueName, body: &str, key: &HashKey) -> Owner {
    let known = match queue {
        QueueName::ToHelpdesk => serde_json::from_str(body).ok().and_then(|job: ToHelpdeskJob| {
            match Envelope::from_value(job.envelope).ok()? {
                Envelope::Message(message) => Some(CustomerKey::of(message.sender()?, key)),
                Envelope::Notification(note) => Some(BlipId::parse(note.header.id.as_deref()?)?.opening.conversation()),
                _ => None,
            }
        }),
        // A mark proves nothing: it may have been copied from another ticket. The way back decides.
        QueueName::ToBlip => {
            let job = serde_json::from_str(body).ok();
            return job.map_or(Owner::Unknown, |job: ToCustomerJob| Owner::Ticket(job.ticket));
        }
        QueueName::CloseTicket => {
            let job: Option<CloseJob> = serde_json::from_str(body).ok();
            job.and_then(|job| ConversationId::parse(job.opening.as_str())).map(|id| id.conversation())
        }
    };
    known.map_or(Owner::Unknown, Owner::CustomerRecord)
}

/// The mark in an event, where it carried one. It proves nothing: it may have been copied from another ticket.
pub(crate) fn mark(body: &str) -> Option<ConversationId> {
    serde_json::from_str::<ToCustomerJob>(body).ok()?.opening.and_then(|mark| ConversationId::parse(mark.as_str()))
}

/// The body as it goes back: marked `replayed`, and else to the byte what it was. `None` when it is no job: an object with
/// a version, of this release or another.
pub fn replayed(body: &str) -> Option<String> {
    let mut fields: Map<String, Value> = serde_json::from_str(body).ok()?;
    fields.get("v")?.as_u64()?;
    match fields.get("replayed") {
        Some(Value::Bool(true)) => Some(body.to_owned()),
        Some(_) => {
            fields.insert("replayed".to_owned(), Value::Bool(true));
            serde_json::to_string(&fields).ok()
        }
        // Not written anew from what was read: reading rounds numbers.
        None => Some(format!("{{\"replayed\":true,{}", body.trim_start().strip_prefix('{')?)),
    }
}

/// The deduplication id of the replay of the parked copy `id`. Another than the original's, which SQS may still remember
/// (it would swallow the job); always the same for one copy, so that a replay which is repeated within five minutes is one.
pub fn deduplication(id: &str, key: &HashKey) -> String {
    key.hex(&["replay", id])
}

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGE: &str = r#"{"v":1,"id":"a","received_at":1,"envelope":{"id":"a","from":"5511@wa.gw.msging.net/x","type":"text/plain","content":"oi"}}"#;

    #[test]
    fn a_job_goes_back_as_it_was_and_marked() {
        let check = |body: &str, expected: Option<&str>| assert_eq!(replayed(body).as_deref(), expected, "{body}");
        check(
            r#" {"v":1,"n":12345678901234567890123}"#,
            Some(r#"{"replayed":true,"v":1,"n":12345678901234567890123}"#),
        );
        check(r#"{"v":2,"replayed":true}"#, Some(r#"{"v":2,"replayed":true}"#));
        check(r#"{"v":1,"replayed":false}"#, Some(r#"{"replayed":true,"v":1}"#));
        for body in ["", "{", "{}", "[1]", r#""v""#, r#"{"v":"1"}"#, "não é JSON"] {
            check(body, None);
        }
        let job: ToHelpdeskJob = serde_json::from_str(&replayed(MESSAGE).unwrap()).unwrap();
        assert!(job.replayed && job.envelope["content"] == "oi");
    }

    #[test]
    fn each_copy_has_one_deduplication_id() {
        let key = HashKey::new(b"k");
        assert_eq!(deduplication("a", &key), deduplication("a", &key));
        assert_ne!(deduplication("a", &key), deduplication("b", &key));
    }

    #[test]
    fn the_kind_and_the_owner_of_each_job() {
        let key = HashKey::new(b"k");
        let conversation = "0123456789abcdef0123456789abcdef";
        let opening = format!("{conversation}-0123456789ab");
        let of = |queue, body: &str| (kind(queue, body), owner(queue, body, &key));
        let ours = Owner::CustomerRecord(CustomerKey::new(conversation));

        let address = ponte::lime::Node::parse("5511@WA.gw.msging.net").unwrap();
        let customer = Owner::CustomerRecord(CustomerKey::of(&address, &key));
        assert_eq!(of(QueueName::ToHelpdesk, MESSAGE), ("message".to_owned(), customer));
        let failed = format!(
            r#"{{"v":1,"id":"a","received_at":1,"envelope":{{"id":"ponte.{opening}.greeting","event":"failed"}}}}"#
        );
        assert_eq!(of(QueueName::ToHelpdesk, &failed), ("notification: failed".to_owned(), ours.clone()));
        let words = r#"{"v":1,"received_at":1,"ticket":"T","events":[{"id":"1","event":"typing","on":true},{"id":"2","event":"closed"}]}"#;
        assert_eq!(of(QueueName::ToBlip, words), ("typing, closed".to_owned(), Owner::Ticket(TicketId::new("T"))));
        let close = format!(r#"{{"v":1,"opening":"{opening}","ticket":"T"}}"#);
        assert_eq!(of(QueueName::CloseTicket, &close), ("close".to_owned(), ours));
        let marked = format!(r#"{{"v":1,"received_at":1,"ticket":"T","opening":"{opening}","events":[]}}"#);
        assert_eq!(mark(&marked).map(|mark| mark.conversation().as_str().to_owned()).as_deref(), Some(conversation));
        assert_eq!((mark(words), mark(&marked.replace('-', "")), mark("{}")), (None, None, None));
        for queue in QueueName::ALL {
            assert_eq!(kind(queue, r#"{"v":9}"#), "a job of another release");
            assert_eq!(of(queue, "{}"), ("not a job".to_owned(), Owner::Unknown));
        }
    }
}
