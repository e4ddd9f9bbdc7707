//! The relay's words as Chatwoot's JSON, and back. Pure.

use reqwest::Url;
use serde_json::Value;

use super::{
    calls::MARK,
    routing::Routing,
    wire::{Attachment, Conversation, ConversationBody, Hook, Item, Message, NewContact, Person, Post},
};
use crate::{
    helpdesk::{
        intro_note,
        to_text::{self, attached, in_words, lines, web_link},
    },
    message::{
        Agent, AgentEvent, AgentEventKind, Content, ConversationId, DeskQueue, SourceId, TicketEvents, TicketId,
        text::{Format, plain},
    },
    relay::ports::{CustomerMessage, NewConversation, Rejection},
    texts::Language,
};

/// What the ids of our messages begin with.
const OURS: &str = "ponte:";
/// What the id of the end begins with; messages have numbers.
const END: &str = "resolved/";
/// The status that ends a conversation.
pub(super) const RESOLVED: &str = "resolved";
/// That of a conversation that goes on.
pub(super) const OPEN: &str = "open";

pub(super) fn contact(inbox: u64, opening: &NewConversation) -> NewContact {
    let name = opening.profile.name.as_deref().map(str::trim).filter(|name| !name.is_empty());
    NewContact {
        inbox_id: inbox,
        name: name.map_or_else(|| format!("Blip {}", opening.channel).trim_end().to_owned(), str::to_owned),
        identifier: opening.customer.clone(),
        source_id: opening.customer.clone(),
    }
}

pub(super) fn begin(
    inbox: u64,
    contact: u64,
    source: &str,
    opening: &NewConversation,
    routing: &Routing,
) -> ConversationBody {
    let mut custom_attributes = routing.attributes.clone();
    custom_attributes.insert(MARK.to_owned(), opening.id.as_str().into());
    ConversationBody {
        source_id: source.to_owned(),
        inbox_id: inbox,
        contact_id: contact,
        status: "open",
        custom_attributes,
        team_id: routing.team,
        assignee_id: routing.assignee,
    }
}

/// Our mark on a conversation.
pub(super) fn marked(conversation: &Conversation) -> Option<ConversationId> {
    conversation.custom_attributes.ponte.as_deref().and_then(ConversationId::parse)
}

/// What a message of ours is found again by.
pub(super) fn source(id: &str) -> String {
    format!("{OURS}{id}")
}

/// Something for agents only.
pub(super) fn note(id: &str, text: &str) -> Post {
    Post { content: text.trim_end().to_owned(), message_type: "outgoing", private: true, source_id: source(id) }
}

/// Words of the customer; a file is its link.
pub(super) fn said(message: &CustomerMessage, language: Language) -> Post {
    posted(message, &in_words(&message.content), language)
}

/// The words that come with a file.
pub(super) fn beside_file(message: &CustomerMessage, language: Language) -> Post {
    let caption = match &message.content {
        Content::File { caption, .. } => caption.as_deref(),
        _ => None,
    };
    posted(message, caption.unwrap_or_default(), language)
}

/// What came after the end is a note: an incoming message would open the conversation anew.
fn posted(message: &CustomerMessage, text: &str, language: Language) -> Post {
    if message.late {
        return note(&message.id, &lines(&[Some(intro_note::late(language)), Some(text)]));
    }
    Post { content: text.to_owned(), message_type: "incoming", private: false, source_id: source(&message.id) }
}

/// What an event names.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Named {
    /// The message with this number.
    Message(u64),
    End,
}

pub(super) fn named(event: &SourceId) -> Option<Named> {
    if event.as_str().starts_with(END) {
        return Some(Named::End);
    }
    event.as_str().parse().ok().map(Named::Message)
}

/// The event that names a message: the same at the webhook endpoint and in a sweep.
pub(super) fn message_event(id: &str) -> AgentEvent {
    AgentEvent { id: SourceId::exact(id), kind: AgentEventKind::NeedsFetch }
}

/// The event that names an end. `at` tells one from another.
pub(super) fn end_event(at: &str) -> AgentEvent {
    AgentEvent { id: SourceId::exact(&format!("{END}{at}")), kind: AgentEventKind::NeedsFetch }
}

