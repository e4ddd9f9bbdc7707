//! How long a customer waited, as one write of the helpdesk's direction shows it.

use super::{CustomerRecord, Desk};
use crate::{clock::Timestamp, message::ConversationId};

/// What of a conversation was known when it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Before {
    opening: ConversationId,
    is_assigned: bool,
    is_answered: bool,
    /// The customer's first word that nobody answered, in Unix seconds.
    waits_since: Option<i64>,
}

/// What became known with a write, in seconds each. Whoever makes the write tells it, and nobody else ever does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ServiceTimes {
    /// From the opening to the first agent.
    pub to_assignment: Option<u64>,
    /// From the opening to an agent's first word.
    pub to_first_word: Option<u64>,
    /// From the first agent to the first word.
    pub from_assignment: Option<u64>,
    /// From the customer's first word that nobody had answered to the word that does, behind the first answer.
    pub response: Option<u64>,
}

impl Before {
    /// Of a conversation as the store has it.
    pub fn of(conversation: &CustomerRecord) -> Self {
        let times = conversation.times();
        Self {
            opening: conversation.opening.clone(),
            is_assigned: conversation.agent.is_some(),
            is_answered: conversation.outbound.last.0 > 0,
            waits_since: times.customer.waits_since.filter(|_| times.customer.waits(&times.agent)),
        }
    }

    /// What a write shows that makes `after` of it. `said` is when this run's first words were delivered, and before it nobody answered.
    pub fn until(&self, after: &CustomerRecord, said: Option<Timestamp>) -> ServiceTimes {
        if after.opening != self.opening {
            return ServiceTimes::default();
        }
        let Desk { assigned_at, first_word_at, .. } = after.desk;
        let opened = after.opened.seconds();
        let passed = |since: i64, until: i64| u64::try_from(until.saturating_sub(since)).unwrap_or_default();
        let first_word = first_word_at.filter(|_| !self.is_answered);
        ServiceTimes {
            to_assignment: assigned_at.filter(|_| !self.is_assigned).map(|at| passed(opened, at)),
            to_first_word: first_word.map(|at| passed(opened, at)),
            from_assignment: first_word.zip(assigned_at).map(|(at, assigned)| passed(assigned, at)),
            response: said
                .filter(|_| self.is_answered)
                .zip(self.waits_since)
                .map(|(said, since)| passed(since, said.seconds())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tests_support::conversation, *};
    use crate::conversation::State;

    #[test]
    fn each_time_is_known_with_the_write_that_ends_it_and_never_again() {
        let mut stored = conversation("1@tunnel.msging.net", State::Open);
        stored.opened = Timestamp(100_000);
        let before = Before::of(&stored);
        assert_eq!(before.until(&stored, None), ServiceTimes::default());

        let mut taken = stored.clone();
        taken.agent = Some("Ana".to_owned());
        taken.desk.assigned_at = Some(130);
        assert_eq!(before.until(&taken, None), ServiceTimes { to_assignment: Some(30), ..ServiceTimes::default() });

        let before = Before::of(&taken);
        let mut answered = taken.clone();
        answered.desk.first_word_at = Some(175);
        answered.outbound.last = Timestamp(175_000);
        let first = before.until(&answered, Some(Timestamp(175_000)));
        let expected = ServiceTimes { to_first_word: Some(75), from_assignment: Some(45), ..ServiceTimes::default() };
        assert_eq!(first, expected, "the first answer is no response");

        // A second answer to nothing, then one to the customer's word.
        assert_eq!(Before::of(&answered).until(&answered, Some(Timestamp(180_000))), ServiceTimes::default());
        answered.inbound.last = Timestamp(200_000);
        answered.timers.waits_since = Some(200);
        let response = Before::of(&answered).until(&answered, Some(Timestamp(260_000)));
        assert_eq!(response, ServiceTimes { response: Some(60), ..ServiceTimes::default() });

        // Another opening's times are not this one's.
        let other = CustomerRecord { opening: super::super::tests_support::other_opening(), ..answered.clone() };
        assert_eq!(before.until(&other, Some(Timestamp(260_000))), ServiceTimes::default());
    }

    #[test]
    fn who_was_answered_before_this_release_is_not_answered_first_by_it() {
        let mut stored = conversation("1@tunnel.msging.net", State::Open);
        stored.outbound.last = Timestamp(50_000);
        let before = Before::of(&stored);
        let mut after = stored.clone();
        after.desk.first_word_at = Some(60);
        assert_eq!(before.until(&after, Some(Timestamp(60_000))).to_first_word, None);
    }
}
