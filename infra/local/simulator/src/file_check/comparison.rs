//! Whether the file that one side sees is the file that the other side said, byte for byte.

use anyhow::Result;
use serde::Serialize;

use super::download::{Downloaded, download};
use crate::ledger::{Digest, Direction, Label, Ledger, Origin};
use crate::message::Content;

/// A hosted file that has arrived, and the file behind the link that arrived.
#[derive(Clone, Debug, Serialize)]
pub struct FileSeen {
    pub label: Label,
    pub direction: Direction,
    pub said_sha256: String,
    pub said_size: usize,
    /// Nothing if the link gives no file.
    pub seen_sha256: Option<String>,
    pub seen_size: Option<usize>,
    /// What the message says of the file.
    pub name: Option<String>,
    pub mime: Option<String>,
    pub size: Option<u64>,
    /// What the link says of it: `Content-Type` and `Content-Disposition`.
    pub served_mime: Option<String>,
    pub disposition: Option<String>,
    /// Host and port of the link that was seen.
    pub from_host: String,
    /// Why the link gives no file.
    pub trouble: Option<String>,
}

impl FileSeen {
    /// What is wrong, in a sentence; nothing if it is the same file.
    pub fn difference(&self) -> Option<String> {
        let Self { label, said_sha256, said_size, from_host, .. } = self;
        if let Some(trouble) = &self.trouble {
            return Some(format!("{label} cannot be had from {from_host}: {trouble}"));
        }
        let size = self.seen_size.unwrap_or_default();
        let stated = self.size.and_then(|size| usize::try_from(size).ok());
        if self.seen_sha256.as_ref() != Some(said_sha256) {
            return Some(format!(
                "{label} is another file: {said_size} bytes were said, {size} are seen at {from_host}"
            ));
        }
        stated
            .filter(|stated| stated != said_size)
            .map(|stated| format!("{label} is said to have {stated} bytes, and has {size}"))
    }
}

/// Downloads every hosted file that has arrived. A link that is seen twice is fetched twice: each time counts.
pub(crate) async fn compare(ledger: &Ledger) -> Vec<FileSeen> {
    let mut files = Vec::new();
    for seen in &ledger.seen {
        let (Origin::Message(label), Content::File { url, name, mime, size, .. }) = (&seen.origin, &seen.content)
        else {
            continue;
        };
        let Some(said) = ledger.message(label).and_then(|sent| sent.file.as_ref()) else { continue };
        let Digest { sha256: said_sha256, size: said_size } = said.clone();
        let (found, trouble) = split(download(url).await);
        let [served_mime, disposition] = match &found {
            Some(found) => [found.mime.clone(), found.disposition.clone()],
            None => [None, None],
        };
        let digest = found.map(|found| found.digest);
        let (seen_sha256, seen_size) = digest.map(|digest| (digest.sha256, digest.size)).unzip();
        let (name, mime, size) = (name.clone(), mime.clone(), *size);
        let (label, direction, from_host) = (label.clone(), seen.lane.direction, host(url));
        files.push(FileSeen {
            label,
            direction,
            said_sha256,
            said_size,
            seen_sha256,
            seen_size,
            name,
            mime,
            size,
            served_mime,
            disposition,
            from_host,
            trouble,
        });
    }
    files
}

fn split(found: Result<Downloaded>) -> (Option<Downloaded>, Option<String>) {
    match found {
        Ok(found) if found.status == 200 => (Some(found), None),
        Ok(found) => (None, Some(format!("it answers {}", found.status))),
        Err(error) => (None, Some(format!("{error:#}"))),
    }
}

fn host(url: &str) -> String {
    url.split_once("://").map_or(url, |(_, rest)| rest).split(['/', '?']).next().unwrap_or_default().to_owned()
}
