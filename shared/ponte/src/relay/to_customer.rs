//! Deliver to Blip: what came from the helpdesk, in the order of its ticket. A close is handed on.
//!
//! Called by the function `to-blip` for the records of one group, which is one ticket.

use std::time::Duration;

use async_trait::async_trait;
use service_rules::EndReason;

use super::{
    Failure, ToCustomer,
    agent_events::{Read, Step},
    delivery::Delivery,
    fate::{About, about_agent},
    merged::Moved,
    ports::{Journal, NotDelivered, StoreError, TicketRef},
    run::{Run, Side},
    survey::misses_survey,
    system_message::DuplicateCheck,
    tell::{agent_texts, tell_parked},
    timers::close_of,
    with_bot::Called,
    worker::{Deadline, RunOutcome, SOON, Worker, catch_panic},
};
use crate::{
    clock::Timestamp,
    conversation::{AgentDecision, CustomerRecord, Ending, Late, RecentId, State},
    job::{CloseJob, Record, ToCustomerJob},
    message::{AgentEvent, AgentEventKind, ConversationId, TicketId},
    texts::TextKey,
    trail::StepName,
};

/// How often one event is decided anew after the conversation store changed under it.
const MAX_DECISIONS: usize = 4;
/// Words for a customer who is called back once the way to the bot is over.
const ON_THE_WAY: Failure =
    Failure::Later { after: Some(Duration::from_secs(2)), why: "the customer is on the way back to the bot" };

#[async_trait]
impl Worker for ToCustomer {
    fn name(&self) -> &'static str {
        "to-blip"
    }

    fn journal(&self) -> &dyn Journal {
        &*self.journal
    }

    fn about(&self, record: &Record) -> About {
        about_agent(record, &self.key)
    }

    /// Its effect may have happened, and the helpdesk may send a copy, which does not say that it is one: it must look before it
    /// repeats.
    async fn parking(&self, record: &Record) -> Result<(), Failure> {
        let Some(ToCustomerJob { ticket, events, .. }) = record.any_version() else { return Ok(()) };
        let now = self.clock.now();
        let Some(opening) = self.store.conversation_of_ticket(&ticket, now).await? else { return Ok(()) };
        let mut run = Run::load(&*self.store, Side::Outbound, opening.conversation(), now).await?;
        for event in &events {
            run.delivered(self.parked_entry(&ticket, event));
        }
        run.save(now).await
    }

    async fn parked(&self, record: &Record) {
        let Some(ToCustomerJob { ticket, events, .. }) = record.any_version() else { return };
        let waits = |event: &&AgentEvent| {
            matches!(
                event.kind,
                AgentEventKind::Message { .. }
                    | AgentEventKind::Closed { .. }
                    | AgentEventKind::Merged { .. }
                    | AgentEventKind::NeedsFetch
            )
        };
        let Some(event) = events.iter().find(waits) else { return };
        let Ok(Some(opening)) = self.store.conversation_of_ticket(&ticket, self.clock.now()).await else { return };
        let id = self.key.hex(&["parked", event.kind.name(), event.id.as_str()]);
        tell_parked(
            &*self.helpdesk,
            &agent_texts(&*self.rules),
            &TicketRef { opening, ticket },
            &id,
            TextKey::ParkedAgent,
        )
        .await;
    }

    async fn run(&self, records: &[Record], deadline: Deadline) -> RunOutcome {
        self.rules.refresh().await;
        let mut run: Option<(ConversationId, Run<'_>)> = None;
        let mut done = 0;
        let mut failure = None;
        let first = |run: &Run<'_>| {
            run.spoke.is_some() && run.conversation.as_ref().is_some_and(|c| c.outbound.last < c.opened)
        };
        let mut read: Vec<Option<Read>> = records.iter().map(|record| Read::of(record, deadline)).collect();
        let ready = async {
            self.make_ready(&mut run, &mut read, deadline).await;
            Ok(())
        };
        if let Err(unread) = deadline.cut(&*self.clock, Box::pin(ready)).await {
            return RunOutcome { done: 0, failure: Some(unread.harmless()) };
        }
        if let Some((_, run)) = &mut run {
            run.taken_back = self.taken_back(&read);
        }
        for read in &read {
            if done > 0 && !deadline.allows(self.clock.now(), SOON) {
                failure = Some(Failure::TimeIsUp);
                break;
            }
            match deadline.cut(&*self.clock, Box::pin(catch_panic(self.record(&mut run, read.as_ref())))).await {
                Ok(()) => done += 1,
                Err(stopped) => {
                    failure = Some(stopped);
                    break;
                }
            }
        }
        if let Some((_, run)) = &mut run {
            let is_first = first(run);
            if let Err(unsaved) = run.save(self.clock.now()).await {
                return RunOutcome { done: 0, failure: Some(unsaved) };
            }
            self.tells(run);
            if let Some(conversation) = run.conversation.as_ref().filter(|_| is_first) {
                let learnt = async {
                    self.answered_first(conversation).await;
                    Ok(())
                };
                // A courtesy: it ends with the time.
                let _ = deadline.cut(&*self.clock, learnt).await;
            }
        }
        RunOutcome { done, failure }
    }
}

