//! Copies the files of a message into the stack's own store, and says what becomes of one that cannot be had.
//!
//! A worker calls it for all records of a run before the run's first effect, since links of Blip live 15 minutes and an effect
//! may be followed by hours of waiting. A copy that an earlier try made is found again, so that it is made once.

mod hosts;

use std::{
    collections::{BTreeMap, HashSet},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use super::{
    part::{NotReady, Part},
    ports::{Access, Clock, CustomerFiles, FileProblem, Files, SourceFile},
    tries::Tries,
    worker::Deadline,
};
use crate::{
    clock::Timestamp,
    conversation::{Partial, Position},
    hash::HashKey,
    message::{Capabilities, Content, CustomerKey, FileId, SourceId, fit},
};

/// What remains for the effects of a run after its files, where its time is long enough for both.
const FOR_EFFECTS: Duration = Duration::from_secs(8);

/// What names the copies of a message's files.
pub(super) struct FileOwner<'a> {
    pub conversation: &'a CustomerKey,
    /// The customer, or a ticket: both may call their messages alike.
    pub source: &'a str,
    pub message: &'a SourceId,
    pub key: &'a HashKey,
}

/// The copying of one run.
pub(super) struct Copies {
    until: Timestamp,
    /// The hosts that did not answer in this run.
    silent: Mutex<HashSet<String>>,
}

impl Copies {
    /// For a run that begins `now`.
    pub(super) fn new(deadline: Deadline, now: Timestamp) -> Self {
        let left = deadline.left(now);
        let until = now.plus((left / 2).max(left.saturating_sub(FOR_EFFECTS)));
        Self { until, silent: Mutex::default() }
    }

    fn is_silent(&self, host: &str) -> bool {
        self.silent.lock().unwrap_or_else(PoisonError::into_inner).contains(host)
    }

    fn fell_silent(&self, host: &str) {
        self.silent.lock().unwrap_or_else(PoisonError::into_inner).insert(host.to_owned());
    }
}

/// Who copies, for one record.
pub(super) struct Copying<'a> {
    pub files: &'a dyn Files,
    pub clock: &'a dyn Clock,
    /// The stack's own limit, in bytes.
    pub limit: u64,
    pub tries: Tries,
    /// How far the message is: what is done is not copied again, and how often its files were asked for in vain.
    pub partial: Partial,
    pub copies: &'a Copies,
}

impl Copying<'_> {
    /// Copies the files of `contents` and makes all fit the side `to`. `whose` names the copies.
    ///
    /// `lost` says in words what is shown in the place of a file that is lost, if anything is. `access` is what a link is
    /// fetched with; `refresh` is where a new link comes from.
    pub(super) async fn parts(
        &self,
        contents: Vec<Content>,
        whose: &FileOwner<'_>,
        to: &Capabilities,
        access: impl Fn(&str) -> Option<Access>,
        refresh: Option<&dyn CustomerFiles>,
        lost: impl Fn(FileProblem, Option<String>, Option<String>) -> Option<String>,
    ) -> Result<Vec<Part>, NotReady> {
        let mut files: BTreeMap<usize, SourceFile> = BTreeMap::new();
        for (at, content) in contents.iter().enumerate() {
            if let Content::File { url, name, mime, size, .. } = content
                && !self.is_done(at + 1)
            {
                let id = FileId::of(whose.conversation, whose.source, &whose.message.part(at + 1), whose.key);
                let (url, name, mime, size) = (url.clone(), name.clone(), mime.clone(), *size);
                files.insert(at, SourceFile { id, access: access(&url), url, name, mime, size });
            }
        }
        let mut copied = self.all(files, to, refresh).await?;
        let mut parts = Vec::new();
        for (at, content) in contents.into_iter().enumerate() {
            let number = at + 1;
            let Content::File { name, caption, .. } = content else {
                parts.extend(pieces(number, content, to));
                continue;
            };
            if self.is_done(number) {
                parts.push(Part { position: Position { content: number, piece: 0 }, content: None, problem: None });
                continue;
            }
            match copied.remove(&at).unwrap_or(Err(FileProblem::Unavailable)) {
                Ok(content) => parts.extend(pieces(number, with_caption(content, caption), to)),
                Err(problem) => {
                    let words = lost(problem, name, caption).map(Content::text);
                    let mut pieces = words.map_or_else(Vec::new, |words| pieces(number, words, to));
                    if let Some(first) = pieces.first_mut() {
                        first.problem = Some(problem);
                    } else {
                        let position = Position { content: number, piece: 0 };
                        pieces.push(Part { position, content: None, problem: Some(problem) });
                    }
                    parts.extend(pieces);
                }
            }
        }
        Ok(parts)
    }

    fn is_done(&self, content: usize) -> bool {
        self.partial.through >= Position { content, piece: 0 }.complete()
    }

    /// Whether an earlier try saw each file had or lost. A replay asks again.
    fn is_decided(&self) -> bool {
        self.partial.tries == Partial::FILES_DECIDED && !(self.tries.replayed && self.tries.attempts == 1)
    }
}

fn with_caption(content: Content, words: Option<String>) -> Content {
    match content {
        Content::File { url, name, mime, size, .. } => Content::File { url, name, mime, size, caption: words },
        other => other,
    }
}

fn pieces(number: usize, content: Content, to: &Capabilities) -> Vec<Part> {
    let piece = |(piece, content)| {
        let position = Position { content: number, piece };
        Part { position, content: Some(content), problem: None }
    };
    fit(content, to).into_iter().enumerate().map(piece).collect()
}
