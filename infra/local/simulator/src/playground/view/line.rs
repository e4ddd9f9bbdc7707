//! What stands in a chat, one under the other: what was said, and what happened.

use crate::ledger::Note;
use crate::message::Content;

use super::tick::Tick;

/// Who said it, as seen by whose screen it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::playground) enum Who {
    Own,
    Other,
    /// The bridge itself.
    Ponte,
}

/// Where the playground serves a message's file: what was sent, or what the other side was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::playground) enum FileAt {
    Sent(usize),
    Seen(usize),
}

/// Something said.
#[derive(Clone, Debug)]
pub(in crate::playground) struct Bubble {
    pub(in crate::playground) who: Who,
    pub(in crate::playground) content: Content,
    pub(in crate::playground) file: Option<FileAt>,
    /// How far it has come, if it is the own one.
    pub(in crate::playground) tick: Option<Tick>,
}

/// Something that happened, as the ledger's notes tell it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::playground) enum Happened {
    Assigned(String),
    Transferred(String),
    /// A note that stays in the helpdesk.
    Noted(String),
    ClosedByAgent,
    Ended(String),
    Rated(String),
    BackToBot,
    /// With another service of the router.
    SentTo(String),
    TicketClosed,
    PlaceInQueue(String),
}

#[derive(Clone, Debug)]
pub(in crate::playground) enum What {
    Said(Bubble),
    Happened(Happened),
}

/// One line of a chat; `at` in milliseconds since 1970. The key stays the same for as long as the line is there.
#[derive(Clone, Debug)]
pub(in crate::playground) struct Line {
    pub(in crate::playground) key: String,
    pub(in crate::playground) at: i64,
    pub(in crate::playground) what: What,
}

impl Line {
    pub(super) fn said(key: String, at: i64, bubble: Bubble) -> Self {
        Self { key, at, what: What::Said(bubble) }
    }

    pub(super) fn happened(key: String, at: i64, what: Happened) -> Self {
        Self { key, at, what: What::Happened(what) }
    }

    pub(in crate::playground) fn bubble(&self) -> Option<&Bubble> {
        match &self.what {
            What::Said(bubble) => Some(bubble),
            What::Happened(_) => None,
        }
    }

    pub(in crate::playground) fn event(&self) -> Option<&Happened> {
        match &self.what {
            What::Happened(what) => Some(what),
            What::Said(_) => None,
        }
    }
}

/// What the customer's app shows of a note.
pub(super) fn on_the_phone(note: &Note) -> Option<Happened> {
    match (note.kind, note.text.as_str()) {
        ("redirect", place) if place.starts_with("MainBot") => Some(Happened::BackToBot),
        ("redirect", place) => Some(Happened::SentTo(place.to_owned())),
        ("ticket", status) if status.starts_with("Closed") => Some(Happened::TicketClosed),
        _ => None,
    }
}

/// What the agent's desk shows of a note.
pub(super) fn at_the_desk(note: &Note) -> Option<Happened> {
    let text = note.text.clone();
    match note.kind {
        "assigned" => Some(Happened::Assigned(text)),
        "transferred" => Some(Happened::Transferred(text)),
        "noted" => Some(Happened::Noted(text)),
        "closed" => Some(Happened::ClosedByAgent),
        "ended" => Some(Happened::Ended(text)),
        "rated" => Some(Happened::Rated(text)),
        "place" => Some(Happened::PlaceInQueue(text)),
        _ => None,
    }
}
