//! The relay's words as RT's JSON, and back. Pure.

use base64::{
    Engine as _,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use reqwest::Url;

pub(super) use super::wire::{NOBODY, TICKET_ID};
use super::{
    routing::Wanted,
    wire::{
        Attachment, Body, Change, CustomField, Hook, Message, MessageFields, NewTicket, Ticket, TicketFields,
        Transaction, User,
    },
};
use crate::{
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

/// The statuses that end a conversation: those without a way on in RT's default lifecycle.
const CLOSED: [&str; 3] = ["resolved", "rejected", "deleted"];
/// The status of a ticket that waits for somebody else than the team, in RT's default lifecycle.
const STALLED: &str = "stalled";
/// RT's own user: it opens a ticket when something is said on it. That is nobody's doing.
pub(super) const SYSTEM: &str = "RT_System";
/// Of at most so many merged tickets the conversations move with one event: each is a message of the queue.
const MAX_MERGED: usize = 10;
/// The longest name of a customer in a subject, in characters: a subject of RT's has 200.
const MAX_NAME: usize = 100;
/// A text with more bytes than this is passed on as a file.
const MAX_TEXT_BYTES: u64 = 256 * 1024;
/// What the custom field of a transaction is called, by which it is found again.
pub(super) const MESSAGE_ID: &str = "BlipMessageId";

/// RT breaks base64 into lines; without them, padded or not.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

pub(super) fn new_ticket(queue: &str, opening: &NewConversation, content: &str, wanted: &Wanted) -> NewTicket {
    let name = opening.profile.name.as_deref().unwrap_or_default();
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let name = split(&name, MAX_NAME).into_iter().next().unwrap_or_default();
    let subject = ["Blip", &opening.channel, name.trim()];
    let subject: Vec<&str> = subject.into_iter().filter(|part| !part.is_empty()).collect();
    NewTicket {
        queue: wanted.queue.clone().unwrap_or_else(|| queue.to_owned()),
        subject: wanted.subject.clone().unwrap_or_else(|| subject.join(" · ")),
        owner: wanted.owner.clone(),
        priority: wanted.priority.clone(),
        content: content.to_owned(),
        content_type: "text/plain",
        custom_fields: TicketFields {
            blip_identity: opening.profile.identity.as_ref().map(|identity| identity.as_str().to_owned()),
            blip_ticket_id: opening.id.as_str().to_owned(),
            more: wanted.fields.clone(),
        },
    }
}

pub(super) fn message(id: &str, text: &str) -> Message {
    Message {
        content: text.to_owned(),
        content_type: "text/plain",
        txn_custom_fields: MessageFields { blip_message_id: id.to_owned() },
    }
}

/// The words that come with a file: its name, if it has none. RT would make an empty part of no words.
pub(super) fn beside_file(message: &CustomerMessage, name: &str, language: Language) -> String {
    let late = message.late.then(|| intro_note::late(language));
    let caption = match &message.content {
        Content::File { caption, .. } => caption.as_deref(),
        _ => None,
    };
    let caption = caption.filter(|caption| !caption.trim().is_empty());
    lines(&[late, caption.or(Some(name))])
}

/// Words of the customer; a file is its link.
pub(super) fn said(message: &CustomerMessage, language: Language) -> String {
    let late = message.late.then(|| intro_note::late(language));
    lines(&[late, Some(&in_words(&message.content))])
}

/// A text as RT's search language quotes it.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// Whether it is over, as far as RT's own statuses say.
pub(super) fn is_closed(status: Option<&str>) -> bool {
    status.is_some_and(|status| CLOSED.contains(&status))
}

/// Whether it is not even there for agents any more.
pub(super) fn is_deleted(status: Option<&str>) -> bool {
    status == Some("deleted")
}

/// Whether a custom field has this value.
pub(super) fn has_value(fields: &[CustomField], name: &str, value: &str) -> bool {
    fields.iter().any(|field| field.name.as_deref() == Some(name) && field.values.iter().any(|v| v == value))
}

/// The transaction that the scrip names, unless what it tells shows that it is nothing for the customer.
pub(super) fn events(hook: Hook, own: &str) -> Result<Vec<TicketEvents>, Rejection> {
    if hook.kind != "rt.transaction.created" {
        return Err(Rejection::Unprocessable("unknown `type`"));
    }
    let unread = Rejection::Unprocessable("`data` is no transaction of a ticket");
    let happened: Change = serde_json::from_value(hook.data).map_err(|_| unread)?;
    let ticket = happened.ticket.clone().ok_or(unread)?;
    let transaction = happened.transaction.clone().ok_or(unread)?;
    happened.kind.as_deref().ok_or(unread)?;
    let creator = happened.creator.as_deref();
    if creator == Some(own) || creator == Some(SYSTEM) || !may_matter(&happened) {
        return Ok(Vec::new());
    }
    let opening = happened.opening.as_deref().and_then(ConversationId::parse);
    let ticket = TicketId::new(ticket);
    // RT says of the ticket that lives which ones are in it. Theirs are other groups of the queue: the event waits until the conversation
    // has moved here.
    let merged = happened.merged.iter().take(MAX_MERGED).map(|merged| TicketEvents {
        ticket: TicketId::new(merged.as_str()),
        opening: None,
        events: vec![AgentEvent {
            id: SourceId::exact(&format!("merged-{}", ticket.as_str())),
            kind: AgentEventKind::Merged { into: ticket.clone() },
        }],
    });
    let named = TicketEvents { ticket: ticket.clone(), opening, events: vec![reference(&transaction)] };
    Ok(merged.chain([named]).collect())
}

/// The event that names a transaction: the same at the webhook endpoint and in a sweep.
pub(super) fn reference(transaction: &str) -> AgentEvent {
    AgentEvent { id: SourceId::exact(transaction), kind: AgentEventKind::NeedsFetch }
}

/// Whether a transaction of this kind can be for the customer. A take is also a `SetWatcher`, which is not asked for.
fn may_matter(happened: &Change) -> bool {
    let (old, new) = (happened.old.as_deref(), happened.new.as_deref());
    match happened.kind.as_deref() {
        Some("Correspond") => true,
        Some("Status") => is_closed(new) || new == Some(STALLED) || old == Some(STALLED),
        Some("Set") => matches!(happened.field.as_deref(), Some("Owner" | "Queue")),
        _ => false,
    }
}

/// What is to be read of a transaction, to know what it tells.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Tells {
    Nothing,
    /// Words of this user.
    Words(String),
    /// The ticket was given to this user.
    Owner(String),
    /// It went to another queue.
    Queue,
    /// It waits, or goes on.
    OnHold(bool),
    Closed,
}

/// What a transaction tells the customer of `ticket`. `ticket` is the ticket as it is: our own user made it, and its
/// requestors, if an agent added any, are customers who write by e-mail.
pub(super) fn tells(transaction: &Transaction, ticket: &Ticket, own: &str) -> Tells {
    let of_ticket = transaction.object.id.as_deref().or(transaction.object_id.as_deref());
    let Some(creator) = transaction.creator.id.as_deref() else { return Tells::Nothing };
    let ours = |field: &CustomField| field.name.as_deref() == Some(MESSAGE_ID) && !field.values.is_empty();
    // Who made our ticket is the bridge, whatever it is called; a ticket that ours was merged into may be anybody's.
    let is_ours =
        ticket.custom_fields.iter().any(|field| field.name.as_deref() == Some(TICKET_ID) && !field.values.is_empty());
    if of_ticket != ticket.id.as_deref()
        || creator == SYSTEM
        || creator == own
        || (is_ours && ticket.creator.id.as_deref() == Some(creator))
        || transaction.custom_fields.iter().any(ours)
    {
        return Tells::Nothing;
    }
    match (transaction.kind.as_deref(), transaction.new.as_deref()) {
        (Some("Correspond"), _) if ticket.requestor.iter().all(|user| user.id.as_deref() != Some(creator)) => {
            Tells::Words(creator.to_owned())
        }
        (Some("Status"), new) if is_closed(new) => Tells::Closed,
        (Some("Status"), new) if new == Some(STALLED) || transaction.old.as_deref() == Some(STALLED) => {
            Tells::OnHold(new == Some(STALLED))
        }
        (Some("Set"), Some(owner)) if transaction.field.as_deref() == Some("Owner") => Tells::Owner(owner.to_owned()),
        (Some("Set"), _) if transaction.field.as_deref() == Some("Queue") => Tells::Queue,
        _ => Tells::Nothing,
    }
}

/// Who it is; `None` for whoever only writes e-mail, and for nobody. The name that one logs in with is not shown.
pub(super) fn agent(user: &User) -> Option<Agent> {
    let id = user.name.clone().filter(|name| name != NOBODY && name != SYSTEM)?;
    (user.privileged.as_deref() == Some("1")).then(|| Agent { id: Some(id), name: user.real_name.clone() })
}

/// A part of a transaction, as it is passed on.
pub(super) enum Piece<'a> {
    /// Words, in this format, whose bytes are in this attachment.
    Words(&'a str, Format),
    File(&'a str, &'a Attachment),
}

/// The parts that are for the customer: words in the one format that has them, then files. An e-mail's words stand in it twice.
pub(super) fn pieces(attachments: &[Attachment]) -> Vec<Piece<'_>> {
    let mime = |attachment: &Attachment| attachment.mime.as_deref().unwrap_or_default().to_ascii_lowercase();
    let words = |attachment: &Attachment| match mime(attachment).as_str() {
        _ if attachment.name.is_some() || length(attachment).is_some_and(|length| length > MAX_TEXT_BYTES) => None,
        "text/plain" => Some(Format::Plain),
        "text/html" => Some(Format::Html),
        _ => None,
    };
    let has_plain = attachments.iter().any(|attachment| words(attachment) == Some(Format::Plain));
    let (mut texts, mut files) = (Vec::new(), Vec::new());
    for attachment in attachments {
        let Some(id) = attachment.id.as_deref() else { continue };
        match (words(attachment), mime(attachment)) {
            // What RT makes of a message without words.
            (None, _) if attachment.name.is_none() && length(attachment) == Some(0) => {}
            (Some(Format::Html), _) if has_plain => {}
            (Some(format), _) => texts.push(Piece::Words(id, format)),
            (None, mime) if mime.starts_with("multipart/") || mime.starts_with("message/") => {}
            (None, _) => files.push(Piece::File(id, attachment)),
        }
    }
    texts.extend(files);
    texts
}

