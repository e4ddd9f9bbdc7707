//! What a side can show: limits as data, so that a fallback is chosen from them and never from a name.
//!
//! A helpdesk says its own (`Helpdesk::capabilities`), a channel of Blip's has a row in `channels.rs`, and [`fit`](super::fit)
//! turns what cannot be shown into what can.

/// What one side can show and do.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own about a side")]
pub struct Capabilities {
    /// The longest text of one message, in characters (Unicode scalar values). Longer ones are split.
    pub text: usize,
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
    /// Whether a message that was shown can be changed.
    pub edits: bool,
    /// How many messages of a customer that wait are posted in one call (`Helpdesk::deliver_together`), where calls are dear; 1
    /// where each is posted by itself.
    pub together: usize,
}

/// Which files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Files {
    /// The largest, in bytes. The stack's own limit (`MaxFileMegabytes`) may be lower.
    pub bytes: u64,
    /// Whether words can belong to a file. Else they are a message of their own, after it.
    pub captions: bool,
    /// How the MIME types begin that are shown as files (`image/`); others are a link in a text. All are, when it is empty.
    pub types: &'static [&'static str],
}

impl Files {
    /// Files of every type with words to them, up to `bytes`.
    pub const fn upto(bytes: u64) -> Self {
        Self { bytes, captions: true, types: &[] }
    }

    /// Whether a file of this type is shown. What has no type is only where all are.
    pub fn shows(&self, mime: Option<&str>) -> bool {
        let mime = mime.unwrap_or_default().to_ascii_lowercase();
        self.types.is_empty() || self.types.iter().any(|kind| mime.starts_with(kind))
    }
}

/// Which answers to tap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choices {
    /// The most of them.
    pub most: usize,
    /// The longest, in characters.
    pub label: usize,
}

/// A binary megabyte: file limits of chat systems are meant so.
pub const MEGABYTE: u64 = 1024 * 1024;

impl Capabilities {
    /// A side that shows texts of up to `text` characters, a message at a time, and nothing else.
    pub const fn words(text: usize) -> Self {
        Self {
            text,
            files: None,
            choices: None,
            locations: false,
            links: false,
            typing: false,
            receipts: false,
            edits: false,
            together: 1,
        }
    }

    /// A side that shows everything in messages of up to `text` characters, and says nothing of what becomes of them.
    pub const fn everything(text: usize) -> Self {
        Self {
            files: Some(Files::upto(u64::MAX)),
            choices: Some(Choices { most: usize::MAX, label: usize::MAX }),
            locations: true,
            links: true,
            ..Self::words(text)
        }
    }
}
