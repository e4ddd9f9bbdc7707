//! Numbers of what is open. Pure.

use std::collections::BTreeMap;

use operations::conversations::StateName;
use ponte::conversation::CustomerRecord;
use service_rules::ServiceRules;

/// A wait that is in time, in seconds, where the service rules say nothing.
const TARGET: u64 = 300;

/// The numbers of one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Figures {
    pub(crate) open: u64,
    /// Customers whose last word nobody answered.
    pub(crate) waiting: u64,
    pub(crate) longest_seconds: Option<u64>,
    /// Of those who wait, how many do for less than the target.
    pub(crate) in_time: u64,
    /// The target, in seconds.
    pub(crate) target: u64,
    /// By queue: open, and waiting. The empty name has no queue.
    pub(crate) by_queue: BTreeMap<String, (u64, u64)>,
    /// How many wait for less than 1, 5, 15 and 60 minutes, and for longer.
    pub(crate) waits: [u64; 5],
}

/// The upper ends of [`Figures::waits`], in seconds.
pub(crate) const WAITS: [u64; 4] = [60, 300, 900, 3_600];

/// Since when a customer waits for a word (Unix seconds); `None` where the last word is the agent's, the ticket is on hold, or it is ending.
pub(crate) fn waits_since(record: &CustomerRecord) -> Option<i64> {
    if !matches!(StateName::of(record.state), StateName::Claimed | StateName::Ticketed | StateName::Open) {
        return None;
    }
    let times = record.times();
    let waits = times.customer.waits(&times.agent) || times.agent.last_word_at.is_none();
    times.customer.waits_since.filter(|_| waits && !times.agent.on_hold)
}

/// For how long a customer has waited at `now` (Unix seconds).
pub(crate) fn waited(record: &CustomerRecord, now: i64) -> Option<u64> {
    waits_since(record).map(|since| u64::try_from(now.saturating_sub(since)).unwrap_or(0))
}

/// The wait that is still in time: that after which the rules have the customer told, or five minutes.
pub(crate) fn target(rules: Option<&ServiceRules>) -> u64 {
    let warn = rules.and_then(|rules| rules.silence.unanswered.warn_after);
    warn.and_then(|period| u64::try_from(period.seconds()).ok()).unwrap_or(TARGET)
}

/// The numbers of these conversations at `now` (Unix seconds).
pub(crate) fn figures(records: &[CustomerRecord], target: u64, now: i64) -> Figures {
    let mut figures = Figures { target, ..Figures::default() };
    for record in records {
        figures.open += 1;
        let queue = figures.by_queue.entry(record.placement.queue.clone().unwrap_or_default()).or_default();
        queue.0 += 1;
        let Some(waited) = waited(record, now) else { continue };
        queue.1 += 1;
        figures.waiting += 1;
        figures.in_time += u64::from(waited < target);
        figures.longest_seconds = figures.longest_seconds.max(Some(waited));
        let at = WAITS.iter().position(|end| waited < *end).unwrap_or(WAITS.len());
        if let Some(bucket) = figures.waits.get_mut(at) {
            *bucket += 1;
        }
    }
    figures
}