/// The event of a webhook, if it has one for the customer. `delivery` names this webhook, where the server does.
pub(super) fn events(hook: Hook, delivery: Option<&str>) -> Result<Vec<TicketEvents>, Rejection> {
    let unread = Rejection::Unprocessable("the event has no conversation with an id");
    let user = |person: &Option<Person>| person.as_ref().is_some_and(is_agent);
    let changed = hook.updated_at.clone();
    let (conversation, events) = match hook.event.as_str() {
        "message_created"
            if is_csat(hook.message_type.as_deref(), hook.content_type.as_deref()) && hook.private == Some(false) =>
        {
            let id = hook.id.ok_or(Rejection::Unprocessable("the message has no id"))?;
            (hook.conversation.ok_or(unread)?, vec![message_event(&id)])
        }
        "message_created" if is_outgoing(hook.message_type.as_deref()) && user(&hook.sender) => {
            // A note that does not say that it is none stays where it is.
            if hook.private != Some(false) {
                return Ok(Vec::new());
            }
            let id = hook.id.ok_or(Rejection::Unprocessable("the message has no id"))?;
            (hook.conversation.ok_or(unread)?, vec![message_event(&id)])
        }
        "message_updated" if is_deleted(&hook) && user(&hook.sender) => {
            let id = hook.id.ok_or(Rejection::Unprocessable("the message has no id"))?;
            let kind = AgentEventKind::Withdrawn { message: SourceId::exact(&id), partly: false };
            let event = AgentEvent { id: SourceId::exact(&format!("deleted/{id}")), kind };
            (hook.conversation.ok_or(unread)?, vec![event])
        }
        "conversation_status_changed" if hook.status.as_deref() == Some(RESOLVED) => {
            (itself(hook), vec![end_event(changed.as_deref().or(delivery).unwrap_or_default())])
        }
        "conversation_status_changed" => {
            let Some(on) = on_hold(&hook) else { return Ok(Vec::new()) };
            let id = format!("snoozed/{on}/{}", changed.as_deref().or(delivery).unwrap_or_default());
            (itself(hook), vec![AgentEvent { id: SourceId::exact(&id), kind: AgentEventKind::OnHold { on } }])
        }
        "conversation_updated" => {
            let at = changed.as_deref().or(delivery).unwrap_or_default().to_owned();
            let named = |what: &str, kind| AgentEvent { id: SourceId::exact(&format!("{what}/{at}")), kind };
            let assigned = hook.meta.assignee.as_ref().filter(|person| is_agent(person) && given(&hook)).map(agent);
            let transfer = transferred(&hook).map(|kind| named("transferred", kind));
            let assigned = assigned.map(|agent| named("assigned", AgentEventKind::Assigned { agent }));
            (itself(hook), transfer.into_iter().chain(assigned).collect())
        }
        typing @ ("conversation_typing_on" | "conversation_typing_off")
            if user(&hook.user) && hook.is_private != Some(true) =>
        {
            let on = typing.ends_with("on");
            let at = delivery.or(changed.as_deref()).unwrap_or_default();
            let id = SourceId::exact(&format!("typing/{on}/{at}"));
            (hook.conversation.ok_or(unread)?, vec![AgentEvent { id, kind: AgentEventKind::Typing { on } }])
        }
        _ => return Ok(Vec::new()),
    };
    if events.is_empty() {
        return Ok(Vec::new());
    }
    let opening = marked(&conversation);
    let ticket = TicketId::new(conversation.id.ok_or(unread)?);
    Ok(vec![TicketEvents { ticket, opening, events }])
}

/// The conversation that a webhook is.
fn itself(hook: Hook) -> Conversation {
    Conversation {
        id: hook.id,
        status: hook.status,
        custom_attributes: hook.custom_attributes,
        ..Conversation::default()
    }
}

/// Whether an agent's message for the customer was deleted: the event tells other changes of a message as well.
fn is_deleted(hook: &Hook) -> bool {
    hook.content_attributes.deleted == Some(true)
        && is_outgoing(hook.message_type.as_deref())
        && hook.private == Some(false)
}

