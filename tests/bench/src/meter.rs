//! Counts what is asked of the services: calls, bytes, and the units that AWS bills.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

/// What became of one kind of call.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tally {
    pub calls: u64,
    /// Bodies, without headers.
    pub asked: u64,
    pub answered: u64,
    /// What AWS bills: a request of SQS in steps of 64 KiB, a read of DynamoDB in steps of 4 KiB, a write in steps of 1 KiB.
    pub units: u64,
}

/// Calls by service and operation.
pub(crate) type Counts = BTreeMap<(&'static str, String), Tally>;

#[derive(Debug, Default)]
pub(crate) struct Meter(Mutex<Counts>);

impl Meter {
    pub(crate) fn count(&self, service: &'static str, operation: &str, asked: usize, answered: usize, units: u64) {
        let bytes = |length: usize| u64::try_from(length).unwrap_or(u64::MAX);
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let tally = counts.entry((service, operation.to_owned())).or_default();
        tally.calls += 1;
        tally.asked += bytes(asked);
        tally.answered += bytes(answered);
        tally.units += units;
    }

    /// What was counted since it was taken last.
    pub(crate) fn take(&self) -> Counts {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Adds what was counted in one stretch to what was counted before.
pub(crate) fn add(counts: &mut Counts, more: Counts) {
    for (what, Tally { calls, asked, answered, units }) in more {
        let tally = counts.entry(what).or_default();
        tally.calls += calls;
        tally.asked += asked;
        tally.answered += answered;
        tally.units += units;
    }
}
