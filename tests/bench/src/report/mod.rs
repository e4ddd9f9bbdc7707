//! The page: goals and figures side by side, and what stands behind them. Rewrites `docs/performance.md` between its markers.

mod goals;
mod tables;

use std::{fmt::Write as _, path::Path, time::Duration};

use anyhow::{Context as _, Result};
use time::OffsetDateTime;

use crate::{
    bench::{FULL, Figures, Load},
    cost::Costs,
    files,
    growth::Growth,
    measure::Warm,
    meter::Counts,
    relay::{Direction, Relayed},
};

use self::goals::Goal;
pub(crate) use self::tables::relays;

pub(crate) struct Report {
    pub figures: Figures,
    pub relayed: Vec<Relayed>,
    pub grown: Vec<Growth>,
    pub costs: Costs,
}

pub(crate) fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn ratio(longer: Duration, shorter: Duration) -> f64 {
    longer.as_secs_f64() / shorter.as_secs_f64().max(1e-9)
}

fn megabytes(kib: u64) -> f64 {
    u32::try_from(kib).map_or(f64::INFINITY, |kib| f64::from(kib) / 1024.0)
}

impl Report {
    fn start(&self, name: &str) -> Result<Duration> {
        Ok(self.figures.cold.get(name).with_context(|| format!("{name} was not started"))?.answer.median())
    }

    fn warm(&self, name: &'static str, load: Load) -> Result<&Warm> {
        self.figures.warm.get(&(name, load)).with_context(|| format!("{name} was not called"))
    }

    fn cpu(&self, name: &'static str, load: Load) -> Result<Duration> {
        let warm = self.warm(name, load)?;
        Ok(warm.cpu / warm.calls.max(1))
    }

    /// All of it, as it is printed and kept.
    pub(crate) fn markdown(&self) -> Result<String> {
        let mut page = String::new();
        let machine = machine();
        writeln!(page, "Measured on {}, {machine}, in one run of `make bench`.\n", OffsetDateTime::now_utc().date())?;
        writeln!(page, "| | goal | figure | |\n|---|---|---|---|")?;
        for Goal { what, wanted, figure, reached } in self.goals()? {
            writeln!(page, "| {what} | {wanted} | {figure} | {} |", if reached { "reached" } else { "**missed**" })?;
        }
        self.programs(&mut page)?;
        self.operations(&mut page)?;
        page.push_str(&relays(&self.relayed, &self.grown)?);
        Ok(page)
    }
}

fn of_a_core(relayed: &Relayed) -> f64 {
    ratio(Duration::from_micros(relayed.plan.messages), relayed.cpu) * 1e6
}

fn way(direction: Direction) -> &'static str {
    match direction {
        Direction::ToHelpdesk => "customer to helpdesk",
        Direction::ToCustomer => "agent to Blip",
    }
}

fn words(load: Load) -> &'static str {
    match load {
        Load::Single => "one",
        Load::Unmarked => "one, without our mark",
        Load::TenFiles => "ten files of ten conversations",
        Load::TenOfTen => "ten of ten conversations",
        Load::TenOfOne => "ten of one conversation",
    }
}

/// Calls, and bytes of their bodies.
fn sum(counts: &Counts) -> (u64, u64) {
    counts.values().fold((0, 0), |(calls, bytes), tally| (calls + tally.calls, bytes + tally.asked + tally.answered))
}

fn machine() -> String {
    let processor = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = processor.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    let model = model.map_or("an unknown processor", |(_, model)| model.trim());
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or_default().to_owned();
    format!("{cores} cores of {model}, Linux {}, the machine's load {load} at the end", kernel.trim())
}

/// Puts a text between the two markers of that name.
pub(crate) fn rewrite(page: &Path, name: &str, text: &str) -> Result<()> {
    let old = std::fs::read_to_string(page).with_context(|| format!("{}", page.display()))?;
    let (begin, end) = (format!("<!-- {name}: begin -->\n"), format!("<!-- {name}: end -->"));
    let missing = || format!("{} has no marker {name}", page.display());
    let (before, rest) = old.split_once(&begin).with_context(missing)?;
    let (_, after) = rest.split_once(&end).with_context(missing)?;
    std::fs::write(page, format!("{before}{begin}{text}{end}{after}"))?;
    Ok(())
}

/// Time of the processor that a megabyte of a file takes, with all that is done beside it.
pub(crate) fn copying(warm: &Warm) -> Duration {
    let megabytes = files::SIZE * FULL / 1024 / 1024;
    warm.cpu / warm.calls.max(1) / u32::try_from(megabytes).unwrap_or(u32::MAX)
}
