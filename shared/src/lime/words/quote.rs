//! The words of a reply: what it answers, quoted, then what it says.
//!
//! The quote reminds, it does not repeat: it is cut short.

use super::page::{Page, cut};
use super::{words_at, write};
use crate::lime::{InReplyTo, Reaction, Reply};

/// The longest quote, in characters.
const MAX_QUOTE: usize = 300;

/// A reply found this deep.
pub(super) fn reply(reply: &Reply, depth: usize, page: &mut Page) {
    quote(reply.in_reply_to.as_ref(), depth, page);
    write(&reply.replied.document(), depth, page);
}

/// A reaction found this deep: an emoji says little without what it stands on.
pub(super) fn reaction(reaction: &Reaction, depth: usize, page: &mut Page) {
    quote(reaction.in_reaction_to.as_ref(), depth, page);
    page.line(reaction.emoji().as_deref().unwrap_or("[reaction removed]"));
}

/// What a message answers, if its words are there.
pub(super) fn quote(quoted: Option<&InReplyTo>, depth: usize, page: &mut Page) {
    if let Some(quoted) = quoted.and_then(InReplyTo::document) {
        for line in cut(&words_at(&quoted, depth), MAX_QUOTE).lines() {
            page.line(&format!("> {line}"));
        }
    }
}