/// The value of an attribute before a change, and after it; `None` where it did not change.
fn change<'a>(hook: &'a Hook, of: &str) -> Option<(Option<&'a Value>, Option<&'a Value>)> {
    let stated = |value: &'a Value, which| value.get(which).filter(|value: &&Value| !value.is_null());
    let change = hook.changed_attributes.iter().find_map(|changes| changes.get(of))?;
    Some((stated(change, "previous_value"), stated(change, "current_value")))
}

/// Whether a conversation was snoozed, or is not any more.
fn on_hold(hook: &Hook) -> Option<bool> {
    let before = change(hook, "status").map(|(from, _)| from.and_then(Value::as_str));
    match hook.status.as_deref() {
        Some("snoozed") => Some(true),
        // A server that does not say what it was before may mean that.
        Some("open") if before.is_none_or(|before| before == Some("snoozed")) => Some(false),
        _ => None,
    }
}

/// Whether somebody got the conversation.
fn given(hook: &Hook) -> bool {
    change(hook, "assignee_id").is_some_and(|(_, to)| to.is_some())
}

/// What an update tells of the team, and of an agent who gave the conversation back. The first team is Chatwoot's own choice, or our route.
fn transferred(hook: &Hook) -> Option<AgentEventKind> {
    let moved = change(hook, "team_id").is_some_and(|(from, to)| from.is_some() && to.is_some());
    let unassigned = change(hook, "assignee_id").is_some_and(|(from, to)| from.is_some() && to.is_none());
    let team = hook.meta.team.as_ref();
    let queue = team.map(|team| DeskQueue { id: team.id.clone(), name: team.name.clone() });
    (moved || unassigned).then_some(AgentEventKind::Transferred { queue, unassigned, by: None })
}

fn is_outgoing(kind: Option<&str>) -> bool {
    matches!(kind, Some("outgoing" | "1"))
}

/// Whether a message is Chatwoot's survey: a template like others, told by what it holds (`message.rb`, `input_csat`).
fn is_csat(kind: Option<&str>, content: Option<&str>) -> bool {
    matches!(kind, Some("template" | "3")) && content == Some("input_csat")
}

fn is_agent(person: &Person) -> bool {
    person.kind.as_deref() == Some("user")
}

fn agent(person: &Person) -> Agent {
    Agent { id: person.id.clone(), name: person.available_name.clone().or_else(|| person.name.clone()) }
}

/// Whether a message is an agent's for the customer.
fn is_for_customer(message: &Message) -> bool {
    is_outgoing(message.message_type.as_deref())
        && message.private == Some(false)
        && message.sender.as_ref().is_some_and(is_agent)
        && message.content_attributes.deleted != Some(true)
        && message.source_id.as_deref().is_none_or(|source| !source.starts_with(OURS))
}

/// Whether a message is Chatwoot's own survey.
pub(super) fn is_survey(message: &Message) -> bool {
    is_csat(message.message_type.as_deref(), message.content_type.as_deref())
        && message.private == Some(false)
        && message.content_attributes.deleted != Some(true)
}

/// Whether a message may reach the customer.
pub(super) fn is_told(message: &Message) -> bool {
    is_for_customer(message) || is_survey(message)
}

/// What the page of a survey is called, below Chatwoot's address.
const SURVEY: &str = "/survey/responses/";

/// The survey as text with its link. For an inbox that is no widget Chatwoot puts the link into the text, and some releases do so only where
/// they send it themselves (`message.rb#content`, later `message_content_presenter.rb`): `link` is for those.
pub(super) fn survey(message: &Message, link: Option<&str>) -> Option<AgentEventKind> {
    let words = plain(message.content.as_deref().unwrap_or_default(), Format::Markdown).text;
    let words = words.trim();
    let text = if has_link(message) { words.to_owned() } else { lines(&[Some(words), Some(link?)]) };
    Some(AgentEventKind::Survey { contents: vec![Content::text(text.trim())] })
}

/// Whether a survey's text has its link.
pub(super) fn has_link(message: &Message) -> bool {
    message.content.as_deref().is_some_and(|content| content.contains(SURVEY))
}

/// The page of a conversation's survey, where Chatwoot's address is `base`.
pub(super) fn survey_link(base: &Url, uuid: &str) -> Option<String> {
    base.join(&format!("{SURVEY}{uuid}")).ok().map(String::from)
}

