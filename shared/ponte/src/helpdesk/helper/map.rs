//! The assistant's messages as the relay's events. Pure.

use serde_json::Value;

use super::{
    Own,
    wire::{Button, Item, Items, Tracker},
};
use crate::{
    hash::HashKey,
    helpdesk::words::web_link,
    message::{AgentEvent, AgentEventKind, Content, OpeningId, SourceId, TicketEvents, TicketId},
    relay::ports::Rejection,
    texts::{Language, own as text_of},
};

/// What the assistant answered, in order. `message` is what it answers to: its answers are known by that.
pub(super) fn answer(items: &Items, message: &str, own: &Own, language: Language) -> Vec<AgentEvent> {
    let mut events: Vec<AgentEvent> = Vec::new();
    for (number, item) in items.0.iter().enumerate() {
        events.extend(item_events(item, &format!("{message}/{}", number + 1), own));
    }
    // No item at all is also how Rasa answers when its handler failed (`rest.py`).
    if items.0.is_empty() {
        // One id, so that it is told once in a conversation.
        let text = text_of(language, "no_answer").map(Content::text);
        let said = |text| AgentEventKind::Message { contents: vec![text], agent: None };
        events.extend(text.map(|text| event("no-answer", said(text))));
        events.extend(own.no_answer_service.clone().map(|service| closed("no-answer-end", Some(service))));
    }
    events
}

/// What the customer ends with these words.
pub(super) fn ends(words: &str, message: &str, own: &Own) -> Option<AgentEvent> {
    (own.close_payload.as_deref() == Some(words)).then(|| closed(&format!("{message}/end"), None))
}

/// What was posted to us. `request` tells one from another: nothing in the message does, and Rasa posts each once.
pub(super) fn events(items: &Items, request: Option<&str>, own: &Own) -> Result<Vec<TicketEvents>, Rejection> {
    let mut tickets: Vec<TicketEvents> = Vec::new();
    for (number, item) in items.0.iter().enumerate() {
        let unread = Rejection::Unprocessable("`recipient_id` is no conversation of ours");
        let opening = item.recipient.as_deref().and_then(OpeningId::parse).ok_or(unread)?;
        let id = match request {
            Some(request) => format!("{request}/{}", number + 1),
            None => format!("{}/{}", HashKey::new(b"helper-callback").hex(&[&fingerprint(item)]), number + 1),
        };
        let events = item_events(item, &id, own);
        if events.is_empty() {
            continue;
        }
        if let Some(known) = tickets.iter_mut().find(|known| known.ticket.as_str() == opening.as_str()) {
            known.events.extend(events);
        } else {
            let ticket = TicketId::new(opening.as_str());
            tickets.push(TicketEvents { ticket, opening: Some(opening), events });
        }
    }
    Ok(tickets)
}

fn fingerprint(item: &Item) -> String {
    let contents = serde_json::to_string(&contents(item)).unwrap_or_default();
    format!("{contents}{}", item.custom)
}

fn event(id: &str, kind: AgentEventKind) -> AgentEvent {
    AgentEvent { id: SourceId::exact(id), kind }
}

fn closed(id: &str, service: Option<String>) -> AgentEvent {
    event(id, AgentEventKind::Closed { service })
}

/// Words first, then what its author means by `custom`.
fn item_events(item: &Item, id: &str, own: &Own) -> Vec<AgentEvent> {
    let contents = contents(item);
    let said = (!contents.is_empty()).then(|| event(id, AgentEventKind::Message { contents, agent: None }));
    said.into_iter().chain(command(&item.custom, id, own)).collect()
}

/// `{"ponte": "close"}`, `{"ponte": "handover", "service": "…"}`, or the payload that is configured, by itself or as `payload`.
fn command(custom: &Value, id: &str, own: &Own) -> Option<AgentEvent> {
    let id = format!("{id}/end");
    match custom.get("ponte").and_then(Value::as_str) {
        Some("close") => return Some(closed(&id, None)),
        Some("handover") => {
            let service = custom.get("service").and_then(Value::as_str).filter(|service| !service.trim().is_empty());
            return Some(closed(&id, service.map(str::to_owned)));
        }
        _ => {}
    }
    let payload = custom.as_str().or_else(|| custom.get("payload").and_then(Value::as_str))?;
    (own.close_payload.as_deref() == Some(payload)).then(|| closed(&id, None))
}

fn contents(item: &Item) -> Vec<Content> {
    let options: Vec<String> = item.buttons.iter().filter_map(|button| button.title.clone()).collect();
    let words = match (&item.text, options.is_empty()) {
        (Some(text), true) => Some(Content::text(text.clone())),
        (text, false) => Some(Content::Choices { text: text.clone().unwrap_or_default(), options }),
        (None, true) => None,
    };
    let links = item.image.iter().chain(&item.attachment);
    let web = links.filter_map(|url| web_link(url));
    let file = |url| Content::File { url, name: None, mime: None, size: None, caption: None };
    words.into_iter().chain(web.map(file)).collect()
}

/// The answers to tap of these messages, with what each sends.
pub(super) fn buttons(items: &Items) -> Vec<Button> {
    items.0.iter().flat_map(|item| item.buttons.iter().cloned()).collect()
}

/// The same of what was said last in a conversation.
pub(super) fn last_buttons(tracker: &Tracker) -> Vec<Button> {
    let since = tracker.events.iter().rposition(|event| event.event.as_deref() == Some("user")).map_or(0, |at| at + 1);
    let said = tracker.events.iter().skip(since).filter(|event| event.event.as_deref() == Some("bot"));
    said.flat_map(|event| event.data.buttons.iter().cloned()).collect()
}

/// What these words send: the payload of the button that is called so.
pub(super) fn payload(words: &str, buttons: &[Button]) -> Option<String> {
    let same = |title: &str| title.trim().to_lowercase() == words.trim().to_lowercase();
    buttons.iter().find(|button| button.title.as_deref().is_some_and(same)).and_then(|button| button.payload.clone())
}
