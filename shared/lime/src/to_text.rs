//! What a document says, in plain text of no particular language: for transcripts, and for documents that an agent cannot be
//! shown in another way.
//!
//! Pure and total: every document has words, unless it is a chat state or otherwise internal. Bounded in depth and length. It
//! must never decide whether a document is shown, and its result is personal data: never log it.

mod facts;
mod json;
mod menu;
mod other;
mod page;
mod payment;
mod person;
mod quote;

use super::media_types::{CALLS_MEDIA, TEXT, essence, same};
use super::{
    Collection, Document, InReplyTo, MAX_DEPTH, MediaLink, Notice, Redirect, Resource, Ticket, WebLink, is_blank,
    is_signed, is_web,
};
use page::Page;

/// The longest answer of [`words`], in characters: more than a request of Blip's holds (248 KiB), so that nothing a person wrote is cut.
/// It ends what is hostile, and grows.
pub const MAX_WORDS: usize = 256 * 1024;

/// What stands for a message without a word in it.
pub const EMPTY: &str = "[empty message]";

/// What a document says. Empty only for internal documents (see [`Document::is_internal`]).
pub fn to_text(document: &Document) -> String {
    let said = words_at(document, 0);
    if is_blank(&said) && !document.is_internal() {
        return label(document.clone().innermost().media_type());
    }
    said
}

/// The same in at most so many characters, for a transcript. What is left out is said, with its length.
pub fn in_short(document: &Document, most: usize) -> String {
    let said = to_text(document);
    let length = said.chars().count();
    if length <= most {
        return said;
    }
    let end = format!("… [cut: {length} characters in all]");
    said.chars().take(most.saturating_sub(end.chars().count())).chain(end.chars()).collect()
}

/// The words of a document that lies this deep inside another.
fn words_at(document: &Document, depth: usize) -> String {
    let mut page = Page::default();
    write(document, depth, &mut page);
    page.into_text()
}

/// The same on one line, for an entry of a list.
fn inline(document: &Document, depth: usize) -> String {
    let words = words_at(document, depth);
    let lines: Vec<&str> = words.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines.join(" - ")
}

fn write(document: &Document, depth: usize, page: &mut Page) {
    if depth >= MAX_DEPTH {
        return page.line("[…]");
    }
    if document.is_internal() || page.is_full() {
        return;
    }
    let inside = depth.saturating_add(1);
    match document {
        Document::Text(text) => page.line(text),
        Document::MediaLink(link) => media(link, page),
        Document::Location(location) => person::place(location, page),
        Document::Contact(contact) => person::card(contact, page),
        Document::Reply(reply) => quote::reply(reply, inside, page),
        Document::Reaction(reaction) => quote::reaction(reaction, inside, page),
        Document::ChatState(_) => {}
        Document::WebLink(link) => web_link(link, page),
        Document::Redirect(redirect) => hand_over(redirect, inside, page),
        Document::Ticket(ticket) => announce(ticket, inside, page),
        Document::Sensitive(container) | Document::Container(container) => write(&container.document(), inside, page),
        Document::Collection(collection) => all(collection, inside, page),
        Document::Select(select) => menu::select(select, page),
        Document::DocumentSelect(select) => menu::document_select(select, inside, page),
        Document::Input(input) => {
            write(&input.label.document(), inside, page);
            facts::write(&input.unread(), page);
        }
        Document::List(list) => menu::list(list, inside, page),
        Document::Resource(resource) => stand_in(resource, page),
        Document::Json(content) => json::write(content, page),
        Document::CopyAndPaste(code) => payment::copy_and_paste(code, page),
        Document::Invoice(invoice) => payment::invoice(invoice, page),
        Document::InvoiceStatus(status) => payment::status(status, page),
        Document::PaymentReceipt(receipt) => payment::receipt(receipt, page),
        Document::Other { media_type, content } => other::write(media_type, content, inside, page),
    }
}

/// What a document of a rare type is made of, in order: the documents inside it, and before them what it says itself. `None`
/// for every type that holds no others.
pub fn opened(document: &Document) -> Option<Vec<Document>> {
    let Document::Other { media_type, content } = document else { return None };
    let mut inside = other::inside(media_type, content);
    if inside.is_empty() {
        return None;
    }
    if same(media_type, CALLS_MEDIA) {
        inside.insert(0, Document::text(other::call(content)));
    }
    Some(inside)
}

