//! The assistant's messages as the relay's events. Pure.

use serde_json::Value;

use super::{
    Settings,
    wire::{Button, Item, Items, Tracker},
};
use crate::{
    hash::HashKey,
    helpdesk::{
        shown,
        to_text::{attached, web_link},
    },
    message::{AgentEvent, AgentEventKind, Content, ConversationId, SourceId, TicketEvents, TicketId},
    relay::ports::Rejection,
    texts::{TextKey, Texts},
};

/// What of an answer is for this sender: an assistant behind a proxy may answer with somebody else's. What names nobody answers the call.
pub(super) fn for_sender(mut items: Items, sender: &str) -> Items {
    let all = items.0.len();
    items.0.retain(|item| item.recipient.as_deref().is_none_or(|recipient| recipient == sender));
    if items.0.len() < all {
        tracing::warn!(left_out = all.saturating_sub(items.0.len()), "dropped: answers for another conversation");
    }
    items
}

/// What the assistant answered, in order. `message` is what it answers to: its answers are known by that.
pub(super) fn answer(items: &Items, message: &str, settings: &Settings, texts: &Texts) -> Vec<AgentEvent> {
    let mut events: Vec<AgentEvent> = Vec::new();
    for (number, item) in items.0.iter().enumerate() {
        events.extend(item_events(item, &format!("{message}/{}", number + 1), settings));
    }
    // No item at all is also how Rasa answers when its handler failed (`rest.py`), and one of which nothing is left says no more.
    if events.is_empty() {
        // One id, so that it is told once in a conversation.
        let text = texts.say(TextKey::NoAnswer, &[]).map(Content::text);
        let said = |text| AgentEventKind::Message { contents: vec![text], agent: None };
        events.extend(text.map(|text| event("no-answer", said(text))));
        events.extend(settings.no_answer_service.clone().map(|service| closed("no-answer-end", Some(service))));
    }
    events
}

/// What the customer ends with these words.
pub(super) fn ends(words: &str, message: &str, settings: &Settings) -> Option<AgentEvent> {
    (settings.close_payload.as_deref() == Some(words)).then(|| closed(&format!("{message}/end"), None))
}

/// What was posted to us, each item for whom it names; somebody else's is dropped, and leaves the others. `request` tells one from another:
/// nothing in the message does, and Rasa posts each once.
pub(super) fn events(
    items: &Items,
    request: Option<&str>,
    settings: &Settings,
) -> Result<Vec<TicketEvents>, Rejection> {
    let mut tickets: Vec<TicketEvents> = Vec::new();
    if !items.0.is_empty() && items.0.iter().all(|item| item.recipient.is_none()) {
        return Err(Rejection::Unprocessable("no `recipient_id` says whom it is for"));
    }
    for (number, item) in items.0.iter().enumerate() {
        let Some(opening) = item.recipient.as_deref().and_then(ConversationId::parse) else {
            tracing::warn!("dropped: the `recipient_id` of a message is no conversation of Ponte");
            continue;
        };
        let id = match request {
            Some(request) => format!("{request}/{}", number + 1),
            None => format!("{}/{}", HashKey::new(b"helper-callback").hex(&[&fingerprint(item)]), number + 1),
        };
        let events = item_events(item, &id, settings);
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
    let contents = serde_json::to_string(&contents(item, &Settings::default())).unwrap_or_default();
    format!("{contents}{}", item.custom)
}

fn event(id: &str, kind: AgentEventKind) -> AgentEvent {
    AgentEvent { id: SourceId::exact(id), kind }
}

fn closed(id: &str, service: Option<String>) -> AgentEvent {
    event(id, AgentEventKind::Closed { service })
}

/// Words first, then what its author means by `custom`.
fn item_events(item: &Item, id: &str, settings: &Settings) -> Vec<AgentEvent> {
    let contents = contents(item, settings);
    let said = (!contents.is_empty()).then(|| event(id, AgentEventKind::Message { contents, agent: None }));
    said.into_iter().chain(command(&item.custom, id, settings)).collect()
}

/// `{"ponte": "close"}`, `{"ponte": "handover", "service": "…"}`, or the payload that is configured, by itself or as `payload`.
fn command(custom: &Value, id: &str, settings: &Settings) -> Option<AgentEvent> {
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
    (settings.close_payload.as_deref() == Some(payload)).then(|| closed(&id, None))
}

/// Words with their answers to tap, then files; what has another shape, or no name here, is shown in words.
fn contents(item: &Item, settings: &Settings) -> Vec<Content> {
    let text = match &item.text {
        Value::String(text) => Some(text.clone()).filter(|text| !text.trim().is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let mut words: Vec<String> = text.into_iter().collect();
    let buttons = item.buttons();
    let mut options: Vec<String> = Vec::new();
    for button in &buttons {
        match (&button.url.as_deref().and_then(web_link), &button.title) {
            (Some(url), Some(title)) => words.push(format!("{}: {url}", title.trim())),
            (Some(url), None) => words.push(url.clone()),
            (None, Some(title)) => options.push(title.clone()),
            (None, None) => {}
        }
    }
    let mut loose: Vec<&Value> = Vec::new();
    loose.extend(Some(&item.text).filter(|text| text.is_array() || text.is_object()));
    loose.extend(Some(&item.buttons).filter(|buttons| !buttons.is_array()));
    // What is for the bridge is no words, but for a text beside it.
    let is_command = command(&item.custom, "", settings).is_some() || item.custom.get("ponte").is_some();
    loose.extend(if is_command { item.custom.get("text") } else { Some(&item.custom) });
    let rest = Value::Object(item.rest.clone());
    loose.push(&rest);
    let mut files: Vec<Content> = Vec::new();
    for place in [&item.image, &item.attachment] {
        match place {
            Value::String(url) => files.extend((!url.trim().is_empty()).then(|| attached(Some(url), None))),
            Value::Array(links) if links.iter().all(Value::is_string) => {
                files.extend(links.iter().map(|url| attached(url.as_str(), None)));
            }
            Value::Null => {}
            other => loose.push(other),
        }
    }
    let mut contents = shown::all(&words.join("\n"), loose);
    if !options.is_empty() {
        let text = match contents.first() {
            Some(Content::Text { text }) => text.clone(),
            _ => String::new(),
        };
        if !text.is_empty() {
            contents.remove(0);
        }
        contents.insert(0, Content::Choices { text, options });
    }
    contents.extend(files);
    contents
}

/// The answers to tap of these messages, with what each sends.
pub(super) fn buttons(items: &Items) -> Vec<Button> {
    items.0.iter().flat_map(Item::buttons).filter(|button| button.url.is_none()).collect()
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
