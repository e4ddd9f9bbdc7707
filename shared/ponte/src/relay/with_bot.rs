//! A customer who is with the bot: one who fell back to it and nobody told us is found before an agent's words go nowhere, and one who went
//! back outside the hours is called back by the first answer.
//!
//! Both ask the router, with its own key. Where the company did not give it, neither happens.

use std::time::Duration;

use service_rules::EndReason;

use super::{
    Failure, ToCustomer,
    agent_events::Step,
    part::ready,
    ports::{EndedBy, NotDelivered, StoreError, TicketRef},
    run::Run,
    system_message::DuplicateCheck,
};
use crate::{
    clock::Timestamp,
    conversation::{CustomerRecord, EntryPoint, RecentId, State},
    message::{AgentEventKind, ConversationId, SourceId},
};

/// After so long without a word of either side the router is asked where the customer is.
const QUIET: Duration = Duration::from_hours(1);
/// How long an agent's words wait for that answer.
const LOOK_LIMIT: Duration = Duration::from_secs(3);

/// What became of words that call a customer back.
pub(super) enum Called {
    /// The conversation goes on, or somebody else changed it: it is decided anew.
    Decide,
    /// The words are done with: they reach nobody, and the agent was told.
    Done,
}

impl ToCustomer {
    /// Before an agent's words after an hour of silence: whether the router says that the customer is with another of its bots. Asked once a run. Where
    /// it does not say, the words go.
    pub(super) async fn is_away(
        &self,
        run: &mut Run<'_>,
        to: &TicketRef,
        step: &Step,
        (entry, check): (RecentId, DuplicateCheck),
    ) -> Result<bool, Failure> {
        let Some(conversation) = run.conversation.as_ref().filter(|_| !run.is_found) else { return Ok(false) };
        let now = self.clock.now();
        if !matches!(step.event.kind, AgentEventKind::Message { .. }) || !is_quiet(conversation, run.spoke, now) {
            return Ok(false);
        }
        let address = conversation.address.clone();
        let Some(router) = self.channel.whereabouts() else { return Ok(false) };
        if !run.has_time(step.tries.deadline, now) {
            return Err(Failure::TimeIsUp);
        }
        run.is_found = true;
        // An earlier try may have asked, and sent them.
        if check.asks() && self.arrived(run, to, step, entry).await? {
            return Ok(false);
        }
        let asked = tokio::time::timeout(LOOK_LIMIT, router.is_elsewhere(&address)).await;
        match asked.unwrap_or(Err(Failure::Unknown { why: "no answer in time" })) {
            Ok(is_elsewhere) => Ok(is_elsewhere),
            Err(failure) => {
                tracing::warn!(kind = failure.kind(), reason = %failure, "the router did not say where a customer is");
                Ok(false)
            }
        }
    }

    /// The customer left, and nobody told us: the agent is told of the words, and the ticket of the end. The customer is sent nowhere. Whether it is
    /// so: `false` where somebody wrote meanwhile.
    pub(super) async fn ends_as_left(&self, run: &mut Run<'_>, to: &TicketRef, step: &Step) -> Result<bool, Failure> {
        let Some(conversation) = &mut run.conversation else { return Ok(false) };
        let now = self.clock.now();
        let read = (conversation.inbound.sequence, conversation.outbound.sequence);
        match self.store.left(&to.opening, now, read).await {
            Ok(()) => {
                self.ends(conversation, EndReason::Customer.as_str(), now);
                (conversation.state, conversation.ended) = (State::Closed { at: now }, Some(EndReason::Customer));
                (run.timers, run.due_at) = (None, None);
            }
            Err(StoreError::Conflict) => {
                run.reload(now).await?;
                return Ok(false);
            }
            Err(error) => return Err(error.into()),
        }
        tracing::info!(
            reason = EndReason::Customer.as_str(),
            "the customer is with the bot again: the conversation is over"
        );
        self.tell_agent(to, &step.event, &NotDelivered::WithBot).await?;
        self.tell_left(to).await?;
        Ok(true)
    }

    /// Tells the helpdesk that the customer left. Safe to repeat.
    pub(super) async fn tell_left(&self, to: &TicketRef) -> Result<(), Failure> {
        match self.helpdesk.ended(to, EndedBy::Customer).await {
            Ok(()) | Err(Failure::Gone | Failure::Refused { .. }) => Ok(()),
            Err(failure) => Err(failure),
        }
    }

