//! The relay's words as Omnize's JSON, and back. Pure.

use std::collections::BTreeMap;

use time::{OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339, macros::format_description};

use super::{
    Settings,
    wire::{Customer, Extra, History, HistoryLine, Message, NewInteraction, Trigger, TriggerMessage},
};
use crate::{
    clock::Timestamp,
    hash::HashKey,
    helpdesk::{
        intro_note,
        to_text::{attached, in_words, lines, web_link},
    },
    message::{
        Agent, AgentEvent, AgentEventKind, Content, ConversationId, DeskQueue, FileId, SourceId, TicketEvents, TicketId,
    },
    relay::ports::{Author, CustomerMessage, NewConversation, Rejection},
    texts::Language,
};

/// What the id of a place in the queue begins with. The place follows.
const QUEUED: &str = "queued/";

/// The service evaluation that a score from 1 to 5 is. The middle is none.
pub(super) fn mood(score: u8) -> Option<&'static str> {
    match score {
        4.. => Some("POSITIVE"),
        3 => None,
        _ => Some("NEGATIVE"),
    }
}

/// Where the transcript is kept. Nobody guesses it who does not know the token.
pub(super) fn history_id(opening: &ConversationId, token: &str) -> FileId {
    let part = SourceId::exact(opening.as_str());
    FileId::of(&opening.conversation(), "omnize-history", &part, &HashKey::new(token.as_bytes()))
}

/// Who the customer is, and the talk with the bot.
pub(super) fn history(opening: &NewConversation, minutes_from_utc: i32, language: Language) -> History {
    let line = |direction, at: Option<&str>, content: String| HistoryLine {
        time: local(at, opening.at, minutes_from_utc),
        direction,
        content,
    };
    let nothing = opening.transcript.as_ref().map(|_| Vec::new());
    let about = intro_note::dossier(&NewConversation { transcript: nothing, ..opening.clone() }, language);
    let first = opening.transcript.iter().flatten().next().and_then(|line| line.at.as_deref());
    let mut messages = vec![line("AGENT", first, about.trim_end().to_owned())];
    messages.extend(opening.transcript.iter().flatten().map(|said| {
        let direction = match said.author {
            Author::Customer => "CLIENT",
            Author::Bot | Author::Agent => "AGENT",
        };
        line(direction, said.at.as_deref(), said.text.clone())
    }));
    History { messages }
}

fn local(at: Option<&str>, opened: Timestamp, minutes_from_utc: i32) -> String {
    let offset = UtcOffset::from_whole_seconds(minutes_from_utc.saturating_mul(60)).unwrap_or(UtcOffset::UTC);
    let opened = || OffsetDateTime::from_unix_timestamp(opened.seconds()).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let at = at.and_then(|at| OffsetDateTime::parse(at, &Rfc3339).ok()).unwrap_or_else(opened).to_offset(offset);
    at.format(format_description!("[year]-[month]-[day] [hour]:[minute]:[second]")).unwrap_or_default()
}

pub(super) fn interaction(
    opening: &NewConversation,
    department: u64,
    fields: BTreeMap<String, String>,
    history: Option<String>,
    token: String,
) -> NewInteraction {
    let profile = &opening.profile;
    let name = profile.name.as_deref().map(str::trim).filter(|name| !name.is_empty());
    let digits = |phone: &String| phone.chars().filter(char::is_ascii_digit).collect::<String>();
    NewInteraction {
        token,
        media_type: "TEXT",
        department_id: department,
        customer: Customer {
            name: name.map_or_else(|| format!("Blip {}", opening.channel).trim_end().to_owned(), str::to_owned),
            email: profile.email.clone(),
            phone: profile.phone.as_ref().map(digits).filter(|phone| !phone.is_empty()),
        },
        extra: Extra { ponte: Some(opening.id.as_str().to_owned()), fields },
        external_history: history,
    }
}

/// Words of the customer; a file is its link, shown as what it is.
pub(super) fn said(message: &CustomerMessage, token: String) -> Message {
    match &message.content {
        Content::File { url, name, mime, caption, .. } => Message {
            token,
            content: caption.clone().or_else(|| name.clone()).unwrap_or_default(),
            kind: kind(mime.as_deref()),
            url: Some(url.clone()),
        },
        other => Message { token, content: in_words(other), kind: "text", url: None },
    }
}

fn kind(mime: Option<&str>) -> &'static str {
    let mime = mime.unwrap_or_default().to_ascii_lowercase();
    ["image", "video", "audio"].into_iter().find(|kind| mime.starts_with(&format!("{kind}/"))).unwrap_or("file")
}

