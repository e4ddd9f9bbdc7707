//! Deliver to Blip: what came from the helpdesk, in the order of its ticket. A close is handed on.
//!
//! Called by the function `to-blip` for the records of one group, which is one ticket.

use async_trait::async_trait;

use super::{
    Failure, ToCustomer,
    agent_events::{Read, Step},
    delivery::Delivery,
    fate::{About, about_agent},
    part::ready,
    ports::{Journal, NotDelivered, StoreError, TicketRef},
    run::{Run, Side},
    system_message::DuplicateCheck,
    tell::{agent_texts, tell_parked},
    timers::close_of,
    worker::{Deadline, RunOutcome, SOON, Worker, catch_panic},
};
use crate::{
    conversation::{AgentDecision, CustomerRecord, Ending, Late, RecentId, State},
    job::{CloseJob, Record, ToCustomerJob},
    message::{AgentEvent, AgentEventKind, BlipId, ConversationId, TicketId},
    texts::TextKey,
    trail::{Figures, StepName},
};

/// How often one event is decided anew after the conversation store changed under it.
const MAX_DECISIONS: usize = 4;

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
            self.done(run, &to, &step.event, *tries, job.received_at);
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
        if event.kind == AgentEventKind::NeedsFetch {
            // All that it stood for was told.
            run.delivered(entry);
            return Ok(());
        }
        // The ticket was merged into one of another customer, whose agent's words are not for this one.
        let mut anothers = false;
        for _ in 0..MAX_DECISIONS {
            // What had its effect in an earlier opening is known, too: a late copy tells the agent nothing.
            if run.knows(entry) {
                run.becomes(StepName::Known);
                return Ok(());
            }
            let now = self.clock.now();
            let (opening, ticket) = (&to.opening, &to.ticket);
            let mut decision = self.decide(run, to, step, now);
            if anothers && decision == AgentDecision::Move {
                decision = AgentDecision::Close;
            }
            match decision {
                AgentDecision::Ignore => {
                    if matches!(event.kind, AgentEventKind::Survey { .. }) {
                        self.misses_survey(run, entry);
                    }
                    run.becomes(StepName::Ignored);
                    return Ok(());
                }
                AgentDecision::Refuse(late) => {
                    let reason = match late {
                        Late::Closed => NotDelivered::Closed,
                        Late::Superseded => NotDelivered::Superseded,
                    };
                    if check.asks() && self.arrived(run, to, step, entry).await? {
                        run.becomes(StepName::Delivered);
                    } else {
                        self.tell_agent(to, event, &reason).await?;
                        run.becomes(StepName::Refused);
                    }
                    run.delivered(entry);
                    return Ok(());
                }
                AgentDecision::Deliver if self.is_own(event).await => {
                    // Nobody to announce; and what somebody writes by hand as this user must not be lost in silence.
                    if matches!(event.kind, AgentEventKind::Message { .. }) {
                        self.tell_agent(to, event, &NotDelivered::OwnUser).await?;
                        run.becomes(StepName::Refused);
                    }
                    run.delivered(entry);
                    return Ok(());
                }
                AgentDecision::Deliver if self.is_taken_back(run, to, step, check.asks()).await? => {
                    run.becomes(StepName::Withdrawn);
                    return Ok(());
                }
                // Where the ticket was then, or whether it was on hold, says nothing about now.
                AgentDecision::Deliver if step.doubtful && event.kind.is_of_ticket() => return Ok(()),
                AgentDecision::Deliver => {
                    if self.deliver(run, to, step, check).await? == Delivery::InTime {
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
                AgentDecision::Move => {
                    let AgentEventKind::Merged { into } = &event.kind else { return Ok(()) };
                    match self.store.move_ticket(opening, ticket, into, now).await {
                        Ok(()) => {
                            if let Some(conversation) = &mut run.conversation {
                                conversation.ticket = Some(into.clone());
                            }
                            run.delivered(entry);
                            return Ok(());
                        }
                        Err(StoreError::Conflict) => {
                            run.reload(now).await?;
                            let stays = |c: &CustomerRecord| c.opening == *opening && c.ticket.as_ref() == Some(ticket);
                            anothers = run.conversation.as_ref().is_some_and(stays);
                            if anothers {
                                tracing::warn!("a ticket was merged into another customer's: its conversation ends");
                            }
                        }
                        Err(error) => return Err(error.into()),
                    }
                }
                // Of a merge into another customer's ticket nothing is to be asked.
                AgentDecision::Close if !anothers && self.closed_before(run, to).await? => {
                    run.delivered(entry);
                    return Ok(());
                }
                AgentDecision::Close => match self.store.begin_closing(&to.opening, now, Ending::BY_AGENT).await {
                    Ok(()) => {
                        if let Some(conversation) = &mut run.conversation {
                            let reason = Ending::BY_AGENT.reason.as_str();
                            let rules = self.rules.current();
                            self.journal.figures(Figures::ends(conversation, &rules, reason, now));
                            conversation.state = State::Closing { since: now };
                        }
                    }
                    Err(StoreError::Conflict) => run.reload(now).await?,
                    Err(error) => return Err(error.into()),
                },
                AgentDecision::HandOn => {
                    self.hand_on(run, to, event).await?;
                    run.delivered(entry);
                    return Ok(());
                }
            }
        }
        Err(Failure::later("the conversation kept changing"))
    }

    /// Whether words that come too late now had reached Blip, whole, in an earlier try.
    async fn arrived(&self, run: &mut Run<'_>, to: &TicketRef, step: &Step, entry: RecentId) -> Result<bool, Failure> {
        let parts = ready(run, entry, step.parts.clone(), self.clock.now()).await?;
        let Some(conversation) = &run.conversation else { return Ok(false) };
        let said: Vec<usize> =
            parts.iter().filter(|part| part.content.is_some()).map(|part| part.position.number()).collect();
        for number in &said {
            let id = BlipId::agent(&to.opening, &to.ticket, &step.event.id, *number).render();
            if !self.channel.knows(&conversation.address, &id).await? {
                return Ok(false);
            }
        }
        Ok(!said.is_empty())
    }

    async fn hand_on(&self, run: &mut Run<'_>, to: &TicketRef, event: &AgentEvent) -> Result<(), Failure> {
        let service = match &event.kind {
            AgentEventKind::Closed { service } => service.clone(),
            _ => None,
        };
        // Where the survey came before the closing, nothing is waited for.
        let surveyed = run.knows(self.survey_entry(&to.opening));
        let job = CloseJob { service, asked: surveyed, surveyed, ..close_of(to) };
        self.queue.send(&job.addressed(&self.key)).await
    }
}
