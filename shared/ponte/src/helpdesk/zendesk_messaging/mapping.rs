//! The relay's words as Sunshine Conversations' JSON, and back. Pure.

use super::{
    Settings,
    wire::{Button, Conversation, Delivery, Event, Item, Message, MessageAuthor, Metadata, Payload, Words},
    written::{Author, ConversationBody, NewContent, NewMessage, NewParticipant, NewProfile, NewUser, Pass},
};
use crate::{
    helpdesk::{
        shown,
        to_text::{self, attached, in_words, web_link},
    },
    message::{
        Agent, AgentEvent, AgentEventKind, Content, ConversationId, SourceId, TicketEvents, TicketId,
        text::{Format, plain},
    },
    relay::ports::{CustomerMessage, NewConversation, Rejection},
};

/// Our mark on conversations and transfers of control.
const OPENING: &str = "ponte_opening";
/// Our id on messages.
const ID: &str = "ponte_id";
/// Which agent wrote a message (botpress/botpress, `zendesk-messaging-hitl`).
const AGENT: &str = "__zendesk_msg.agent.id";
/// In whose name the bridge speaks to agents.
const BRIDGE: &str = "Ponte";
/// The longest name, and the longest name of a file, in characters (the specification, `profile` and `altText`).
const MAX_NAME: usize = 128;
/// Pictures that are shown as such; the specification names these for icons. Others (`image/webp`) are files.
const PICTURES: [&str; 3] = ["image/jpeg", "image/png", "image/gif"];

pub(super) fn user(opening: &NewConversation) -> NewUser {
    let name = opening.profile.name.as_deref().map(str::trim).filter(|name| !name.is_empty());
    let profile = name.map(|name| NewProfile { given_name: shortened(name) });
    NewUser { external_id: opening.customer.clone(), profile }
}

pub(super) fn begin(opening: &NewConversation) -> ConversationBody {
    let mut metadata = mark(&opening.id);
    metadata.insert("ponte_channel".to_owned(), opening.channel.clone().into());
    let participants = [NewParticipant { user_external_id: opening.customer.clone() }];
    ConversationBody { kind: "personal", participants, metadata }
}

/// The opening that metadata tell of.
pub(super) fn marked(metadata: Option<&Metadata>) -> Option<ConversationId> {
    metadata?.get(OPENING)?.as_str().and_then(ConversationId::parse)
}

pub(super) fn mark(opening: &ConversationId) -> Metadata {
    Metadata::from_iter([(OPENING.to_owned(), opening.as_str().into())])
}

/// Whether this message bears this id of ours.
pub(super) fn bears(message: &Message, id: &str) -> bool {
    message.metadata.as_ref().and_then(|metadata| metadata.get(ID)?.as_str()) == Some(id)
}

/// The transfer to the agents. `first` is the first message that they see: without it, Zendesk shows them the last ten
/// (support.zendesk.com, "Can I get more messages than the default on passControl"). In the texts of `HelpdeskSettings`, `{name}`,
/// `{phone}`, `{email}` and `{channel}` stand for the customer's.
pub(super) fn to_agents(settings: &Settings, opening: &NewConversation, first: Option<&str>) -> Pass {
    let mut metadata = mark(&opening.id);
    if let Some(first) = first {
        metadata.insert("first_message_id".to_owned(), first.into());
    }
    let profile = &opening.profile;
    let places = [
        ("{name}", profile.name.as_deref()),
        ("{phone}", profile.phone.as_deref()),
        ("{email}", profile.email.as_deref()),
        ("{channel}", Some(opening.channel.as_str())),
    ];
    for (name, value) in &settings.ticket {
        let value = match value.as_str() {
            Some(text) => {
                let fill = |text: String, (place, value): &(&str, Option<&str>)| {
                    text.replace(place, value.unwrap_or_default())
                };
                let text = places.iter().fold(text.to_owned(), fill);
                // An empty field is better not named.
                if text.trim().is_empty() {
                    continue;
                }
                text.into()
            }
            None => value.clone(),
        };
        metadata.insert(name.clone(), value);
    }
    Pass { switchboard_integration: settings.agents.clone(), metadata }
}

/// A transfer to ourselves.
pub(super) fn to_us(settings: &Settings, opening: &ConversationId) -> Pass {
    Pass { switchboard_integration: settings.bridge.clone(), metadata: mark(opening) }
}

/// What the bridge tells the agents.
pub(super) fn notice(id: &str, text: &str) -> NewMessage {
    posted(Author::Business { name: BRIDGE }, id, NewContent::Text { text: text.to_owned() })
}

