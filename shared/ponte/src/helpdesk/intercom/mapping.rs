//! The relay's words as Intercom's JSON, and back. Pure.

use super::wire::{
    Attachment, Author, Close, Conversation, ConversationBody, From, NewContact, Notification, Part, Reply,
};
use crate::{
    helpdesk::{
        intro_note,
        to_text::{self, attached, in_words, web_link},
    },
    message::{
        Agent, AgentEvent, AgentEventKind, Content, ConversationId, DeskQueue, SourceId, TicketEvents, TicketId,
        text::{Format, plain},
    },
    relay::ports::{CustomerMessage, NewConversation, Rejection},
    texts::Language,
};

/// The topics that may have something for the customer. All others are left out: notes, what the customer wrote (our own
/// echo), what Intercom's own bot says, tags, and the ping.
const TOPICS: [&str; 6] = [
    "conversation.admin.replied",
    "conversation.admin.assigned",
    "conversation.admin.closed",
    "conversation.admin.snoozed",
    "conversation.admin.unsnoozed",
    "conversation_part.redacted",
];

pub(super) fn contact(opening: &NewConversation) -> NewContact {
    NewContact { role: "user", external_id: opening.customer.clone(), name: opening.profile.name.clone() }
}

/// The first line of a conversation. It holds the mark and nothing that a customer chose: a name could imitate a mark.
pub(super) fn begin(contact: &str, opening: &NewConversation) -> ConversationBody {
    ConversationBody {
        from: From { kind: "user", id: contact.to_owned() },
        body: format!("Blip · {} {}", opening.channel, mark(opening.id.as_str())),
    }
}

/// How a mark is written into a text that agents see.
pub(super) fn mark(id: &str) -> String {
    format!("[{id}]")
}

/// Our mark in a text, HTML or plain.
pub(super) fn marked(text: &str) -> Option<ConversationId> {
    text.split(|c: char| !c.is_ascii_hexdigit() && c != '-').find_map(ConversationId::parse)
}

/// A note: plain text as HTML, since notes "accept some HTML formatting", with the mark that it is recognised by.
pub(super) fn note(admin: &str, text: &str, id: &str) -> Reply {
    let text = text.trim_end().replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\n', "<br>");
    Reply::Admin {
        message_type: "note",
        kind: "admin",
        admin_id: admin.to_owned(),
        body: format!("<p>{text}</p><p>{}</p>", mark(id)),
    }
}

/// A close. Its words are the mark by which the webhook endpoint knows that nobody but the bridge closed it.
pub(super) fn close(admin: &str, opening: &ConversationId) -> Close {
    Close { message_type: "close", kind: "admin", admin_id: admin.to_owned(), body: mark(opening.as_str()) }
}

/// Words of the customer. Pictures are attached by their links; `attachment_urls` takes nothing else, so that another file is
/// its link in words.
pub(super) fn reply(contact: &str, message: &CustomerMessage) -> Reply {
    let (body, attachment_urls) = said(&message.content);
    Reply::User {
        message_type: "comment",
        kind: "user",
        intercom_user_id: contact.to_owned(),
        body,
        created_at: message.at.seconds(),
        attachment_urls,
    }
}

/// What came after the end, for a note: a reply would open the conversation anew.
pub(super) fn late(message: &CustomerMessage, language: Language) -> String {
    let (body, links) = said(&message.content);
    [vec![intro_note::late(language).to_owned(), body], links].concat().join("\n")
}

/// Words and pictures.
fn said(content: &Content) -> (String, Vec<String>) {
    match content {
        Content::File { url, name, mime, caption, .. }
            if mime.as_deref().is_some_and(|mime| mime.starts_with("image/")) =>
        {
            let words = caption.as_deref().filter(|caption| !caption.trim().is_empty()).or(name.as_deref());
            (words.unwrap_or("📷").to_owned(), vec![url.clone()])
        }
        content => (in_words(content), Vec::new()),
    }
}

/// Whether the conversation has this reply already: of the contact, from the second in which it was said, with its words.
pub(super) fn has_reply(conversation: &Conversation, reply: &Reply) -> bool {
    let Reply::User { body, created_at, .. } = reply else { return false };
    let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    let wanted = letters(body);
    conversation.parts().iter().any(|part| {
        let contact = part.author.as_ref().and_then(|author| author.kind.as_deref());
        part.created_at == Some(*created_at)
            && matches!(contact, Some("user" | "lead" | "contact"))
            && letters(&rendered(part.body.as_deref().unwrap_or_default()).text) == wanted
    })
}

/// Whether the conversation has a note or a close with this mark.
pub(super) fn has_mark(conversation: &Conversation, id: &str) -> bool {
    let mark = mark(id);
    conversation.parts().iter().any(|part| part.body.as_deref().is_some_and(|body| body.contains(&mark)))
}

/// The beginning of an agent's message, so that whoever reads a notice knows which one is meant.
pub(super) fn quote(conversation: &Conversation, message: &SourceId) -> Option<String> {
    let part = conversation.parts().iter().find(|part| part.id.as_deref() == Some(message.as_str()))?;
    to_text::quote(&rendered(part.body.as_deref()?).text)
}

