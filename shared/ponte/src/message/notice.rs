//! What a channel says of itself, as a sentence for the agent.
//!
//! A notice opens no conversation; within one it is told. Pure.

use super::{Content, documents::contents_of};
use crate::{
    lime::{Document, Notice},
    texts::{Placeholder, TextKey, Texts},
};

/// What a document from Blip is for the helpdesk ([`contents_of`]), what a channel says of itself ([`Document::notice`]) as a sentence for the
/// agent.
pub fn contents_in(document: &Document, texts: &Texts) -> Vec<Content> {
    match document.notice() {
        Some(said) => contents(&said, texts),
        None => contents_of(document),
    }
}

/// The sentence, and of a changed message what it says now.
fn contents(notice: &Notice, texts: &Texts) -> Vec<Content> {
    let told = match notice {
        Notice::NumberChanged(Some(number)) => texts.must_say(TextKey::NoticeNumber, &[(Placeholder::Number, number)]),
        Notice::Unsupported(kind) => {
            let kind = kind.as_deref().map(|kind| format!(" ({kind})")).unwrap_or_default();
            texts.must_say(TextKey::NoticeUnsupported, &[(Placeholder::Kind, &kind)])
        }
        Notice::Other(words) => texts.must_say(TextKey::NoticeOther, &[(Placeholder::Words, words)]),
        Notice::Opened => texts.must_say(TextKey::NoticeOpened, &[]),
        Notice::NumberChanged(None) => texts.must_say(TextKey::NoticeNumberUnknown, &[]),
        Notice::IdentityChanged => texts.must_say(TextKey::NoticeIdentity, &[]),
        Notice::Edited(Some(_)) => texts.must_say(TextKey::NoticeEdited, &[]),
        Notice::Edited(None) => texts.must_say(TextKey::NoticeEditedUnknown, &[]),
        Notice::Deleted => texts.must_say(TextKey::NoticeDeleted, &[]),
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