/// What came after the end, for a note.
pub(super) fn late(message: &CustomerMessage, language: Language) -> String {
    lines(&[Some(intro_note::late(language)), Some(&in_words(&message.content))])
}

/// The place in the queue that an event names; `None` of another event. An earlier release had it read.
pub(super) fn place(event: &SourceId) -> Option<u32> {
    event.as_str().strip_prefix(QUEUED)?.parse().ok()
}

/// What a trigger tells. `delivery` names this request, where the gateway does: a chat may go to one department twice.
pub(super) fn events(
    trigger: &Trigger,
    delivery: Option<&str>,
    settings: &Settings,
) -> Result<Vec<TicketEvents>, Rejection> {
    let interaction = trigger.interaction.as_deref().ok_or(Rejection::Unprocessable("no `interaction_hash`"))?;
    let opening = trigger.extra.ponte.as_deref().and_then(ConversationId::parse);
    let closed = || vec![event("finished", AgentEventKind::Closed { service: None })];
    let events = match (trigger.state.as_deref(), &trigger.message) {
        (None, Some(message)) => message_events(trigger, message),
        (Some("queued"), _) => {
            let place = trigger.position.as_deref().and_then(|place| place.parse::<u32>().ok());
            let queued = |position| event(&format!("{QUEUED}{position}"), AgentEventKind::Queued { position });
            place.map(queued).into_iter().collect()
        }
        (Some("transferred"), _) => {
            let department = trigger.department.clone();
            let queue = DeskQueue { id: department.clone(), name: None };
            let moved = |id: &String| {
                let kind = AgentEventKind::Transferred { queue: Some(queue.clone()), unassigned: false, by: None };
                event(&format!("transferred/{id}/{}", delivery.unwrap_or_default()), kind)
            };
            department.as_ref().map(moved).into_iter().collect()
        }
        (Some("typing"), _) => vec![event("typing", AgentEventKind::Typing { on: true })],
        (Some("cleared"), _) => vec![event("cleared", AgentEventKind::Typing { on: false })],
        (Some("finished"), _) => closed(),
        (Some("unavailable"), _) if settings.unavailable_ends => closed(),
        // Accepted: who it is, the first message tells.
        (Some(_), _) => Vec::new(),
        (None, None) => return Err(Rejection::Unprocessable("neither `state` nor `message`")),
    };
    if events.is_empty() {
        return Ok(Vec::new());
    }
    Ok(vec![TicketEvents { ticket: TicketId::new(interaction), opening, events }])
}

fn event(id: &str, kind: AgentEventKind) -> AgentEvent {
    AgentEvent { id: SourceId::exact(id), kind }
}

/// Words for the customer, after who says them. Where nobody is named they are said without a name: Omnize sends us nothing that the
/// customer wrote.
fn message_events(trigger: &Trigger, message: &TriggerMessage) -> Vec<AgentEvent> {
    let contents = contents(message);
    if contents.is_empty() {
        return Vec::new();
    }
    let who = trigger.agent.as_ref().filter(|agent| agent.id.is_some() || agent.name.is_some());
    let agent = who.map(|who| Agent { id: who.id.clone(), name: who.name.clone() });
    let id = message.id.clone().unwrap_or_else(|| {
        // A message without one is known by its words: two equal ones of a conversation are one.
        let said = serde_json::to_string(&contents).unwrap_or_default();
        format!("message/{}", HashKey::new(b"omnize-message").hex(&[&said]))
    });
    // One id for each agent, so that it takes one place among the ids that a conversation remembers.
    let assigned = agent.clone().map(|agent| {
        let name = agent.id.as_deref().or(agent.name.as_deref()).unwrap_or_default();
        event(&format!("agent/{name}"), AgentEventKind::Assigned { agent })
    });
    assigned.into_iter().chain([event(&id, AgentEventKind::Message { contents, agent })]).collect()
}

/// Words, or a file with words to it. One whose address no channel can fetch cannot be had.
fn contents(message: &TriggerMessage) -> Vec<Content> {
    let text = message.content.clone();
    match message.url.as_deref().map(web_link) {
        Some(Some(url)) => vec![Content::File { url, name: None, mime: None, size: None, caption: text }],
        Some(None) => text.map(Content::text).into_iter().chain([attached(None, None)]).collect(),
        None => text.map(Content::text).into_iter().collect(),
    }
}
