//! A value of each type of the contract with every optional field, and one with none. They are written out, so that a new
//! field does not compile until it stands here.

use ponte::{
    helpdesk::webhook::wire::{
        Advertisement, AgentMessage, AgentTyping, Assigned, AvailabilityRequested, Closed, Created, CreatedMessage,
        Customer, CustomerTyping, Ended, Event, Failed, FailedReason, FromPonte, MessageStatus, OnHold, Origin, Queued,
        Rated, Routing, Started, ToPonte, Transcript, TranscriptLine, Transferred, Withdrawn,
    },
    message::{Agent, Content, DeskQueue, text::Format},
};
use serde::Serialize;
use serde_json::Value;

/// How much of a value is there.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Fields {
    All,
    Required,
}

impl Fields {
    fn text(self) -> Option<String> {
        (self == Self::All).then(|| "x".to_owned())
    }
}

fn x() -> String {
    "x".to_owned()
}

fn link() -> String {
    "https://x.example/1".to_owned()
}

/// Every content.
pub(super) fn contents(fields: Fields) -> Vec<Content> {
    let text = || fields.text();
    vec![
        Content::text("x"),
        Content::File { url: link(), name: text(), mime: text(), size: text().map(|_| 1), caption: text() },
        Content::Location { latitude: 1.5, longitude: -1.5, text: text() },
        Content::Choices { text: x(), options: vec![x()] },
        Content::Link { url: link(), title: text(), text: text() },
    ]
}

/// Every message that Ponte sends, by its schema. Its timestamp is always there (`calls.rs`).
pub(super) fn from_ponte(fields: Fields) -> Vec<(&'static str, Value)> {
    let text = || fields.text();
    let mut messages = vec![
        ("ConversationStarted", FromPonte::ConversationStarted(started(fields))),
        (
            "MessageStatus",
            FromPonte::MessageStatus(MessageStatus {
                conversation: x(),
                ticket: x(),
                message: x(),
                status: "consumed".to_owned(),
            }),
        ),
        ("AvailabilityRequested", FromPonte::AvailabilityRequested(AvailabilityRequested { queue: text() })),
        ("CustomerTyping", FromPonte::CustomerTyping(CustomerTyping { conversation: x(), ticket: x(), on: true })),
        (
            "MessageFailed",
            FromPonte::MessageFailed(Failed {
                conversation: x(),
                ticket: x(),
                message: x(),
                reason: FailedReason { code: "channel_refused".to_owned(), text: x() },
            }),
        ),
        (
            "ConversationRated",
            FromPonte::ConversationRated(Rated {
                conversation: x(),
                ticket: x(),
                score: 4,
                scale: 5,
                asked_by: "bridge".to_owned(),
            }),
        ),
        (
            "ConversationEnded",
            FromPonte::ConversationEnded(Ended { conversation: x(), ticket: x(), reason: "agent".to_owned() }),
        ),
    ];
    for content in contents(fields) {
        let at = "2026-11-20T12:00:00Z".to_owned();
        let message = CreatedMessage { id: x(), content, at, late: text().is_some(), note: text().is_some() };
        messages
            .push(("MessageCreated", FromPonte::MessageCreated(Created { conversation: x(), ticket: x(), message })));
    }
    let timestamp = || Some("2026-11-20T12:00:00Z".to_owned());
    messages.into_iter().map(|(schema, event)| (schema, json(&Event { timestamp: timestamp(), event }))).collect()
}

fn started(fields: Fields) -> Started {
    let text = || fields.text();
    Started {
        conversation: x(),
        customer: Customer { id: x(), name: text(), phone: text(), email: text(), channel: x(), address: text() },
        origin: Origin {
            mode: "router".to_owned(),
            bot: text(),
            blip_ticket: text(),
            advertisement: (fields == Fields::All).then(|| {
                Box::new(Advertisement {
                    headline: text(),
                    text: text(),
                    url: text(),
                    kind: text(),
                    id: text(),
                    reference: text(),
                })
            }),
        },
        transcript: Transcript {
            available: true,
            messages: vec![TranscriptLine { author: "bot".to_owned(), text: x(), at: text() }],
        },
        notices: vec!["profile_unavailable".to_owned()],
        previous: text(),
        routing: (fields == Fields::All).then(|| {
            Box::new(Routing {
                queue: text(),
                agent: text(),
                skills: vec![x()],
                priority: Some("high".to_owned()),
                tags: vec![x()],
                fields: [(x(), x())].into(),
                language: Some("es".to_owned()),
                subject: text(),
                ticket_type: text(),
                brand: text(),
                form: text(),
                notes: vec![x()],
            })
        }),
    }
}

/// Every message that the helpdesk sends, by its schema.
pub(super) fn to_ponte(fields: Fields) -> Vec<(&'static str, Value)> {
    let text = || fields.text();
    let agent = || Agent { id: text(), name: text() };
    let mut messages = vec![
        ("AgentAssigned", ToPonte::AgentAssigned(Assigned { ticket: x(), conversation: text(), agent: agent() })),
        ("AgentTyping", ToPonte::AgentTyping(AgentTyping { ticket: x(), conversation: text(), on: true })),
        (
            "ConversationClosed",
            ToPonte::ConversationClosed(Closed { ticket: x(), conversation: text(), service: text() }),
        ),
        (
            "ConversationTransferred",
            ToPonte::ConversationTransferred(Transferred {
                ticket: x(),
                conversation: text(),
                queue: text().map(|name| DeskQueue { id: text(), name: Some(name) }),
                unassigned: (fields == Fields::All).then_some(true),
            }),
        ),
        ("ConversationQueued", ToPonte::ConversationQueued(Queued { ticket: x(), conversation: text(), position: 1 })),
        ("ConversationOnHold", ToPonte::ConversationOnHold(OnHold { ticket: x(), conversation: text(), on: true })),
        ("MessageWithdrawn", ToPonte::MessageWithdrawn(Withdrawn { ticket: x(), conversation: text(), message: x() })),
    ];
    for content in contents(fields) {
        let agent = text().map(|_| agent());
        let format = (fields == Fields::All).then_some(Format::Html);
        let message = AgentMessage { ticket: x(), conversation: text(), id: x(), content, format, agent };
        messages.push(("AgentMessage", ToPonte::AgentMessage(message)));
    }
    messages.into_iter().map(|(schema, event)| (schema, json(&Event { timestamp: text(), event }))).collect()
}

fn json(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap()
}
