//! Hostile links against real servers on this machine, and what is let through.
//!
//! `docs/links.md` holds the same two tables, made from these rows: `PONTE_WRITE_DOCS=1` writes them anew.

mod answers;
mod keys;
mod links;
mod names;
mod server;

use std::{collections::HashMap, fmt::Write as _, net::SocketAddr, sync::Mutex, time::Duration};

use async_trait::async_trait;

use super::{Access, FetchError, Fetcher, Limits, Policy, Resolver, client::Patience};

/// What a test's fetch may take. The time is no help to a step that waits for ever: `what_hosts_answer` looks at the clock.
const LIMITS: Limits = Limits { bytes: 1000, time: Duration::from_secs(20) };

/// A name server that says what it is told. Of several answers for a name the last one is repeated.
#[derive(Default)]
struct Names {
    answers: HashMap<String, Vec<Vec<SocketAddr>>>,
    asked: Mutex<Vec<String>>,
}

impl Names {
    fn with(mut self, name: &str, answers: &[&[&str]]) -> Self {
        let parse = |address: &&str| {
            address.parse().unwrap_or_else(|_| SocketAddr::new(address.parse().expect("an address"), 0))
        };
        let answers = answers.iter().map(|answer| answer.iter().map(parse).collect()).collect();
        self.answers.insert(name.to_owned(), answers);
        self
    }

    fn asked(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

#[async_trait]
impl Resolver for Names {
    async fn resolve(&self, host: &str) -> Result<Vec<SocketAddr>, FetchError> {
        let mut asked = self.asked.lock().unwrap();
        let before = asked.iter().filter(|name| *name == host).count();
        asked.push(host.to_owned());
        let answers = self.answers.get(host).ok_or(FetchError::Unreachable)?;
        answers.get(before).or(answers.last()).cloned().ok_or(FetchError::Unreachable)
    }
}

/// With less patience than in use, so that no test takes long.
fn fetcher(policy: Policy, extra_root: &str) -> Fetcher {
    let quick = Duration::from_millis(500);
    let patience = Patience { connect: Duration::from_secs(1), first_byte: quick, progress: quick };
    Fetcher::new(policy, extra_root).unwrap().with_patience(patience)
}

/// The whole file, or why there is none.
async fn fetch(fetcher: &Fetcher, link: &str, key: Option<&Access>, limits: Limits) -> Result<String, FetchError> {
    let mut download = fetcher.get(link, key, limits).await?;
    let mut file = Vec::new();
    while let Some(chunk) = download.chunk().await? {
        file.extend_from_slice(&chunk);
    }
    Ok(String::from_utf8(file).unwrap())
}

/// Holds the table between two markers of the page against the rows: what it is, and what becomes of it.
fn check_page(marker: &str, heads: [&str; 2], rows: &[(String, String)]) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/links.md");
    let page = std::fs::read_to_string(path).unwrap();
    let (begin, end) = (format!("<!-- {marker} -->\n"), format!("<!-- end of {marker} -->"));
    let mut table = format!("| {} |\n|---|---|\n", heads.join(" | "));
    for (what, outcome) in rows {
        let _ = writeln!(table, "| {what} | {outcome} |");
    }
    let (before, rest) = page.split_once(&begin).expect("the marker of the table");
    let (written, after) = rest.split_once(&end).expect("the end of the table");
    if std::env::var_os("PONTE_WRITE_DOCS").is_some() {
        std::fs::write(path, format!("{before}{begin}{table}{end}{after}")).unwrap();
    } else {
        assert_eq!(written, table, "docs/links.md is not what fetch does: PONTE_WRITE_DOCS=1 writes it anew");
    }
}