/// Words of the customer.
pub(super) fn message(author: Author, message: &CustomerMessage) -> NewMessage {
    posted(author, &message.id, said(&message.content))
}

fn posted(author: Author, id: &str, content: NewContent) -> NewMessage {
    NewMessage { author, content, metadata: Metadata::from_iter([(ID.to_owned(), id.into())]) }
}

/// What Sunshine Conversations cannot show was put into words before (`Capabilities`); what is here all the same is, too.
fn said(content: &Content) -> NewContent {
    match content {
        Content::File { url, name, mime, caption, .. } => {
            let alt_text = name.as_deref().filter(|name| !name.trim().is_empty()).map(shortened);
            let text = caption.clone().filter(|caption| !caption.trim().is_empty());
            let media_url = url.clone();
            let mime = mime.as_deref().unwrap_or_default();
            if PICTURES.iter().any(|picture| mime.eq_ignore_ascii_case(picture)) {
                NewContent::Image { media_url, alt_text, text }
            } else {
                NewContent::File { media_url, alt_text, text }
            }
        }
        other => NewContent::Text { text: in_words(other) },
    }
}

/// The beginning of an agent's message, so that whoever reads a notice knows which one is meant.
pub(super) fn quote(seen: &[Message], message: &SourceId) -> Option<String> {
    let content = seen.iter().find(|seen| seen.id.as_deref() == Some(message.as_str()))?.content.as_ref()?;
    let text = contents(content).first().map(in_words)?;
    to_text::quote(&text)
}

/// The events of a webhook by conversation, each one's in order.
///
/// One that cannot be read does not hold up the others: only when there is nothing else is the sender asked to try again.
pub(super) fn events(delivery: Delivery, settings: &Settings) -> Result<Vec<TicketEvents>, Rejection> {
    let mut tickets: Vec<TicketEvents> = Vec::new();
    let mut unread = 0_usize;
    let mut read = 0_usize;
    for event in delivery.events {
        let Some((ticket, opening, events)) =
            serde_json::from_value(event).ok().and_then(|event| told(event, settings))
        else {
            unread += 1;
            continue;
        };
        read += 1;
        if events.is_empty() {
            continue;
        }
        match tickets.iter_mut().find(|known| known.ticket == ticket) {
            Some(known) => {
                known.opening = known.opening.take().or(opening);
                known.events.extend(events);
            }
            None => tickets.push(TicketEvents { ticket, opening, events }),
        }
    }
    if unread > 0 && read == 0 {
        return Err(Rejection::Unprocessable("none of the events can be read"));
    }
    if unread > 0 {
        tracing::warn!(unread, "events of a webhook could not be read");
    }
    Ok(tickets)
}

/// What one event tells, and of which conversation. `None` when it should tell something and cannot be read.
fn told(event: Event, settings: &Settings) -> Option<(TicketId, Option<ConversationId>, Vec<AgentEvent>)> {
    let nothing = (TicketId::new(""), None, Vec::new());
    // What the customer did (`conversation:postback`, our own echo), what became of deliveries, users, and the rest.
    let kinds =
        ["conversation:message", "conversation:typing", "switchboard:releaseControl", "switchboard:passControl"];
    if !kinds.contains(&event.kind.as_str()) {
        return Some(nothing);
    }
    let Event { id, kind, payload } = event;
    let conversation = payload.conversation.as_ref()?;
    let ticket = conversation.id.as_deref().filter(|id| !id.is_empty())?;
    let opening = marked(conversation.metadata.as_ref());
    // Whoever has metadata and not our mark in them is somebody else's. An event may come without any: the worker knows.
    if opening.is_none() && conversation.metadata.as_ref().is_some_and(|metadata| !metadata.is_empty()) {
        return Some(nothing);
    }
    let events = match kind.as_str() {
        "conversation:message" => message_events(payload.message.as_ref()?, settings)?,
        "conversation:typing" => {
            let on = typing(&payload)?;
            on.map(|on| event_of(id.as_deref().unwrap_or("typing"), AgentEventKind::Typing { on }))
                .into_iter()
                .collect()
        }
        _ => {
            let over = is_over(&kind, &payload, conversation, settings);
            let closed = AgentEventKind::Closed { service: None };
            // A conversation ends once, so that the end has a name of its own where it has no id.
            over.then(|| event_of(id.as_deref().unwrap_or("end"), closed)).into_iter().collect()
        }
    };
    Some((TicketId::new(ticket), opening, events))
}

