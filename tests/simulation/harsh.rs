//! The harsh kinds of a history: each goes where a promise once ended, and is short beside that.
//!
//! What a kind may not have beside it, since nobody could tell then what is right, is taken out of its weather.

use super::{
    random::Random,
    weather::{HOUR, LostWays, Polling, Side, Weather},
};

const MINUTE: u64 = 60_000;

/// What is harsh about a history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Harsh {
    /// Messages of up to sixty parts.
    Parts,
    /// Far sides that take long, several conversations in a batch.
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
    /// Parts and notices that a far side refuses.
    Refusals,
    /// Copies that wait together, more than five minutes apart.
    Copies,
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

    /// Makes a weather harsh.
    pub(crate) fn over(self, weather: &mut Weather, random: &mut Random) {
        weather.harsh = Some(self);
        weather.calm = random.between(5 * MINUTE, HOUR);
        weather.mended = weather.mended.min(weather.calm);
        weather.outages.retain(|(_, from, _)| *from < weather.calm);
        for (_, _, until) in &mut weather.outages {
            *until = (*until).min(weather.calm);
        }
        if random.chance(300) {
            weather.pace = (200, 1000);
        }
        match self {
            Self::Parts => weather.keyless = random.chance(700),
            Self::Slow => weather.pace = if random.chance(500) { (300, 1000) } else { (700, 1000) },
            Self::Answers => {
                // A name that a hook never told may be read after the next one: only a poller brings it for certain.
                weather.named = random.chance(500);
                let from = random.below(weather.calm);
                let away =
                    if random.chance(300) { (0, 0) } else { (from, from + random.between(10 * MINUTE, 3 * HOUR)) };
                let page = usize::try_from(random.between(3, 25)).unwrap();
                weather.poller = Some(Polling { page, away });
                weather.hooks_lost = if random.chance(500) { random.between(50, 300) } else { 0 };
                (weather.blind_blip, weather.repeats, weather.bugs) = (false, 0, 0);
                // A hook that comes late, and is no poll's, is known by the ring alone.
                weather.releases = None;
                weather.pace = (10, 150);
            }
            Self::Receipts => {
                (weather.receipts, weather.keyless) = (true, true);
                (weather.repeats, weather.bugs, weather.blind_blip) = (0, 0, false);
                weather.releases = None;
                weather.pace = (10, 150);
            }
            Self::Files => {
                weather.files = random.between(300, 800);
                weather.keyless = random.chance(300);
            }
            Self::Gone => {}
            Self::SameTicket => weather.lasting = true,
            Self::NoWayBack => {
                weather.lost_ways = if random.chance(600) { LostWays::Service } else { LostWays::Every };
            }
            Self::Refusals => {
                weather.deaf = random.chance(500);
                weather.files = if random.chance(500) { 200 } else { 0 };
                weather.bugs = 0;
            }
            Self::Copies => {
                (weather.keyless, weather.max_batch) = (true, 4);
                weather.repeats = 500;
                let from = random.below(weather.calm / 4);
                weather.outages = vec![(Side::Helpdesk, from, from + random.between(6 * MINUTE, 30 * MINUTE))];
                weather.calm = weather.calm.max(from + 30 * MINUTE);
            }
        }
    }
}
