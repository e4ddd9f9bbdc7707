//! The relay's words as fields of a record, and rows back. Pure.

use super::{
    INCIDENT, Settings,
    routing::{Wanted, is_record_id},
    wire::{Attachment, Entry, Fields, Nudge, User},
};
use crate::{
    hash::HashKey,
    helpdesk::{
        intro_note,
        to_text::{self, in_words, lines},
    },
    message::{
        Agent, AgentEvent, AgentEventKind, Content, ConversationId, SourceId, TicketEvents, TicketId,
        text::{Format, plain, split},
    },
    relay::ports::{CustomerMessage, NewConversation, Rejection},
    texts::Language,
};

/// What our mark begins with.
pub(super) const MARK: &str = "ponte:";
/// The longest `short_description`, in characters.
const MAX_SUBJECT: usize = 160;
/// How the name of a change of a record begins, as an event. Rows of the journal have ids of 32 hexadecimal characters.
const CHANGE: &str = "updated/";
/// How that of its owner does. The user's id follows.
const OWNER: &str = "owner/";
/// How that of its end does.
const END: &str = "closed/";
/// How that of an attachment does.
const FILE: &str = "file/";
/// Who writes without being anybody.
const NOBODY: [&str; 3] = ["system", "guest", "admin.system"];

/// Our mark on a record.
pub(super) fn mark(opening: &ConversationId) -> String {
    format!("{MARK}{}", opening.as_str())
}

/// The opening that a mark stands for.
pub(super) fn marked(mark: Option<&str>) -> Option<ConversationId> {
    mark?.strip_prefix(MARK).and_then(ConversationId::parse)
}

pub(super) fn new_record(opening: &NewConversation, settings: &Settings, wanted: &Wanted, dossier: &str) -> Fields {
    let name = opening.profile.name.as_deref().unwrap_or_default();
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let parts: Vec<&str> = ["Blip", &opening.channel, &name].into_iter().filter(|part| !part.is_empty()).collect();
    let subject = parts.join(" · ");
    let subject = split(&subject, MAX_SUBJECT).into_iter().next().unwrap_or_default();
    let mut fields = settings.fields.clone();
    // What the company sets goes before what we would, and what a route says before all.
    fields.entry("contact_type".to_owned()).or_insert_with(|| "chat".to_owned());
    // Where references are set by their names, an id would be taken for one: the link is set afterwards.
    if let Some((column, previous)) = link(opening, settings).filter(|_| !wanted.has_names()) {
        fields.entry(column.to_owned()).or_insert(previous);
    }
    fields.insert("short_description".to_owned(), subject.trim().to_owned());
    fields.extend(wanted.values().map(|(column, value)| (column.to_owned(), value.to_owned())));
    Fields(fields).with("correlation_id", mark(&opening.id)).with("work_notes", dossier)
}

/// The column of the record that this one goes on from, and its id. `None` where there is none, or the company sets the column itself.
pub(super) fn link(opening: &NewConversation, settings: &Settings) -> Option<(&'static str, String)> {
    let previous = opening.previous.as_ref().filter(|previous| is_record_id(previous.as_str()))?;
    // An incident has a column for the incident that it goes on from; every record of work has one for another record.
    let column = if settings.table == INCIDENT { "parent_incident" } else { "parent" };
    (!settings.fields.contains_key(column)).then(|| (column, previous.as_str().to_owned()))
}

/// Words of the customer, with what a repetition knows them by.
pub(super) fn said(message: &CustomerMessage, uploaded: bool) -> Fields {
    Fields::default().with("comments", words_of(&message.content, uploaded)).with("correlation_display", id_of(message))
}

/// What is kept of a message's id: the field has 100 characters.
pub(super) fn id_of(message: &CustomerMessage) -> String {
    format!("{MARK}{}", message.id)
}

/// Words. A file that was attached is named; a comment needs some words in any case.
fn words_of(content: &Content, uploaded: bool) -> String {
    match content {
        Content::File { name, caption, .. } if uploaded => {
            lines(&[caption.as_deref(), Some(&format!("📎 {}", name.as_deref().unwrap_or_default()))])
        }
        content => in_words(content),
    }
}

/// What came after the end: a comment of the customer might open the record anew.
pub(super) fn late(message: &CustomerMessage, uploaded: bool, language: Language) -> String {
    lines(&[Some(intro_note::late(language)), Some(&words_of(&message.content, uploaded))])
}

/// What a work note is recognised by: short, since agents see it.
pub(super) fn note_mark(id: &str) -> String {
    let mark: String = HashKey::new(b"servicenow-note").hex(&[id]).chars().take(12).collect();
    format!("[{mark}]")
}

pub(super) fn note(id: &str, text: &str) -> Fields {
    Fields::default().with("work_notes", note_text(id, text))
}

/// The text of a note that is known by this id.
pub(super) fn note_text(id: &str, text: &str) -> String {
    format!("{}\n{}", text.trim_end(), note_mark(id))
}

