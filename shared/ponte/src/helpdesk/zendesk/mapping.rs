//! The relay's words as Zendesk's JSON, and back. Pure.

use serde_json::Value;
use time::{OffsetDateTime, UtcOffset};

use super::wire::{
    Attachment, Audit, Comment, Errors, Event, Mark, NewComment, NewTicket, NewUser, Routing, Update, User,
};
use crate::{
    clock::Timestamp,
    helpdesk::{
        intro_note,
        json::id_of,
        to_text::{self, attached, in_words, lines, web_link},
    },
    message::{
        Agent, AgentEvent, AgentEventKind, Content, ConversationId, SourceId, TicketEvents, TicketId,
        text::{Format, plain, split},
    },
    relay::ports::{CustomerMessage, NewConversation, Rejection},
    texts::Language,
};

/// How the types of a subscription's events begin.
const SUBSCRIPTION: &str = "zen:event-type:ticket.";
/// The mark of the note that the customer has left, which the bridge solves the ticket with.
pub(super) const ENDED: &str = "ended";
/// Zendesk itself, as the author of a comment.
const SYSTEM: &str = "-1";
/// The longest name of a customer in a subject, in characters.
const MAX_NAME: usize = 80;

pub(super) fn user(opening: &NewConversation) -> NewUser {
    let profile = &opening.profile;
    // A user must have a name (`name` is mandatory).
    let known = [&profile.name, &profile.phone].into_iter().flatten().find(|name| !name.trim().is_empty());
    let name = known.map_or_else(|| format!("Blip {}", opening.channel), |name| short(name));
    NewUser { external_id: opening.customer.clone(), name, verified: true }
}

fn short(name: &str) -> String {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    split(&name, MAX_NAME).into_iter().next().unwrap_or_default().trim().to_owned()
}

/// A new ticket. `follows` is the closed one that it goes on from.
pub(super) fn ticket(
    opening: &NewConversation,
    requester: u64,
    dossier: &str,
    routing: &Routing,
    follows: Option<u64>,
) -> NewTicket {
    let name = short(opening.profile.name.as_deref().unwrap_or_default());
    let parts: Vec<&str> = ["Blip", &opening.channel, &name].into_iter().filter(|part| !part.is_empty()).collect();
    NewTicket {
        subject: routing.subject.clone().unwrap_or_else(|| parts.join(" · ")),
        external_id: opening.id.as_str().to_owned(),
        requester_id: requester,
        comment: NewComment { body: dossier.to_owned(), public: false, author_id: None, uploads: Vec::new() },
        tags: ["blip"].into_iter().map(str::to_owned).chain(routing.tags.iter().cloned()).collect(),
        via_followup_source_id: follows,
        routing: routing.clone(),
    }
}

/// Why a ticket was refused: each field with what is said of it. Their texts are not documented.
pub(super) fn reasons(errors: &Errors) -> String {
    let said = |value: &Value| {
        let of = |item: &Value| item.get("description").and_then(Value::as_str).map(str::to_owned);
        value.as_array().into_iter().flatten().filter_map(of).collect::<Vec<_>>().join(", ")
    };
    let reasons: Vec<String> = errors.details.iter().map(|(field, why)| format!("{field}: {}", said(why))).collect();
    if reasons.is_empty() { errors.description.clone().unwrap_or_default() } else { reasons.join("; ") }
}

/// Words of the customer: what waited together is one comment, each message with the time at which it was said.
pub(super) fn comment(
    messages: &[CustomerMessage],
    uploads: Vec<(usize, String)>,
    customer: u64,
    minutes_from_utc: i32,
) -> Update {
    let uploaded = |at: usize| uploads.iter().any(|(of, _)| *of == at);
    let words = messages.iter().enumerate().map(|(at, message)| (message, said(&message.content, uploaded(at))));
    let body = match messages {
        [_] => words.map(|(_, words)| words).collect::<Vec<_>>(),
        _ => words.map(|(message, words)| format!("[{}] {words}", time_of(message.at, minutes_from_utc))).collect(),
    };
    let ids: Vec<&str> = messages.iter().map(|message| message.id.as_str()).collect();
    let comment = NewComment {
        body: body.join("\n"),
        public: true,
        author_id: Some(customer),
        uploads: uploads.into_iter().map(|(_, token)| token).collect(),
    };
    Update { comment: Some(comment), status: None, metadata: Mark { ponte: ids.join(",") } }
}

