//! Many histories, and the bridges that must be found out.

use std::collections::BTreeMap;

use super::{Outcome, broken::Broken, play};

/// A failing seed in words, and the one command that replays it.
fn report(seed: u64, outcome: &Outcome) -> String {
    let history = play(seed, None, true).history.join("\n");
    let violations = outcome.verdict.violations.join("\n  ");
    format!(
        "{history}\n\nseed {seed}:\n  {violations}\n\nPONTE_SEED={seed} cargo test -p ponte-tests simulation::replay -- --nocapture\n"
    )
}

#[derive(Default)]
struct Sum {
    seeds: u64,
    messages: usize,
    hours: u64,
    faults: BTreeMap<&'static str, u64>,
    exceptions: BTreeMap<&'static str, u64>,
    failed: Vec<(u64, Vec<String>)>,
}

fn add(into: &mut BTreeMap<&'static str, u64>, from: BTreeMap<&'static str, u64>) {
    for (kind, count) in from {
        *into.entry(kind).or_default() += count;
    }
}

impl Sum {
    fn add(&mut self, seed: u64, outcome: Outcome) {
        self.seeds += 1;
        self.messages += outcome.messages;
        self.hours += outcome.hours;
        add(&mut self.faults, outcome.faults);
        add(&mut self.exceptions, outcome.verdict.exceptions);
        if !outcome.verdict.violations.is_empty() {
            self.failed.push((seed, outcome.verdict.violations));
        }
    }

    fn join(mut self, other: Self) -> Self {
        self.seeds += other.seeds;
        self.messages += other.messages;
        self.hours += other.hours;
        add(&mut self.faults, other.faults);
        add(&mut self.exceptions, other.exceptions);
        self.failed.extend(other.failed);
        self
    }
}

/// Each seed on one thread; the seeds are dealt out.
fn all(seeds: u64) -> Sum {
    let threads = u64::try_from(std::thread::available_parallelism().map_or(1, Into::into)).unwrap();
    let parts: Vec<_> = (0..threads)
        .map(|first| {
            std::thread::spawn(move || {
                let mut sum = Sum::default();
                for seed in (1..=seeds).filter(|seed| seed % threads == first) {
                    sum.add(seed, play(seed, None, false));
                }
                sum
            })
        })
        .collect();
    parts.into_iter().map(|part| part.join().unwrap()).fold(Sum::default(), Sum::join)
}

#[test]
fn twenty_thousand_seeds_hold() {
    let seeds = std::env::var("PONTE_SEEDS").map_or(20_000, |seeds| seeds.parse().unwrap());
    let sum = all(seeds);
    println!("{} histories, {} messages, {} hours", sum.seeds, sum.messages, sum.hours);
    println!("faults: {:#?}", sum.faults);
    println!("exceptions that are stated: {:#?}", sum.exceptions);
    let mut failed = sum.failed;
    failed.sort();
    for (seed, violations) in failed.iter().take(40) {
        println!("seed {seed}: {}", violations.join("; "));
    }
    if let Some((seed, _)) = failed.first() {
        panic!("{} histories failed; the first:\n{}", failed.len(), report(*seed, &play(*seed, None, false)));
    }
}

#[test]
fn broken_bridges_are_found_out() {
    for broken in [
        Broken::NoConditionOnTheWrite,
        Broken::DoneBeforeTheEffect,
        Broken::OneSequenceForBothDirections,
        Broken::AppliedToThePresentOpening,
        Broken::AnErrorIsASuccess,
        Broken::CloseBeforeItsTurn,
        Broken::GoesOnAfterAFailure,
        Broken::ParksInSilence,
        Broken::ParksWhatMayWorkLater,
        Broken::ReplaysInReverse,
        Broken::ReplayKeepsTheOldId,
        Broken::ReplayHasAGroupOfItsOwn,
    ] {
        let caught = (1..=2000).find_map(|seed| {
            let violations = play(seed, Some(broken), false).verdict.violations;
            violations.into_iter().next().map(|violation| (seed, violation))
        });
        let Some((seed, violation)) = caught else { panic!("{broken:?} was not found out") };
        println!("{broken:?}: seed {seed}: {violation}");
    }
}
