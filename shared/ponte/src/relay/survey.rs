//! The helpdesk's own survey: text with a link, which the customer gets where the service rules let the helpdesk ask, and once.
//!
//! It comes with the closing, or shortly after it. `close-ticket` holds the customer for it (`close.rs`), and whoever delivers it hands the
//! closing on.

use service_rules::AskedBy;

use super::{
    Failure, ToCustomer,
    agent_events::Step,
    ports::TicketRef,
    rating::{SURVEY_WAIT, answered, asker, by_rules},
    run::Run,
    timers::close_of,
};
use crate::{
    clock::Timestamp,
    conversation::{AgentDecision, CustomerRecord, Late, RecentId, State, UNDER_WAY, agent_event},
    job::CloseJob,
    message::{AgentEventKind, ConversationId, SourceId},
};

/// The customer does not get a survey, and will not get it in the next conversation on the same ticket.
pub(super) fn misses_survey(run: &mut Run<'_>, entry: RecentId) {
    tracing::info!("the helpdesk's survey does not go to the customer: another asks, or it came too late");
    run.delivered(entry);
}

impl ToCustomer {
    /// What an event means: of a survey, with what the rules say, and of a customer who is to be called back, with what we can do.
    pub(super) fn decide(&self, run: &Run<'_>, to: &TicketRef, step: &Step, now: Timestamp) -> AgentDecision {
        let conversation = run.conversation.as_ref();
        let (kind, received) = (&step.event.kind, step.received);
        let decision = agent_event(conversation, &to.opening, &to.ticket, kind, received, now, self.close_delay);
        if decision == AgentDecision::CallBack && self.channel.whereabouts().is_none() {
            // The router's key was taken away since: nobody can.
            return AgentDecision::Refuse(Late::Closed);
        }
        let is_survey = matches!(kind, AgentEventKind::Survey { .. });
        if !is_survey || decision != AgentDecision::Deliver {
            return decision;
        }
        let passes = conversation.is_some_and(|conversation| self.takes_survey(run, conversation, now));
        if passes { decision } else { AgentDecision::Ignore }
    }

    /// Whether the customer gets a survey now. Nobody is asked twice, and what would come after the way back does not go.
    fn takes_survey(&self, run: &Run<'_>, conversation: &CustomerRecord, now: Timestamp) -> bool {
        let rules = self.rules.current();
        if by_rules(conversation, &rules) != AskedBy::Helpdesk {
            return false;
        }
        if conversation.outbound.recent_ids.holds(self.survey_entry(&conversation.opening)) {
            return false;
        }
        let State::Closing { since } = conversation.state else { return true };
        // Words of this very run are not written down yet.
        let said = run.spoke.unwrap_or(conversation.outbound.last);
        if asker(conversation, said, &rules, now) != AskedBy::Helpdesk {
            return false;
        }
        let over = answered(&conversation.opening, &self.key);
        let is_held = conversation.left.is_none() && !conversation.inbound.recent_ids.holds(over);
        // The close worker holds the customer at the earliest from the closing on.
        let held_since = conversation.rating_asked.unwrap_or(since);
        is_held && now.since(held_since) < SURVEY_WAIT.saturating_sub(UNDER_WAY)
    }

    /// The customer has the survey: nothing more is waited for.
    pub(super) async fn surveyed(
        &self,
        run: &mut Run<'_>,
        conversation: &CustomerRecord,
        to: &TicketRef,
    ) -> Result<(), Failure> {
        if matches!(conversation.state, State::Closing { .. }) {
            self.hand_on_surveyed(to).await?;
        }
        run.delivered(self.survey_entry(&to.opening));
        Ok(())
    }

    async fn hand_on_surveyed(&self, to: &TicketRef) -> Result<(), Failure> {
        let job = CloseJob { asked: true, surveyed: true, ..close_of(to) };
        self.queue.send(&job.addressed(&self.key)).await
    }

    /// That the customer of an opening has a survey, as the recent ids remember it.
    pub(super) fn survey_entry(&self, opening: &ConversationId) -> RecentId {
        RecentId::of("surveyed", &SourceId::exact(opening.as_str()), &self.key)
    }
}