impl ToCustomer {
    /// That an event was parked, as the recent ids remember it.
    fn parked_entry(&self, ticket: &TicketId, event: &AgentEvent) -> RecentId {
        RecentId::of_ticket(ticket, "parked", &event.id, &self.key)
    }

    async fn record<'a>(
        &'a self,
        run: &mut Option<(ConversationId, Run<'a>)>,
        read: Option<&Read>,
    ) -> Result<(), Failure> {
        let Read { job, tries, steps, unread, ours } =
            read.ok_or(Failure::Broken { why: "not a job of this version" })?;
        let Some((opening, run)) = run.as_mut().filter(|_| ours == &Ok(true)) else {
            ours.clone()?;
            tracing::warn!(events = job.events.len(), "events of an unknown ticket dropped");
            return Ok(());
        };
        let to = TicketRef { opening: opening.clone(), ticket: job.ticket.clone() };
        // This record was received before, or its like was parked.
        let was_parked = job.events.iter().any(|event| run.knows(self.parked_entry(&to.ticket, event)));
        let mut check = DuplicateCheck::new(tries.again() || was_parked);
        for step in steps {
            let mut its_own = DuplicateCheck::new(true);
            run.fate = None;
            self.event(run, &to, step, if step.doubtful { &mut its_own } else { &mut check }).await?;
            self.done(run, &to, step, job.received_at);
        }
        unread.clone().map_or(Ok(()), Err)
    }

    async fn event(
        &self,
        run: &mut Run<'_>,
        to: &TicketRef,
        step: &Step,
        check: &mut DuplicateCheck,
    ) -> Result<(), Failure> {
        let event = &step.event;
        let entry = RecentId::of_ticket(&to.ticket, event.kind.name(), &event.id, &self.key);
        if step.known {
            // What had its effect in an earlier opening is known, too: a late copy tells the agent nothing.
            run.becomes(StepName::Known);
            return Ok(());
        }
        if event.kind == AgentEventKind::NeedsFetch {
            // All that it stood for was told.
            run.delivered(entry);
            return Ok(());
        }
        // The ticket was merged into one of another customer, whose agent's words are not for this one.
        let mut anothers = false;
        for _ in 0..MAX_DECISIONS {
            if run.knows(entry) {
                run.becomes(StepName::Known);
                return Ok(());
            }
            let now = self.clock.now();
            let decision = self.decides(run, to, step, entry, (now, anothers)).await?;
            match decision {
                AgentDecision::Ignore => {
                    self.ignores(run, to, event, entry);
                    return Ok(());
                }
                AgentDecision::Refuse(late) => {
                    return self.refuse(run, to, step, late, (entry, *check)).await;
                }
                AgentDecision::Wait => {
                    // Whoever began the closing may not have come to handing it on. The queue drops a copy.
                    let job = CloseJob { ended: Some(EndReason::OutsideHours), ..close_of(to) };
                    self.queue.send(&job.addressed(&self.key)).await?;
                    return Err(ON_THE_WAY);
                }
                AgentDecision::Deliver | AgentDecision::CallBack if self.is_own(event).await => {
                    self.skips_own(run, to, event).await?;
                    run.delivered(entry);
                    return Ok(());
                }
                AgentDecision::Deliver | AgentDecision::CallBack
                    if self.is_taken_back(run, to, step, check.asks()).await? =>
                {
                    run.becomes(StepName::Withdrawn);
                    return Ok(());
                }
                AgentDecision::CallBack => match self.calls_back(run, to, step, entry).await? {
                    Called::Decide => {}
                    Called::Done => {
                        run.delivered(entry);
                        return Ok(());
                    }
                },
                AgentDecision::Deliver if self.is_away(run, to, step, (entry, *check)).await? => {
                    if self.ends_as_left(run, to, step).await? {
                        run.becomes(StepName::Refused);
                        run.delivered(entry);
                        return Ok(());
                    }
                }
                // Where the ticket was then, or whether it was on hold, says nothing about now.
                AgentDecision::Deliver if step.doubtful && event.kind.is_of_ticket() => return Ok(()),
                AgentDecision::Deliver => {
                    if self.deliver(run, to, step, check).await? == Delivery::InTime {
                        if matches!(event.kind, AgentEventKind::Message { .. }) {
                            self.closes_behind(run, to, step).await?;
                        }
                        // Typing and a place in the queue are harmless twice, and would push words out of the recent ids.
                        // What Blip knew already is asked about again, rather than that it pushes out what is newer.
                        let known = step.doubtful && check.asks();
                        if !known
                            && !matches!(event.kind, AgentEventKind::Typing { .. } | AgentEventKind::Queued { .. })
                        {
                            run.delivered(entry);
                        }
                        return Ok(());
                    }
                }
                AgentDecision::Move => match self.moves(run, to, event, now).await? {
                    Moved::There => {
                        run.delivered(entry);
                        return Ok(());
                    }
                    moved => anothers = moved == Moved::Anothers,
                },
                // Of a merge into another customer's ticket nothing is to be asked.
                AgentDecision::Close if !anothers && self.closed_before(run, to, step).await? => {
                    run.delivered(entry);
                    return Ok(());
                }
                AgentDecision::Close => self.begin_closing(run, to, now).await?,
                AgentDecision::HandOn => {
                    self.hand_on(run, to, event).await?;
                    run.delivered(entry);
                    return Ok(());
                }
            }
        }
        Err(Failure::later("the conversation kept changing"))
    }

