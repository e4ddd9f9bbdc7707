//! Files: hosts that answer, are slow, or say nothing, and the stack's own store of what was copied.
//!
//! A file is named by its link: the part `c5/2` lies at `https://c5-2.host.example/c5/2`, and its copy under the same link. Those that
//! are never had lie on one host, as six pictures of a server that is down; what answers at last has a host of its own.

use std::time::Duration;

use async_trait::async_trait;
use ponte::{
    lime::{Document, to_text},
    message::Content,
    relay::{
        Failure,
        ports::{FileProblem, Files, NotCopied, SourceFile, StoredFile},
    },
};

use super::{invocation::Invocation, ledger::Ledger, world::World};

/// Where all files lie.
const HOST: &str = ".host.example/";
/// The host that says nothing.
const DOWN: &str = "down";
/// How long a host is waited for that says nothing (`shared/ponte/src/fetch`), in milliseconds.
const SILENCE: u64 = 8000;

/// How a file's host behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Host {
    Quick,
    /// It takes so many milliseconds.
    Slow(u64),
    /// It says nothing to the first tries.
    Silent(usize),
    /// It does not have it.
    Without,
}

impl Host {
    pub(crate) fn any(world: &World) -> Self {
        match world.between(0, 9) {
            0..=3 => Self::Quick,
            4 => Self::Slow(world.between(500, 3000)),
            5 => Self::Without,
            6 | 7 => Self::Silent(usize::try_from(world.between(1, 2)).unwrap()),
            _ => Self::Silent(usize::MAX),
        }
    }

    /// Whether its files may be lost.
    pub(crate) fn may_lose(self, tries: usize) -> bool {
        match self {
            Self::Quick => false,
            Self::Without => true,
            Self::Slow(_) | Self::Silent(_) => tries >= 3,
        }
    }
}

/// The link of a part that is a file.
pub(crate) fn link(text: &str, host: Host) -> String {
    let own = text.replace('/', "-");
    format!("https://{}{HOST}{text}", if host == Host::Silent(usize::MAX) { DOWN } else { &own })
}

/// Under what the tries of a file are counted: a message's files on one host share theirs, since one that says nothing is asked once.
pub(crate) fn counted(text: &str, host: Host) -> String {
    let message = text.split('/').next().unwrap_or(text);
    if host == Host::Silent(usize::MAX) { format!("{message} at {DOWN}") } else { text.to_owned() }
}

/// The part behind a link, where there is one in these words.
fn linked(words: &str) -> Option<&str> {
    let (_, rest) = words.split_once(HOST)?;
    rest.split_whitespace().next()
}

/// What a content says, by the names of the ledger, and whether it stands for a file that is lost.
pub(crate) fn of_content(content: &Content) -> (String, bool) {
    match content {
        Content::Text { text } => match text.strip_prefix('[').and_then(|rest| rest.split_once(':')) {
            Some((name, _)) => (name.to_owned(), true),
            None => (linked(text).unwrap_or(text).to_owned(), false),
        },
        Content::File { url, .. } => (linked(url).unwrap_or(url).to_owned(), false),
        other => (other.kind().to_owned(), false),
    }
}

/// The same of a document.
pub(crate) fn of_document(document: &Document) -> String {
    let said = to_text(document);
    match document {
        Document::MediaLink(link) => linked(&link.uri).unwrap_or(&said).to_owned(),
        _ => linked(&said).map(str::to_owned).unwrap_or(said),
    }
}

fn host(ledger: &Ledger, name: &str) -> Option<Host> {
    let part = name.split_once('/').map_or(Some(1), |(_, part)| part.trim_end_matches(['!', '~']).parse().ok())?;
    ledger.of_text(name)?.files.get(&part).copied()
}

#[async_trait]
impl Files for Invocation {
    async fn copy(&self, file: &SourceFile, _: u64, time: Duration, _: bool) -> Result<StoredFile, NotCopied> {
        let world = &self.world;
        let Some(name) = linked(&file.url).map(str::to_owned) else {
            return Err(NotCopied::Never(FileProblem::Refused));
        };
        let host = host(&world.ledger(), &name);
        let counted = counted(&name, host.unwrap_or(Host::Without));
        let before = world.ledger().tries.get(&counted).map_or(0, Vec::len);
        let stored = || StoredFile { url: file.url.clone(), name: name.clone(), mime: "image/png".into(), size: 1000 };
        if world.copies.lock().unwrap().contains(&name) {
            return self
                .calls("find a copy", async {
                    world.wait(5, 30).await;
                    Ok(stored())
                })
                .await;
        }
        if time.is_zero() {
            return Err(NotCopied::Silent(Failure::later("a file's host is not asked again")));
        }
        let time = u64::try_from(time.as_millis()).unwrap();
        let takes = match host {
            None | Some(Host::Without) => None,
            Some(Host::Slow(takes)) => Some(takes),
            Some(Host::Silent(tries)) if before < tries => Some(u64::MAX),
            Some(Host::Quick | Host::Silent(_)) => Some(world.between(20, 300)),
        };
        self.calls("copy a file", async {
            let Some(takes) = takes else {
                world.wait(20, 300).await;
                return Err(NotCopied::Never(FileProblem::Unavailable));
            };
            let lasts = takes.min(time).min(SILENCE);
            world.ledger().tries.entry(counted).or_default().push(lasts);
            tokio::time::sleep(Duration::from_millis(lasts)).await;
            if takes > lasts {
                world.strike("a file's host says nothing", || format!("{} {name} for {lasts} ms", self.who()));
                return Err(NotCopied::Silent(Failure::later("a file takes too long")));
            }
            world.copies.lock().unwrap().insert(name.clone());
            Ok(stored())
        })
        .await
    }
}
