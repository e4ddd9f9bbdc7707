//! Copies the files of a message into the stack's own store, and says what becomes of one that cannot be had.
//!
//! A worker calls it for all records of a run before the run's first effect, since links of Blip live 15 minutes and an effect
//! may be followed by hours of waiting. A copy that an earlier try made is found again, so that it is made once.
//!
//! A stranger's server must not hold up a conversation. So hosts are asked side by side, one that does not answer once a run, and
//! all of it takes a part of the run's time only; a file that was asked for three times in vain counts as gone. What counts is the tries
//! of the file, which the conversation store remembers, and not how often its record was received. So does its wait: what stands behind a
//! message that waits is received with it, and its own files would wait minutes for their first try.

use std::{
    collections::{BTreeMap, HashSet},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use futures_util::{StreamExt, stream};

use super::{
    Failure,
    part::{NotReady, Part},
    ports::{Access, Clock, CustomerFiles, FileProblem, Files, NotCopied, SourceFile, StoredFile},
    tries::Tries,
    worker::Deadline,
};
use crate::{
    clock::Timestamp,
    conversation::{Partial, Position},
    hash::HashKey,
    message::{Capabilities, Content, CustomerKey, FileId, SourceId, fit},
};

/// One file takes at most this long, and less where the function's own time is shorter.
const MAX_COPY: Duration = Duration::from_secs(20);
/// No file is begun with less time than this.
const SHORTEST_COPY: Duration = Duration::from_secs(2);
/// What remains for the effects of a run after its files, where its time is long enough for both.
const FOR_EFFECTS: Duration = Duration::from_secs(8);
/// How often a file is asked for in vain. Then it counts as gone.
const TRIES: u8 = 3;
/// After so many tries what there never was time to ask for counts as gone, too.
const AT_LAST: u8 = 10;
/// How many hosts of a message are asked at once. Those that do not answer hold no memory, and of those that do the store takes a few at a
/// time.
const HOSTS: usize = 8;

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

/// What became of one file.
enum Copied {
    Stored(Content),
    Lost(FileProblem),
    /// Its host did not give it; or did not give another file in this run, and was not asked again.
    Silent {
        asked: bool,
    },
    /// There was no time to ask.
    NotAsked,
    Failed(Failure),
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

    /// Copies all of them, and says what became of each: hosts side by side, the files of one host one after the other.
    async fn all(
        &self,
        files: BTreeMap<usize, SourceFile>,
        to: &Capabilities,
        refresh: Option<&dyn CustomerFiles>,
    ) -> Result<BTreeMap<usize, Result<Content, FileProblem>>, NotReady> {
        let mut hosts: BTreeMap<String, Vec<(usize, SourceFile)>> = BTreeMap::new();
        for (at, file) in files {
            hosts.entry(host_of(&file.url)).or_default().push((at, file));
        }
        // Each try begins with other hosts, so that none waits behind silent ones for good.
        let count = hosts.len();
        let first = (usize::from(self.partial.tries) * HOSTS).checked_rem(count).unwrap_or(0);
        let mut hosts: Vec<_> = hosts.into_iter().collect();
        hosts.rotate_left(first);
        let of_host = |(host, files): (String, Vec<(usize, SourceFile)>)| async move {
            let mut outcomes = Vec::new();
            let mut asked = false;
            for (at, file) in files {
                let copied = match self.one(&host, file, to, refresh).await {
                    // That the host was silent to another message is no try of this one.
                    Copied::Silent { .. } if asked => Copied::Silent { asked },
                    copied => copied,
                };
                asked |= matches!(copied, Copied::Silent { asked: true });
                outcomes.push((at, copied));
            }
            outcomes
        };
        let outcomes: Vec<_> = stream::iter(hosts.into_iter().map(of_host)).buffer_unordered(HOSTS).concat().await;
        let patience = usize::from(TRIES) + count / HOSTS;
        let lasts = usize::from(self.partial.tries) + 1 < patience;
        // A try counts for all of a message's files, so that it is one only where none was passed over for another message's sake.
        let silent = |asked: bool| {
            outcomes.iter().any(|(_, copied)| matches!(copied, Copied::Silent { asked: of } if *of == asked))
        };
        let tried = silent(true) && !silent(false);
        let mut all = BTreeMap::new();
        let mut not_ready = None;
        for (at, copied) in outcomes {
            let outcome = match copied {
                Copied::Stored(content) => Ok(content),
                Copied::Lost(problem) => Err(problem),
                Copied::Silent { .. } if !lasts && tried => Err(FileProblem::Unavailable),
                Copied::NotAsked if self.partial.tries >= AT_LAST => Err(FileProblem::Unavailable),
                Copied::NotAsked => {
                    not_ready = Some(Failure::TimeIsUp);
                    continue;
                }
                Copied::Silent { .. } => {
                    not_ready = not_ready.or(Some(silent_host(self.partial.tries)));
                    continue;
                }
                Copied::Failed(failure) => {
                    not_ready = not_ready.or(Some(failure));
                    continue;
                }
            };
            all.insert(at, outcome);
        }
        not_ready.map_or(Ok(all), |failure| Err(NotReady { failure, tried }))
    }

    async fn one(
        &self,
        host: &str,
        mut file: SourceFile,
        to: &Capabilities,
        refresh: Option<&dyn CustomerFiles>,
    ) -> Copied {
        let limit = to.files.map_or(self.limit, |files| files.bytes.min(self.limit));
        if self.is_decided() {
            return match self.files.copy(&file, limit, Duration::ZERO, true).await {
                Ok(stored) => Copied::Stored(content_of(stored)),
                Err(NotCopied::Never(problem)) => Copied::Lost(problem),
                Err(NotCopied::Later(failure)) => Copied::Failed(failure),
                Err(NotCopied::Silent(_) | NotCopied::Expired) => Copied::Lost(FileProblem::Unavailable),
            };
        }
        let mut refresh = refresh;
        loop {
            if self.copies.is_silent(host) {
                return Copied::Silent { asked: false };
            }
            let time = self.copies.until.since(self.clock.now()).min(MAX_COPY);
            if time < SHORTEST_COPY {
                return Copied::NotAsked;
            }
            // Earlier tries have left their copies.
            match self.files.copy(&file, limit, time, self.tries.again()).await {
                Ok(stored) => return Copied::Stored(content_of(stored)),
                Err(NotCopied::Never(problem)) => return Copied::Lost(problem),
                Err(NotCopied::Expired) => {
                    let Some(customer) = refresh.take() else { return Copied::Lost(FileProblem::Unavailable) };
                    match customer.refresh_file(&file.url).await {
                        Ok(Some(url)) => file = SourceFile { access: customer.file_access(&url), url, ..file },
                        Ok(None) | Err(Failure::Refused { .. } | Failure::Gone) => {
                            return Copied::Lost(FileProblem::Unavailable);
                        }
                        Err(failure) => return Copied::Failed(failure),
                    }
                }
                Err(NotCopied::Silent(_)) => {
                    self.copies.fell_silent(host);
                    return Copied::Silent { asked: true };
                }
                Err(NotCopied::Later(failure)) => return Copied::Failed(failure),
            }
        }
    }
}

/// The wait after so many tries of a message's files.
fn silent_host(tries: u8) -> Failure {
    let wait = Duration::from_secs(5 << tries.min(6));
    Failure::Later { after: Some(wait), why: "a file's host does not respond" }
}

/// The host of a link, as far as it can be told; else the link itself.
fn host_of(url: &str) -> String {
    let host = url::Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_ascii_lowercase));
    host.unwrap_or_else(|| url.to_owned())
}

fn content_of(stored: StoredFile) -> Content {
    let StoredFile { url, name, mime, size } = stored;
    Content::File { url, name: Some(name), mime: Some(mime), size: Some(size), caption: None }
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
