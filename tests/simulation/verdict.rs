//! Whether a history held, and what in it is a stated exception.

mod desk;
#[cfg(test)]
mod desk_tests;
mod endings;
mod limits;
#[cfg(test)]
mod promises;
mod silence;
#[cfg(test)]
mod silence_tests;
#[cfg(test)]
mod tests;
mod told;
mod trail;
mod words;

#[cfg(test)]
pub(crate) use self::tests::opens;

use std::{collections::BTreeMap, sync::Arc};

use super::{
    invocation::STOOD_STILL,
    ledger::{Ledger, Seen},
    other_side::UNDER_WAY,
    sqs,
    world::World,
};

/// Excuses of what was under way and could not be called back.
const ADRIFT: [&str; 2] = [UNDER_WAY, STOOD_STILL];

/// Whether it came from a call that nobody could call back.
fn is_adrift(seen: &Seen) -> bool {
    seen.excuse.is_some_and(|why| ADRIFT.contains(&why))
}

/// What the judges find.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    pub violations: Vec<String>,
    /// By the stated exception that covers them.
    pub exceptions: BTreeMap<&'static str, u64>,
}

impl Verdict {
    fn wrong(&mut self, what: String) {
        self.violations.push(what);
    }

    /// A violation, unless one of `seen` is covered by a stated exception.
    fn unless_excused<'a>(&mut self, seen: impl IntoIterator<Item = &'a Seen>, what: String) {
        match seen.into_iter().find_map(|seen| seen.excuse) {
            Some(excuse) => *self.exceptions.entry(excuse).or_default() += 1,
            None => self.wrong(what),
        }
    }

    /// A violation, unless one of `seen` came from a call that nobody could call back.
    fn unless_adrift<'a>(&mut self, seen: impl IntoIterator<Item = &'a Seen>, what: String) {
        self.unless_excused(seen.into_iter().filter(|seen| is_adrift(seen)), what);
    }

    fn excepted(&mut self, excuse: &'static str) {
        *self.exceptions.entry(excuse).or_default() += 1;
    }
}

/// Judges a history that has ended.
pub(crate) fn judge(world: &Arc<World>, drained: bool) -> Verdict {
    let mut verdict = Verdict::default();
    let ledger: &Ledger = &world.ledger();
    verdict.violations.extend(ledger.wrong.iter().cloned());
    limits::judge(world, ledger, &mut verdict);
    told::judge(world, ledger, &mut verdict);
    trail::figures(ledger, &mut verdict);
    if !drained {
        verdict.wrong("the queues did not drain".to_owned());
        return verdict;
    }
    for (copy, earlier) in world.queues.parked().flat_map(sqs::Fifo::overtaken) {
        verdict.wrong(format!("{copy} was sent back before {earlier}, which had been parked before it"));
    }
    words::judge(world, ledger, &mut verdict);
    endings::judge(world, ledger, &mut verdict);
    silence::judge(world, ledger, &mut verdict);
    desk::judge(world, ledger, &mut verdict);
    trail::ends(world, ledger, &mut verdict);
    verdict
}