/// Whether a message is of this conversation, as far as it says of which it is.
pub(super) fn is_of(message: &Message, ticket: &str) -> bool {
    message.conversation_id.as_deref().is_none_or(|of| of == ticket)
}

/// What a message tells the customer.
pub(super) fn told(message: &Message) -> Vec<AgentEventKind> {
    let contents = contents(message);
    if contents.is_empty() || !is_for_customer(message) {
        return Vec::new();
    }
    vec![AgentEventKind::Message { contents, agent: message.sender.as_ref().map(agent) }]
}

/// Words with their answers to tap, then files.
fn contents(message: &Message) -> Vec<Content> {
    let rendered = plain(message.content.as_deref().unwrap_or_default(), Format::Markdown);
    let mut lines: Vec<String> = Some(rendered.text).filter(|text| !text.trim().is_empty()).into_iter().collect();
    let (mut options, mut pictures) = (Vec::new(), Vec::new());
    for item in &message.content_attributes.items {
        match message.content_type.as_deref() {
            Some("input_select") => options.extend(item.title.clone()),
            Some("form") => lines.extend(asked(item)),
            // Cards, articles, and what comes next year.
            _ => {
                lines.extend([&item.title, &item.description, &item.link].into_iter().filter_map(Clone::clone));
                pictures.extend(item.media_url.clone());
                for action in &item.actions {
                    match (action.uri.as_deref().and_then(web_link), &action.text) {
                        (Some(uri), Some(text)) => lines.push(format!("{text}: {uri}")),
                        (Some(uri), None) => lines.push(uri),
                        (None, text) => options.extend(text.clone()),
                    }
                }
            }
        }
    }
    let text = lines.join("\n");
    let words = match (text.is_empty(), options.is_empty()) {
        (true, true) => None,
        (_, true) => Some(Content::text(text)),
        (_, false) => Some(Content::Choices { text, options }),
    };
    let pictures = rendered.images.into_iter().chain(pictures).map(|url| attached(Some(&url), None));
    let files = message.attachments.iter().map(attachment);
    words.into_iter().chain(pictures).chain(files).collect()
}

/// A field of a form is for Chatwoot's own widget: the customer is asked the same in words.
fn asked(field: &Item) -> Option<String> {
    let label = field.label.as_deref().or(field.title.as_deref()).or(field.placeholder.as_deref())?;
    let options: Vec<&str> = field.options.iter().filter_map(|option| option.label.as_deref()).collect();
    Some(if options.is_empty() { label.to_owned() } else { format!("{label} ({})", options.join(" / ")) })
}

/// A file, or a place. One without an address is a file that cannot be had: the agent is told.
fn attachment(attachment: &Attachment) -> Content {
    if let (Some("location"), Some(latitude), Some(longitude)) =
        (attachment.file_type.as_deref(), attachment.coordinates_lat, attachment.coordinates_long)
    {
        return Content::Location { latitude, longitude, text: attachment.fallback_title.clone() };
    }
    // What Chatwoot could not read is its title, which may be all that there is (`fallback`, `share`).
    let url = attachment.data_url.as_deref().and_then(web_link);
    if let (None, Some("fallback" | "share" | "contact"), Some(title)) =
        (&url, attachment.file_type.as_deref(), &attachment.fallback_title)
    {
        return Content::text(title.clone());
    }
    // The last part of the path is the file's name (`active_storage/blobs/redirect/…/manual.pdf`).
    let parsed = url.as_deref().and_then(|url| Url::parse(url).ok());
    let name = parsed.as_ref().and_then(|url| url.path_segments()?.next_back()).filter(|name| name.contains('.'));
    let name = name.map(|name| percent_encoding::percent_decode_str(name).decode_utf8_lossy().into_owned());
    let name = name.or_else(|| attachment.fallback_title.clone());
    Content::File { url: url.unwrap_or_default(), name, mime: None, size: attachment.file_size, caption: None }
}

/// The beginning of a message, so that whoever reads a notice knows which one is meant.
pub(super) fn quote(message: &Message) -> Option<String> {
    to_text::quote(message.content.as_deref()?)
}
