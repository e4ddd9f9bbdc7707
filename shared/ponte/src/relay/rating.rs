//! The rating at the end of a conversation: who asks for it, how long the customer is held for that, and where a score is kept.

use std::time::Duration;

use service_rules::{AskedBy, EndReason, ServiceRules};

use super::{
    Failure, ToHelpdesk,
    ports::{Rating, TicketRef},
    tries::Tries,
};
use crate::{
    clock::Timestamp,
    conversation::{CustomerRecord, RecentId, State},
    hash::HashKey,
    message::{ConversationId, SourceId},
};

/// WhatsApp takes words of ours for 24 hours after the customer's last ones; no other channel less.
const ASKED_WITHIN: Duration = Duration::from_hours(23);
/// How long the customer is held for the helpdesk's own survey, where none comes: a sweep finds one within a minute whose webhook was lost.
pub(super) const SURVEY_WAIT: Duration = Duration::from_mins(2);
/// From this receipt of the customer's answer on, a rating that fails is not tried again. The customer waits for the way back meanwhile, and the
/// note has the score.
const KEPT_TRIES: u32 = 3;

/// Who asks for a rating before the way back: whom the rules name, after an agent's words (`said`, 0 without any) and an agent's closing, and
/// while the channel still takes a message of ours: at the closing where the helpdesk asks, since two functions decide that, else `now`.
pub(super) fn asker(conversation: &CustomerRecord, said: Timestamp, rules: &ServiceRules, now: Timestamp) -> AskedBy {
    let asks = by_rules(conversation, rules);
    let at = match (asks, conversation.state) {
        (AskedBy::Helpdesk, State::Closing { since }) => since,
        _ => now,
    };
    let spoke = conversation.inbound.last.max(conversation.opened);
    let is_asked = conversation.ended.is_none_or(|reason| reason == EndReason::Agent)
        && said.0 > 0
        && at.since(spoke) < ASKED_WITHIN;
    if is_asked { asks } else { AskedBy::Nobody }
}

/// Who asks by the rules, whatever became of the conversation.
pub(super) fn by_rules(conversation: &CustomerRecord, rules: &ServiceRules) -> AskedBy {
    rules.rating.asked_by(conversation.placement.queue.as_deref())
}

/// How long the customer is held for an answer, or for a survey.
pub(super) fn held_for(conversation: &CustomerRecord, rules: &ServiceRules) -> Duration {
    match by_rules(conversation, rules) {
        AskedBy::Helpdesk => SURVEY_WAIT,
        AskedBy::Bridge | AskedBy::Nobody => rules.rating.wait().duration(),
    }
}

/// That the customer ended the wait, as the recent ids of the customer's direction remember it.
pub(super) fn answered(opening: &ConversationId, key: &HashKey) -> RecentId {
    RecentId::of("rated", &SourceId::exact(opening.as_str()), key)
}

impl ToHelpdesk {
    /// The time for an answer to the rating question, or for a survey, is over: the customer goes back.
    pub(super) async fn end_rating(&self, conversation: &CustomerRecord, to: &TicketRef) -> Result<(), Failure> {
        let Some(asked) = conversation.rating_asked else { return Ok(()) };
        let until = asked.plus(held_for(conversation, &self.rules.current()));
        if until > self.clock.now() { Ok(()) } else { self.hand_on_asked(to, None).await }
    }

    /// Puts the score where the helpdesk keeps one. The note has it already, so that nothing that fails here holds the customer for long.
    pub(super) async fn keep_rating(&self, to: &TicketRef, score: u8, tries: Tries) -> Result<(), Failure> {
        let Some(ratings) = self.helpdesk.ratings() else { return Ok(()) };
        let rules = self.rules.current();
        let field = rules.rating.field.as_deref().map(str::trim).filter(|field| !field.is_empty());
        let Err(failure) = ratings.rated(to, &Rating { score, field }).await else { return Ok(()) };
        if may_pass(&failure) && tries.attempts < KEPT_TRIES {
            return Err(failure);
        }
        tracing::warn!(kind = failure.kind(), reason = %failure, "a rating is in the note only: the helpdesk does not keep it elsewhere");
        Ok(())
    }
}

/// Whether it may work when it is tried again. A missing right is a wrong key to the helpdesk, and lasts.
fn may_pass(failure: &Failure) -> bool {
    failure.is_retryable() && !matches!(failure, Failure::Gone | Failure::Unauthorized { .. })
}
