//! Deliver to Blip: what came from the helpdesk, in the order of its ticket. A close is handed on.
//!
//! Called by the function `to-blip` for the records of one group, which is one ticket.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;

use super::{
    Failure,
    delivery::channel,
    files::{Copies, Copying, FileOwner, NotReady, Part, ready},
    ports::{Blip, Clock, FileProblem, Files, Helpdesk, NotDelivered, Queue, Store, StoreError, TicketRef},
    reference::Found,
    run::{Run, Side, Tries},
    tell::tell_parked,
    worker::{Deadline, RunOutcome, SOON, Worker, catch_panic},
};
use crate::{
    conversation::{AgentDecision, CustomerRecord, Late, Received, RecentId, State, agent_event},
    hash::HashKey,
    job::{CloseJob, Record, ToCustomerJob, VERSION},
    message::{AgentEvent, AgentEventKind, BlipId, ConversationId, TicketId},
    texts::Texts,
};

/// How long an event of an unknown ticket is tried again, since its opening may be under way.
const UNKNOWN_TICKET: Duration = Duration::from_mins(2);
/// A ticket whose opening may be under way.
const NOT_KNOWN_YET: Failure =
    Failure::Later { after: Some(Duration::from_secs(5)), why: "the ticket is not known yet" };
/// How often one event is decided anew after the map changed under it.
const MAX_DECISIONS: usize = 4;

/// Whether words were still in time once everything before them was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    InTime,
    TooLate,
}

/// The use case.
#[derive(Clone)]
pub struct ToCustomer {
    pub store: Arc<dyn Store>,
    pub queue: Arc<dyn Queue>,
    pub blip: Arc<dyn Blip>,
    pub helpdesk: Arc<dyn Helpdesk>,
    pub files: Arc<dyn Files>,
    pub clock: Arc<dyn Clock>,
    pub key: HashKey,
    pub texts: Texts,
    /// The delay of `close-ticket.fifo`.
    pub close_delay: Duration,
    /// The largest file that is passed on, in bytes.
    pub file_limit: u64,
}

/// An event with what is delivered of it: made ahead of the run's first effect, since files are copied for it.
pub(super) struct Step {
    pub event: AgentEvent,
    pub parts: Result<Vec<Part>, NotReady>,
    pub tries: Tries,
    /// When the door, or a look, received it.
    pub received: Received,
    /// A look found it, and the ring may have forgotten that it was told: Blip is asked.
    pub doubtful: bool,
}

/// The job of a record, and how often it was tried.
struct Read {
    job: ToCustomerJob,
    tries: Tries,
    /// Its events, and those that are told with them.
    steps: Vec<Step>,
    /// Why what comes after these could not be read.
    unread: Option<Failure>,
    /// Whether its ticket is one of ours, asked for each record until one is: what came later is not as long unknown.
    ours: Result<bool, Failure>,
}

impl std::fmt::Debug for ToCustomer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ToBlip")
    }
}