/// What an event names.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Named<'a> {
    /// A row of the journal.
    Entry(&'a str),
    /// The record as it is: whose it is, and whether it is over.
    Change,
    /// The record belongs to this user.
    Owner(&'a str),
    /// The record is over.
    End,
    /// An attachment.
    File(&'a str),
}

pub(super) fn named(event: &SourceId) -> Named<'_> {
    let id = event.as_str();
    if id.starts_with(CHANGE) {
        Named::Change
    } else if id.starts_with(END) {
        Named::End
    } else if let Some(owner) = id.strip_prefix(OWNER) {
        Named::Owner(owner)
    } else {
        id.strip_prefix(FILE).map_or(Named::Entry(id), Named::File)
    }
}

fn reference(id: &str) -> AgentEvent {
    AgentEvent { id: SourceId::exact(id), kind: AgentEventKind::NeedsFetch }
}

/// The event that names a row of the journal: the same at the webhook endpoint and in a sweep.
pub(super) fn entry_event(id: &str) -> AgentEvent {
    reference(id)
}

/// The event that names an owner: one id for each, so that it takes one place among the ids that a conversation remembers.
pub(super) fn owner_event(user: &str) -> AgentEvent {
    reference(&format!("{OWNER}{user}"))
}

/// The event that names an end.
pub(super) fn end_event(updated: &str) -> AgentEvent {
    reference(&format!("{END}{updated}"))
}

/// The event that names a change of a record.
pub(super) fn change_event(updated: &str) -> AgentEvent {
    reference(&format!("{CHANGE}{updated}"))
}

/// The event that names an attachment.
pub(super) fn file_event(id: &str) -> AgentEvent {
    reference(&format!("{FILE}{id}"))
}

/// What a business rule names.
pub(super) fn events(nudge: Nudge) -> Result<Vec<TicketEvents>, Rejection> {
    let record = nudge.record.ok_or(Rejection::Unprocessable("`sys_id` names no record"))?;
    // A rule that runs for every record of the table is not for ours alone.
    if nudge.correlation_id.as_deref().is_some_and(|mark| !mark.starts_with(MARK)) {
        return Ok(Vec::new());
    }
    let event = match (nudge.journal, nudge.updated) {
        (Some(entry), _) => entry_event(&entry),
        (None, Some(updated)) => change_event(&updated),
        (None, None) => return Err(Rejection::Unprocessable("neither `journal` nor `updated` says what happened")),
    };
    let opening = marked(nudge.correlation_id.as_deref());
    Ok(vec![TicketEvents { ticket: TicketId::new(record), opening, events: vec![event] }])
}

/// Whether somebody else wrote it.
pub(super) fn is_somebodys(author: Option<&str>, settings: &Settings) -> bool {
    author.is_some_and(|author| author != settings.user && !NOBODY.contains(&author))
}

/// Whether a row is an agent's words for the customer of `record`.
pub(super) fn is_for_customer(entry: &Entry, record: &str, settings: &Settings) -> bool {
    entry.record.as_deref() == Some(record)
        && entry.element.as_deref() == Some("comments")
        && entry.name.as_deref().is_none_or(|table| table == settings.table)
        && is_somebodys(entry.author.as_deref(), settings)
}

/// Whoever it is. The name that one logs in with is not shown.
pub(super) fn agent(user: &User) -> Option<Agent> {
    let id = user.id.clone().or_else(|| user.login.clone())?;
    Some(Agent { id: Some(id), name: user.name.clone() })
}

/// The words of a row. Between `[code]` and `[/code]` stands HTML, as `ServiceNow` writes it into journals.
pub(super) fn contents(value: &str) -> Vec<Content> {
    let mut text = String::new();
    let mut images = Vec::new();
    let mut rest = value;
    while let Some((before, after)) = rest.split_once("[code]") {
        let (html, behind) = after.split_once("[/code]").unwrap_or((after, ""));
        let rendered = plain(html, Format::Html);
        text.push_str(before);
        text.push_str(&rendered.text);
        images.extend(rendered.images);
        rest = behind;
    }
    text.push_str(rest);
    let text = text.replace("\r\n", "\n");
    let words = (!text.trim().is_empty()).then(|| Content::text(text.trim_end()));
    let picture = |url| Content::File { url, name: None, mime: None, size: None, caption: None };
    words.into_iter().chain(images.into_iter().map(picture)).collect()
}

pub(super) fn file(url: String, attachment: &Attachment) -> Content {
    Content::File {
        url,
        name: attachment.name.clone(),
        mime: attachment.mime.clone(),
        size: attachment.size.as_deref().and_then(|size| size.trim().parse().ok()),
        caption: None,
    }
}

/// The beginning of a row, so that whoever reads a notice knows which one is meant.
pub(super) fn quote(entry: &Entry) -> Option<String> {
    to_text::quote(entry.value.as_deref()?)
}