fn event_of(id: &str, kind: AgentEventKind) -> AgentEvent {
    AgentEvent { id: SourceId::exact(id), kind }
}

/// Whether a person, or with `automatic` anything but an AI or the system, speaks for the business.
fn speaks(author: &MessageAuthor, metadata: Option<&Metadata>, settings: &Settings) -> bool {
    if author.kind.as_deref() != Some("business") || author.is("activity") || author.is("AI") || author.is("bot") {
        return false;
    }
    settings.automatic || author.is("agent") || metadata.is_some_and(|metadata| metadata.contains_key(AGENT))
}

/// Words of an agent, after who that is: nothing else says it. `None` when the words cannot be read.
fn message_events(message: &Message, settings: &Settings) -> Option<Vec<AgentEvent>> {
    let metadata = message.metadata.as_ref();
    // Our own notices bear our id.
    let ours = metadata.is_some_and(|metadata| metadata.contains_key(ID));
    let Some(author) = message.author.as_ref().filter(|author| speaks(author, metadata, settings)) else {
        return Some(Vec::new());
    };
    if ours || message.activity.is_some() || message.deleted == Some(true) {
        return Some(Vec::new());
    }
    let id = message.id.as_deref()?;
    let contents = message.content.as_ref().map(contents)?;
    if contents.is_empty() {
        return None;
    }
    let agent = agent(author, metadata);
    let mut events = Vec::new();
    if let Some(agent) = &agent {
        let who = agent.id.as_deref().or(agent.name.as_deref()).unwrap_or_default();
        // One id for each agent, so that it takes one place among the ids that a conversation remembers.
        events.push(event_of(&format!("agent/{who}"), AgentEventKind::Assigned { agent: agent.clone() }));
    }
    events.push(event_of(id, AgentEventKind::Message { contents, agent }));
    Some(events)
}

/// Only a person is somebody to introduce.
fn agent(author: &MessageAuthor, metadata: Option<&Metadata>) -> Option<Agent> {
    let id = metadata.and_then(|metadata| metadata.get(AGENT)).and_then(|id| match id {
        serde_json::Value::String(id) => Some(id.clone()),
        serde_json::Value::Number(id) => Some(id.to_string()),
        _ => None,
    });
    (id.is_some() || author.is("agent")).then(|| Agent { id, name: author.name.clone() })
}

/// Whether an agent types; the inner `None` when it is somebody else, or no typing. The outer when it cannot be read.
#[allow(clippy::option_option, reason = "unreadable, nothing, or something")]
fn typing(payload: &Payload) -> Option<Option<bool>> {
    let activity = payload.activity.as_ref()?;
    let business = activity
        .author
        .as_ref()
        .is_some_and(|author| author.kind.as_deref() == Some("business") && !author.is("AI") && !author.is("bot"));
    Some(match activity.kind.as_deref() {
        Some("typing:start") if business => Some(true),
        Some("typing:stop") if business => Some(false),
        _ => None,
    })
}

/// Whether the agents are done. Control that is released is nobody's, whatever the reason: `ticketClosed`, `transferToEmail` (the
/// customer has no e-mail here), or none. Control that is passed on is the end when a reason says so, or when it comes to us.
/// What bears our mark we did ourselves.
fn is_over(kind: &str, payload: &Payload, conversation: &Conversation, settings: &Settings) -> bool {
    if payload.metadata.as_ref().is_some_and(|metadata| metadata.contains_key(OPENING)) {
        return false;
    }
    let to_us = || {
        conversation.active.as_ref().is_some_and(|active| !settings.bridge.is_empty() && active.is(&settings.bridge))
    };
    kind == "switchboard:releaseControl" || payload.reason.is_some() || to_us()
}