#[async_trait]
impl Worker for ToCustomer {
    fn name(&self) -> &'static str {
        "to-blip"
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
                AgentEventKind::Message { .. } | AgentEventKind::Closed { .. } | AgentEventKind::Reference
            )
        };
        let Some(event) = events.iter().find(waits) else { return };
        let Ok(Some(opening)) = self.store.conversation_of_ticket(&ticket, self.clock.now()).await else { return };
        let id = self.key.hex(&["parked", event.kind.name(), event.id.as_str()]);
        tell_parked(&*self.helpdesk, &self.texts, &TicketRef { opening, ticket }, &id, "parked_agent").await;
    }

    async fn run(&self, records: &[Record], deadline: Deadline) -> RunOutcome {
        let mut run: Option<(ConversationId, Run<'_>)> = None;
        let mut done = 0;
        let mut failure = None;
        let mut read: Vec<Option<Read>> = records.iter().map(|record| read(record, deadline)).collect();
        let ready = async {
            self.make_ready(&mut run, &mut read, deadline).await;
            Ok(())
        };
        if let Err(unread) = deadline.cut(&*self.clock, Box::pin(ready)).await {
            return RunOutcome { done: 0, failure: Some(unread.harmless()) };
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
        if let Some((_, run)) = &mut run
            && let Err(unsaved) = run.save(self.clock.now()).await
        {
            return RunOutcome { done: 0, failure: Some(unsaved) };
        }
        RunOutcome { done, failure }
    }
}

impl ToCustomer {
    /// That an event was parked, as the ring remembers it.
    fn parked_entry(&self, ticket: &TicketId, event: &AgentEvent) -> RecentId {
        RecentId::of_ticket(ticket, "parked", &event.id, &self.key)
    }

    /// Makes ready what is delivered, for all records before the first of them has an effect. What fails stops the run when
    /// its turn comes, and not before.
    async fn make_ready<'a>(
        &'a self,
        run: &mut Option<(ConversationId, Run<'a>)>,
        read: &mut [Option<Read>],
        deadline: Deadline,
    ) {
        let copies = Copies::new(deadline, self.clock.now());
        let mut seen = Vec::new();
        let mut whole = None;
        for read in read.iter_mut().flatten() {
            if run.is_none() {
                match self.load(&read.job).await {
                    Ok(loaded) => *run = loaded,
                    Err(unread) => {
                        read.ours = Err(unread);
                        return;
                    }
                }
            }
            read.ours = Ok(run.is_some());
            let Some((opening, run)) = run else { continue };
            // The helpdesk may go on with this ticket in an opening that is under way.
            let under_way = |c: &CustomerRecord| {
                c.opening != *opening && c.state == State::Claimed && read.job.received_at >= c.opened
            };
            if run.conversation.as_ref().is_some_and(under_way) {
                read.ours = Err(NOT_KNOWN_YET);
                return;
            }
            let to = TicketRef { opening: opening.clone(), ticket: read.job.ticket.clone() };
            // What was looked up must still be told in this run, or the next one would look it up again: half of the time is for that.
            let left = read.tries.deadline.left(self.clock.now());
            let whole = *whole.get_or_insert(left);
            let looks = read.job.events.iter().any(|event| event.kind == AgentEventKind::Reference);
            if looks && left < whole / 2 {
                read.unread = Some(Failure::TimeIsUp);
                continue;
            }
            let (events, unread) = self.looked_up(run, &to, &read.job.events, &mut seen).await;
            for Found { event, missed } in events {
                let entry = RecentId::of_ticket(&to.ticket, event.kind.name(), &event.id, &self.key);
                let tries = read.tries;
                let received = tries.received(read.job.received_at);
                let doubtful = run.may_have_forgotten() && (read.job.polled || missed);
                let parts = if run.knows(entry) {
                    Ok(Vec::new())
                } else {
                    self.parts(run, &read.job, &event, entry, tries, &copies).await
                };
                read.steps.push(Step { event, parts, tries, received, doubtful });
            }
            read.unread = unread;
        }
    }

    /// What is delivered of an event: its files copied, and all of it as the customer's channel can show it.
    async fn parts(
        &self,
        run: &mut Run<'_>,
        job: &ToCustomerJob,
        event: &AgentEvent,
        entry: RecentId,
        tries: Tries,
        copies: &Copies,
    ) -> Result<Vec<Part>, NotReady> {
        let AgentEventKind::Message { contents, .. } = &event.kind else { return Ok(Vec::new()) };
        let partial = run.partial(entry);
        let (files, clock) = (&*self.files, &*self.clock);
        let copying = Copying { files, clock, limit: self.file_limit, tries, partial, copies };
        // The agent is told of a lost file; the customer gets the words that came with it.
        let lost = |_: FileProblem, _: Option<String>, caption: Option<String>| caption;
        let access = |url: &str| self.helpdesk.file_access(url);
        let whose =
            FileOwner { conversation: run.key(), source: job.ticket.as_str(), message: &event.id, key: &self.key };
        copying.parts(contents.clone(), &whose, channel(run), access, None, lost).await
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
            tracing::warn!(events = job.events.len(), "dropped: events of a ticket that is not ours");
            return Ok(());
        };
        let to = TicketRef { opening: opening.clone(), ticket: job.ticket.clone() };
        // The far side is asked what it has when this record was received before, or its like was parked, and no further than to the
        // first part that it does not have: what comes after was never sent.
        let mut looking =
            tries.again() || job.events.iter().any(|event| run.knows(self.parked_entry(&to.ticket, event)));
        for step in steps {
            if step.doubtful {
                self.event(run, &to, step, &mut true).await?;
            } else {
                self.event(run, &to, step, &mut looking).await?;
            }
        }
        unread.clone().map_or(Ok(()), Err)
    }

    /// Reads the conversation that the ticket belongs to: by our mark where the event carries it, else by the way back.
    /// `None` when the ticket has been unknown for too long.
    async fn load(&self, job: &ToCustomerJob) -> Result<Option<(ConversationId, Run<'_>)>, Failure> {
        let now = self.clock.now();
        let read = async |opening: ConversationId| {
            let run = Run::load(&*self.store, Side::Outbound, opening.conversation(), now).await?;
            Ok::<_, Failure>((opening, run))
        };
        if let Some(opening) = &job.opening {
            let (opening, run) = read(opening.clone()).await?;
            // A mark proves nothing by itself: it must be the present one, and of this ticket.
            let ours = |c: &CustomerRecord| c.opening == opening && c.ticket.as_ref() == Some(&job.ticket);
            if run.conversation.as_ref().is_some_and(ours) {
                return Ok(Some((opening, run)));
            }
            // Its opening is under way, however long that takes: the helpdesk has the ticket, and the map does not yet.
            if run.conversation.as_ref().is_some_and(|c| c.opening == opening && c.state == State::Claimed) {
                return Err(NOT_KNOWN_YET);
            }
        }
        match self.store.conversation_of_ticket(&job.ticket, now).await? {
            Some(opening) => Ok(Some(read(opening).await?)),
            None if now.since(job.received_at) < UNKNOWN_TICKET => Err(NOT_KNOWN_YET),
            None => Ok(None),
        }
    }

    async fn event(&self, run: &mut Run<'_>, to: &TicketRef, step: &Step, looking: &mut bool) -> Result<(), Failure> {
        let event = &step.event;
        let entry = RecentId::of_ticket(&to.ticket, event.kind.name(), &event.id, &self.key);
        if event.kind == AgentEventKind::Reference {
            // All that it stood for was told.
            run.delivered(entry);
            return Ok(());
        }
        // The ticket was merged into one of another customer, whose agent's words are not for this one.
        let mut anothers = false;
        for _ in 0..MAX_DECISIONS {
            // What had its effect in an earlier opening is known, too: a late copy tells the agent nothing.
            if run.knows(entry) {
                return Ok(());
            }
            let now = self.clock.now();
            let conversation = run.conversation.as_ref();
            let (opening, ticket) = (&to.opening, &to.ticket);
            let mut decision =
                agent_event(conversation, opening, ticket, &event.kind, step.received, now, self.close_delay);
            if anothers && decision == AgentDecision::Move {
                decision = AgentDecision::Close;
            }
            match decision {
                AgentDecision::Ignore => return Ok(()),
                AgentDecision::Refuse(late) => {
                    let reason = match late {
                        Late::Closed => NotDelivered::Closed,
                        Late::Superseded => NotDelivered::Superseded,
                    };
                    if !*looking || !self.arrived(run, to, step, entry).await? {
                        self.tell_agent(to, event, &reason).await?;
                    }
                    run.delivered(entry);
                    return Ok(());
                }
                AgentDecision::Deliver if self.is_own(event).await => {
                    // Nobody to announce; and what somebody writes by hand as this user must not be lost in silence.
                    if matches!(event.kind, AgentEventKind::Message { .. }) {
                        self.tell_agent(to, event, &NotDelivered::OwnUser).await?;
                    }
                    run.delivered(entry);
                    return Ok(());
                }
                AgentDecision::Deliver => {
                    if self.deliver(run, to, step, looking).await? == Said::InTime {
                        // Typing is harmless twice, and would push words out of the ring.
                        // What Blip knew already is asked about again, rather than that it pushes out what is newer.
                        let known = step.doubtful && *looking;
                        if !known && !matches!(event.kind, AgentEventKind::Typing { .. }) {
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
                AgentDecision::Close => match self.store.begin_closing(&to.opening, now).await {
                    Ok(()) => {
                        if let Some(conversation) = &mut run.conversation {
                            conversation.state = State::Closing { since: now };
                        }
                    }
                    Err(StoreError::Conflict) => run.reload(now).await?,
                    Err(error) => return Err(error.into()),
                },
                AgentDecision::HandOn => {
                    self.hand_on(to, event).await?;
                    run.delivered(entry);
                    return Ok(());
                }
            }
        }
        Err(Failure::later("the conversation kept changing"))
    }

    /// Whether words that come too late now had reached Blip, whole, in an earlier try.
    async fn arrived(&self, run: &mut Run<'_>, to: &TicketRef, step: &Step, entry: RecentId) -> Result<bool, Failure> {
        let parts = ready(run, entry, step.parts.clone())?;
        let Some(conversation) = &run.conversation else { return Ok(false) };
        let said: Vec<usize> =
            parts.iter().filter(|part| part.content.is_some()).map(|part| part.position.number()).collect();
        for number in &said {
            let id = BlipId::agent(&to.opening, &to.ticket, &step.event.id, *number).render();
            if !self.blip.knows(&conversation.address, &id).await? {
                return Ok(false);
            }
        }
        Ok(!said.is_empty())
    }

    async fn hand_on(&self, to: &TicketRef, event: &AgentEvent) -> Result<(), Failure> {
        let service = match &event.kind {
            AgentEventKind::Closed { service } => service.clone(),
            _ => None,
        };
        let ticket = Some(to.ticket.clone());
        let job = CloseJob { v: VERSION, replayed: false, opening: to.opening.clone(), ticket, service };
        self.queue.send(&job.addressed(&self.key)).await
    }
}

fn read(record: &Record, deadline: Deadline) -> Option<Read> {
    let job: ToCustomerJob = record.job()?;
    let tries = Tries { attempts: record.attempts, replayed: job.replayed, deadline };
    Some(Read { job, tries, steps: Vec::new(), unread: None, ours: Ok(false) })
}
