//! The relay's words as requests of the API, and its callbacks back. Pure.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{
    Settings, Step,
    wire::{AgentInfo, Attachment, Callback, Element, Entry, Message, Request, Variables},
};
use crate::{
    clock::Timestamp,
    hash::HashKey,
    helpdesk::{
        intro_note, shown,
        to_text::{attached, in_words, lines, web_link},
    },
    message::{
        Agent, AgentEvent, AgentEventKind, Content, ConversationId, SourceId, TicketEvents, TicketId,
        text::{Format, plain},
    },
    relay::ports::{Author, CustomerMessage, Line, NewConversation, Rejection},
    texts::Language,
};

/// The action that changes what an agent sees of a message.
pub(super) const UPDATE_MESSAGES: &str = "UPDATE_MESSAGES";
/// Who speaks for the bridge in the history.
const BRIDGE: &str = "Ponte";
/// Who speaks for the bot there (bot-api.md, `history.displayName`).
const BOT: &str = "Bot";

/// A request of a conversation. `id` is unique in it, and the same when it is made again.
fn request(opening: &ConversationId, id: &str, action: Option<&'static str>, at: Timestamp) -> Request {
    Request {
        request_id: format!("{}.{id}", opening.as_str()),
        action,
        bot_to_bot: true,
        client_session_id: opening.as_str().to_owned(),
        user_id: opening.conversation().as_str().to_owned(),
        message: Value::Null,
        timestamp: at.0,
        context_variables: BTreeMap::new(),
        client_variables: Variables { ponte: Some(opening.as_str().to_owned()) },
        history: Vec::new(),
    }
}

fn words(id: &str, text: Option<String>, attachment: Option<Attachment>) -> Value {
    json!(Message { text, typed: true, client_message_id: id.to_owned(), attachment })
}

/// The calls of an opening, in order, with the variables of its route beside those of the settings. The history goes with the call for it, or with the last.
pub(super) fn opening(
    opening: &NewConversation,
    settings: &Settings,
    route: &BTreeMap<String, String>,
    language: Language,
) -> Vec<Request> {
    let mut transcript = opening.transcript.clone().unwrap_or_default();
    // What the customer said last is what the agent is called with.
    let text = match transcript.pop_if(|line| line.author == Author::Customer) {
        Some(Line { text, .. }) => text,
        None => subject(opening),
    };
    let mut history = vec![entry(BRIDGE, true, opening.at, about(opening, language))];
    let name = opening.profile.name.clone().unwrap_or_else(|| opening.channel.clone());
    history.extend(transcript.into_iter().map(|line| {
        let at = line.at.as_deref().and_then(moment).unwrap_or(opening.at);
        match line.author {
            Author::Customer => entry(&name, false, at, line.text),
            Author::Bot | Author::Agent => entry(BOT, true, at, line.text),
        }
    }));
    let carries = settings.opening.iter().find(|step| **step == Step::SendHistory).copied().unwrap_or(Step::Agent);
    let call = |step: &Step| {
        let (id, action, message) = match step {
            Step::StartConversation => ("start", "START_CONVERSATION", words("start", Some(String::new()), None)),
            Step::SendHistory => ("history", "SEND_HISTORY", Value::Null),
            Step::Agent => ("agent", "AGENT", words("agent", Some(text.clone()), None)),
        };
        let mut request = request(&opening.id, id, Some(action), opening.at);
        request.message = message;
        request.context_variables = settings.context.clone();
        request.context_variables.extend(route.clone());
        if *step == carries {
            request.history = std::mem::take(&mut history);
        }
        request
    };
    settings.opening.iter().map(call).collect()
}

