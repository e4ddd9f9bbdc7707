//! What a conversation's item holds of its times.
//!
//! The two directions of a conversation never write the same field, so its times are in three parts: what the customer's direction writes,
//! what the agents' writes, and what the clock's jobs write, which run in the customer's direction. How they are stored is the caller's.

use super::Effect;

/// All that timers look at. Moments are Unix seconds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConversationTimes {
    /// When the conversation was opened.
    pub opened_at: i64,
    /// The customer's words.
    pub customer: CustomerTimes,
    /// The agents' words.
    pub agent: AgentTimes,
    /// What was told on our own accord.
    pub told: ToldTimes,
}

/// Moments that the jobs of `to-helpdesk.fifo` write: what the customer said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CustomerTimes {
    /// The last word.
    pub last_word_at: Option<i64>,
    /// The first word since the last one of an agent.
    pub waits_since: Option<i64>,
}

/// Moments that the jobs of `to-blip.fifo` write: what agents said and did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AgentTimes {
    /// When somebody was assigned.
    pub assigned_at: Option<i64>,
    /// The first word of a person since the opening, or since the last transfer to another queue.
    pub first_human_word_at: Option<i64>,
    /// The last word of anybody on that side.
    pub last_word_at: Option<i64>,
    /// The last transfer to another queue.
    pub queued_at: Option<i64>,
    /// Whether the ticket is on hold (snoozed, pending, standby). All silence waits then.
    pub on_hold: bool,
    /// The end of the last hold: timers begin anew.
    pub resumed_at: Option<i64>,
}

/// Moments that the jobs of the clock write: what was said on Ponte's own accord.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ToldTimes {
    /// What is told once.
    pub once: Told,
    /// The customer was told that we are still looking for somebody.
    pub unanswered_at: Option<i64>,
    /// The team got a note that the agent says nothing.
    pub agent_silent_at: Option<i64>,
    /// The customer was asked whether somebody is there.
    pub customer_silent_at: Option<i64>,
}

/// What is told once in a conversation, one bit each. Bits without a name are of earlier releases.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Told(pub u8);

impl Told {
    /// The conversation was ended by a timer: nothing is due any more.
    pub const ENDED: Self = Self(2);

    /// Whether it was told.
    pub fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// With this one, too.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl CustomerTimes {
    /// The customer wrote. `agent` is as this direction read it.
    pub fn wrote(&mut self, now: i64, agent: &AgentTimes) {
        if !self.waits(agent) {
            self.waits_since = Some(now);
        }
        self.last_word_at = self.last_word_at.max(Some(now));
    }

    /// Whether the last word is the customer's. Of two in the same second it is.
    pub fn waits(&self, agent: &AgentTimes) -> bool {
        self.waits_since.is_some() && self.last_word_at >= agent.last_word_at
    }
}

/// As a caller writes what happened, for the tests of the timers.
#[cfg(test)]
impl AgentTimes {
    /// Somebody on that side wrote: a person, or an automation or assistant.
    pub fn wrote(&mut self, now: i64, by: Writer) {
        self.last_word_at = self.last_word_at.max(Some(now));
        if by == Writer::Person {
            self.first_human_word_at.get_or_insert(now);
        }
    }

    /// The conversation went to another queue: it waits for a person again, and nobody has it on hold.
    pub fn queued(&mut self, now: i64) {
        *self = Self { queued_at: Some(now), last_word_at: self.last_word_at, ..Self::default() };
    }

    /// The hold of the ticket ended.
    pub fn resumed(&mut self, now: i64) {
        (self.on_hold, self.resumed_at) = (false, Some(now));
    }
}

/// Who wrote on the helpdesk's side.
#[cfg(test)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writer {
    /// A person.
    Person,
    /// An automation, or an assistant.
    Machine,
}

impl ConversationTimes {
    /// A conversation that begins.
    pub fn opened(now: i64) -> Self {
        Self { opened_at: now, ..Self::default() }
    }

    /// Remembers that an effect was carried out.
    pub fn done(&mut self, effect: &Effect, now: i64) {
        match effect {
            Effect::WarnUnanswered { .. } => self.told.unanswered_at = Some(now),
            Effect::NoteAgentSilent { .. } => self.told.agent_silent_at = Some(now),
            Effect::WarnCustomerSilent { .. } => self.told.customer_silent_at = Some(now),
            Effect::HandBack | Effect::CloseForSilence { .. } => self.told.once = self.told.once.with(Told::ENDED),
        }
    }

    /// Since when the customer waits for a person: the opening, or the last transfer; the end of a hold begins it anew.
    pub fn waiting_since(&self) -> i64 {
        let later = self.agent.queued_at.max(self.agent.resumed_at);
        later.map_or(self.opened_at, |later| later.max(self.opened_at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_done_is_remembered() {
        let now = 1_796_040_000;
        let mut times = ConversationTimes::opened(now);
        times.agent.wrote(now + 3, Writer::Machine);
        assert_eq!((times.agent.first_human_word_at, times.agent.last_word_at), (None, Some(now + 3)));
        times.agent.wrote(now + 4, Writer::Person);
        times.agent.wrote(now + 5, Writer::Person);
        assert_eq!((times.agent.first_human_word_at, times.agent.last_word_at), (Some(now + 4), Some(now + 5)));
        for effect in [
            Effect::WarnUnanswered { since: now },
            Effect::NoteAgentSilent { since: now },
            Effect::WarnCustomerSilent { closes_in: 60 },
        ] {
            times.done(&effect, now + 7);
        }
        let at = Some(now + 7);
        let told = ToldTimes { once: Told(0), unanswered_at: at, agent_silent_at: at, customer_silent_at: at };
        assert_eq!(times.told, told);
        times.done(&Effect::HandBack, now + 8);
        assert_eq!(times.told, ToldTimes { once: Told::ENDED, ..told });
        assert!(Told(1).with(Told::ENDED).has(Told::ENDED) && !Told(1).has(Told::ENDED));
        times.agent.queued(now + 8);
        assert_eq!((times.agent.first_human_word_at, times.waiting_since()), (None, now + 8));
    }

    #[test]
    fn the_first_word_without_an_answer_counts() {
        let (mut customer, mut agent) = (CustomerTimes::default(), AgentTimes::default());
        assert!(!customer.waits(&agent));
        customer.wrote(10, &agent);
        customer.wrote(20, &agent);
        assert_eq!((customer.waits_since, customer.last_word_at, customer.waits(&agent)), (Some(10), Some(20), true));
        agent.wrote(30, Writer::Person);
        assert!(!customer.waits(&agent));
        customer.wrote(30, &agent);
        assert_eq!((customer.waits_since, customer.waits(&agent)), (Some(30), true));
    }
}
