//! The relay's words as the contract's JSON, and back. Pure.

use service_rules::RATING_SCALE;

use super::wire;
use crate::{
    clock::Timestamp,
    lime::{Identity, Referral},
    message::{
        AgentEvent, AgentEventKind, Content, ConversationId, DeskQueue, SourceId, TicketEvents, TicketId,
        text::{Format, plain},
    },
    relay::ports::{Author, CustomerMessage, EndedBy, NewConversation, NotDelivered, Status, TicketRef},
    texts::Texts,
};

pub(super) fn started(opening: &NewConversation, routing: Option<wire::Routing>) -> wire::FromPonte {
    let mut notices = Vec::new();
    if !opening.profile_known {
        notices.push("profile_unavailable".to_owned());
    }
    if opening.transcript.is_none() {
        notices.push("transcript_unavailable".to_owned());
    }
    let address = |identity: &Identity| identity.as_str().to_owned();
    let messages = opening.transcript.iter().flatten().map(|line| wire::TranscriptLine {
        author: match line.author {
            Author::Bot => "bot",
            Author::Customer => "customer",
            Author::Agent => "agent",
        }
        .to_owned(),
        text: line.text.clone(),
        at: line.at.clone(),
    });
    wire::FromPonte::ConversationStarted(wire::Started {
        conversation: opening.id.as_str().to_owned(),
        customer: wire::Customer {
            id: opening.customer.clone(),
            name: opening.profile.name.clone(),
            phone: opening.profile.phone.clone(),
            email: opening.profile.email.clone(),
            channel: opening.channel.clone(),
            address: opening.profile.identity.as_ref().map(address),
        },
        origin: wire::Origin {
            mode: opening.origin.mode.to_owned(),
            bot: opening.origin.bot.as_ref().map(address),
            blip_ticket: opening.origin.blip_ticket.clone(),
            advertisement: opening.origin.referral.clone().map(advertisement),
        },
        transcript: wire::Transcript { available: opening.transcript.is_some(), messages: messages.collect() },
        notices,
        previous: opening.previous.as_ref().map(|previous| previous.as_str().to_owned()),
        routing: routing.map(Box::new),
    })
}

fn advertisement(referral: Referral) -> Box<wire::Advertisement> {
    Box::new(wire::Advertisement {
        headline: referral.headline,
        text: referral.body,
        url: referral.url,
        kind: referral.kind,
        id: referral.id,
        reference: referral.reference,
    })
}

pub(super) fn created(to: &TicketRef, message: &CustomerMessage) -> wire::FromPonte {
    wire::FromPonte::MessageCreated(wire::Created {
        conversation: to.opening.as_str().to_owned(),
        ticket: to.ticket.as_str().to_owned(),
        message: wire::CreatedMessage {
            id: message.id.clone(),
            content: message.content.clone(),
            at: message.at.rfc3339(),
            late: message.late,
            note: false,
        },
    })
}

pub(super) fn note(to: &TicketRef, id: &str, text: &str, at: Timestamp) -> wire::FromPonte {
    wire::FromPonte::MessageCreated(wire::Created {
        conversation: to.opening.as_str().to_owned(),
        ticket: to.ticket.as_str().to_owned(),
        message: wire::CreatedMessage {
            id: id.to_owned(),
            content: Content::text(text),
            at: at.rfc3339(),
            late: false,
            note: true,
        },
    })
}

pub(super) fn failed(to: &TicketRef, message: &SourceId, why: &NotDelivered, texts: &Texts) -> wire::FromPonte {
    wire::FromPonte::MessageFailed(wire::Failed {
        conversation: to.opening.as_str().to_owned(),
        ticket: to.ticket.as_str().to_owned(),
        message: message.as_str().to_owned(),
        reason: wire::FailedReason { code: why.code().to_owned(), text: why.words(texts) },
    })
}

pub(super) fn status(to: &TicketRef, message: &SourceId, status: Status) -> wire::FromPonte {
    wire::FromPonte::MessageStatus(wire::MessageStatus {
        conversation: to.opening.as_str().to_owned(),
        ticket: to.ticket.as_str().to_owned(),
        message: message.as_str().to_owned(),
        status: status.name().to_owned(),
    })
}

pub(super) fn rated(to: &TicketRef, score: u8) -> wire::FromPonte {
    wire::FromPonte::ConversationRated(wire::Rated {
        conversation: to.opening.as_str().to_owned(),
        ticket: to.ticket.as_str().to_owned(),
        score,
        scale: RATING_SCALE,
        asked_by: "bridge".to_owned(),
    })
}