fn subject(opening: &NewConversation) -> String {
    let name = opening.profile.name.as_deref().unwrap_or_default();
    let parts = ["Blip", &opening.channel, name.trim()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// Who the customer is: the transcript has its own lines.
fn about(opening: &NewConversation, language: Language) -> String {
    let without = NewConversation { transcript: opening.transcript.as_ref().map(|_| Vec::new()), ..opening.clone() };
    intro_note::dossier(&without, language).trim_end().to_owned()
}

fn entry(name: &str, bot: bool, at: Timestamp, value: String) -> Entry {
    Entry { display_name: name.to_owned(), is_bot_message: bot, timestamp: at.0.to_string(), kind: "text", value }
}

fn moment(at: &str) -> Option<Timestamp> {
    let at = OffsetDateTime::parse(at, &Rfc3339).ok()?;
    i64::try_from(at.unix_timestamp_nanos() / 1_000_000).ok().map(Timestamp)
}

/// Words of the customer. A file is its link, which `ServiceNow` fetches.
pub(super) fn said(opening: &ConversationId, message: &CustomerMessage) -> Request {
    let content = match &message.content {
        Content::File { url, name, mime: Some(mime), caption: None, .. } => {
            let attachment = Attachment {
                client_attachment_id: message.id.clone(),
                content_type: mime.to_ascii_lowercase(),
                file_name: name.clone().unwrap_or_else(|| message.id.clone()),
                url: url.clone(),
            };
            words(&message.id, None, Some(attachment))
        }
        other => words(&message.id, Some(in_words(other)), None),
    };
    Request { message: content, ..request(opening, &message.id, None, message.at) }
}

/// What came after the end: words would begin a conversation of their own.
pub(super) fn late(opening: &ConversationId, message: &CustomerMessage, language: Language) -> Request {
    let text = lines(&[Some(intro_note::late(language)), Some(&in_words(&message.content))]);
    told(opening, &message.id, text, message.at)
}

/// Something that the bridge says: a line of the history, since the API has no notes.
pub(super) fn told(opening: &ConversationId, id: &str, text: String, at: Timestamp) -> Request {
    Request { history: vec![entry(BRIDGE, true, at, text)], ..request(opening, id, Some("SEND_HISTORY"), at) }
}

/// What became of an agent's message.
pub(super) fn status(opening: &ConversationId, message: &str, status: &str, at: Timestamp) -> Request {
    let id = format!("{status}.{message}");
    Request {
        message: json!([{ "id": message, "status": status }]),
        ..request(opening, &id, Some(UPDATE_MESSAGES), at)
    }
}

pub(super) fn typing(opening: &ConversationId, on: bool, at: Timestamp) -> Request {
    let action = if on { "TYPING" } else { "VIEWING" };
    request(opening, &format!("{action}.{}", at.0), Some(action), at)
}

pub(super) fn end(opening: &ConversationId, at: Timestamp) -> Request {
    Request {
        message: words("end", Some(String::new()), None),
        ..request(opening, "end", Some("END_CONVERSATION"), at)
    }
}

/// The id of an agent's message that can be named to `ServiceNow`. `None` for one that we made up.
pub(super) fn message_id(id: &SourceId) -> Option<&str> {
    let id = id.as_str();
    (!id.contains(['.', '/'])).then_some(id)
}

/// What a callback tells, in order: who speaks, words, and whether it is over. Of a session that is somebody else's, nothing: one
/// instance may serve several bots at one address.
pub(super) fn events(callback: &Callback, settings: &Settings) -> Result<Vec<TicketEvents>, Rejection> {
    let named = [callback.session.as_deref(), callback.variables.ponte.as_deref(), callback.request.as_deref()];
    if named.iter().all(Option::is_none) {
        return Err(Rejection::Unprocessable("no conversation is named"));
    }
    let session = callback.session.as_deref().and_then(ConversationId::parse);
    let variable = || callback.variables.ponte.as_deref().and_then(ConversationId::parse);
    let request = || callback.request.as_deref()?.split('.').next().and_then(ConversationId::parse);
    let Some(opening) = session.or_else(variable).or_else(request) else {
        tracing::info!("callback of an unknown session dropped");
        return Ok(Vec::new());
    };
    let mut events = Vec::new();
    // What comes from the virtual agent is not for a customer who has a bot already.
    if callback.agent_chat == Some(true) {
        for (number, element) in callback.body.iter().enumerate() {
            events.extend(element_events(element, number, callback.request.as_deref().unwrap_or_default(), settings));
        }
    }
    if callback.completed == Some(true) || callback.take_control == Some(true) {
        // A conversation ends once.
        events.push(event("end", AgentEventKind::Closed { service: None }));
    }
    if events.is_empty() {
        return Ok(Vec::new());
    }
    Ok(vec![TicketEvents { ticket: TicketId::new(opening.as_str()), opening: Some(opening), events }])
}

fn event(id: &str, kind: AgentEventKind) -> AgentEvent {
    AgentEvent { id: SourceId::exact(id), kind }
}

fn element_events(element: &Element, number: usize, request: &str, settings: &Settings) -> Vec<AgentEvent> {
    if element.kind.as_deref() == Some("ActionMsg") {
        return action(element, number, request).into_iter().collect();
    }
    // Nobody says this of words where the agent chat does not tell who speaks.
    if element.agent.as_ref().is_some_and(|agent| agent.sent == Some(false)) {
        return Vec::new();
    }
    let contents = contents(element, settings.format);
    if contents.is_empty() {
        return Vec::new();
    }
    let id = element.id.clone().unwrap_or_else(|| {
        let said = serde_json::to_string(&contents).unwrap_or_default();
        format!("{request}/{number}/{}", HashKey::new(b"servicenow-element").hex(&[&said]))
    });
    let agent = element.agent.as_ref().and_then(agent);
    let mut events = Vec::new();
    if let Some(agent) = &agent {
        let who = agent.id.as_deref().or(agent.name.as_deref()).unwrap_or_default();
        // One id for each agent, so that it takes one place among the ids that a conversation remembers.
        events.push(event(&format!("agent/{who}"), AgentEventKind::Assigned { agent: agent.clone() }));
    }
    events.push(event(&id, AgentEventKind::Message { contents, agent }));
    events
}

fn agent(info: &AgentInfo) -> Option<Agent> {
    (info.id.is_some() || info.name.is_some()).then(|| Agent { id: info.id.clone(), name: info.name.clone() })
}

fn action(element: &Element, number: usize, request: &str) -> Option<AgentEvent> {
    let typing = |on: bool| event(&format!("{request}/{number}/typing/{on}"), AgentEventKind::Typing { on });
    match element.action.as_deref()? {
        "StartTypingIndicator" => Some(typing(true)),
        "EndTypingIndicator" => Some(typing(false)),
        // How long it takes is told once.
        "StartSpinner" => {
            let wait = element.wait.as_deref().map(|wait| format!("({wait})"));
            let parts = [element.message.as_deref(), wait.as_deref()];
            let text = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
            let contents = vec![Content::text(text.clone())];
            (!text.is_empty()).then(|| event("wait", AgentEventKind::Message { contents, agent: None }))
        }
        _ => None,
    }
}

/// A control as what a customer can be shown.
fn contents(element: &Element, format: Format) -> Vec<Content> {
    let value = element.value.as_str().filter(|value| !value.trim().is_empty());
    let asked = || lines(&[element.prompt.as_deref(), element.label.as_deref()]);
    match element.kind.as_deref().unwrap_or_default() {
        "OutputImage" => value.map(|url| attached(Some(url), None)).into_iter().collect(),
        "OutputHtml" => value.map(|html| rendered(html, Format::Html)).unwrap_or_default(),
        "OutputLink" => {
            let url = element.value.get("action").and_then(Value::as_str).or(value);
            let title = element.label.clone().or_else(|| element.header.clone());
            let text = element.header.clone().filter(|header| title.as_ref() != Some(header));
            match url.and_then(web_link) {
                Some(url) => vec![Content::Link { url, title, text }],
                // A link into the instance itself leads nowhere from a chat: its words are left.
                None => text_of(lines(&[title.as_deref(), text.as_deref()])),
            }
        }
        // Its fields are not documented: what is for people is shown.
        "OutputCard" => match element.data.as_deref().map(str::trim) {
            Some(data) if data.starts_with(['{', '[']) => match serde_json::from_str(data) {
                Ok(card) => shown::contents(&card),
                // Half a document is machinery, too.
                Err(_) => text_of(asked()),
            },
            Some(data) => text_of(data.to_owned()),
            None => shown::contents(&element.value),
        },
        _ if !element.options.is_empty() => {
            let options: Vec<String> = element.options.iter().filter_map(|option| option.label.clone()).collect();
            let text = lines(&[value, Some(&asked())]);
            if options.is_empty() { text_of(text) } else { vec![Content::Choices { text, options }] }
        }
        // Texts, and what asks for something: the customer answers in words, or with a file.
        _ => match value {
            Some(text) => rendered(text, format),
            None => shown::all(&asked(), element.value.is_object().then_some(&element.value)),
        },
    }
}

fn text_of(text: String) -> Vec<Content> {
    (!text.trim().is_empty()).then(|| Content::text(text)).into_iter().collect()
}

fn rendered(text: &str, format: Format) -> Vec<Content> {
    let rendered = plain(text, format);
    text_of(rendered.text.trim_end().to_owned())
        .into_iter()
        .chain(rendered.images.iter().map(|url| picture(url)))
        .collect()
}

fn picture(url: &str) -> Content {
    attached(Some(url), None)
}
