//! What is due in a conversation: worked in the customer's own group, behind what the customer said before.
//!
//! The clock's job says only that something may be due. What it is, is worked out from the record and the rules that are in force
//! ([`service_rules::due`]), so that a job that comes twice or late has no effect of its own.

use std::time::Duration;

use service_rules::{Effect, EndReason, ServiceRules, due};

use super::{
    Failure, ToHelpdesk,
    ports::{StoreError, TicketRef},
    run::Run,
    system_message::{DuplicateCheck, send_once},
    tell::{CustomerTexts, tell_agent},
};
use crate::{
    clock::Timestamp,
    conversation::{CustomerRecord, Ending, OPEN_FOR, State, Timers},
    job::CloseJob,
    lime::Document,
    message::channel_names,
    texts::{Placeholder, TextKey},
};

/// A job that is so old, tried again or held up behind others, is given up: what the customer said since stands behind it, and the clock sends the
/// next one.
const WORTH: Duration = Duration::from_secs(30);

impl ToHelpdesk {
    /// Does what is due, and sets when to look next.
    pub(super) async fn due(&self, run: &mut Run<'_>, at: Timestamp) -> Result<(), Failure> {
        let Some(conversation) = run.conversation.clone() else { return Ok(()) };
        let Some(ticket) = conversation.ticket.clone() else { return Ok(()) };
        let to = TicketRef { opening: conversation.opening.clone(), ticket };
        let now = self.clock.now();
        match (conversation.state, conversation.ended) {
            (State::Open, _) if conversation.timers.due_at.is_some_and(|due_at| due_at <= now) => {}
            // An earlier try may not have come to telling it, or to handing the close on. The queue drops a copy.
            (State::Closing { .. }, Some(reason)) if reason != EndReason::Agent => {
                return self.end_told(&conversation, &to, reason, true).await;
            }
            (State::Closing { .. }, _) => return self.end_rating(&conversation, &to).await,
            _ => return Ok(()),
        }
        if now.since(at) > WORTH {
            tracing::info!("a job of the clock is given up: the next one comes behind what the customer said since");
            return Ok(());
        }
        let rules = self.rules.current();
        let mut times = conversation.times();
        if run.spoke.is_some() {
            // Words of this very run, which are not written down yet.
            times.customer.wrote(now.seconds(), &times.agent);
        }
        let channel = channel_names(&conversation.channel);
        let queue = conversation.placement.queue.as_deref();
        let found = due(&times, &rules, Some(channel), queue, now.seconds());
        for effect in &found.effects {
            self.carry_out(run, &conversation, &to, effect).await?;
            times.done(effect, now.seconds());
        }
        let due_at = Some(due_at(found.next, conversation.opened));
        let kept = run.conversation.as_ref().map_or(conversation.timers, |present| present.timers);
        run.sets(Timers { due_at, told: times.told, ..kept });
        Ok(())
    }

    /// A job before this one may have failed after it told something, and be forgotten: what the helpdesk tells sets anew when to look. So Blip is
    /// asked before each text.
    async fn carry_out(
        &self,
        run: &mut Run<'_>,
        conversation: &CustomerRecord,
        to: &TicketRef,
        effect: &Effect,
    ) -> Result<(), Failure> {
        let minutes = |since: i64| self.minutes(conversation, since);
        match effect {
            Effect::WarnUnanswered { since } => {
                // The text last: what fails before it tells the customer nothing twice.
                let (which, waited) = (since.to_string(), minutes(*since));
                self.note_due(to, TextKey::NoteUnanswered, &[(Placeholder::Minutes, &waited)], &which).await?;
                self.say_due(conversation, TextKey::StillSearching, &[], &which, true).await
            }
            Effect::HandBack => {
                self.end(run, conversation, to, EndReason::NoAgent, true).await?;
                self.abandoned(conversation).await;
                Ok(())
            }
            Effect::NoteAgentSilent { since } => {
                let waited = minutes(*since);
                self.note_due(to, TextKey::NoteAgentSilent, &[(Placeholder::Minutes, &waited)], &since.to_string())
                    .await
            }
            Effect::WarnCustomerSilent { closes_in } => {
                let left = (closes_in / 60).max(1).to_string();
                // A new silence is a new warning, and so is the one that the end of a hold begins.
                let resumed = conversation.desk.resumed_at.unwrap_or_default().saturating_mul(1_000);
                let which = conversation.outbound.last.0.max(resumed).to_string();
                let values = [(Placeholder::Minutes, left.as_str())];
                self.say_due(conversation, TextKey::InactiveWarning, &values, &which, true).await
            }
            Effect::CloseForSilence { .. } => self.end(run, conversation, to, EndReason::Inactive, true).await,
        }
    }

    /// Ends a conversation that nobody closed, unless the agent wrote meanwhile. The close worker sends the customer away, and tells the helpdesk.
    pub(super) async fn end(
        &self,
        run: &mut Run<'_>,
        conversation: &CustomerRecord,
        to: &TicketRef,
        reason: EndReason,
        again: bool,
    ) -> Result<(), Failure> {
        let since = self.clock.now();
        // Of a customer who leaves, the agent's words make nothing undone.
        let read = (conversation.inbound.sequence, conversation.outbound.sequence);
        let ending = Ending { reason, unless_said: (reason != EndReason::Customer).then_some(read), placement: None };
        match self.store.begin_closing(&to.opening, since, ending).await {
            Ok(()) => self.ends(conversation, reason.as_str(), since),
            Err(StoreError::Conflict) => {
                // The agent wrote or closed, or it is our own write, repeated because its answer was lost.
                run.reload(since).await?;
                let ours = |c: &CustomerRecord| {
                    c.opening == to.opening && matches!(c.state, State::Closing { .. }) && c.ended == Some(reason)
                };
                if !run.conversation.as_ref().is_some_and(ours) {
                    return Err(Failure::later("the conversation changed meanwhile: what is due is looked at again"));
                }
            }
            Err(error) => return Err(error.into()),
        }
        if let Some(present) = &mut run.conversation {
            (present.state, present.ended) = (State::Closing { since }, Some(reason));
        }
        self.end_told(conversation, to, reason, again).await
    }