pub(super) fn typing(to: &TicketRef, on: bool) -> wire::FromPonte {
    wire::FromPonte::CustomerTyping(wire::CustomerTyping {
        conversation: to.opening.as_str().to_owned(),
        ticket: to.ticket.as_str().to_owned(),
        on,
    })
}

pub(super) fn ended(to: &TicketRef, by: EndedBy) -> wire::FromPonte {
    wire::FromPonte::ConversationEnded(wire::Ended {
        conversation: to.opening.as_str().to_owned(),
        ticket: to.ticket.as_str().to_owned(),
        reason: match by {
            EndedBy::Agent => "agent",
            EndedBy::Customer => "customer",
            EndedBy::Transfer => "transferred",
            EndedBy::NoAgent => "no_agent",
            EndedBy::Inactive => "inactive",
            EndedBy::OutsideHours => "outside_hours",
        }
        .to_owned(),
    })
}

/// One event of theirs. Events without an id of their own are known by the `webhook-id` of their delivery, which stays
/// the same when they are sent again. `None` when the event names no ticket or holds nothing to carry.
pub(super) fn event(event: wire::ToPonte, delivery: &str) -> Option<TicketEvents> {
    let delivery = SourceId::exact(delivery);
    let (ticket, conversation, id, kind) = match event {
        wire::ToPonte::AgentAssigned(e) => {
            (e.ticket, e.conversation, delivery, AgentEventKind::Assigned { agent: e.agent })
        }
        wire::ToPonte::AgentMessage(e) => {
            let id = if e.id.trim().is_empty() { delivery } else { SourceId::exact(&e.id) };
            let contents = written(e.content, e.format.unwrap_or_default());
            if contents.is_empty() || !contents.iter().all(sayable) {
                return None;
            }
            (e.ticket, e.conversation, id, AgentEventKind::Message { contents, agent: e.agent })
        }
        wire::ToPonte::AgentTyping(e) => (e.ticket, e.conversation, delivery, AgentEventKind::Typing { on: e.on }),
        wire::ToPonte::ConversationClosed(e) => {
            let service = e.service.filter(|service| !service.trim().is_empty());
            (e.ticket, e.conversation, delivery, AgentEventKind::Closed { service })
        }
        wire::ToPonte::ConversationTransferred(e) => {
            // A queue without a word in it is none.
            let says =
                |queue: &DeskQueue| [&queue.id, &queue.name].into_iter().flatten().any(|text| !text.trim().is_empty());
            let queue = e.queue.filter(says);
            let unassigned = e.unassigned == Some(true) || queue.is_none();
            (e.ticket, e.conversation, delivery, AgentEventKind::Transferred { queue, unassigned, by: None })
        }
        wire::ToPonte::ConversationQueued(e) => {
            (e.ticket, e.conversation, delivery, AgentEventKind::Queued { position: e.position })
        }
        wire::ToPonte::ConversationOnHold(e) => {
            (e.ticket, e.conversation, delivery, AgentEventKind::OnHold { on: e.on })
        }
        wire::ToPonte::MessageWithdrawn(e) => {
            let message = SourceId::exact(&e.message);
            (e.ticket, e.conversation, delivery, AgentEventKind::Withdrawn { message, partly: false })
        }
    };
    if ticket.trim().is_empty() {
        return None;
    }
    Some(TicketEvents {
        ticket: TicketId::new(ticket),
        opening: conversation.as_deref().and_then(ConversationId::parse),
        events: vec![AgentEvent { id, kind }],
    })
}

/// The words of a content as the customer reads them, and the pictures among them as files of their own.
fn written(mut content: Content, format: Format) -> Vec<Content> {
    let words = match &mut content {
        Content::Text { text } | Content::Choices { text, .. } => Some(text),
        Content::File { caption: text, .. } | Content::Location { text, .. } | Content::Link { text, .. } => {
            text.as_mut()
        }
    };
    let mut pictures = Vec::new();
    if let Some(words) = words {
        let rendered = plain(words, format);
        *words = rendered.text;
        pictures = rendered.images;
    }
    // A body of pictures alone has no words.
    let blank = matches!(&content, Content::Text { text } if text.trim().is_empty()) && !pictures.is_empty();
    let file = |url| Content::File { url, name: None, mime: None, size: None, caption: None };
    (!blank).then_some(content).into_iter().chain(pictures.into_iter().map(file)).collect()
}

/// Whether there is something to say in it.
fn sayable(content: &Content) -> bool {
    match content {
        Content::Text { text } => !text.trim().is_empty(),
        // The webhook endpoint asked for answers, and for a link with a host (`check.rs`).
        Content::File { .. } | Content::Link { .. } | Content::Choices { .. } | Content::Location { .. } => true,
    }
}
