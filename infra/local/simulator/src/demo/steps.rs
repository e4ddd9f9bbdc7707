//! What the scripts share: waiting, checking, and some contents.

use std::time::Duration;

use anyhow::{Result, ensure};

use crate::fake_helpdesk::Agent;
use crate::ledger::{Label, Origin, Seen};
use crate::message::Content;
use crate::simulator::Simulator;

/// How long one step of the script may take on a small machine, where the stack's first call starts five processes.
pub const STEP_LIMIT: Duration = Duration::from_secs(30);
/// What the end may take longer than a step: the bridge waits 10 s for late words before it sends the customer away.
pub(super) const LAST_WORDS: Duration = Duration::from_secs(15);

pub(super) async fn all_arrive(sim: &Simulator, step: Duration, labels: &[Label]) -> Result<()> {
    for label in labels {
        sim.arrives(label, step).await?;
    }
    Ok(())
}

/// That each file arrived byte for byte.
pub(super) async fn same_files(sim: &Simulator) -> Result<()> {
    let differences = sim.file_differences().await;
    ensure!(differences.is_empty(), "{}", differences.join("; "));
    Ok(())
}

/// That the customer saw the greeting, that this agent joined, and the closing.
pub(super) fn check_system_texts(name: &str, agent: &Agent, seen: &[Seen]) -> Result<()> {
    let system: Vec<String> =
        seen.iter().filter(|one| one.origin == Origin::System).map(|one| one.content.to_string()).collect();
    ensure!(system.len() >= 3, "{name} saw {} of the greeting, the joining and the closing", system.len());
    ensure!(system.iter().any(|text| text.contains(&agent.name)), "{name} was not told that {} joined", agent.name);
    Ok(())
}

pub(super) fn choices(text: &str, options: &[&str]) -> Content {
    Content::Choices { text: text.to_owned(), options: options.iter().map(|option| (*option).to_owned()).collect() }
}