fn length(attachment: &Attachment) -> Option<u64> {
    attachment.length.as_deref()?.trim().parse().ok()
}

/// The words of a body. `None` when it cannot be read.
pub(super) fn words(body: &Body) -> Option<String> {
    let base64: String = body.content.as_deref().unwrap_or_default().split_whitespace().collect();
    Some(String::from_utf8_lossy(&LENIENT.decode(base64).ok()?).replace("\r\n", "\n"))
}

/// Words as contents. A picture that stands in them is passed on, but not one of RT's own: the bridge's key may read more than
/// whoever wrote the link.
pub(super) fn text(words: &str, format: Format, own: &Url) -> Vec<Content> {
    let rendered = plain(words, format);
    let text = rendered.text.trim_end();
    let text = (!text.trim().is_empty()).then(|| Content::text(text));
    let foreign = |url: &String| Url::parse(url).is_ok_and(|url| url.host() != own.host());
    let picture = |url| Content::File { url, name: None, mime: None, size: None, caption: None };
    text.into_iter().chain(rendered.images.into_iter().filter(foreign).map(picture)).collect()
}

/// A file by the address where its bytes stand in JSON.
pub(super) fn file(url: String, attachment: &Attachment) -> Content {
    Content::File {
        url,
        name: attachment.name.clone(),
        mime: attachment.mime.clone(),
        size: length(attachment),
        caption: None,
    }
}

/// The beginning of an agent's message, so that whoever reads a notice knows which one is meant.
pub(super) fn quote(contents: &[Content]) -> Option<String> {
    let text = contents.iter().find_map(|content| match content {
        Content::Text { text } => Some(text.as_str()),
        Content::File { name, .. } => name.as_deref(),
        _ => None,
    })?;
    to_text::quote(text)
}
