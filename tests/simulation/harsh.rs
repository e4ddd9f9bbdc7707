//! The harsh kinds of a history: each goes where a promise once ended, and is short beside that.
//!
//! What a kind may not have beside it, since nobody could tell then what is right, is taken out of its plan.

use super::{
    fault_plan::{FaultPlan, HOUR, LostWays, Polling, Side},
    random::Random,
    time,
};

const MINUTE: u64 = 60_000;

/// What is harsh about a history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Harsh {
    /// Messages of up to sixty parts.
    Parts,
    /// Sides that take long, several conversations in a batch.
    Slow,
    /// Up to sixty answers between two looks of the poller, by hooks and by polls.
    Answers,
    /// A customer reads fifty answers at once.
    Receipts,
    /// Files of hosts that are slow or silent.
    Files,
    /// A message that the helpdesk has no ticket for, or a ticket that is gone.
    Gone,
    /// A helpdesk that goes on with the last ticket.
    SameTicket,
    /// Redirects that Blip refuses for good.
    NoWayBack,
    /// Parts and notices that Blip or the helpdesk refuses.
    Refusals,
    /// Copies that wait together, more than five minutes apart.
    Copies,
    /// People who fall silent, and service rules for that. Not among those that are drawn: see `FaultPlan::of`.
    Silence,
    /// The same, and what a helpdesk tells beside words: transfers, holds, places in the queue, and words that are taken back.
    Desk,
}

impl Harsh {
    pub(crate) const EVERY: [Self; 10] = [
        Self::Parts,
        Self::Slow,
        Self::Answers,
        Self::Receipts,
        Self::Files,
        Self::Gone,
        Self::SameTicket,
        Self::NoWayBack,
        Self::Refusals,
        Self::Copies,
    ];

    pub(crate) fn any(random: &mut Random) -> Self {
        let at = usize::try_from(random.below(10)).unwrap();
        Self::EVERY[at]
    }

    /// Makes a plan harsh.
    pub(crate) fn over(self, plan: &mut FaultPlan, random: &mut Random) {
        plan.harsh = Some(self);
        plan.calm = random.between(5 * MINUTE, HOUR);
        plan.mended = plan.mended.min(plan.calm);
        plan.outages.retain(|(_, from, _)| *from < plan.calm);
        for (_, _, until) in &mut plan.outages {
            *until = (*until).min(plan.calm);
        }
        if random.chance(300) {
            plan.pace = (200, 1000);
        }
        match self {
            Self::Silence | Self::Desk => time::over(plan, random),
            Self::Parts => plan.keyless = random.chance(700),
            Self::Slow => plan.pace = if random.chance(500) { (300, 1000) } else { (700, 1000) },
            Self::Answers => {
                // A name that a hook never told may be read after the next one: only a poller brings it for certain.
                plan.named = random.chance(500);
                let from = random.below(plan.calm);
                let away =
                    if random.chance(300) { (0, 0) } else { (from, from + random.between(10 * MINUTE, 3 * HOUR)) };
                let page = usize::try_from(random.between(3, 25)).unwrap();
                plan.poller = Some(Polling { page, away });
                plan.hooks_lost = if random.chance(500) { random.between(50, 300) } else { 0 };
                (plan.blind_blip, plan.repeats, plan.bugs) = (false, 0, 0);
                // A hook that comes late, and is no poll's, is known by the recent ids alone.
                plan.releases = None;
                plan.pace = (10, 150);
            }
            Self::Receipts => {
                (plan.receipts, plan.keyless) = (true, true);
                (plan.repeats, plan.bugs, plan.blind_blip) = (0, 0, false);
                plan.releases = None;
                plan.pace = (10, 150);
            }
            Self::Files => {
                plan.files = random.between(300, 800);
                plan.keyless = random.chance(300);
            }
            Self::Gone => {}
            Self::SameTicket => plan.lasting = true,
            Self::NoWayBack => {
                plan.lost_ways = if random.chance(600) { LostWays::Service } else { LostWays::Every };
            }
            Self::Refusals => {
                plan.deaf = random.chance(500);
                plan.files = if random.chance(500) { 200 } else { 0 };
                plan.bugs = 0;
            }
            Self::Copies => {
                (plan.keyless, plan.max_batch) = (true, 4);
                plan.repeats = 500;
                let from = random.below(plan.calm / 4);
                plan.outages = vec![(Side::Helpdesk, from, from + random.between(6 * MINUTE, 30 * MINUTE))];
                plan.calm = plan.calm.max(from + 30 * MINUTE);
            }
        }
    }
}