/// An internal note.
pub(super) fn note(id: &str, text: &str, uploads: Vec<String>) -> Update {
    Update { comment: Some(internal(text, uploads)), status: None, metadata: Mark { ponte: id.to_owned() } }
}

/// The end of a conversation: a note, a status, or both.
pub(super) fn ended(id: String, text: Option<&str>, status: Option<&'static str>) -> Update {
    let comment = text.map(|text| internal(text, Vec::new()));
    Update { comment, status, metadata: Mark { ponte: id } }
}

pub(super) fn internal(text: &str, uploads: Vec<String>) -> NewComment {
    NewComment { body: text.to_owned(), public: false, author_id: None, uploads }
}

/// What came after the end, for a note: a customer's comment would open the ticket anew.
pub(super) fn late(message: &CustomerMessage, uploaded: bool, language: Language) -> String {
    format!("{}\n{}", intro_note::late(language), said(&message.content, uploaded))
}

/// Words. A file that was not uploaded is its link; a comment needs some words in any case.
fn said(content: &Content, uploaded: bool) -> String {
    match content {
        Content::File { name, caption, .. } if uploaded => {
            let words = lines(&[caption.as_deref()]);
            if words.is_empty() { lines(&[name.as_deref().or(Some("📎"))]) } else { words }
        }
        content => in_words(content),
    }
}

/// `14:03:12`, and `17:03:12 UTC` where no other time was set.
fn time_of(at: Timestamp, minutes_from_utc: i32) -> String {
    let offset = UtcOffset::from_whole_seconds(minutes_from_utc.saturating_mul(60)).unwrap_or(UtcOffset::UTC);
    let at = OffsetDateTime::from_unix_timestamp(at.seconds()).unwrap_or(OffsetDateTime::UNIX_EPOCH).to_offset(offset);
    let zone = if minutes_from_utc == 0 { " UTC" } else { "" };
    format!("{:02}:{:02}:{:02}{zone}", at.hour(), at.minute(), at.second())
}

/// The ids that an update of the bridge bears.
pub(super) fn marks(audit: &Audit) -> impl Iterator<Item = &str> {
    let mark = audit.metadata.get("custom").and_then(|custom| custom.get("ponte")).and_then(Value::as_str);
    mark.unwrap_or_default().split(',').filter(|id| !id.is_empty())
}

/// Later audits have higher numbers.
fn made(audit: &Audit) -> Option<u64> {
    audit.id.as_deref()?.parse().ok()
}

/// The ticket that this one was closed and merged into: the last audit that a merge made names the other ticket, by which it is shown in
/// Zendesk ("via"). The shape is what Zendesk answers, `{"source": {"from": {"ticket_id": 12}, "rel": "merge"}}`; its documentation names the
/// relation alone. A ticket that others were merged into names several (`ticket_ids`), and lives.
pub(super) fn merged_into(audits: &[Audit], ticket: &TicketId) -> Option<TicketId> {
    let into = |audit: &Audit| {
        let source = audit.via.get("source")?;
        if source.get("rel")?.as_str()? != "merge" {
            return None;
        }
        let end = |side: &str| id_of(source.get(side)?.get("ticket_id")?);
        end("to").or_else(|| end("from")).filter(|id| id != ticket.as_str())
    };
    let merges = audits.iter().filter_map(|audit| Some((made(audit), into(audit)?)));
    merges.max_by_key(|(made, _)| *made).map(|(_, id)| TicketId::new(id))
}

/// How the name of a comment begins, as an event.
const COMMENT: &str = "comment-";
/// How that of an assignment does. The user's id follows, and the event's.
const ASSIGNEE: &str = "assignee-";

pub(super) fn comment_event(id: &str) -> SourceId {
    SourceId::exact(&format!("{COMMENT}{id}"))
}

/// How that of a transfer does. The group's id follows, whether nobody has the ticket, and the event's.
const GROUP: &str = "group-";

/// How that of an end does. The event's id follows.
const SOLVED: &str = "solved-";

/// What stands behind the group where nobody has the ticket.
const UNASSIGNED: &str = "nobody-";

