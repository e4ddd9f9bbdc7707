//! What may go wrong in one history, and how often: drawn from its seed, so that some histories are calm, some stormy,
//! and some have one kind of trouble only.

use super::random::Random;

/// A far side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Blip,
    Helpdesk,
}

/// An hour, in the milliseconds of virtual time.
pub(crate) const HOUR: u64 = 3_600_000;
/// The longest outage of a far side.
const LONGEST_OUTAGE: u64 = 4 * HOUR;

/// Chances are of a thousand.
#[derive(Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own about this history")]
pub(crate) struct Weather {
    /// Of an invocation: its function is stopped before or after one of its calls.
    pub crash: u64,
    /// Of an invocation: it stands still past its visibility, and then goes on beside the next one.
    pub freeze: u64,
    /// Of a call of the map: no effect; an effect and no answer.
    pub map_fails: u64,
    pub map_keeps_silent: u64,
    /// Of a call of a far side, all its ways to fail together.
    pub far_fails: u64,
    /// Of a call of a queue.
    pub queue_fails: u64,
    /// Of an arrival at a door: it comes again.
    pub repeats: u64,
    /// How far the clock of an invocation may be off, either way.
    pub skew: u64,
    /// Blip does not say what it knows.
    pub blind_blip: bool,
    /// Blip does not give what was typed into its waiting tickets.
    pub unreadable: bool,
    /// The helpdesk has no idempotency key.
    pub keyless: bool,
    /// How many messages the helpdesk takes in one call.
    pub together: usize,
    /// The helpdesk numbers its messages anew in each ticket.
    pub ids_of_ticket: bool,
    /// The helpdesk's events carry our mark.
    pub marks: bool,
    /// The bridge's own texts are on.
    pub texts: bool,
    /// Of a message: it has a bug, which is there until it is mended.
    pub bugs: u64,
    pub mended: u64,
    /// The first bug kills the function, and is mended when somebody sees the message among the parked ones.
    pub killer: bool,
    /// Of a message that goes back: the operator's tool dies before it is deleted.
    pub operator_dies: u64,
    /// From when until when two releases run side by side.
    pub releases: Option<(u64, u64)>,
    /// Agents answer.
    pub agents: bool,
    /// Who is away, from when until when.
    pub outages: Vec<(Side, u64, u64)>,
    /// From here on nothing fails any more.
    pub calm: u64,
}

impl Weather {
    pub(crate) fn of(random: &mut Random) -> Self {
        let mut some = |most: u64| match random.below(3) {
            0 => 0,
            1 => random.between(1, most / 4),
            _ => random.between(most / 4, most),
        };
        let (crash, freeze, map_fails, map_keeps_silent) = (some(200), some(100), some(60), some(60));
        let (far_fails, queue_fails, repeats) = (some(250), some(60), some(400));
        let (bugs, operator_dies) = (some(120), some(300));
        let calm = random.between(HOUR / 6, 6 * HOUR);
        let releases = random.chance(350).then(|| {
            let from = random.below(calm / 2);
            (from, from + random.between(60_000, calm / 2))
        });
        let outages = (0..random.below(3).saturating_sub(1) + u64::from(random.chance(200)))
            .map(|_| {
                let side = if random.chance(500) { Side::Blip } else { Side::Helpdesk };
                let from = random.below(calm / 2);
                (side, from, from + random.between(10_000, LONGEST_OUTAGE).min(calm - from))
            })
            .collect();
        Self {
            crash,
            freeze,
            map_fails,
            map_keeps_silent,
            far_fails,
            queue_fails,
            repeats,
            skew: if random.chance(500) { 2000 } else { 0 },
            blind_blip: random.chance(80),
            unreadable: random.chance(50),
            keyless: random.chance(150),
            together: if random.chance(500) { 4 } else { 1 },
            ids_of_ticket: random.chance(500),
            marks: random.chance(500),
            texts: random.chance(300),
            bugs,
            mended: random.below(calm),
            killer: random.chance(10),
            operator_dies,
            releases,
            agents: true,
            outages,
            calm,
        }
    }

    /// Nothing ever fails.
    pub(crate) fn calm(random: &mut Random) -> Self {
        Self {
            skew: 0,
            bugs: 0,
            blind_blip: false,
            unreadable: false,
            keyless: false,
            ids_of_ticket: false,
            marks: true,
            texts: false,
            releases: None,
            outages: Vec::new(),
            calm: 0,
            ..Self::of(random)
        }
    }

    pub(crate) fn away(&self, side: Side, now: u64) -> bool {
        self.outages.iter().any(|(who, from, until)| *who == side && (*from..*until).contains(&now))
    }
}