/// What a message answers, each line quoted; empty where that is not known.
pub fn quoted(message: Option<&InReplyTo>) -> String {
    let mut page = Page::default();
    quote::quote(message, 0, &mut page);
    page.into_text()
}

/// A link that carries its own signature is nobody else's, and dead in minutes; one that leads nowhere from here is a path on somebody's
/// telephone, or the bytes: the type stands in for it.
fn media(link: &MediaLink, page: &mut Page) {
    page.lines([link.text.as_deref(), link.title.as_deref()]);
    if is_signed(&link.uri) {
        page.line(&label(link.media_type.as_deref().unwrap_or("file")));
    } else if is_web(&link.uri) {
        page.line(&link.uri);
    } else {
        let kind = kind_of_file(link.media_type.as_deref().unwrap_or_default());
        let name = link.uri.rsplit(['/', '\\']).next().filter(|_| !facts::is_bytes(&link.uri) && link.title.is_none());
        page.line(&page::joined([kind.as_str(), &page::tame(name.unwrap_or_default())]));
    }
}

/// A short word for a kind of file, in brackets.
fn kind_of_file(media_type: &str) -> String {
    let kind = essence(media_type).to_ascii_lowercase();
    match kind.split('/').next().unwrap_or_default() {
        family @ ("image" | "audio" | "video" | "sticker") => format!("[{family}]"),
        "voice" => "[audio]".to_owned(),
        _ if kind == "application/pdf" => "[pdf]".to_owned(),
        _ => "[file]".to_owned(),
    }
}

fn web_link(link: &WebLink, page: &mut Page) {
    page.lines([link.title.as_deref(), link.text.as_deref(), link.uri()]);
    if let Some(uri) = link.uri.as_ref().filter(|uri| !uri.is_string()) {
        facts::value(uri, page);
    }
    facts::write(&link.unread(), page);
}

/// A notice without a language; `message::notice` has the sentences.
fn notice(notice: &Notice, page: &mut Page) {
    let (name, what) = match notice {
        Notice::Opened => ("chat opened", None),
        Notice::NumberChanged(number) => ("number changed", number.as_deref()),
        Notice::IdentityChanged => ("identity changed", None),
        Notice::Edited(Some(now)) => {
            page.line("[message edited]");
            return page.line(&words_at(now, 1));
        }
        Notice::Edited(None) => ("message edited", None),
        Notice::Deleted => ("message deleted", None),
        Notice::Unsupported(kind) => ("unsupported message", kind.as_deref()),
        Notice::Other(words) => ("channel", Some(words.as_str())),
    };
    page.line(&page::joined([format!("[{name}]").as_str(), &page::tame(what.unwrap_or_default())]));
}

fn hand_over(redirect: &Redirect, depth: usize, page: &mut Page) {
    page.line(&page::joined(["[redirect]", redirect.address.as_deref().unwrap_or("")]));
    if let Some(said) = redirect.said() {
        write(&said, depth, page);
    }
}

fn announce(ticket: &Ticket, depth: usize, page: &mut Page) {
    let number = ticket.sequential_id.as_ref().map(page::scalar).unwrap_or_default();
    page.line(&page::joined(["[ticket]", &number, ticket.status.as_deref().unwrap_or("")]));
    if let Some(input) = ticket.customer_input() {
        write(&input, depth, page);
    }
}

fn all(collection: &Collection, depth: usize, page: &mut Page) {
    for document in collection.documents() {
        if page.is_full() {
            return;
        }
        write(&document, depth, page);
    }
}

fn stand_in(resource: &Resource, page: &mut Page) {
    page.line(&format!("[{}]", resource.key));
    for (name, value) in resource.variables.iter().flatten() {
        page.line(&format!("{name}: {}", page::scalar(value)));
    }
    facts::write(&resource.unread(), page);
}

/// A short name for a type, in brackets: what stands for a document without words of its own.
fn label(media_type: &str) -> String {
    if same(media_type, TEXT) {
        return EMPTY.to_owned();
    }
    let name = essence(media_type);
    let own = ["application/vnd.lime.", "application/vnd.iris."].iter().find_map(|start| name.strip_prefix(start));
    let name = own.map_or(name, |own| own.strip_suffix("+json").unwrap_or(own));
    format!("[{}]", page::tame(name))
}
