//! What may go wrong in one history, and how often: drawn from its seed, so that some histories are calm, some have many faults,
//! and some have one kind of trouble only.

use super::{harsh::Harsh, random::Random, time::Time};

/// Blip or the helpdesk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Blip,
    Helpdesk,
}

/// An hour, in the milliseconds of virtual time.
pub(crate) const HOUR: u64 = 3_600_000;
/// How many of a thousand histories are harsh.
const HARSH: u64 = 167;
/// The helpdesk refuses a customer in one history of so many. Taken from a number that is drawn anyway: the other histories stay what
/// they are.
const SUSPENDS: u64 = 20;
/// One in so many of those that are not harsh otherwise is about silence, and one about silence and what a helpdesk tells beside words. Taken from
/// the same number.
const SILENT: u64 = 12;
/// The longest outage of Blip or the helpdesk.
const MAX_OUTAGE: u64 = 4 * HOUR;

/// Chances are of a thousand.
#[derive(Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own about this history")]
pub(crate) struct FaultPlan {
    /// Of an invocation: its function is stopped before or after one of its calls.
    pub crash: u64,
    /// Of an invocation: it stands still past its visibility, and then goes on beside the next one.
    pub freeze: u64,
    /// Of a call of the conversation store: no effect; an effect and no answer.
    pub store_fails: u64,
    pub store_keeps_silent: u64,
    /// Of a call of Blip or the helpdesk, all its ways to fail together.
    pub calls_fail: u64,
    /// Of a call of a queue.
    pub queue_fails: u64,
    /// Of an arrival at an endpoint: it comes again.
    pub repeats: u64,
    /// How far the clock of an invocation may be off, either way.
    pub skew: u64,
    /// The helpdesk refuses to open a ticket for the first customer.
    pub suspends: bool,
    /// Blip does not say what it knows.
    pub blind_blip: bool,
    /// Blip does not give what was typed into its waiting tickets.
    pub unreadable: bool,
    /// The helpdesk has no idempotency key.
    pub keyless: bool,
    /// How many messages the helpdesk takes in one call.
    pub max_batch: usize,
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
    /// What is harsh about it beside all that.
    pub harsh: Option<Harsh>,
    /// `WorkerTimeoutSeconds`, in milliseconds: 10 s or 30 s.
    pub limit: u64,
    /// How long Blip or the helpdesk takes for an answer, at least and at most.
    pub pace: (u64, u64),
    /// Of a batch: it was received, and no function is free for it.
    pub throttles: u64,
    /// Of a message that a function has done: the event source fails to delete it.
    pub forgets: u64,
    /// Of a part that is no words: where its file lies. Of a thousand parts, so many are files.
    pub files: u64,
    /// The helpdesk shows what was received and read.
    pub receipts: bool,
    /// The helpdesk's events are names, and are read.
    pub named: bool,
    /// The helpdesk is asked for what it did not tell.
    pub poller: Option<Polling>,
    /// Of a hook: it never comes.
    pub hooks_lost: u64,
    /// The helpdesk goes on with a customer's last ticket.
    pub lasting: bool,
    /// The helpdesk takes no notice of what did not arrive.
    pub deaf: bool,
    /// Blip refuses these redirects for good.
    pub lost_ways: LostWays,
    /// It is about silence, and these are its rules.
    pub time: Option<Time>,
}

/// Which redirects Blip refuses for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LostWays {
    None,
    /// Those to a service: the router does not have it.
    Service,
    Every,
}

/// How the helpdesk is asked for what it did not tell.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Polling {
    /// How many events an answer has at most.
    pub page: usize,
    /// From when until when the poller is away.
    pub away: (u64, u64),
}

/// How often the poller looks.
pub(crate) const LOOKS: u64 = 60_000;

impl FaultPlan {
    /// `silence`: some histories are about silence and timers.
    pub(crate) fn of(random: &mut Random, silence: bool) -> Self {
        let mut plan = Self::usual(random);
        let suspends = plan.mended.is_multiple_of(SUSPENDS);
        if random.chance(HARSH) {
            Harsh::any(random).over(&mut plan, random);
        } else if silence && plan.mended % SILENT == 1 {
            Harsh::Silence.over(&mut plan, random);
        } else if silence && plan.mended % SILENT == 2 {
            Harsh::Desk.over(&mut plan, random);
        }
        // Who can neither be served nor sent back was told before; there is no agent to tell.
        plan.suspends = suspends && plan.lost_ways == LostWays::None && plan.time.is_none();
        plan
    }

    /// Without a harsh kind over it.
    fn usual(random: &mut Random) -> Self {
        let mut some = |most: u64| match random.below(3) {
            0 => 0,
            1 => random.between(1, most / 4),
            _ => random.between(most / 4, most),
        };
        let (crash, freeze, store_fails, store_keeps_silent) = (some(200), some(100), some(60), some(60));
        let (calls_fail, queue_fails, repeats) = (some(250), some(60), some(400));
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
                (side, from, from + random.between(10_000, MAX_OUTAGE).min(calm - from))
            })
            .collect();
        Self {
            crash,
            freeze,
            store_fails,
            store_keeps_silent,
            calls_fail,
            queue_fails,
            repeats,
            skew: if random.chance(500) { 2000 } else { 0 },
            suspends: false,
            blind_blip: random.chance(80),
            unreadable: random.chance(50),
            keyless: random.chance(150),
            max_batch: if random.chance(500) { 4 } else { 1 },
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
            harsh: None,
            limit: if random.chance(500) { 10_000 } else { 30_000 },
            pace: (10, 150),
            throttles: if random.chance(300) { random.between(1, 100) } else { 0 },
            forgets: if random.chance(300) { random.between(1, 60) } else { 0 },
            files: 0,
            receipts: false,
            named: false,
            poller: None,
            hooks_lost: 0,
            lasting: false,
            deaf: false,
            lost_ways: LostWays::None,
            time: None,
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
            limit: 10_000,
            ..Self::usual(random)
        }
    }

    /// In every second history in which a ticket is handed out again it is the rules that ask for it, and not the helpdesk by itself.
    pub(crate) fn reopens(&self) -> bool {
        self.lasting && self.calm.is_multiple_of(2)
    }

    /// The template's visibility, in milliseconds: six times the workers' time limit.
    pub(crate) fn visibility(&self) -> u64 {
        6 * self.limit
    }

    pub(crate) fn away(&self, side: Side, now: u64) -> bool {
        self.outages.iter().any(|(who, from, until)| *who == side && (*from..*until).contains(&now))
    }
}
