//! Deliver to Blip: what came from the helpdesk, in the order of its ticket. A close is handed on.
//!
//! Called by the function `to-blip` for the records of one group, which is one ticket.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;

use super::{
    Failure,
    batch::{Deadline, Stopped, Worker, caught},
    files::{Copying, Part, SHORTEST_COPY, Whose},
    ports::{
        Blip, Clock, FileProblem, Files, Helpdesk, NotDelivered, Outgoing, Queue, Store, StoreError, TicketRef,
        shown_name,
    },
    run::{Run, Side, Tries, time_is_up},
    to_helpdesk::tell_parked,
};
use crate::{
    conversation::{AgentDecision, Conversation, Late, RingEntry, State, UNDER_WAY, agent_event},
    hash::HashKey,
    lime::Document,
    message::{
        Agent, AgentEvent, AgentEventKind, BlipId, Capabilities, Content, OpeningId, TicketId, channel_capabilities,
        document_of, is_numbered,
    },
    queue::{CloseJob, Record, ToBlipJob, VERSION},
    texts::{Text, Texts},
};

/// How long an event of an unknown ticket is tried again, since its opening may be under way.
const UNKNOWN_TICKET: Duration = Duration::from_mins(2);
/// How often one event is decided anew after the map changed under it.
const MAX_DECISIONS: usize = 4;

/// Whether words were still in time once everything before them was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    InTime,
    TooLate,
}

/// The use case.
#[derive(Clone)]
pub struct ToBlip {
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
    pub parts: Result<Vec<Part>, Failure>,
}

/// The job of a record, and how often it was tried.
struct Read {
    job: ToBlipJob,
    tries: Tries,
    /// Its events, and those that are told with them.
    steps: Vec<Step>,
    /// Why what comes after these could not be read.
    unread: Option<Failure>,
    /// Whether its ticket is one of ours, asked for each record until one is: what came later is not as long unknown.
    ours: Result<bool, Failure>,
}

impl std::fmt::Debug for ToBlip {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ToBlip")
    }
}