    /// Calls a customer back who went to the bot outside the hours. First the router, which may be told twice; then the conversation store, which
    /// is written once; the words come after both.
    pub(super) async fn calls_back(
        &self,
        run: &mut Run<'_>,
        to: &TicketRef,
        step: &Step,
        entry: RecentId,
    ) -> Result<Called, Failure> {
        // A file that cannot be had yet calls nobody.
        let parts = ready(run, entry, step.parts.clone(), self.clock.now()).await?;
        let Some(address) = run.conversation.as_ref().map(|conversation| conversation.address.clone()) else {
            return Ok(Called::Decide);
        };
        if parts.iter().all(|part| part.content.is_none()) {
            for problem in parts.iter().filter_map(|part| part.problem) {
                self.tell_agent(to, &step.event, &NotDelivered::File(problem)).await?;
            }
            return Ok(Called::Done);
        }
        let Some(router) = self.channel.whereabouts() else { return Ok(Called::Decide) };
        if !run.has_time(step.tries.deadline, self.clock.now()) {
            return Err(Failure::TimeIsUp);
        }
        match router.call_back(&address).await {
            Ok(()) => {}
            Err(failure @ (Failure::Refused { .. } | Failure::Gone)) => {
                tracing::error!(reason = %failure, "a customer could not be called back: the agent is told");
                self.tell_agent(to, &step.event, &NotDelivered::WithBot).await?;
                return Ok(Called::Done);
            }
            Err(failure) => return Err(failure.harmless()),
        }
        let at = self.clock.now();
        let Some(conversation) = &mut run.conversation else { return Ok(Called::Decide) };
        let mut desk = conversation.desk;
        // It waits for an answer from now on. The answer itself comes after that, and all of it is counted in seconds.
        desk.moved(at.minus(Duration::from_secs(1)), false);
        match self.store.call_back(&to.opening, at, desk).await {
            Ok(()) => {
                (conversation.state, conversation.ended, conversation.desk) = (State::Open, None, desk);
                conversation.timers.due_at = Some(at);
                run.is_found = true;
                tracing::info!("a customer who came outside the hours is called back by an agent's answer");
            }
            // Our own write, repeated because its answer was lost; or the customer is in a newer conversation.
            Err(StoreError::Conflict) => run.reload(at).await?,
            Err(error) => return Err(error.into()),
        }
        Ok(Called::Decide)
    }

    /// The agent closed the ticket of a customer who is with the bot: remembered, since helpdesks tell of a closing before the last words.
    pub(super) fn remembers_closing(&self, run: &mut Run<'_>, to: &TicketRef, entry: RecentId) {
        if run.conversation.as_ref().is_some_and(CustomerRecord::waits_for_callback) {
            run.delivered(self.closing_entry(&to.opening));
            run.delivered(entry);
        }
    }

    /// Behind words that called the customer back although the agent had closed the ticket: the closing follows them. Not where the helpdesk says
    /// that the ticket is open again. Done once.
    pub(super) async fn closes_behind(&self, run: &mut Run<'_>, to: &TicketRef, step: &Step) -> Result<(), Failure> {
        let settled = self.settled_entry(&to.opening);
        let Some(conversation) = run.conversation.as_ref().filter(|c| c.opening == to.opening) else { return Ok(()) };
        let state = conversation.state;
        if !run.knows(self.closing_entry(&to.opening)) || run.knows(settled) {
            return Ok(());
        }
        match state {
            State::Open if self.is_over(to, step.received.at).await? => {
                let now = self.clock.now();
                self.begin_closing(run, to, now).await?;
                self.hand_on_close(run, to, None).await?;
            }
            // An earlier try did not come to handing it on.
            State::Closing { .. } => self.hand_on_close(run, to, None).await?,
            _ => {}
        }
        run.delivered(settled);
        Ok(())
    }

    /// That what followed from it is done.
    fn settled_entry(&self, opening: &ConversationId) -> RecentId {
        RecentId::of("closed-behind", &SourceId::exact(opening.as_str()), &self.key)
    }

    /// That the agent closed the ticket before any words, as the recent ids remember it.
    fn closing_entry(&self, opening: &ConversationId) -> RecentId {
        RecentId::of("closed-unanswered", &SourceId::exact(opening.as_str()), &self.key)
    }
}

/// Whether neither side of a router's conversation that is open said anything for an hour. `spoke` is what this run said.
fn is_quiet(conversation: &CustomerRecord, spoke: Option<Timestamp>, now: Timestamp) -> bool {
    let (inbound, outbound) = (conversation.inbound.last, conversation.outbound.last.max(spoke.unwrap_or_default()));
    // Who was called back, or transferred, was with us then.
    let moved = conversation.desk.queued_at.map_or(Timestamp::default(), |at| Timestamp(at.saturating_mul(1000)));
    let last = inbound.max(outbound).max(conversation.opened).max(moved);
    conversation.state == State::Open
        && now.since(last) >= QUIET
        && EntryPoint::of(&conversation.address) == EntryPoint::Router
}
