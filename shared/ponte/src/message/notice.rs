//! What a channel says of itself, as a sentence for the agent.
//!
//! A notice opens no conversation; within one it is told. Pure.

use super::{Content, documents::contents_of};
use crate::{
    lime::{Document, Notice},
    texts::{Language, own},
};

/// What a document from Blip is for the helpdesk ([`contents_of`]), what a channel says of itself ([`Document::notice`]) as a sentence for the
/// agent.
pub fn contents_in(document: &Document, language: Language) -> Vec<Content> {
    match document.notice() {
        Some(said) => contents(&said, language),
        None => contents_of(document),
    }
}

/// The sentence, and of a changed message what it says now.
fn contents(notice: &Notice, language: Language) -> Vec<Content> {
    let sentence = own(language, key(notice)).unwrap_or_default();
    let told = match notice {
        Notice::NumberChanged(Some(number)) => sentence.replace("{number}", number),
        Notice::Unsupported(kind) => {
            let kind = kind.as_deref().map(|kind| format!(" ({kind})")).unwrap_or_default();
            sentence.replace("{kind}", &kind)
        }
        Notice::Other(words) => sentence.replace("{words}", words),
        _ => sentence.to_owned(),
    };
    let now = match notice {
        Notice::Edited(Some(document)) => contents_of(document),
        _ => Vec::new(),
    };
    // A change of words is one message, so that nobody takes the new words for a further one.
    match now.as_slice() {
        [Content::Text { text }] => vec![Content::text(format!("{told}\n{text}"))],
        _ => [vec![Content::text(told)], now].concat(),
    }
}

fn key(notice: &Notice) -> &'static str {
    match notice {
        Notice::Opened => "notice_opened",
        Notice::NumberChanged(Some(_)) => "notice_number",
        Notice::NumberChanged(None) => "notice_number_unknown",
        Notice::IdentityChanged => "notice_identity",
        Notice::Edited(Some(_)) => "notice_edited",
        Notice::Edited(None) => "notice_edited_unknown",
        Notice::Deleted => "notice_deleted",
        Notice::Unsupported(_) => "notice_unsupported",
        Notice::Other(_) => "notice_other",
    }
}