    /// What to do about an event whose turn has come. `anothers`, where its ticket was merged into one of another customer.
    async fn decides(
        &self,
        run: &mut Run<'_>,
        to: &TicketRef,
        step: &Step,
        entry: RecentId,
        (now, anothers): (Timestamp, bool),
    ) -> Result<AgentDecision, Failure> {
        Ok(match self.decide(run, to, step, now) {
            // Nothing is left to close for a customer who is with the bot.
            AgentDecision::Move if anothers => {
                let waits = run.conversation.as_ref().is_some_and(CustomerRecord::waits_for_callback);
                if waits { AgentDecision::Ignore } else { AgentDecision::Close }
            }
            AgentDecision::Deliver if self.crossed(run, to, step, entry).await? => {
                AgentDecision::Refuse(Late::Superseded)
            }
            decision => decision,
        })
    }

    /// What has no effect may still have to be known later.
    fn ignores(&self, run: &mut Run<'_>, to: &TicketRef, event: &AgentEvent, entry: RecentId) {
        match event.kind {
            AgentEventKind::Survey { .. } => misses_survey(run, entry),
            AgentEventKind::Closed { .. } => self.remembers_closing(run, to, entry),
            _ => {}
        }
        run.becomes(StepName::Ignored);
    }

    /// The bridge's own user is nobody to announce; but what somebody writes by hand as this user must not be lost in silence.
    async fn skips_own(&self, run: &mut Run<'_>, to: &TicketRef, event: &AgentEvent) -> Result<(), Failure> {
        if matches!(event.kind, AgentEventKind::Message { .. }) {
            self.tell_agent(to, event, &NotDelivered::OwnUser).await?;
            run.becomes(StepName::Refused);
        }
        Ok(())
    }

    /// The conversation begins to close, as the agent says. Somebody else may have been faster, and it is read again.
    pub(super) async fn begin_closing(&self, run: &mut Run<'_>, to: &TicketRef, now: Timestamp) -> Result<(), Failure> {
        match self.store.begin_closing(&to.opening, now, Ending::BY_AGENT).await {
            Ok(()) => {
                if let Some(conversation) = &mut run.conversation {
                    self.ends(conversation, Ending::BY_AGENT.reason.as_str(), now);
                    conversation.state = State::Closing { since: now };
                }
                Ok(())
            }
            Err(StoreError::Conflict) => Ok(run.reload(now).await?),
            Err(error) => Err(error.into()),
        }
    }

    async fn hand_on(&self, run: &mut Run<'_>, to: &TicketRef, event: &AgentEvent) -> Result<(), Failure> {
        let service = match &event.kind {
            AgentEventKind::Closed { service } => service.clone(),
            _ => None,
        };
        self.hand_on_close(run, to, service).await
    }

    /// Hands on the closing of the agent, with the service that takes the customer back where the agent named one.
    pub(super) async fn hand_on_close(
        &self,
        run: &mut Run<'_>,
        to: &TicketRef,
        service: Option<String>,
    ) -> Result<(), Failure> {
        // Where the survey came before the closing, nothing is waited for.
        let surveyed = run.knows(self.survey_entry(&to.opening));
        let job = CloseJob { service, asked: surveyed, surveyed, ..close_of(to) };
        self.queue.send(&job.addressed(&self.key)).await
    }
}