/// A content, of whatever type, as what a customer can be shown.
fn contents(words: &Words) -> Vec<Content> {
    if let Some(at) = words.coordinates.as_ref() {
        let place = words.location.as_ref();
        let text = lines([place.and_then(|place| place.name.as_deref()), place.and_then(|p| p.address.as_deref())]);
        let text = Some(text).filter(|text| !text.is_empty());
        return vec![Content::Location { latitude: at.lat, longitude: at.long, text }];
    }
    let text = text_of(words);
    if let Some(url) = words.media_url.as_deref().and_then(web_link) {
        let caption = lines([Some(&text), Some(&links(words.actions.as_deref()))]);
        let size = words.media_size.and_then(whole);
        let caption = Some(caption).filter(|caption| !caption.is_empty());
        return vec![file(url, words.alt_text.clone(), words.media_type.clone(), size, caption)];
    }
    if let Some(items) = &words.items {
        return items.iter().flat_map(item).chain(said_with("", words.actions.as_deref())).collect();
    }
    if let Some(fields) = words.fields.as_ref().filter(|_| text.is_empty()) {
        // A form is for Zendesk's own widget: the customer is asked the same in words.
        let labels: Vec<String> = fields
            .iter()
            .filter_map(|field| {
                let options: Vec<&str> = field.options.iter().flatten().filter_map(|o| o.label.as_deref()).collect();
                let options = (!options.is_empty()).then(|| format!("({})", options.join(" / ")));
                let label = [field.label.as_deref(), options.as_deref()].into_iter().flatten().collect::<Vec<_>>();
                (!label.is_empty()).then(|| label.join(" "))
            })
            .collect();
        return said_with(&labels.join("\n"), None);
    }
    let mut said = said_with(&text, words.actions.as_deref());
    if said.is_empty() {
        said = shown::contents(&serde_json::Value::Object(words.rest.clone()));
    }
    // A file whose address no channel can fetch cannot be had: the agent is told.
    if matches!(words.kind.as_str(), "image" | "file") {
        said.push(attached(None, words.alt_text.clone()));
    }
    said
}

/// The plain text, which is there beside a rich one; else the rich one, read.
fn text_of(words: &Words) -> String {
    let present = |text: &Option<String>| text.as_deref().filter(|text| !text.trim().is_empty()).map(str::to_owned);
    let html = || present(&words.html_text).map(|html| plain(&html, Format::Html).text);
    let markdown = || present(&words.markdown_text).map(|text| plain(&text, Format::Markdown).text);
    let fallback = || present(&words.text_fallback);
    present(&words.text).or_else(html).or_else(markdown).or_else(fallback).unwrap_or_default()
}

/// A text with what belongs to it: answers to tap are choices, links are lines.
fn said_with(text: &str, actions: Option<&[Button]>) -> Vec<Content> {
    let text = lines([Some(text), Some(&links(actions))]);
    let answers = actions.unwrap_or_default().iter().filter(|button| button.uri.is_none());
    let options: Vec<String> = answers.filter_map(|button| button.text.clone()).collect();
    match (text.is_empty(), options.is_empty()) {
        (true, true) => Vec::new(),
        (_, true) => vec![Content::text(text)],
        (_, false) => vec![Content::Choices { text, options }],
    }
}

fn item(item: &Item) -> Vec<Content> {
    let text = lines([item.title.as_deref(), item.description.as_deref()]);
    match item.media_url.as_deref().and_then(web_link) {
        Some(url) => {
            let caption = lines([Some(&text), Some(&links(item.actions.as_deref()))]);
            let answers = said_with("", item.actions.as_deref()).into_iter();
            let picture = file(url, item.alt_text.clone(), item.media_type.clone(), None, Some(caption));
            let only_answers = answers.filter_map(|content| match content {
                Content::Choices { options, .. } => Some(Content::Choices { text: text.clone(), options }),
                _ => None,
            });
            std::iter::once(picture).chain(only_answers).collect()
        }
        None => said_with(&text, item.actions.as_deref()),
    }
}

/// The links among buttons, a line each.
fn links(actions: Option<&[Button]>) -> String {
    let line = |button: &Button| {
        let uri = button.uri.as_deref().and_then(web_link)?;
        let label = button.text.as_deref().map(str::trim).filter(|label| !label.is_empty() && *label != uri);
        Some(label.map_or_else(|| uri.clone(), |label| format!("{label}: {uri}")))
    };
    actions.unwrap_or_default().iter().filter_map(line).collect::<Vec<_>>().join("\n")
}

fn file(
    url: String,
    name: Option<String>,
    mime: Option<String>,
    bytes: Option<u64>,
    caption: Option<String>,
) -> Content {
    Content::File { url, name, mime, size: bytes, caption }
}

/// A number of bytes without its fraction. `None` for what is none.
fn whole(number: f64) -> Option<u64> {
    format!("{:.0}", number.floor()).parse().ok()
}

fn shortened(name: &str) -> String {
    name.chars().take(MAX_NAME).collect()
}

fn lines<const N: usize>(parts: [Option<&str>; N]) -> String {
    let parts = parts.into_iter().flatten().map(str::trim).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("\n")
}
