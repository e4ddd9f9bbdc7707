//! How much of a thing there may be: tickets, texts of the bridge, tries of a file.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    super::{ledger::Ledger, world::World},
    Verdict,
    words::is_ghost,
};

/// The most openings that one message may cause, each time that it is tried anew from the start.
const OPENINGS: usize = 3;
/// The most tries of a file, those that did not count among them.
const TRIES: usize = 30;

pub(super) fn judge(world: &World, ledger: &Ledger, verdict: &mut Verdict) {
    texts(ledger, verdict);
    openings(ledger, verdict);
    tickets(world, ledger, verdict);
    for (file, tries) in ledger.tries.iter().filter(|(_, tries)| tries.len() > TRIES) {
        verdict.wrong(format!("{file} was fetched {} times", tries.len()));
    }
}

/// Each text of the bridge comes once: a greeting of an opening, a notice of its cause.
fn texts(ledger: &Ledger, verdict: &mut Verdict) {
    let mut seen: BTreeMap<(&str, &str), Vec<_>> = BTreeMap::new();
    // The redirect is judged with the ending.
    for system in ledger.system.iter().filter(|system| system.name != "redirect") {
        seen.entry((system.opening.as_str(), &system.name)).or_default().push(&system.seen);
    }
    for ((_, name), seen) in seen.into_iter().filter(|(_, seen)| seen.len() > 1) {
        let kind = name.rsplit_once('-').map_or(name, |(kind, _)| kind);
        let what = format!("chat {} was sent the same {kind} {} times", seen[0].place, seen.len());
        verdict.unless_excused(seen, what);
    }
}

/// What no ticket is there for is told, or parked, after a few openings.
fn openings(ledger: &Ledger, verdict: &mut Verdict) {
    for said in ledger.said.iter().filter(|said| said.cursed) {
        let gone = ledger.gone.iter().filter(|(of, _)| *of == said.number).map(|(_, stay)| stay);
        let openings = gone.collect::<BTreeSet<_>>().len();
        if openings > OPENINGS * (1 + said.parked) {
            verdict.wrong(format!("{} caused {openings} openings, whose tickets were gone", said.name));
        }
    }
}

/// Where the helpdesk has keys, an opening has one ticket with words.
fn tickets(world: &World, ledger: &Ledger, verdict: &mut Verdict) {
    let mut with_words: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (number, ticket) in ledger.tickets.iter().enumerate() {
        if ledger.at_helpdesk.iter().any(|seen| seen.place == number) {
            with_words.entry(ticket.opening.as_str()).or_default().push(number);
        }
    }
    for several in with_words.into_values().filter(|tickets| tickets.len() > 1) {
        let ghosts = several.iter().filter(|ticket| is_ghost(world, ledger, **ticket)).count();
        if ghosts + 1 < several.len() {
            verdict.wrong(format!("an opening has words on {} tickets", several.len()));
        } else {
            verdict.excepted("a second ticket of one opening");
        }
    }
}
