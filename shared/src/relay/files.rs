//! Copies the files of a message into the stack's own store, and says what becomes of one that cannot be had.
//!
//! A worker calls it for all records of a run before the run's first effect, since links of Blip live 15 minutes and an effect
//! may be followed by hours of waiting. A copy that an earlier try made is found again, so that it is made once.

use std::time::Duration;

use super::{
    Failure,
    ports::{Access, Blip, Clock, FileProblem, Files, NotCopied, SourceFile},
    run::Tries,
};
use crate::{
    hash::HashKey,
    message::{Capabilities, Content, ConversationKey, FileId, SourceId, fit},
};

/// One file takes at most this long, and less where the function's own time is shorter.
const LONGEST_COPY: Duration = Duration::from_secs(20);
/// No file is begun with less time than this.
pub(super) const SHORTEST_COPY: Duration = Duration::from_secs(2);
/// How often a file is tried whose host does not answer. Then it counts as gone: a stranger's server must not hold up a
/// conversation for long.
const TRIES: u32 = 3;

/// A part of a message as it is delivered.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Part {
    /// The part's number, from 1. It is the same in every try, whatever became of the files in between.
    pub number: usize,
    /// What the other side gets; `None` when a file is lost and nothing else was with it.
    pub content: Option<Content>,
    /// Why a file of it is lost: its sender is told.
    pub problem: Option<FileProblem>,
}

/// What a part's number grows by for each further piece that one content was cut into.
const PIECE: usize = 1000;

/// What names the copies of a message's files.
pub(super) struct Whose<'a> {
    pub conversation: &'a ConversationKey,
    /// The customer, or a ticket: both may call their messages alike.
    pub source: &'a str,
    pub message: &'a SourceId,
    pub key: &'a HashKey,
}

/// Who copies, for one record.
pub(super) struct Copying<'a> {
    pub files: &'a dyn Files,
    pub clock: &'a dyn Clock,
    /// The stack's own limit, in bytes.
    pub limit: u64,
    pub tries: Tries,
}

impl Copying<'_> {
    /// Copies the files of `contents` and makes all fit the side `to`. `whose` names the copies.
    ///
    /// `lost` says in words what is shown in the place of a file that is lost, if anything is. `access` is what a link is
    /// fetched with; `refresh` is where a new link comes from.
    pub(super) async fn parts(
        &self,
        contents: Vec<Content>,
        whose: &Whose<'_>,
        to: &Capabilities,
        access: impl Fn(&str) -> Option<Access>,
        refresh: Option<&dyn Blip>,
        lost: impl Fn(FileProblem, Option<String>, Option<String>) -> Option<String>,
    ) -> Result<Vec<Part>, Failure> {
        let mut parts = Vec::new();
        for (at, content) in contents.into_iter().enumerate() {
            let number = at + 1;
            let Content::File { url, name, mime, size, caption } = content else {
                parts.extend(pieces(number, content, to));
                continue;
            };
            let id = FileId::of(whose.conversation, whose.source, &whose.message.part(number), whose.key);
            let file = SourceFile { id, access: access(&url), url, name, mime, size };
            match self.copy(file.clone(), to, refresh).await? {
                Ok(content) => parts.extend(pieces(number, with_caption(content, caption), to)),
                Err(problem) => {
                    let words = lost(problem, file.name, caption).map(Content::text);
                    let mut pieces = words.map_or_else(Vec::new, |words| pieces(number, words, to));
                    match pieces.first_mut() {
                        Some(first) => first.problem = Some(problem),
                        None => pieces.push(Part { number, content: None, problem: Some(problem) }),
                    }
                    parts.extend(pieces);
                }
            }
        }
        Ok(parts)
    }

    async fn copy(
        &self,
        mut file: SourceFile,
        to: &Capabilities,
        refresh: Option<&dyn Blip>,
    ) -> Result<Result<Content, FileProblem>, Failure> {
        let limit = to.files.map_or(self.limit, |files| files.bytes.min(self.limit));
        let mut refresh = refresh;
        loop {
            let time = self.tries.deadline.left(self.clock.now()).min(LONGEST_COPY).max(SHORTEST_COPY);
            // Earlier tries have left their copies.
            match self.files.copy(&file, limit, time, self.tries.again()).await {
                Ok(stored) => {
                    return Ok(Ok(Content::File {
                        url: stored.url,
                        name: Some(stored.name),
                        mime: Some(stored.mime),
                        size: Some(stored.size),
                        caption: None,
                    }));
                }
                Err(NotCopied::Never(problem)) => return Ok(Err(problem)),
                Err(NotCopied::Expired) => {
                    let Some(blip) = refresh.take() else { return Ok(Err(FileProblem::Unavailable)) };
                    match blip.refresh_file(&file.url).await {
                        Ok(Some(url)) => file = SourceFile { access: blip.file_access(&url), url, ..file },
                        Ok(None) | Err(Failure::Refused { .. } | Failure::Gone) => {
                            return Ok(Err(FileProblem::Unavailable));
                        }
                        Err(failure) => return Err(failure),
                    }
                }
                Err(NotCopied::Later(_)) if self.tries.attempts >= TRIES => return Ok(Err(FileProblem::Unavailable)),
                Err(NotCopied::Later(failure)) => return Err(failure),
            }
        }
    }
}

fn with_caption(content: Content, words: Option<String>) -> Content {
    match content {
        Content::File { url, name, mime, size, .. } => Content::File { url, name, mime, size, caption: words },
        other => other,
    }
}

fn pieces(number: usize, content: Content, to: &Capabilities) -> Vec<Part> {
    let pieces = fit(content, to).into_iter().enumerate();
    pieces.map(|(at, content)| Part { number: number + at * PIECE, content: Some(content), problem: None }).collect()
}
