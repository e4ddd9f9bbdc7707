//! The port to the stack's own store of files.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::BoxStream;

use super::Access;
use crate::{
    message::FileId,
    relay::Failure,
    texts::{Placeholder, TextKey, Texts},
};

/// A file that a message names.
#[derive(Clone)]
pub struct SourceFile {
    /// What the copy is called: the same through every repetition.
    pub id: FileId,
    pub url: String,
    /// As the sender's side says; none of it is to be trusted.
    pub name: Option<String>,
    pub mime: Option<String>,
    /// Bytes.
    pub size: Option<u64>,
    /// What it is fetched with.
    pub access: Option<Access>,
}

impl std::fmt::Debug for SourceFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SourceFile({})", self.id.as_str())
    }
}

/// A file as it lies in the stack's own store.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredFile {
    /// The lasting link to it.
    pub url: String,
    /// A name that is safe on every system.
    pub name: String,
    /// What its bytes say that it is.
    pub mime: String,
    /// Bytes.
    pub size: u64,
}

impl std::fmt::Debug for StoredFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "StoredFile({} bytes)", self.size)
    }
}

/// Why a file will never be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileProblem {
    /// It has more than so many bytes.
    TooLarge { limit: u64 },
    /// It is a program, or of another kind that is not passed on.
    Refused,
    /// Its link is dead, or leads where nobody may go.
    Unavailable,
}

impl FileProblem {
    /// The code in the in-house contract, and the name of its text.
    pub fn code(self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "file_too_large",
            Self::Refused => "file_refused",
            Self::Unavailable => "file_unavailable",
        }
    }

    /// The problem in words, for whoever sent the file.
    pub fn words(self, texts: &Texts) -> String {
        match self {
            Self::TooLarge { limit } => {
                let megabytes = (limit / crate::message::MEGABYTE).to_string();
                texts.must_say(TextKey::FileTooLarge, &[(Placeholder::Limit, &megabytes)])
            }
            Self::Refused => texts.must_say(TextKey::FileRefused, &[]),
            Self::Unavailable => texts.must_say(TextKey::FileUnavailable, &[]),
        }
    }
}

/// Why a file was not copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotCopied {
    /// Our own store fails. It may work later.
    Later(Failure),
    /// The file's host does not give it now. It may later, or never.
    Silent(Failure),
    /// The link was good once, or needs another key: a new one may be had.
    Expired,
    /// Never.
    Never(FileProblem),
}

/// The stack's own store of files: links of Blip and the helpdesk live for minutes, or are not for everybody.
#[async_trait]
pub trait Files: Send + Sync {
    /// Copies a file of at most `limit` bytes within `time`. `again` says that an earlier try may have copied it: then
    /// the store is asked first. Safe to repeat. With no `time` at all its host is not asked, and counts as silent.
    async fn copy(&self, file: &SourceFile, limit: u64, time: Duration, again: bool) -> Result<StoredFile, NotCopied>;
}

/// A file of the stack's own store, on its way to a helpdesk that takes bytes and no links.
pub struct FileBytes {
    /// A name that is safe on every system.
    pub name: String,
    /// What its bytes say that it is.
    pub mime: String,
    /// Bytes.
    pub size: u64,
    /// Piece by piece: nobody holds the whole.
    pub bytes: BoxStream<'static, std::io::Result<Bytes>>,
}

impl std::fmt::Debug for FileBytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FileBytes({} bytes)", self.size)
    }
}

/// The stack's own store, as a helpdesk needs it that takes no links, or reads what we put behind one.
#[async_trait]
pub trait StoredFiles: Send + Sync {
    /// The file behind a lasting link ([`StoredFile::url`]). `None` when the link is not one of ours, or the file is gone: the
    /// helpdesk gets the link then.
    async fn open(&self, url: &str) -> Result<Option<FileBytes>, Failure>;
    /// Puts a text of our own behind a lasting link, which nobody guesses who does not know `id`, and which dies with the files of
    /// that day. `None` where the stack has no store. Safe to repeat.
    async fn share(&self, _id: &FileId, _name: &str, _mime: &str, _text: String) -> Result<Option<String>, Failure> {
        Ok(None)
    }
}

/// For a function that passes no files on.
#[derive(Debug, Clone, Copy)]
pub struct NoFiles;

#[async_trait]
impl StoredFiles for NoFiles {
    async fn open(&self, _url: &str) -> Result<Option<FileBytes>, Failure> {
        Ok(None)
    }
}
