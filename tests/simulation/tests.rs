//! Many histories, and the bridges that must be found out.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use super::{Outcome, broken::Broken, found::FOUND, play};

/// What each test run plays: where each range begins, and how many histories it has.
const RANGES: [(u64, u64); 3] = [(1, 8000), (1_000_001, 6000), (700_000_001, 6000)];

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
    /// How many histories of a kind there were, and how long they took.
    kinds: BTreeMap<String, (u64, Duration)>,
    failed: Vec<(u64, Vec<String>)>,
}

fn add(into: &mut BTreeMap<&'static str, u64>, from: BTreeMap<&'static str, u64>) {
    for (kind, count) in from {
        *into.entry(kind).or_default() += count;
    }
}

impl Sum {
    fn add(&mut self, seed: u64, outcome: Outcome, took: Duration) {
        self.seeds += 1;
        self.messages += outcome.messages;
        self.hours += outcome.hours;
        add(&mut self.faults, outcome.faults);
        add(&mut self.exceptions, outcome.verdict.exceptions);
        self.kind(outcome.harsh.map_or("usual".to_owned(), |harsh| format!("{harsh:?}")), (1, took));
        if !outcome.verdict.violations.is_empty() {
            self.failed.push((seed, outcome.verdict.violations));
        }
    }

    fn kind(&mut self, kind: String, (histories, took): (u64, Duration)) {
        let sum = self.kinds.entry(kind).or_default();
        *sum = (sum.0 + histories, sum.1 + took);
    }

    fn join(mut self, other: Self) -> Self {
        self.seeds += other.seeds;
        self.messages += other.messages;
        self.hours += other.hours;
        add(&mut self.faults, other.faults);
        add(&mut self.exceptions, other.exceptions);
        for (kind, sum) in other.kinds {
            self.kind(kind, sum);
        }
        self.failed.extend(other.failed);
        self
    }
}

/// Each seed on one thread; the seeds are dealt out.
fn all(seeds: &[u64]) -> Sum {
    let threads = std::thread::available_parallelism().map_or(1, Into::into);
    std::thread::scope(|scope| {
        let play_every = |first: usize| {
            let mut sum = Sum::default();
            for seed in seeds.iter().skip(first).step_by(threads) {
                let begun = Instant::now();
                let outcome = play(*seed, None, false);
                sum.add(*seed, outcome, begun.elapsed());
            }
            sum
        };
        let parts: Vec<_> = (0..threads).map(|first| scope.spawn(move || play_every(first))).collect();
        parts.into_iter().map(|part| part.join().unwrap()).fold(Sum::default(), Sum::join)
    })
}

/// The seeds that are asked for, or else those that every test run plays.
fn asked() -> Vec<u64> {
    let number = |name| std::env::var(name).ok().map(|number| number.parse::<u64>().unwrap());
    let (base, seeds) = (number("PONTE_BASE"), number("PONTE_SEEDS"));
    if base.is_none() && seeds.is_none() {
        let ranges = RANGES.into_iter().flat_map(|(base, seeds)| base..base + seeds);
        return ranges.chain(FOUND.iter().map(|(seed, _)| *seed)).collect();
    }
    let base = base.unwrap_or(1);
    let seeds = seeds.unwrap_or(20_000);
    println!("{seeds} histories from {base} on: PONTE_BASE={base} PONTE_SEEDS={seeds} plays them again");
    (base..base + seeds).collect()
}

#[test]
fn twenty_thousand_seeds_hold() {
    let begun = Instant::now();
    let sum = all(&asked());
    let each = f64::from(u32::try_from(sum.seeds).unwrap()) / begun.elapsed().as_secs_f64();
    println!("{} histories, {} messages, {} hours; {each:.0} histories a second", sum.seeds, sum.messages, sum.hours);
    println!("kinds: {:?}", sum.kinds);
    println!("faults: {:#?}", sum.faults);
    println!("exceptions that are stated: {:#?}", sum.exceptions);
    let mut failed = sum.failed;
    failed.sort();
    for (seed, violations) in failed.iter().take(400) {
        let found = FOUND.iter().find(|(found, _)| found == seed).map(|(_, what)| format!(" (it once found: {what})"));
        let first: Vec<_> = violations.iter().take(3).map(String::as_str).collect();
        println!(
            "seed {seed}: {} of {}: {}{}",
            first.len(),
            violations.len(),
            first.join("; "),
            found.unwrap_or_default()
        );
    }
    if let Some((seed, _)) = failed.first() {
        panic!("{} histories failed; the first:\n{}", failed.len(), report(*seed, &play(*seed, None, false)));
    }
}

/// Each with words of what must be found of it.
const BROKEN: [(Broken, &str); 32] = [
    (Broken::NoConditionOnTheWrite, "repeated"),
    (Broken::DoneBeforeTheEffect, "lost"),
    (Broken::OneSequenceForBothDirections, "the directions contend"),
    (Broken::AppliedToThePresentOpening, ""),
    (Broken::AnErrorIsASuccess, "lost"),
    (Broken::CloseBeforeItsTurn, "was sent away"),
    (Broken::GoesOnAfterAFailure, "out of order"),
    (Broken::ParksInSilence, "the agent was not told"),
    (Broken::ParksWhatMayWorkLater, "without a reason"),
    (Broken::ReplaysInReverse, "was sent back before"),
    (Broken::ReplayKeepsTheOldId, "lost"),
    (Broken::ReplayHasAGroupOfItsOwn, ""),
    (Broken::PassesOver, "lost: a"),
    (Broken::NoDeadline, "was killed at its limit"),
    (Broken::NeverLooks, "at Blip"),
    (Broken::TellsNobody, "the customer was not told within an hour"),
    (Broken::ForgetsWhatItTold, "for one silence"),
    (Broken::TalksAtNight, "at night"),
    (Broken::DoesNotHearTheCustomer, "was closed for silence, and its customer had said"),
    (Broken::DoesNotHearTheAgent, "was handed back, and"),
    (Broken::GivesNoReason, "without a reason, and no agent closed"),
    (Broken::NoClock, "due and undone"),
    (Broken::TellsEachTransfer, "read of two transfers within"),
    (Broken::ForgetsThatItGoesOn, "without a reason, and no agent closed"),
    (Broken::TellsNoTransfer, "and the customer was not told"),
    (Broken::ForgetsWhereItWent, "and its conversation is in"),
    (Broken::DoesNotHold, "was on hold since"),
    (Broken::ForgetsThePlace, "read of a place that rose"),
    (Broken::ForgetsWhoHasIt, "the figure TimeToAssignment"),
    (Broken::TakesNothingBack, "had been withdrawn before it was sent"),
    (Broken::TakesNothingBack, "was not told that the customer still has it"),
    (Broken::TellsEachWithdrawal, "times that the customer has"),
];

#[test]
fn broken_bridges_are_found_out() {
    // `PONTE_BROKEN=NoClock`: that one alone.
    let only = std::env::var("PONTE_BROKEN").ok();
    for (broken, words) in
        BROKEN.into_iter().filter(|(broken, _)| only.as_ref().is_none_or(|only| format!("{broken:?}") == *only))
    {
        let catch_panic = (1..=2000).find_map(|seed| {
            let violations = play(seed, Some(broken), false).verdict.violations;
            violations.into_iter().find(|violation| violation.contains(words)).map(|violation| (seed, violation))
        });
        let Some((seed, violation)) = catch_panic else { panic!("{broken:?} was not found out") };
        println!("{broken:?}: seed {seed}: {violation}");
    }
}
