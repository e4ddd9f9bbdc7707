//! What a customer is told at the opening beside the greeting: when somebody will be there, or how long others waited. And what is learnt
//! from each conversation for the next.

use std::sync::Arc;

use service_rules::{Said, ServiceRules};

use super::{
    Failure, ToCustomer, ToHelpdesk,
    ports::{StoreError, Waits},
    tell::CustomerTexts,
};
use crate::{
    clock::Timestamp,
    conversation::{CustomerRecord, Placement},
    texts::{Placeholder, TextKey, Texts},
};

impl ToHelpdesk {
    /// The text of an opening outside the hours; `None` within them, or where the company switched it off.
    pub(super) fn outside_hours(&self, conversation: &CustomerRecord) -> Option<String> {
        let rules = self.rules.current();
        let texts = CustomerTexts::of(rules.clone(), conversation);
        let (queue, now) = (conversation.placement.queue.as_deref(), self.clock.now());
        if !self.waits_for_opening(conversation) {
            return says_opening(&texts, &rules, queue, now);
        }
        let when = rules.says_opening(queue, now.seconds(), texts.language())?;
        texts.say(TextKey::Callback, &[(Placeholder::OpensAt, &when)])
    }

    /// How long others waited, where that is known well enough and the customer may be told.
    pub(super) async fn wait_so_far(&self, conversation: &CustomerRecord) -> Option<String> {
        wait_text(&*self.waits, &self.rules.current(), conversation, self.clock.now()).await
    }

    /// A customer left unanswered.
    pub(super) async fn abandoned(&self, conversation: &CustomerRecord) {
        let (rules, now) = (self.rules.current(), self.clock.now());
        learn(&*self.waits, &rules, conversation, now, false).await;
    }
}

impl ToCustomer {
    /// An agent's first word in a conversation.
    pub(super) async fn answered_first(&self, conversation: &CustomerRecord) {
        let (rules, now) = (self.rules.current(), self.clock.now());
        learn(&*self.waits, &rules, conversation, now, true).await;
    }
}

/// How long others waited for the queue of a conversation, in the company's words; `None` at night, where it is not known well enough, and where the
/// customer may not be told.
pub(super) async fn wait_text(
    waits: &dyn Waits,
    rules: &Arc<ServiceRules>,
    conversation: &CustomerRecord,
    now: Timestamp,
) -> Option<String> {
    let (queue, now) = (conversation.placement.queue.as_deref(), now.seconds());
    if !rules.waking(queue).is_open(now) {
        return None;
    }
    let said = known_wait(waits, rules, queue, now).await;
    says_wait(&CustomerTexts::of(rules.clone(), conversation), said)
}

/// Whether nobody is there now for the queue of a conversation.
pub(super) fn is_closed(rules: &ServiceRules, placement: &Placement, now: Timestamp) -> bool {
    !rules.schedule(placement.queue.as_deref()).is_open(now.seconds())
}

/// What the agent reads of a conversation that begins while nobody is there: what the customer was told.
pub(super) fn outside_note(rules: &Arc<ServiceRules>, placement: &Placement, now: Timestamp) -> Option<String> {
    let texts = Texts::for_agents(rules);
    let opens_at = rules.says_opening(placement.queue.as_deref(), now.seconds(), texts.language)?;
    let key = if placement.callback { TextKey::NoteCallback } else { TextKey::NoteOutsideHours };
    texts.say(key, &[(Placeholder::OpensAt, &opens_at)])
}

/// When a queue opens next, in the company's words; `None` while it is open, where it never does, or where the text is switched off.
pub(super) fn says_opening(
    texts: &CustomerTexts,
    rules: &ServiceRules,
    queue: Option<&str>,
    now: Timestamp,
) -> Option<String> {
    let when = rules.says_opening(queue, now.seconds(), texts.language())?;
    texts.say(TextKey::OutsideHours, &[(Placeholder::OpensAt, &when)])
}

/// How long others waited for a queue, where that is known well enough and its customers may be told. `now` is in Unix seconds.
pub(super) async fn known_wait(waits: &dyn Waits, rules: &ServiceRules, queue: Option<&str>, now: i64) -> Said {
    if !rules.waiting.is_told(queue) {
        return Said::Nothing;
    }
    match waits.waits(queue).await {
        Ok(Some(known)) => known.said(now, &rules.schedule(queue)),
        Ok(None) => Said::Nothing,
        Err(error) => {
            tracing::warn!(reason = %error, "the waiting times of a queue could not be read");
            Said::Nothing
        }
    }
}

/// That wait in the company's words; `None` where there is nothing to say, or the text is switched off.
pub(super) fn says_wait(texts: &CustomerTexts, said: Said) -> Option<String> {
    match said {
        Said::Nothing => None,
        Said::Long => texts.say(TextKey::WaitLong, &[]),
        Said::Range { from, to } => {
            let (from, to) = (from.to_string(), to.to_string());
            texts.say(TextKey::WaitRange, &[(Placeholder::From, &from), (Placeholder::To, &to)])
        }
    }
}

/// Remembers how long a customer waited. A courtesy to those who come later: it holds nothing up, and of two at once one is enough.
async fn learn(
    waits: &dyn Waits,
    rules: &ServiceRules,
    conversation: &CustomerRecord,
    now: Timestamp,
    is_answered: bool,
) {
    let queue = conversation.placement.queue.as_deref();
    if !rules.waiting.is_told(queue) {
        return;
    }
    let waited = rules.schedule(queue).working_time(conversation.opened.seconds(), now.seconds());
    let learnt = async {
        let before = waits.waits(queue).await?;
        let mut after = before.unwrap_or_default();
        if is_answered {
            after.add(waited, now.seconds());
        } else {
            after.add_abandoned(waited);
        }
        if before.unwrap_or_default() == after {
            return Ok(());
        }
        waits.store_waits(queue, before.as_ref(), &after).await
    };
    match learnt.await {
        Ok(()) | Err(StoreError::Conflict) => {}
        Err(error) => {
            tracing::warn!(reason = %Failure::from(error), "the waiting time of a conversation was not stored");
        }
    }
}
