//! The subject of a ticket, from a template.

use super::MAX_SUBJECT;
use crate::{
    ContactKey, FactName, Language,
    facts::Known,
    fold::cut_line,
    texts::{Piece, pieces},
};

/// What may stand in braces in a template of a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    /// `{queue}`: the queue's name for customers.
    Queue,
    /// `{contact.KEY}`.
    Contact(ContactKey),
    /// Any fact. `{subject}` is `{context.subject}`.
    Fact(FactName),
}

impl Part {
    /// The part of this name.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        match word {
            "queue" => Some(Self::Queue),
            "subject" => FactName::parse("context.subject").map(Self::Fact),
            _ => {
                let key = word.strip_prefix("contact.");
                let contact = key.and_then(|key| ContactKey::ALL.iter().copied().find(|known| known.as_str() == key));
                contact.map(Self::Contact).or_else(|| FactName::parse(word).map(Self::Fact))
            }
        }
    }

    /// The names that have no part of one's own.
    pub(crate) fn names() -> Vec<String> {
        let contact = ContactKey::ALL.iter().map(|key| format!("contact.{}", key.as_str()));
        let fixed = FactName::FIXED.iter().map(|(name, _)| (*name).to_owned());
        ["subject".to_owned(), "queue".to_owned()].into_iter().chain(fixed).chain(contact).collect()
    }
}

/// The words in braces of a template, each with its part, if it is one.
pub(crate) fn parts(template: &str) -> impl Iterator<Item = (&str, Option<Part>)> {
    pieces(template).filter_map(|piece| match piece {
        Piece::Words(_) => None,
        Piece::Braces { word, .. } => Some((word, Part::parse(word))),
    })
}

/// The subject. `None` when the template has parts and none of them has a value. Where a
/// value is missing, empty brackets and separators at an end are taken away.
pub(super) fn fill(template: &str, known: &Known<'_>, queue: Option<&str>, language: Language) -> Option<String> {
    let (mut subject, mut parts, mut filled) = (String::new(), 0_usize, 0_usize);
    for piece in pieces(template) {
        match piece {
            Piece::Words(words) => subject.push_str(words),
            Piece::Braces { word, .. } => {
                parts = parts.saturating_add(1);
                let value = Part::parse(word).and_then(|part| value(&part, known, queue, language));
                if let Some(value) = value.filter(|value| !value.trim().is_empty()) {
                    filled = filled.saturating_add(1);
                    subject.push_str(&cut_line(&value, MAX_SUBJECT));
                }
            }
        }
    }
    let is_separator = |letter: char| letter.is_whitespace() || matches!(letter, '-' | '–' | '|' | ':' | ',' | '/');
    if filled < parts {
        subject = subject.replace("()", "").replace("[]", "");
    }
    let subject = if filled < parts { subject.trim_matches(is_separator) } else { &subject };
    let subject = cut_line(subject, MAX_SUBJECT);
    (!subject.is_empty() && (parts == 0 || filled > 0)).then_some(subject)
}

fn value(part: &Part, known: &Known<'_>, queue: Option<&str>, language: Language) -> Option<String> {
    match part {
        Part::Queue => queue.map(|queue| known.rules.queue_name(queue, language).to_owned()),
        Part::Contact(key) => known.contact(*key).map(str::to_owned),
        Part::Fact(name) => Some(known.values(name).join(", ")),
    }
}
