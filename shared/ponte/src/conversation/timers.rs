//! What is due in a conversation, and what was done of it.

use std::time::Duration;

use service_rules::{AgentTimes, ConversationTimes, CustomerTimes, RatingState, Told, ToldTimes};

use super::CustomerRecord;
use crate::clock::Timestamp;

/// The timers of a conversation. The direction from customer to helpdesk writes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Timers {
    /// When to look next whether something is due: a year away where nothing will be. `None` once the conversation is closed.
    pub due_at: Option<Timestamp>,
    /// The customer's first word since the last one of an agent, in Unix seconds.
    pub waits_since: Option<i64>,
    /// What was told on our own accord.
    pub told: ToldTimes,
    /// The rating question.
    pub rating: RatingState,
}

impl Timers {
    /// How they are stored: what was told once, which of the moments follow, and each of those in 4 bytes.
    pub fn packed(&self) -> Vec<u8> {
        let asked = match self.rating {
            RatingState::Asked(at) => Some(at),
            RatingState::NotAsked | RatingState::Ended => None,
        };
        let ToldTimes { once, unanswered_at, agent_silent_at, customer_silent_at } = self.told;
        let mut present = if self.rating == RatingState::Ended { RATED } else { 0 };
        let mut moments = Vec::new();
        let all = [self.waits_since, unanswered_at, agent_silent_at, customer_silent_at, asked];
        for (moment, bit) in all.into_iter().zip(BITS) {
            if let Some(moment) = moment {
                present |= bit;
                moments.extend(u32::try_from(moment).unwrap_or_default().to_be_bytes());
            }
        }
        let mut packed = vec![once.0, present];
        packed.extend(moments);
        packed
    }

    /// Reads what was stored. What is missing was not told.
    pub fn unpack(packed: &[u8], due_at: Option<Timestamp>) -> Self {
        let (once, present, moments) = match packed {
            [once, present, moments @ ..] => (*once, *present, moments),
            _ => (0, 0, &[][..]),
        };
        let mut moments = moments.as_chunks::<4>().0.iter();
        let mut next = |bit: u8| {
            let moment = if present & bit == 0 { None } else { moments.next() };
            moment.map(|bytes| i64::from(u32::from_be_bytes(*bytes)))
        };
        let [waits_since, unanswered_at, agent_silent_at, customer_silent_at, asked] = BITS.map(&mut next);
        let ended = if present & RATED == 0 { RatingState::NotAsked } else { RatingState::Ended };
        Self {
            due_at,
            waits_since,
            told: ToldTimes { once: Told(once), unanswered_at, agent_silent_at, customer_silent_at },
            rating: asked.map_or(ended, RatingState::Asked),
        }
    }
}

/// How far two clocks may be apart.
const SKEW: Duration = Duration::from_secs(5);
/// Which moments are there.
const BITS: [u8; 5] = [1, 2, 4, 8, 16];
/// The rating question was asked, and is over.
const RATED: u8 = 32;

impl CustomerRecord {
    /// What the timers look at.
    pub fn times(&self) -> ConversationTimes {
        // What either side said in an earlier conversation of the customer is before this one.
        // The clocks of two functions differ by some seconds: what was said right after the opening may be dated before it.
        let of_this = |last: Timestamp| (last.plus(SKEW) >= self.opened).then(|| last.max(self.opened).seconds());
        let answered = of_this(self.outbound.last);
        ConversationTimes {
            opened_at: self.opened.seconds(),
            customer: CustomerTimes {
                last_word_at: of_this(self.inbound.last),
                // Before anybody answered, the opening is the first word.
                waits_since: self.timers.waits_since.or_else(|| answered.is_none().then(|| self.opened.seconds())),
            },
            agent: AgentTimes {
                assigned_at: self.agent.as_ref().map(|_| self.opened.seconds()),
                first_human_word_at: answered,
                last_word_at: answered,
                ..AgentTimes::default()
            },
            told: self.timers.told,
            rating: self.timers.rating,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timers_are_small_and_read_back() {
        let due_at = Some(Timestamp(1_796_040_000_000));
        let mut timers = Timers { due_at, ..Timers::default() };
        assert_eq!(timers.packed(), [0, 0]);
        assert_eq!(Timers::unpack(&timers.packed(), due_at), timers);
        timers.told.customer_silent_at = Some(1_796_040_001);
        timers.rating = RatingState::Ended;
        assert_eq!(Timers::unpack(&timers.packed(), due_at), timers);
        let moment = Some(1_796_040_002);
        timers.waits_since = moment;
        timers.told =
            ToldTimes { once: Told(7), unanswered_at: moment, agent_silent_at: moment, customer_silent_at: moment };
        timers.rating = RatingState::Asked(1_796_040_003);
        assert_eq!(Timers::unpack(&timers.packed(), due_at), timers);
        assert_eq!(timers.packed().len(), 22);
        for broken in [&[][..], &[1], &[1, 255], &[1, 255, 0, 0, 0]] {
            assert_eq!(Timers::unpack(broken, None).told.unanswered_at, None, "{broken:?}");
        }
    }
}