/// The events of a webhook, in order. The same part under two topics gives the same events with the same ids, so that the
/// customer is told once.
pub(super) fn events(notification: Notification) -> Result<Vec<TicketEvents>, Rejection> {
    if !TOPICS.contains(&notification.topic.as_str()) {
        return Ok(Vec::new());
    }
    let unread = Rejection::Unprocessable("`data.item` is no conversation");
    let conversation: Conversation = serde_json::from_value(notification.data.item).map_err(|_| unread)?;
    let ticket = conversation.id.as_deref().ok_or(Rejection::Unprocessable("the conversation has no id"))?;
    let (mut closed, mut redacted, mut on_hold) = (false, false, None);
    match notification.topic.as_str() {
        "conversation.admin.closed" => closed = true,
        "conversation_part.redacted" => redacted = true,
        "conversation.admin.snoozed" => on_hold = Some(true),
        "conversation.admin.unsnoozed" => on_hold = Some(false),
        _ => {}
    }
    let mut events = Vec::new();
    if let Some(on) = on_hold {
        let part = conversation.parts().first().and_then(|part| part.id.as_deref());
        let id = part.or(notification.id.as_deref()).ok_or(Rejection::Unprocessable("no id"))?;
        events.push(AgentEvent { id: SourceId::exact(&format!("hold-{id}")), kind: AgentEventKind::OnHold { on } });
    }
    for part in conversation.parts() {
        let id = part.id.as_deref().or(notification.id.as_deref()).ok_or(Rejection::Unprocessable("no id"))?;
        if redacted {
            // A note, and the customer's own words, are nothing that the customer was told.
            if is_note(part) || part.author.as_ref().and_then(agent).is_none() {
                continue;
            }
            let kind = AgentEventKind::Withdrawn { message: SourceId::exact(id), partly: false };
            events.push(AgentEvent { id: SourceId::exact(&format!("redacted-{id}")), kind });
            continue;
        }
        events.extend(part_events(part, closed).into_iter().map(|kind| AgentEvent { id: SourceId::exact(id), kind }));
    }
    if closed && conversation.parts().is_empty() {
        let id = notification.id.as_deref().ok_or(Rejection::Unprocessable("no id"))?;
        events.push(AgentEvent { id: SourceId::exact(id), kind: AgentEventKind::Closed { service: None } });
    }
    if events.is_empty() {
        return Ok(Vec::new());
    }
    let opening = marked(conversation.first_words());
    Ok(vec![TicketEvents { ticket: TicketId::new(ticket), opening, events }])
}

/// `note`, and whatever else is one (`note_and_reopen`): never for the customer.
fn is_note(part: &Part) -> bool {
    part.part_type.contains("note")
}

/// What one part tells: words, then to whom the conversation was given, then that it is over.
fn part_events(part: &Part, closed: bool) -> Vec<AgentEventKind> {
    let mut kinds = Vec::new();
    let note = is_note(part);
    // Our own close bears our mark.
    if part.part_type == "close" && part.body.as_deref().and_then(marked).is_some() {
        return kinds;
    }
    let human = |author: &&Author| matches!(author.kind.as_deref(), Some("admin" | "team"));
    // Words that were taken back before they came are not said.
    if let Some(author) = part.author.as_ref().filter(human).filter(|_| !note && part.redacted != Some(true)) {
        let contents = contents(part);
        if !contents.is_empty() {
            kinds.push(AgentEventKind::Message { contents, agent: agent(author) });
        }
    }
    // Given to a team alone, it has no agent yet. That its agent has left, it does not say.
    if let Some(team) = part.assigned_to.as_ref().filter(|to| to.kind.as_deref() == Some("team")) {
        let queue = Some(DeskQueue { id: team.id.clone(), name: team.name.clone() });
        let by = part.author.as_ref().and_then(agent);
        kinds.push(AgentEventKind::Transferred { queue, unassigned: false, by });
    }
    let assigned = part.assigned_to.as_ref().filter(|to| to.kind.as_deref() == Some("admin"));
    if let Some(agent) = assigned.and_then(agent) {
        kinds.push(AgentEventKind::Assigned { agent });
    }
    if closed {
        kinds.push(AgentEventKind::Closed { service: None });
    }
    kinds
}

fn agent(author: &Author) -> Option<Agent> {
    (author.kind.as_deref() == Some("admin")).then(|| Agent { id: author.id.clone(), name: author.name.clone() })
}

/// Words, the pictures among them, and files.
fn contents(part: &Part) -> Vec<Content> {
    let rendered = rendered(part.body.as_deref().unwrap_or_default());
    let text = (!rendered.text.trim().is_empty()).then(|| Content::text(rendered.text));
    let picture = |url: String| attached(Some(&url), None);
    let files = part.attachments.iter().flatten().map(attachment);
    text.into_iter().chain(rendered.images.into_iter().map(picture)).chain(files).collect()
}

/// A file. One without an address that a channel can fetch cannot be had: the agent is told.
fn attachment(attachment: &Attachment) -> Content {
    Content::File {
        url: attachment.url.as_deref().and_then(web_link).unwrap_or_default(),
        name: attachment.name.clone(),
        mime: attachment.content_type.clone(),
        size: attachment.filesize,
        caption: None,
    }
}

/// A body as it is read. Nothing in a webhook says its version: Intercom's HTML always stands in elements, from its first
/// character to its last, and agents' own words do not.
fn rendered(body: &str) -> crate::message::text::Rendered {
    let body = body.trim();
    let element = body.strip_prefix('<').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic()));
    let format = if element && body.ends_with('>') { Format::Html } else { Format::Plain };
    plain(body, format)
}
