//! What is not through yet, and why, as data.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use super::{MessageHash, StepName, Told, Toward};
use crate::clock::Timestamp;

/// What was accepted is with the other side within this time, where nothing is in its way.
const ON_ITS_WAY: Duration = Duration::from_secs(30);
/// A try comes this much later than it was to come, at most: a run before it, and SQS.
const LATE: Duration = Duration::from_mins(1);

/// Why a message has no end yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It was tried, and is tried again then.
    Waits { next_try: Timestamp, why: String },
    /// Something before it in its group was.
    Behind { next_try: Timestamp, why: String },
    /// It was accepted just now.
    OnItsWay,
    /// The log does not say.
    Unknown,
}

/// Why the conversation waits, or that it does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Present {
    /// A group waits for its next try; the closing does, where it goes to neither side.
    Waits {
        to: Option<Toward>,
        next_try: Timestamp,
        why: String,
    },
    /// No group does, and yet there is a message without an end: the first gap.
    NotThrough,
    /// A message was parked, and nothing became of it since.
    Parked {
        at: Timestamp,
        why: String,
    },
    /// Nothing waits in Ponte: the customer waits for an agent's word.
    CustomerWaits {
        since: Timestamp,
    },
    Nothing,
}

/// The messages that were accepted and have no end, each with the line that says so.
pub(super) fn gaps(lines: &[Told], now: Timestamp) -> Vec<(&MessageHash, &Told, Standing)> {
    let mut open: Vec<(&MessageHash, &Told)> = Vec::new();
    for told in lines {
        match told.line.message {
            StepName::Accepted => open.extend(told.messages().map(|message| (message, told))),
            step if step.is_end() || step == StepName::Parked => open.retain(|(message, _)| !is_about(told, message)),
            _ => {}
        }
    }
    let waiting = still_waiting(lines, now);
    let mut seen = HashSet::new();
    open.into_iter()
        .filter(|(message, _)| seen.insert(*message))
        .map(|(message, accepted)| (message, accepted, standing(message, accepted, &waiting, now)))
        .collect()
}

/// Why the conversation waits. `waits_since` is since when the customer waits for an agent's word, in Unix seconds.
pub(super) fn present(lines: &[Told], has_gaps: bool, now: Timestamp, waits_since: Option<i64>) -> Present {
    if let Some(told) = still_waiting(lines, now).first() {
        return Present::Waits { to: told.toward(), next_try: told.next_try(), why: told.why() };
    }
    if has_gaps {
        return Present::NotThrough;
    }
    if let Some(parked) = still_parked(lines) {
        return Present::Parked { at: parked.at, why: parked.why() };
    }
    waits_since
        .map_or(Present::Nothing, |since| Present::CustomerWaits { since: Timestamp(since.saturating_mul(1000)) })
}

fn is_about(told: &Told, message: &MessageHash) -> bool {
    told.messages().any(|one| one == message)
}

fn standing(message: &MessageHash, accepted: &Told, waiting: &[&Told], now: Timestamp) -> Standing {
    let own = waiting.iter().find(|told| is_about(told, message));
    let before = waiting.iter().find(|told| told.line.group.is_some() && told.line.group == accepted.line.group);
    match (own, before) {
        (Some(told), _) => Standing::Waits { next_try: told.next_try(), why: told.why() },
        (None, Some(told)) => Standing::Behind { next_try: told.next_try(), why: told.why() },
        (None, None) if now.since(accepted.at) < ON_ITS_WAY => Standing::OnItsWay,
        (None, None) => Standing::Unknown,
    }
}

/// The last line of each group that waits still.
fn still_waiting(lines: &[Told], now: Timestamp) -> Vec<&Told> {
    let mut last: HashMap<&str, &Told> = HashMap::new();
    for told in lines {
        let Some(group) = told.line.group.as_deref() else { continue };
        if matches!(told.line.message, StepName::Waits | StepName::Done | StepName::Parked) {
            last.insert(group, told);
        }
    }
    let waits = |told: &&Told| told.line.message == StepName::Waits && told.next_try().plus(LATE) >= now;
    let mut waiting: Vec<&Told> = last.into_values().filter(waits).collect();
    waiting.sort_by_key(|told| (told.at, told.line.group.clone()));
    waiting
}

/// The last parked message of which nothing was heard since. One that an operator sent back has its end later.
fn still_parked(lines: &[Told]) -> Option<&Told> {
    lines.iter().enumerate().rev().find_map(|(place, parked)| {
        let mut later = lines.iter().skip(place).filter(|told| told.line.message.is_end());
        let has_ended = parked.messages().next().is_some_and(|message| later.any(|told| is_about(told, message)));
        (parked.line.message == StepName::Parked && !has_ended).then_some(parked)
    })
}
