//! What is due in a conversation, and what was done of it.

use service_rules::{AgentTimes, ConversationTimes, CustomerTimes, Told, ToldTimes};

use super::{CustomerRecord, Desk, moments};
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
    /// When the customer was last asked whether an ending word is meant, while nothing else was said by them since, in Unix seconds.
    pub end_asked_at: Option<i64>,
    /// As [`Placement::same_ticket`](super::Placement::same_ticket), which is kept here: the record has no byte to spare, and there is a bit.
    pub same_ticket: bool,
    /// As [`Placement::callback`](super::Placement::callback), kept here for the same reason.
    pub callback: bool,
}

/// The bit of [`Timers::same_ticket`], beside those of the moments. An earlier release takes no notice of it.
const SAME_TICKET: u8 = 0x80;
/// The bit of [`Timers::callback`].
const CALLBACK: u8 = 0x40;

impl Timers {
    /// How they are stored: what was told once, which of the moments follow, and each of those in 4 bytes.
    pub fn packed(&self) -> Vec<u8> {
        let ToldTimes { once, unanswered_at, agent_silent_at, customer_silent_at } = self.told;
        let (present, moments) =
            moments::pack([self.waits_since, unanswered_at, agent_silent_at, customer_silent_at, self.end_asked_at]);
        let same_ticket = if self.same_ticket { SAME_TICKET } else { 0 };
        let callback = if self.callback { CALLBACK } else { 0 };
        let mut packed = vec![once.0, present | same_ticket | callback];
        packed.extend(moments);
        packed
    }

    /// Reads what was stored. What is missing was not told.
    pub fn unpack(packed: &[u8], due_at: Option<Timestamp>) -> Self {
        let (once, present, moments) = match packed {
            [once, present, moments @ ..] => (*once, *present, moments),
            _ => (0, 0, &[][..]),
        };
        let [waits_since, unanswered_at, agent_silent_at, customer_silent_at, end_asked_at] =
            moments::unpack(present, moments);
        Self {
            due_at,
            waits_since,
            told: ToldTimes { once: Told(once), unanswered_at, agent_silent_at, customer_silent_at },
            end_asked_at,
            same_ticket: present & SAME_TICKET != 0,
            callback: present & CALLBACK != 0,
        }
    }
}

impl CustomerRecord {
    /// What the timers look at.
    pub fn times(&self) -> ConversationTimes {
        // The clocks of two functions differ by some seconds: what was said right after the opening may be dated before it.
        let said = |last: Timestamp| (last.0 > 0).then(|| last.max(self.opened).seconds());
        let answered = said(self.outbound.last);
        let Desk { queued_at, held_at, resumed_at, .. } = self.desk;
        // A customer's word ends a hold, whether or not the helpdesk says so.
        let ended = held_at.zip(said(self.inbound.last)).filter(|(held, word)| word > held).map(|(_, word)| word);
        // In the queue where it is now.
        let answered_here = |answered: Option<i64>| queued_at.is_none_or(|queued| answered > Some(queued));
        ConversationTimes {
            opened_at: self.opened.seconds(),
            customer: CustomerTimes {
                last_word_at: said(self.inbound.last),
                // Before anybody answered, the opening is the first word. An answer that is written down late may be older than what was said since.
                waits_since: self.timers.waits_since.or_else(|| match answered {
                    None => Some(self.opened.seconds()),
                    // Both may be of one second.
                    Some(_) => said(self.inbound.last)
                        .filter(|_| self.inbound.last.max(self.opened) > self.outbound.last.max(self.opened)),
                }),
            },
            agent: AgentTimes {
                assigned_at: self.agent.as_ref().filter(|_| answered_here(answered)).map(|_| self.opened.seconds()),
                first_human_word_at: answered.filter(|_| answered_here(answered)),
                last_word_at: answered,
                queued_at,
                on_hold: held_at.is_some() && ended.is_none(),
                resumed_at: resumed_at.max(ended.and(held_at)),
            },
            told: self.timers.told,
        }
    }

    /// Whether the customer was asked about the end, and nobody said anything since: a "yes" to what the agent or Ponte asked later is none to
    /// this.
    pub fn end_is_asked(&self) -> bool {
        let ToldTimes { unanswered_at, customer_silent_at, .. } = self.timers.told;
        let answered = (self.outbound.last.0 > 0).then(|| self.outbound.last.seconds());
        let said_since = answered.max(unanswered_at).max(customer_silent_at);
        self.timers.end_asked_at.is_some_and(|asked| said_since.is_none_or(|said| said <= asked))
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
        let moment = Some(1_796_040_002);
        timers.waits_since = moment;
        timers.told =
            ToldTimes { once: Told(7), unanswered_at: moment, agent_silent_at: moment, customer_silent_at: moment };
        timers.end_asked_at = Some(1_796_040_003);
        assert_eq!(Timers::unpack(&timers.packed(), due_at), timers);
        assert_eq!(timers.packed().len(), 22);
        for (same_ticket, callback) in [(true, false), (false, true), (true, true)] {
            let timers = Timers { same_ticket, callback, ..timers };
            assert_eq!((Timers::unpack(&timers.packed(), due_at), timers.packed().len()), (timers, 22));
        }
        for broken in [&[][..], &[1], &[1, 255], &[1, 255, 0, 0, 0]] {
            assert_eq!(Timers::unpack(broken, None).told.unanswered_at, None, "{broken:?}");
        }
    }
}
