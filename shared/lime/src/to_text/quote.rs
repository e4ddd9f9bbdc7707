//! The words of a reply: what it answers, quoted, then what it says.
//!
//! The quote reminds, it does not repeat: it is cut short, and of a file it names the kind and what was said with it. Blip's own names for
//! stored files say nothing to people.

use super::page::{Page, cut};
use super::{EMPTY, facts, kind_of_file, words_at, write};
use crate::media_types::{MEDIA_LINK, TEXT, same};
use crate::{Document, InReplyTo, MediaLink, Reaction, Reply, is_blank};

/// The longest quote, in characters.
const MAX_QUOTE: usize = 300;

/// A reply found this deep.
pub(super) fn reply(reply: &Reply, depth: usize, page: &mut Page) {
    quote(reply.in_reply_to.as_ref(), depth, page);
    let before = page.length();
    write(&reply.replied.document(), depth, page);
    if page.length() == before {
        page.line(EMPTY);
    }
    facts::write(&reply.unread(), page);
}

/// A reaction found this deep: an emoji says little without what it stands on.
pub(super) fn reaction(reaction: &Reaction, depth: usize, page: &mut Page) {
    quote(reaction.in_reaction_to.as_ref(), depth, page);
    emoji(reaction, page);
}

/// The emoji; that it was taken back is said only where none was sent.
pub(super) fn emoji(reaction: &Reaction, page: &mut Page) {
    match reaction.emoji() {
        Some(emoji) => page.line(&emoji),
        None if reaction.is_removed() => page.line("[reaction removed]"),
        None => {
            page.line("[reaction that cannot be read]");
            facts::write(&reaction.unread(), page);
        }
    }
}

/// What a message answers, if its words are there.
pub(super) fn quote(quoted: Option<&InReplyTo>, depth: usize, page: &mut Page) {
    let Some(quoted) = quoted else { return };
    let words = match quoted.document() {
        Some(document) => said(&document, depth),
        // Only what it was is told.
        None => quoted.media_type.as_deref().filter(|kind| !same(kind, TEXT)).map(short_name).unwrap_or_default(),
    };
    if is_blank(&words) {
        return;
    }
    for line in cut(&words, MAX_QUOTE).lines() {
        page.line(&format!("> {line}"));
    }
}

fn said(document: &Document, depth: usize) -> String {
    match document.clone().unwrapped() {
        Document::MediaLink(link) => file(&link),
        Document::Other { media_type, content } if same(&media_type, MEDIA_LINK) => {
            let text =
                |name: &str| content.get(name).and_then(|text| text.as_str()).filter(|text| !is_inner_name(text));
            let kind = kind_of_file(text("type").unwrap_or_default());
            let texts = [Some(kind.as_str()), text("text"), text("title")];
            texts.into_iter().flatten().collect::<Vec<_>>().join(" ")
        }
        document if document.is_control() => String::new(),
        document => words_at(&document, depth),
    }
}

/// `[image] foto.jpg`, and the words that came with it.
fn file(link: &MediaLink) -> String {
    let kind = kind_of_file(link.media_type.as_deref().unwrap_or_default());
    let title = link.title.as_deref().filter(|title| !is_inner_name(title) && link.text.as_deref() != Some(*title));
    let first = title.map_or(kind.clone(), |title| format!("{kind} {title}"));
    let caption = link.text.as_deref().filter(|text| !is_blank(text) && !is_inner_name(text));
    caption.map_or(first.clone(), |caption| format!("{first}\n{caption}"))
}

fn short_name(media_type: &str) -> String {
    if same(media_type, MEDIA_LINK) { kind_of_file("") } else { super::label(media_type) }
}

/// A name that Blip's store made (`Media_b34a1052-…`), a path, a link, or a bare id.
fn is_inner_name(name: &str) -> bool {
    let name = name.trim();
    let bare = name.strip_prefix("Media_").unwrap_or(name);
    let is_id = bare.len() >= 32 && bare.bytes().all(|letter| letter.is_ascii_hexdigit() || letter == b'-');
    is_blank(name) || is_id || name.starts_with("Media_") || name.contains("://")
}