/// What a name stands for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Named<'a> {
    Comment(&'a str),
    /// This user has the ticket now.
    Assignee(&'a str),
    /// This group has the ticket now, and nobody of it where the second is true.
    Group(&'a str, bool),
    /// Somebody ended it.
    Solved,
}

pub(super) fn named(event: &SourceId) -> Option<Named<'_>> {
    let event = event.as_str();
    if event.starts_with(SOLVED) {
        return Some(Named::Solved);
    }
    if let Some((group, rest)) = event.strip_prefix(GROUP).and_then(|rest| rest.split_once('-')) {
        return Some(Named::Group(group, rest.starts_with(UNASSIGNED)));
    }
    event.strip_prefix(COMMENT).map(Named::Comment).or_else(|| {
        let (user, _) = event.strip_prefix(ASSIGNEE)?.split_once('-')?;
        Some(Named::Assignee(user))
    })
}

/// The events of a webhook. What is not for the customer by what it shows is left out: notes, comments of customers (our own
/// echo among them), what Zendesk says by itself, other statuses.
pub(super) fn events(event: Event) -> Result<Vec<TicketEvents>, Rejection> {
    let (ticket, external_id, events) = if let Some(kind) = event.kind.strip_prefix(SUBSCRIPTION) {
        let events = subscribed(kind, &event)?;
        (event.detail.id, event.detail.external_id, events)
    } else {
        let events = triggered(&event);
        (event.ticket, event.external_id, events)
    };
    if events.is_empty() {
        return Ok(Vec::new());
    }
    let ticket = ticket.ok_or(Rejection::Unprocessable("the event names no ticket"))?;
    let opening = external_id.as_deref().and_then(ConversationId::parse);
    Ok(vec![TicketEvents { ticket: TicketId::new(ticket), opening, events }])
}

fn subscribed(kind: &str, event: &Event) -> Result<Vec<AgentEvent>, Rejection> {
    let id = || event.id.as_deref().ok_or(Rejection::Unprocessable("the event has no id"));
    let reference = |id: &SourceId| AgentEvent { id: id.clone(), kind: AgentEventKind::NeedsFetch };
    Ok(match kind {
        "comment_added" => {
            let comment = event.event.comment.as_ref();
            let comment = comment.ok_or(Rejection::Unprocessable("`event.comment` is missing"))?;
            let staff = comment
                .author
                .as_ref()
                .is_some_and(|author| author.is_staff == Some(true) && author.id.as_deref() != Some(SYSTEM));
            if comment.public != Some(true) || !staff {
                return Ok(Vec::new());
            }
            let id = comment.id.as_deref().ok_or(Rejection::Unprocessable("the comment has no id"))?;
            vec![reference(&comment_event(id))]
        }
        "agent_assignment_changed" => match id_of(&event.event.current) {
            Some(user) => vec![reference(&SourceId::exact(&format!("{ASSIGNEE}{user}-{}", id()?)))],
            // Given back to its group.
            None => match (&event.detail.group_id, id_of(&event.event.previous)) {
                (Some(group), Some(_)) => {
                    vec![reference(&SourceId::exact(&format!("{GROUP}{group}-{UNASSIGNED}{}", id()?)))]
                }
                _ => Vec::new(),
            },
        },
        // The first group is Zendesk's own choice, or our route.
        "group_assignment_changed" => match (id_of(&event.event.previous), id_of(&event.event.current)) {
            (Some(_), Some(group)) => vec![reference(&SourceId::exact(&format!("{GROUP}{group}-{}", id()?)))],
            _ => Vec::new(),
        },
        "comment_redacted" | "attachment_redacted_from_comment" | "comment_made_private" => {
            let comment = event.event.comment.as_ref();
            let comment = comment.ok_or(Rejection::Unprocessable("`event.comment` is missing"))?;
            let made_private = kind == "comment_made_private";
            let is_customers = comment.author.as_ref().is_some_and(|author| author.is_staff == Some(false));
            // What was never for the customer is not withdrawn from them.
            if is_customers || (!made_private && comment.public == Some(false)) {
                return Ok(Vec::new());
            }
            let message = comment.id.as_deref().ok_or(Rejection::Unprocessable("the comment has no id"))?;
            let kind = AgentEventKind::Withdrawn { message: comment_event(message), partly: !made_private };
            vec![AgentEvent { id: SourceId::exact(&format!("redacted-{}", id()?)), kind }]
        }
        "status_changed" if event.event.current.as_str().is_some_and(rests) => {
            vec![on_hold(true, id()?)]
        }
        "status_changed" if event.event.previous.as_str().is_some_and(rests) && !is_end(&event.event.current) => {
            vec![on_hold(false, id()?)]
        }
        "status_changed" if event.event.current.as_str().is_some_and(is_over) => {
            vec![reference(&SourceId::exact(&format!("{SOLVED}{}", id()?)))]
        }
        _ => Vec::new(),
    })
}

/// A trigger names the latest comment, and has no id of its own. That a ticket is solved comes again with every later update.
fn triggered(event: &Event) -> Vec<AgentEvent> {
    let words =
        event.comment.as_deref().map(|id| AgentEvent { id: comment_event(id), kind: AgentEventKind::NeedsFetch });
    match event.kind.as_str() {
        "newMessage" => words.into_iter().collect(),
        "ticketAssigned" => {
            let agent = event.agent.as_ref().and_then(|agent| Some((agent.id.as_deref()?, agent.name.clone())));
            let assigned = agent.map(|(id, name)| AgentEvent {
                id: SourceId::exact(&format!("{ASSIGNEE}{id}-")),
                kind: AgentEventKind::Assigned { agent: Agent { id: Some(id.to_owned()), name } },
            });
            assigned.into_iter().collect()
        }
        "ticketSolved" => {
            // One ticket may end twice, if it is opened again for another conversation.
            let mark = event.external_id.as_deref().and_then(ConversationId::parse);
            let id = format!("{SOLVED}{}", mark.as_ref().map_or("", ConversationId::as_str));
            let solved = AgentEvent { id: SourceId::exact(&id), kind: AgentEventKind::NeedsFetch };
            words.into_iter().chain([solved]).collect()
        }
        _ => Vec::new(),
    }
}

/// Whether a ticket of this status waits for the customer or for a third party (developer.zendesk.com, ticket statuses).
fn rests(status: &str) -> bool {
    ["pending", "hold"].iter().any(|rests| status.eq_ignore_ascii_case(rests))
}

fn is_end(status: &Value) -> bool {
    status.as_str().is_some_and(is_over)
}

fn on_hold(on: bool, id: &str) -> AgentEvent {
    AgentEvent { id: SourceId::exact(&format!("hold-{id}")), kind: AgentEventKind::OnHold { on } }
}

/// Whether a status ends a conversation. It is in capitals in events, and not in the API.
pub(super) fn is_over(status: &str) -> bool {
    ["solved", "closed"].iter().any(|over| status.eq_ignore_ascii_case(over))
}

/// Whether a ticket of this status takes no update any more.
pub(super) fn is_final(status: &str) -> bool {
    status.eq_ignore_ascii_case("closed")
}

/// Who it is, if it is somebody who works there.
pub(super) fn agent(user: &User) -> Option<Agent> {
    let staff = matches!(user.role.as_deref(), Some("agent" | "admin"));
    staff.then(|| Agent { id: user.id.clone(), name: user.name.clone() })
}

/// Words and files of an agent's comment.
pub(super) fn contents(comment: &Comment) -> Vec<Content> {
    let html = comment.html_body.as_deref().map(|html| plain(html, Format::Html));
    let (words, pictures) = match html {
        Some(rendered) => (rendered.text, rendered.images),
        None => (comment.body.clone().unwrap_or_default(), Vec::new()),
    };
    let words = words.trim();
    let text = (!words.is_empty()).then(|| Content::text(words));
    let files: Vec<Content> = comment.attachments.iter().filter_map(file).collect();
    // A picture in the text is an attachment as well.
    let known = |url: &String| comment.attachments.iter().any(|file| file.content_url.as_ref() == Some(url));
    let picture = |url: String| attached(Some(&url), None);
    let pictures = pictures.into_iter().filter(|url| !known(url)).map(picture);
    text.into_iter().chain(pictures).chain(files).collect()
}

/// Whether Zendesk has found a file of it to be malicious.
pub(super) fn has_malware(comment: &Comment) -> bool {
    comment.attachments.iter().any(is_malware)
}

fn is_malware(attachment: &Attachment) -> bool {
    attachment.malware_scan_result.as_deref() == Some("malware_found")
}

/// A file, but a malicious one. One without an address that a channel can fetch cannot be had: the agent is told.
fn file(attachment: &Attachment) -> Option<Content> {
    (!is_malware(attachment)).then(|| Content::File {
        url: attachment.content_url.as_deref().and_then(web_link).unwrap_or_default(),
        name: attachment.file_name.clone(),
        mime: attachment.content_type.clone(),
        size: attachment.size,
        caption: None,
    })
}

/// The beginning of an agent's comment.
pub(super) fn quote(comment: &Comment) -> Option<String> {
    to_text::quote(comment.body.as_deref()?)
}