    /// Tells the customer, and the agent who did not close it, that it ends, and hands the closing on.
    pub(super) async fn end_told(
        &self,
        conversation: &CustomerRecord,
        to: &TicketRef,
        reason: EndReason,
        again: bool,
    ) -> Result<(), Failure> {
        let text = match reason {
            EndReason::NoAgent => Some(TextKey::NoAgentNow),
            EndReason::Inactive => Some(TextKey::InactiveClosed),
            EndReason::Customer => Some(TextKey::Closing),
            // Whoever ended it tells it.
            EndReason::Agent | EndReason::OutsideHours => None,
        };
        if let Some(text) = text {
            self.say_due(conversation, text, &[], "", again).await?;
        }
        if reason == EndReason::NoAgent {
            let waited = self.minutes(conversation, conversation.times().waiting_since());
            self.note_due(to, TextKey::NoteHandedBack, &[(Placeholder::Minutes, &waited)], "").await?;
        }
        self.hand_on(to, reason).await
    }

    /// The minutes since a moment, as people count them: without the time in which nobody was there.
    fn minutes(&self, conversation: &CustomerRecord, since: i64) -> String {
        let rules = self.rules.current();
        let schedule = rules.schedule(conversation.placement.queue.as_deref());
        (schedule.working_time(since, self.clock.now().seconds()) / 60).max(1).to_string()
    }

    /// Hands the closing on of a conversation that no agent closed.
    pub(super) async fn hand_on(&self, to: &TicketRef, reason: EndReason) -> Result<(), Failure> {
        let job = CloseJob { ended: Some(reason), ..close_of(to) };
        self.queue.send(&job.addressed(&self.key)).await
    }

    /// Hands it on behind the rating question.
    pub(super) async fn hand_on_asked(&self, to: &TicketRef, rating: Option<u8>) -> Result<(), Failure> {
        let job = CloseJob { asked: true, rating, ..close_of(to) };
        self.queue.send(&job.addressed(&self.key)).await
    }

    /// Tells the customer something that is due, once. A courtesy: a channel that refuses it holds nothing up.
    pub(super) async fn say_due(
        &self,
        conversation: &CustomerRecord,
        key: TextKey,
        values: &[(Placeholder, &str)],
        which: &str,
        again: bool,
    ) -> Result<(), Failure> {
        let texts = CustomerTexts::of(self.rules.current(), conversation);
        let Some(text) = texts.say(key, values) else { return Ok(()) };
        let name = format!("{}-{which}", key.as_str().replace('_', "-"));
        let mut check = DuplicateCheck::new(again);
        match send_once(&*self.channel, conversation, name.trim_end_matches('-'), Document::text(text), &mut check)
            .await
        {
            Err(failure @ (Failure::Refused { .. } | Failure::Gone)) => {
                tracing::warn!(text = key.as_str(), reason = %failure, "Blip refused a text that was due");
                Ok(())
            }
            outcome => outcome.map(drop),
        }
    }

    /// Puts a note on the ticket. A courtesy, too.
    pub(super) async fn note_due(
        &self,
        to: &TicketRef,
        key: TextKey,
        values: &[(Placeholder, &str)],
        which: &str,
    ) -> Result<(), Failure> {
        let Some(text) = self.agent_texts().say(key, values) else { return Ok(()) };
        let id = self.key.hex(&["due", key.as_str(), which, to.opening.as_str()]);
        match tell_agent(&*self.helpdesk, to, &id, &text).await {
            Err(failure @ (Failure::Refused { .. } | Failure::Gone)) => {
                tracing::warn!(text = key.as_str(), reason = %failure, "the helpdesk refused a note that was due");
                Ok(())
            }
            outcome => outcome,
        }
    }
}

/// The close of a conversation with its ticket.
pub(super) fn close_of(to: &TicketRef) -> CloseJob {
    CloseJob::new(to.opening.clone(), Some(to.ticket.clone()))
}

/// When to look next. Without anything that may become due, where the conversation expires: what does not change costs nothing in the index.
pub(super) fn due_at(next: Option<i64>, opened: Timestamp) -> Timestamp {
    next.map_or_else(|| opened.plus(OPEN_FOR), |seconds| Timestamp(seconds.saturating_mul(1000)))
}

/// When to look first, in a conversation that is open now.
pub(super) fn first_look(conversation: &CustomerRecord, rules: &ServiceRules, now: Timestamp) -> Timers {
    let channel = channel_names(&conversation.channel);
    let found =
        due(&conversation.times(), rules, Some(channel), conversation.placement.queue.as_deref(), now.seconds());
    // What is due at once is found by the first look of the clock.
    let next = if found.effects.is_empty() { found.next } else { Some(now.seconds()) };
    Timers { due_at: Some(due_at(next, conversation.opened)), ..conversation.timers }
}