#[async_trait]
impl Worker for ToBlip {
    fn name(&self) -> &'static str {
        "to-blip"
    }

    /// Its effect may have happened, and the helpdesk may send a copy, which does not say that it is one: it must look before it
    /// repeats.
    async fn parking(&self, record: &Record) -> Result<(), Failure> {
        let Some(ToBlipJob { ticket, events, .. }) = record.any_version() else { return Ok(()) };
        let now = self.clock.now();
        let Some(opening) = self.store.way_back(&ticket, now).await? else { return Ok(()) };
        let mut run = Run::load(&*self.store, Side::Outbound, opening.conversation(), now).await?;
        for event in &events {
            run.delivered(self.parked_entry(&ticket, event));
        }
        run.save(now).await
    }

    async fn parked(&self, record: &Record) {
        let Some(ToBlipJob { ticket, events, .. }) = record.any_version() else { return };
        let waits = |event: &&AgentEvent| {
            matches!(
                event.kind,
                AgentEventKind::Message { .. } | AgentEventKind::Closed { .. } | AgentEventKind::Reference
            )
        };
        let Some(event) = events.iter().find(waits) else { return };
        let Ok(Some(opening)) = self.store.way_back(&ticket, self.clock.now()).await else { return };
        let id = self.key.hex(&["parked", event.kind.name(), event.id.as_str()]);
        tell_parked(&*self.helpdesk, &self.texts, &TicketRef { opening, ticket }, &id, "parked_agent").await;
    }

    async fn run(&self, records: &[Record], deadline: Deadline) -> Stopped {
        let mut run: Option<(OpeningId, Run<'_>)> = None;
        let mut done = 0;
        let mut failure = None;
        let mut read: Vec<Option<Read>> = records.iter().map(|record| read(record, deadline)).collect();
        self.make_ready(&mut run, &mut read).await;
        for read in &read {
            if done > 0 && !deadline.allows(self.clock.now(), UNDER_WAY) {
                failure = Some(time_is_up());
                break;
            }
            match caught(self.record(&mut run, read.as_ref())).await {
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
            return Stopped { done: 0, failure: Some(unsaved) };
        }
        Stopped { done, failure }
    }
}

impl ToBlip {
    /// That an event was parked, as the ring remembers it.
    fn parked_entry(&self, ticket: &TicketId, event: &AgentEvent) -> RingEntry {
        RingEntry::of_ticket(ticket, "parked", &event.id, &self.key)
    }

    /// Makes ready what is delivered, for all records before the first of them has an effect. What fails stops the run when
    /// its turn comes, and not before.
    async fn make_ready<'a>(&'a self, run: &mut Option<(OpeningId, Run<'a>)>, read: &mut [Option<Read>]) {
        let mut first = true;
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
            let to = TicketRef { opening: opening.clone(), ticket: read.job.ticket.clone() };
            // What was looked up must still be told in this run, or the next one would look it up again: half of the time is for that.
            let left = read.tries.deadline.left(self.clock.now());
            let whole = *whole.get_or_insert(left);
            let looks = read.job.events.iter().any(|event| event.kind == AgentEventKind::Reference);
            if looks && left < whole / 2 {
                read.unread = Some(time_is_up());
                continue;
            }
            let (events, unread) = self.looked_up(run, &to, &read.job.events, &mut seen).await;
            for event in events {
                let named = |content: &Content| matches!(content, Content::File { .. });
                let copies =
                    matches!(&event.kind, AgentEventKind::Message { contents, .. } if contents.iter().any(named));
                let entry = RingEntry::of_ticket(&to.ticket, event.kind.name(), &event.id, &self.key);
                let late = !first && read.tries.deadline.left(self.clock.now()) < SHORTEST_COPY;
                let parts = if run.knows(entry) {
                    Ok(Vec::new())
                } else if copies && late {
                    Err(time_is_up())
                } else {
                    self.parts(run, &read.job, &event, read.tries).await
                };
                first &= !copies;
                read.steps.push(Step { event, parts });
            }
            read.unread = unread;
        }
    }

    /// What is delivered of an event: its files copied, and all of it as the customer's channel can show it.
    async fn parts(
        &self,
        run: &Run<'_>,
        job: &ToBlipJob,
        event: &AgentEvent,
        tries: Tries,
    ) -> Result<Vec<Part>, Failure> {
        let AgentEventKind::Message { contents, .. } = &event.kind else { return Ok(Vec::new()) };
        let copying = Copying { files: &*self.files, clock: &*self.clock, limit: self.file_limit, tries };
        // The agent is told of a lost file; the customer gets the words that came with it.
        let lost = |_: FileProblem, _: Option<String>, caption: Option<String>| caption;
        let access = |url: &str| self.helpdesk.file_access(url);
        let whose = Whose { conversation: run.key(), source: job.ticket.as_str(), message: &event.id, key: &self.key };
        copying.parts(contents.clone(), &whose, channel(run), access, None, lost).await
    }

    async fn record<'a>(&'a self, run: &mut Option<(OpeningId, Run<'a>)>, read: Option<&Read>) -> Result<(), Failure> {
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
            self.event(run, &to, step, &mut looking).await?;
        }
        unread.clone().map_or(Ok(()), Err)
    }

    /// Reads the conversation that the ticket belongs to: by our mark where the event carries it, else by the way back.
    /// `None` when the ticket has been unknown for too long.
    async fn load(&self, job: &ToBlipJob) -> Result<Option<(OpeningId, Run<'_>)>, Failure> {
        let now = self.clock.now();
        let read = async |opening: OpeningId| {
            let run = Run::load(&*self.store, Side::Outbound, opening.conversation(), now).await?;
            Ok::<_, Failure>((opening, run))
        };
        if let Some(opening) = &job.opening {
            let (opening, run) = read(opening.clone()).await?;
            // A mark proves nothing by itself: it must be the present one, and of this ticket.
            let ours = |c: &Conversation| c.opening == opening && c.ticket.as_ref() == Some(&job.ticket);
            if run.conversation.as_ref().is_some_and(ours) {
                return Ok(Some((opening, run)));
            }
            // Its opening is under way, however long that takes: the helpdesk has the ticket, and the map does not yet.
            if run.conversation.as_ref().is_some_and(|c| c.opening == opening && c.state == State::Claimed) {
                return Err(Failure::Later { after: Some(Duration::from_secs(5)), why: "the ticket is not known yet" });
            }
        }
        match self.store.way_back(&job.ticket, now).await? {
            Some(opening) => Ok(Some(read(opening).await?)),
            None if now.since(job.received_at) < UNKNOWN_TICKET => {
                Err(Failure::Later { after: Some(Duration::from_secs(5)), why: "the ticket is not known yet" })
            }
            None => Ok(None),
        }
    }

    async fn event(&self, run: &mut Run<'_>, to: &TicketRef, step: &Step, looking: &mut bool) -> Result<(), Failure> {
        let event = &step.event;
        let entry = RingEntry::of_ticket(&to.ticket, event.kind.name(), &event.id, &self.key);
        if event.kind == AgentEventKind::Reference {
            // All that it stood for was told.
            run.delivered(entry);
            return Ok(());
        }
        for _ in 0..MAX_DECISIONS {
            // What had its effect in an earlier opening is known, too: a late copy tells the agent nothing.
            if run.knows(entry) {
                return Ok(());
            }
            let now = self.clock.now();
            match agent_event(run.conversation.as_ref(), &to.opening, &event.kind, now, self.close_delay) {
                AgentDecision::Ignore => return Ok(()),
                AgentDecision::Refuse(late) => {
                    let reason = match late {
                        Late::Closed => NotDelivered::Closed,
                        Late::Superseded => NotDelivered::Superseded,
                    };
                    if !*looking || !self.arrived(run, to, step).await? {
                        self.tell_agent(to, event, &reason).await?;
                    }
                    run.delivered(entry);
                    return Ok(());
                }
                AgentDecision::Deliver => {
                    if self.deliver(run, to, step, looking).await? == Said::InTime {
                        // Typing is harmless twice, and would push words out of the ring.
                        if !matches!(event.kind, AgentEventKind::Typing { .. }) {
                            run.delivered(entry);
                        }
                        return Ok(());
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
    async fn arrived(&self, run: &Run<'_>, to: &TicketRef, step: &Step) -> Result<bool, Failure> {
        let Some(conversation) = &run.conversation else { return Ok(false) };
        let parts = step.parts.clone()?;
        let said: Vec<usize> = parts.iter().filter(|part| part.content.is_some()).map(|part| part.number).collect();
        for number in &said {
            let id = BlipId::agent(&to.opening, &to.ticket, &step.event.id, *number).render();
            if !self.blip.knows(&conversation.address, &id).await? {
                return Ok(false);
            }
        }
        Ok(!said.is_empty())
    }

    async fn deliver(
        &self,
        run: &mut Run<'_>,
        to: &TicketRef,
        step: &Step,
        looking: &mut bool,
    ) -> Result<Said, Failure> {
        let Some(conversation) = run.conversation.clone() else { return Ok(Said::InTime) };
        match &step.event.kind {
            AgentEventKind::Message { contents, .. } => {
                return self.words(run, &conversation, to, step, contents, looking).await;
            }
            AgentEventKind::Assigned { agent } => {
                self.announce(run, &conversation, agent, &step.event, looking).await?;
            }
            AgentEventKind::Typing { on } if channel(run).typing => {
                let document = Document::chat_state(if *on { "composing" } else { "paused" });
                let message = Outgoing { id: None, to: conversation.address, document };
                // Worth nothing later: it is not tried again.
                if let Err(failure) = self.blip.send(&message).await {
                    tracing::debug!(kind = failure.kind(), "a chat state was not sent");
                }
            }
            AgentEventKind::Typing { .. } | AgentEventKind::Closed { .. } | AgentEventKind::Reference => {}
        }
        Ok(Said::InTime)
    }

    async fn words(
        &self,
        run: &mut Run<'_>,
        conversation: &Conversation,
        to: &TicketRef,
        step: &Step,
        contents: &[Content],
        looking: &mut bool,
    ) -> Result<Said, Failure> {
        let event = &step.event;
        let parts = step.parts.clone()?;
        let several = parts.len() > 1;
        for Part { number, content, problem } in parts {
            let part = RingEntry::of_ticket(&to.ticket, "part", &event.id.part(number), &self.key);
            if run.knows(part) {
                continue;
            }
            if let Some(problem) = problem {
                self.tell_agent(to, event, &NotDelivered::File(problem)).await?;
            }
            if let Some(content) = content {
                let id = BlipId::agent(&to.opening, &to.ticket, &event.id, number).render();
                let looked = *looking;
                if *looking {
                    *looking = self.blip.knows(&conversation.address, &id).await?;
                }
                // Looking and the parts before took their time, and the customer may be about to leave.
                let now = self.clock.now();
                let decision = agent_event(Some(conversation), &to.opening, &event.kind, now, self.close_delay);
                if !*looking && decision != AgentDecision::Deliver {
                    return Ok(Said::TooLate);
                }
                if !*looking {
                    let document = document_of(&content);
                    let message = Outgoing { id: Some(id), to: conversation.address.clone(), document };
                    match self.blip.send(&message).await {
                        Ok(()) => {}
                        Err(Failure::Refused { .. }) => {
                            let reason = NotDelivered::Channel { code: None, description: None };
                            self.tell_agent(to, event, &reason).await?;
                            // Blip knows nothing of what it refused, and the earlier try went on after it all the same.
                            *looking = looked;
                        }
                        Err(failure) => return Err(failure),
                    }
                }
            }
            if several {
                run.delivered(part);
            }
        }
        run.offers(offered(contents, channel(run)));
        Ok(Said::InTime)
    }

    /// Tells the customer whom he is talking to, once for each agent.
    async fn announce(
        &self,
        run: &mut Run<'_>,
        conversation: &Conversation,
        agent: &Agent,
        event: &AgentEvent,
        looking: &mut bool,
    ) -> Result<(), Failure> {
        let Some(name) = shown_name(agent) else { return Ok(()) };
        if conversation.agent.as_deref() == Some(name) {
            return Ok(());
        }
        if let Some(text) = self.texts.get(Text::AgentJoined { name }) {
            let which: String = self.key.hex(&["joined", event.id.as_str()]).chars().take(8).collect();
            let id = BlipId::system(&conversation.opening, &format!("joined-{which}")).render();
            *looking = *looking && self.blip.knows(&conversation.address, &id).await?;
            if !*looking {
                let message =
                    Outgoing { id: Some(id), to: conversation.address.clone(), document: Document::text(text) };
                match self.blip.send(&message).await {
                    Ok(()) | Err(Failure::Refused { .. }) => {}
                    Err(failure) => return Err(failure),
                }
            }
        }
        run.agent = Some(name.to_owned());
        if let Some(conversation) = &mut run.conversation {
            conversation.agent = Some(name.to_owned());
        }
        Ok(())
    }

    async fn hand_on(&self, to: &TicketRef, event: &AgentEvent) -> Result<(), Failure> {
        let service = match &event.kind {
            AgentEventKind::Closed { service } => service.clone(),
            _ => None,
        };
        let job =
            CloseJob { v: VERSION, replayed: false, opening: to.opening.clone(), ticket: to.ticket.clone(), service };
        self.queue.send(&job.addressed(&self.key)).await
    }

    async fn tell_agent(&self, to: &TicketRef, event: &AgentEvent, reason: &NotDelivered) -> Result<(), Failure> {
        match self.helpdesk.not_delivered(to, &event.id, reason).await {
            // A ticket that is gone has nobody to tell.
            Err(Failure::Gone) => Ok(()),
            outcome => outcome,
        }
    }
}

fn read(record: &Record, deadline: Deadline) -> Option<Read> {
    let job: ToBlipJob = record.job()?;
    let tries = Tries { attempts: record.attempts, replayed: job.replayed, deadline };
    Some(Read { job, tries, steps: Vec::new(), unread: None, ours: Ok(false) })
}

/// What the customer's channel can show.
fn channel(run: &Run<'_>) -> &'static Capabilities {
    let domain = run.conversation.as_ref().map_or("", |conversation| conversation.channel.as_str());
    channel_capabilities(domain)
}

/// The answers that the customer sees as numbers, if they are the last thing that was said.
fn offered<'a>(contents: &'a [Content], channel: &Capabilities) -> &'a [String] {
    match contents.last() {
        Some(content @ Content::Choices { options, .. }) if is_numbered(content, channel) => options,
        _ => &[],
    }
}
