//! Asks the hosts of a message's files for them, and says what became of each file.
//!
//! A stranger's server must not hold up a conversation. So hosts are asked side by side, one that does not answer once a run, and
//! all of it takes a part of the run's time only; a file that was asked for three times in vain counts as gone. What counts is the tries
//! of the file, which the conversation store remembers, and not how often its record was received. So does its wait: what stands behind a
//! message that waits is received with it, and its own files would wait minutes for their first try.

use std::{collections::BTreeMap, time::Duration};

use futures_util::{StreamExt, stream};

use super::Copying;
use crate::{
    message::{Capabilities, Content},
    relay::{
        Failure,
        part::NotReady,
        ports::{CustomerFiles, FileProblem, NotCopied, SourceFile, StoredFile},
    },
};

/// One file takes at most this long, and less where the function's own time is shorter.
const MAX_COPY: Duration = Duration::from_secs(20);
/// No file is begun with less time than this.
const SHORTEST_COPY: Duration = Duration::from_secs(2);
/// How often a file is asked for in vain. Then it counts as gone.
const TRIES: u8 = 3;
/// After so many tries what there never was time to ask for counts as gone, too.
const AT_LAST: u8 = 10;
/// How many hosts of a message are asked at once. Those that do not answer hold no memory, and of those that do the store takes a few at a
/// time.
const HOSTS: usize = 8;

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
    /// Copies all of them, and says what became of each: hosts side by side, the files of one host one after the other.
    pub(super) async fn all(
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
