//! What a conversation's item holds of its times.
//!
//! The two directions of a conversation never write the same field, so its times are in three parts: what the customer's direction writes,
//! what the agents' writes, and what the clock's jobs write, which run in the customer's direction. Keys are short: the item stays small.

use serde::{Deserialize, Serialize};

use super::Effect;
use crate::document::is_default;

/// All that timers look at. Moments are Unix seconds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationTimes {
    /// When the conversation was opened.
    #[serde(rename = "o")]
    pub opened_at: i64,
    /// The customer's words.
    #[serde(rename = "c", default, skip_serializing_if = "is_default")]
    pub customer: CustomerTimes,
    /// The agents' words.
    #[serde(rename = "a", default, skip_serializing_if = "is_default")]
    pub agent: AgentTimes,
    /// What was told on our own accord.
    #[serde(rename = "t", default, skip_serializing_if = "is_default")]
    pub told: ToldTimes,
    /// The rating question.
    #[serde(rename = "r", default, skip_serializing_if = "is_default")]
    pub rating: RatingState,
}

/// Moments that the jobs of `to-helpdesk.fifo` write: what the customer said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerTimes {
    /// The last word.
    #[serde(rename = "l", default, skip_serializing_if = "Option::is_none")]
    pub last_word_at: Option<i64>,
    /// The first word since the last one of an agent.
    #[serde(rename = "w", default, skip_serializing_if = "Option::is_none")]
    pub waits_since: Option<i64>,
}

/// Moments that the jobs of `to-blip.fifo` write: what agents said and did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentTimes {
    /// When somebody was assigned.
    #[serde(rename = "a", default, skip_serializing_if = "Option::is_none")]
    pub assigned_at: Option<i64>,
    /// The first word of a person since the opening, or since the last transfer to another queue.
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    pub first_human_word_at: Option<i64>,
    /// The last word of anybody on that side.
    #[serde(rename = "l", default, skip_serializing_if = "Option::is_none")]
    pub last_word_at: Option<i64>,
    /// The last transfer to another queue.
    #[serde(rename = "q", default, skip_serializing_if = "Option::is_none")]
    pub queued_at: Option<i64>,
    /// Whether the ticket is on hold (snoozed, pending, standby). All silence waits then.
    #[serde(rename = "h", default, skip_serializing_if = "is_default")]
    pub on_hold: bool,
    /// The end of the last hold: timers begin anew.
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub resumed_at: Option<i64>,
}

/// Moments that the jobs of the clock write: what was said on Ponte's own accord.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToldTimes {
    /// What is told once.
    #[serde(rename = "b", default, skip_serializing_if = "is_default")]
    pub once: Told,
    /// The customer was told that we are still looking for somebody.
    #[serde(rename = "u", default, skip_serializing_if = "Option::is_none")]
    pub unanswered_at: Option<i64>,
    /// The team got a note that the agent says nothing.
    #[serde(rename = "n", default, skip_serializing_if = "Option::is_none")]
    pub agent_silent_at: Option<i64>,
    /// The customer was asked whether somebody is there.
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    pub customer_silent_at: Option<i64>,
}

/// What is told once in a conversation, one bit each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Told(pub u8);

impl Told {
    /// What is known of the wait.
    pub const WAITING: Self = Self(1);
    /// The conversation was ended by a timer: nothing is due any more.
    pub const ENDED: Self = Self(2);
    /// Whether the customer wants to end the conversation: the question that an ending word was answered with, while nothing else was said.
    pub const END_ASKED: Self = Self(8);
    /// That it is outside the hours. For the worker that opens: no timer tells it.
    pub const OUTSIDE_HOURS: Self = Self(4);

    /// Whether it was told.
    pub fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Without this one.
    #[must_use]
    pub fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// With this one, too.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// How far the rating question of this conversation is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum RatingState {
    /// It was not asked.
    #[default]
    #[serde(rename = "n")]
    NotAsked,
    /// It was asked at this time; its answer is waited for.
    #[serde(rename = "a")]
    Asked(i64),
    /// It was answered, or the time for it is over. It is not asked again.
    #[serde(rename = "e")]
    Ended,
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

impl AgentTimes {
    /// Somebody on that side wrote: a person, or an automation or assistant.
    pub fn wrote(&mut self, now: i64, by: Writer) {
        self.last_word_at = self.last_word_at.max(Some(now));
        if by == Writer::Person {
            self.first_human_word_at.get_or_insert(now);
        }
    }

    /// The conversation went to another queue: it waits for a person again.
    pub fn queued(&mut self, now: i64) {
        *self = Self { queued_at: Some(now), assigned_at: None, first_human_word_at: None, ..*self };
    }

    /// The hold of the ticket ended.
    pub fn resumed(&mut self, now: i64) {
        (self.on_hold, self.resumed_at) = (false, Some(now));
    }
}

/// Who wrote on the helpdesk's side.
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
            Effect::TellWaiting => self.told.once = self.told.once.with(Told::WAITING),
            Effect::WarnUnanswered { .. } => self.told.unanswered_at = Some(now),
            Effect::NoteAgentSilent { .. } => self.told.agent_silent_at = Some(now),
            Effect::WarnCustomerSilent { .. } => self.told.customer_silent_at = Some(now),
            Effect::HandBack(_) | Effect::CloseForSilence { .. } => self.told.once = self.told.once.with(Told::ENDED),
            Effect::EndRating => {
                self.rating = RatingState::Ended;
                self.told.once = self.told.once.with(Told::ENDED);
            }
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
    fn the_item_is_small_and_read_back() {
        let now = 1_796_040_000;
        let mut times = ConversationTimes::opened(now);
        assert_eq!(serde_json::to_string(&times).unwrap(), r#"{"o":1796040000}"#);
        times.customer.wrote(now + 1, &times.agent.clone());
        times.agent = AgentTimes { assigned_at: Some(now + 2), on_hold: true, ..times.agent };
        times.agent.wrote(now + 3, Writer::Machine);
        times.agent.wrote(now + 4, Writer::Person);
        times.agent.wrote(now + 5, Writer::Person);
        times.rating = RatingState::Asked(now);
        times.agent.resumed(now + 6);
        for effect in [
            Effect::TellWaiting,
            Effect::WarnUnanswered { since: now },
            Effect::NoteAgentSilent { since: now },
            Effect::WarnCustomerSilent { closes_in: 60 },
        ] {
            times.done(&effect, now + 7);
        }
        let json = serde_json::to_string(&times).unwrap();
        assert_eq!(
            json,
            r#"{"o":1796040000,"c":{"l":1796040001,"w":1796040001},"a":{"a":1796040002,"f":1796040004,"l":1796040005,"r":1796040006},"t":{"b":1,"u":1796040007,"n":1796040007,"s":1796040007},"r":{"a":1796040000}}"#
        );
        assert!(json.len() < 300);
        assert_eq!(serde_json::from_str::<ConversationTimes>(&json).unwrap(), times);
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
