//! What a side can show: limits as data, so that a fallback is chosen from them and never from a name.
//!
//! A helpdesk says its own (`Helpdesk::capabilities`), a channel of Blip's has a row in `channels.rs`, and [`fit`](super::fit)
//! turns what cannot be shown into what can.

use super::text::Unit;

/// What one side can show and do.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own about a side")]
pub struct Capabilities {
    /// The longest text of one message. Longer ones are split.
    pub text: usize,
    /// In what this side counts: texts, captions, menus and labels alike.
    pub unit: Unit,
    /// Files, by their links; `None` where a file can only be a link in a text.
    pub files: Option<Files>,
    /// Answers to tap; `None` where they are a numbered text.
    pub choices: Option<Choices>,
    /// A place on a map.
    pub locations: bool,
    /// A link with a title of its own.
    pub links: bool,
    /// Whether "is typing" can be shown.
    pub typing: bool,
    /// Whether "received" and "read" can be shown.
    pub receipts: bool,
    /// How many messages of a customer that wait are posted in one call (`Batches::deliver_batch`), where calls are dear; 1
    /// where each is posted by itself.
    pub max_batch: usize,
}

/// Which files a side takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Files {
    /// The largest, in bytes. The stack's own limit (`MaxFileMegabytes`) may be lower.
    pub bytes: u64,
    /// The longest words that can belong to a file, 0 where none can. Else they are a message of their own, after it.
    pub caption: usize,
    /// How the MIME types begin that are shown as files (`image/`); others are a link in a text. All are, when it is empty.
    pub types: &'static [&'static str],
    /// The families that have rules of their own: pictures, films, sound.
    pub families: &'static [Family],
}

/// The files of one family, such as pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Family {
    /// How their MIME types begin.
    pub prefixes: &'static [&'static str],
    /// Which of them are shown as what they are.
    pub types: &'static [&'static str],
    /// The largest of those, in bytes.
    pub bytes: u64,
    /// Whether words can belong to them.
    pub captions: bool,
    /// What the others are shown as, and larger ones.
    pub others: Others,
}

/// What is made of a file that is not shown as what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Others {
    /// A document that is saved or opened.
    Document,
    /// A link in a text.
    Link,
}

/// How a file is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// As what it is, with words of up to so many.
    File { caption: usize },
    /// As a document, with words of up to so many.
    Document { caption: usize },
    /// As a link in a text.
    Link,
}

impl Files {
    /// Files of every type with words to them, up to `bytes`.
    pub const fn upto(bytes: u64) -> Self {
        Self { bytes, caption: usize::MAX, types: &[], families: &[] }
    }

    /// Whether a file of this type is shown as a file at all.
    pub fn shows(&self, mime: Option<&str>) -> bool {
        self.shown(mime, None) != Shown::Link
    }

    /// How a file of this type and size is shown. What has no type is only shown where all are.
    pub fn shown(&self, mime: Option<&str>, size: Option<u64>) -> Shown {
        let mime = mime.unwrap_or_default().to_ascii_lowercase();
        let begins = |prefixes: &[&str]| prefixes.iter().any(|prefix| mime.starts_with(prefix));
        if !self.types.is_empty() && !begins(self.types) {
            return Shown::Link;
        }
        let Some(family) = self.families.iter().find(|family| begins(family.prefixes)) else {
            return Shown::File { caption: self.caption };
        };
        let essence = mime.split(';').next().unwrap_or_default().trim();
        if family.types.contains(&essence) && size.is_none_or(|size| size <= family.bytes) {
            return Shown::File { caption: if family.captions { self.caption } else { 0 } };
        }
        match family.others {
            Others::Document => Shown::Document { caption: self.caption },
            Others::Link => Shown::Link,
        }
    }
}

/// Which answers to tap a side can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choices {
    /// The largest number of answers.
    pub most: usize,
    /// The most characters of one answer.
    pub label: usize,
    /// The longest text that they can stand under. It is no longer than a text by itself.
    pub text: usize,
}

impl Choices {
    /// Answers under any text that the side shows.
    pub const fn upto(most: usize, label: usize) -> Self {
        Self { most, label, text: usize::MAX }
    }
}

/// A binary megabyte: file limits of chat systems are meant so.
pub const MEGABYTE: u64 = 1024 * 1024;

impl Capabilities {
    /// Whether a text is no longer than `limit`, as this side counts.
    pub fn is_within(&self, text: &str, limit: usize) -> bool {
        self.unit.length(text) <= limit
    }

    /// A side that shows texts of up to `text` characters, a message at a time, and nothing else.
    pub const fn words(text: usize) -> Self {
        Self {
            text,
            unit: Unit::Characters,
            files: None,
            choices: None,
            locations: false,
            links: false,
            typing: false,
            receipts: false,
            max_batch: 1,
        }
    }

    /// A side that shows everything in messages of up to `text` characters, and says nothing of what becomes of them.
    pub const fn everything(text: usize) -> Self {
        Self {
            files: Some(Files::upto(u64::MAX)),
            choices: Some(Choices::upto(usize::MAX, usize::MAX)),
            locations: true,
            links: true,
            ..Self::words(text)
        }
    }
}
