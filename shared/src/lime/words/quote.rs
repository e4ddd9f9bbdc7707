//! The words of a reply: what it answers, quoted, then what it says.
//!
//! The quote reminds, it does not repeat: it is cut short.

use super::page::{Page, cut};
use super::{words_at, write};
use crate::lime::{InReplyTo, Reply};

/// The longest quote, in characters.
const MAX_QUOTE: usize = 300;

/// A reply found this deep.
pub(super) fn reply(reply: &Reply, depth: usize, page: &mut Page) {
    if let Some(quoted) = reply.in_reply_to.as_ref().and_then(InReplyTo::document) {
        for line in cut(&words_at(&quoted, depth), MAX_QUOTE).lines() {
            page.line(&format!("> {line}"));
        }
    }
    write(&reply.replied.document(), depth, page);
}
