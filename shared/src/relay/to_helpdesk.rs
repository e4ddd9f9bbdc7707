//! Deliver to the helpdesk: what came from Blip, in the order of its conversation.
//!
//! Called by the function `to-helpdesk` for the records of one group: a customer's messages and tickets, or the
//! notifications of one opening.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;

use super::{
    Failure, answered,
    batch::{Deadline, Stopped, Worker, caught},
    files::{Copying, Part, SHORTEST_COPY, Whose},
    ports::{
        Blip, Clock, CustomerMessage, EndedBy, FileProblem, Files, Helpdesk, Outgoing, Queue, Status, Store, TicketRef,
    },
    run::{Run, Side, Tries, time_is_up},
};
use crate::{
    clock::Timestamp,
    conversation::{CustomerDecision, CustomerEvent, RingEntry, State, customer_event},
    hash::HashKey,
    lime::{Document, Envelope, Event, Message, Node, Notification, Ticket, TicketStatus},
    message::{AgentEvent, BlipId, Content, ConversationKey, SourceId, chosen, contents_of},
    queue::{Record, ToBlipJob, ToHelpdeskJob, VERSION},
    texts::{Texts, own},
};

/// The longest that one record may take once it has begun: an opening with its look-ups.
const LONGEST_EFFECT: Duration = Duration::from_secs(8);
/// How often one record is decided anew after the map changed under it.
const MAX_DECISIONS: usize = 6;

/// The use case.
#[derive(Clone)]
pub struct ToHelpdesk {
    pub store: Arc<dyn Store>,
    pub blip: Arc<dyn Blip>,
    pub helpdesk: Arc<dyn Helpdesk>,
    /// The helpdesk's name: part of a job's address.
    pub name: String,
    /// Where the answers of a helpdesk go that answers at once.
    pub queue: Arc<dyn Queue>,
    pub files: Arc<dyn Files>,
    pub clock: Arc<dyn Clock>,
    pub key: HashKey,
    pub texts: Texts,
    /// The attendant that Blip's tickets are given to (`mail%40company.com@blip.ai`).
    pub agent_identity: String,
    /// The largest file that is passed on, in bytes.
    pub file_limit: u64,
}

impl std::fmt::Debug for ToHelpdesk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ToHelpdesk")
    }
}

/// A record as it was read.
pub(super) enum Read {
    Message(Box<Incoming>),
    /// The customer types, or stopped.
    Typing {
        conversation: ConversationKey,
        on: bool,
    },
    /// What became of a message of ours.
    Notification(Box<Notification>),
    /// There is nothing in it for the helpdesk.
    Nothing,
    Broken(&'static str),
}

/// A message or ticket as it came, with what the decisions need.
pub(super) struct Incoming {
    pub id: SourceId,
    pub received: Timestamp,
    pub event: CustomerEvent,
    pub address: Node,
    pub conversation: ConversationKey,
    pub message: Message,
    pub tries: Tries,
    ended_by: EndedBy,
    /// What is delivered, where it was made ahead: its files copied before the run's first effect.
    pub parts: Option<Result<Vec<Part>, Failure>>,
}

impl Incoming {
    /// The ticket document, when it is one.
    pub(super) fn ticket(&self) -> Option<&Ticket> {
        match &self.message.document {
            Document::Ticket(ticket) => Some(ticket),
            _ => None,
        }
    }

    /// Reads a message. `None` when there is nothing in it for the helpdesk.
    fn of(id: SourceId, received: Timestamp, message: Message, tries: Tries, key: &HashKey) -> Option<Self> {
        let address = message.sender()?.clone();
        let (event, ended_by) = match &message.document {
            Document::Ticket(ticket) => match ticket.status() {
                TicketStatus::Waiting => (CustomerEvent::Waiting, EndedBy::Customer),
                TicketStatus::Closed(_) => (CustomerEvent::Ended, EndedBy::Customer),
                TicketStatus::Transferred => (CustomerEvent::Ended, EndedBy::Transfer),
                _ => return None,
            },
            document if document.is_internal() => return None,
            _ => (CustomerEvent::Words, EndedBy::Customer),
        };
        let conversation = ConversationKey::of(&address, key);
        Some(Self { id, received, event, address, conversation, message, tries, ended_by, parts: None })
    }
}

#[async_trait]
impl Worker for ToHelpdesk {
    fn name(&self) -> &'static str {
        "to-helpdesk"
    }

    async fn run(&self, records: &[Record], deadline: Deadline) -> Stopped {
        let mut run: Option<Run<'_>> = None;
        let mut done = 0;
        let mut failure = None;
        let mut read: Vec<Read> = records.iter().map(|record| self.read(record, deadline)).collect();
        if let Err(unread) = self.copy_ahead(&mut run, &mut read).await {
            return Stopped { done: 0, failure: Some(unread) };
        }
        while let Some(rest) = read.get_mut(done..).filter(|rest| !rest.is_empty()) {
            if done > 0 && !deadline.allows(self.clock.now(), LONGEST_EFFECT) {
                failure = Some(time_is_up());
                break;
            }
            match caught(self.next(&mut run, rest)).await {
                Ok(records) => done += records,
                Err(stopped) => {
                    failure = Some(stopped);
                    break;
                }
            }
        }
        if let Some(run) = &mut run
            && let Err(unsaved) = run.save(self.clock.now()).await
        {
            return Stopped { done: 0, failure: Some(unsaved) };
        }
        if let Some(run) = run {
            self.send_receipts(run).await;
        }
        Stopped { done, failure }
    }

    async fn parked(&self, record: &Record) {
        let Some(ToHelpdeskJob { envelope, id, .. }) = record.any_version() else { return };
        let Ok(Envelope::Message(message)) = Envelope::from_value(envelope) else { return };
        let Some(address) = message.sender() else { return };
        let key = ConversationKey::of(address, &self.key);
        let run = Run::load(&*self.store, Side::Inbound, key, self.clock.now()).await;
        if let Some(to) = run.ok().as_ref().and_then(ticket_ref) {
            let id = self.key.hex(&["parked", id.as_str()]);
            tell_parked(&*self.helpdesk, &self.texts, &to, &id, "parked").await;
        }
    }
}

impl ToHelpdesk {
    fn read(&self, record: &Record, deadline: Deadline) -> Read {
        let Some(job) = record.job::<ToHelpdeskJob>() else { return Read::Broken("not a job of this version") };
        let message = match Envelope::from_value(job.envelope) {
            Ok(Envelope::Notification(notification)) => return Read::Notification(Box::new(notification)),
            Ok(Envelope::Message(message)) => message,
            _ => return Read::Broken("not an envelope"),
        };
        if let (Some(sender), Document::ChatState(state)) = (message.sender(), &message.document) {
            let conversation = ConversationKey::of(sender, &self.key);
            return Read::Typing { conversation, on: state.is_composing() };
        }
        let tries = Tries { attempts: record.attempts, replayed: job.replayed, deadline };
        match Incoming::of(job.id, job.received_at, message, tries, &self.key) {
            Some(incoming) => Read::Message(Box::new(incoming)),
            None => Read::Nothing,
        }
    }

    /// The run's conversation, read once.
    pub(super) async fn loaded<'a, 'b>(
        &'a self,
        run: &'b mut Option<Run<'a>>,
        key: &ConversationKey,
    ) -> Result<&'b mut Run<'a>, Failure> {
        match run {
            Some(run) => Ok(run),
            none => {
                let read = Run::load(&*self.store, Side::Inbound, key.clone(), self.clock.now()).await?;
                Ok(none.insert(read))
            }
        }
    }

    /// Copies the files of all messages before the first of them has an effect: a link lives for minutes, and an effect may
    /// have to wait for hours. What fails stops the run when its turn comes, and not before.
    async fn copy_ahead<'a>(&'a self, run: &mut Option<Run<'a>>, read: &mut [Read]) -> Result<(), Failure> {
        let mut first = true;
        for read in read {
            let Read::Message(incoming) = read else { continue };
            if incoming.event != CustomerEvent::Words || !has_file(&incoming.message.document) {
                continue;
            }
            let run = self.loaded(run, &incoming.conversation).await?;
            if run.knows(RingEntry::of("message", &incoming.id, &self.key)) {
                continue;
            }
            let parts = if first || incoming.tries.deadline.left(self.clock.now()) > SHORTEST_COPY {
                self.parts(run, &incoming.id, &incoming.message.document, incoming.tries).await
            } else {
                Err(time_is_up())
            };
            first = false;
            incoming.parts = Some(parts);
        }
        Ok(())
    }

    /// What a document of the customer is for the helpdesk, its files copied.
    pub(super) async fn parts(
        &self,
        run: &Run<'_>,
        id: &SourceId,
        document: &Document,
        tries: Tries,
    ) -> Result<Vec<Part>, Failure> {
        let mut contents = contents_of(document);
        let offer = run.conversation.as_ref().map(|conversation| conversation.offer.as_slice()).unwrap_or_default();
        if let (Document::Text(text), [Content::Text { text: said }]) = (document, contents.as_mut_slice())
            && let Some(option) = chosen(text, offer)
        {
            option.clone_into(said);
        }
        let copying = Copying { files: &*self.files, clock: &*self.clock, limit: self.file_limit, tries };
        let language = self.texts.language;
        let lost = |problem: FileProblem, name: Option<String>, caption: Option<String>| {
            let name = name.map(|name| format!("{name}: ")).unwrap_or_default();
            let words = format!("[{name}{}]", problem.words(language));
            Some(caption.map_or_else(|| words.clone(), |caption| format!("{caption}\n{words}")))
        };
        let access = |url: &str| self.blip.file_access(url);
        let whose = Whose { conversation: run.key(), source: "customer", message: id, key: &self.key };
        let to = self.helpdesk.capabilities();
        copying.parts(contents, &whose, to, access, Some(&*self.blip), lost).await
    }

    /// Works the next record, or the next few at once. How many they were.
    async fn next<'a>(&'a self, run: &mut Option<Run<'a>>, rest: &mut [Read]) -> Result<usize, Failure> {
        match (self.together(run, rest).await?, rest.first_mut()) {
            (0, Some(first)) => self.record(run, first).await.map(|()| 1),
            (records, _) => Ok(records),
        }
    }

    async fn record<'a>(&'a self, run: &mut Option<Run<'a>>, read: &mut Read) -> Result<(), Failure> {
        match read {
            Read::Broken(why) => Err(Failure::Broken { why }),
            Read::Nothing => Ok(()),
            Read::Message(incoming) => {
                let run = self.loaded(run, &incoming.conversation).await?;
                self.incoming(run, incoming).await
            }
            Read::Typing { conversation, on } => {
                let run = self.loaded(run, conversation).await?;
                self.typing(run, *on).await;
                Ok(())
            }
            Read::Notification(notification) => match notification.event {
                Event::Received => self.status(run, notification, Status::Received).await,
                Event::Consumed => self.status(run, notification, Status::Consumed).await,
                _ => self.failed(notification).await,
            },
        }
    }

    async fn incoming(&self, run: &mut Run<'_>, incoming: &mut Incoming) -> Result<(), Failure> {
        let kind = if incoming.event == CustomerEvent::Words { "message" } else { "ticket" };
        let entry = RingEntry::of(kind, &incoming.id, &self.key);
        let mut reopen = false;
        for _ in 0..MAX_DECISIONS {
            if run.knows(entry) {
                return Ok(());
            }
            let decision = if std::mem::take(&mut reopen) {
                CustomerDecision::Open
            } else {
                customer_event(run.conversation.as_ref(), incoming.event, incoming.received, incoming.tries.earlier())
            };
            match decision {
                CustomerDecision::Ignore => return Ok(()),
                CustomerDecision::Wait => {
                    return Err(Failure::Later {
                        after: Some(Duration::from_secs(2)),
                        why: "the conversation is closing",
                    });
                }
                CustomerDecision::Open => self.claim(run, incoming).await?,
                CustomerDecision::Resume => {
                    self.resume(run, incoming).await?;
                    let open = run.conversation.as_ref().is_some_and(|c| c.state == State::Open);
                    if open && incoming.event == CustomerEvent::Waiting {
                        run.delivered(entry);
                    }
                }
                CustomerDecision::Deliver | CustomerDecision::Late => {
                    let Some(to) = ticket_ref(run) else { return Ok(()) };
                    let late = decision == CustomerDecision::Late;
                    let parts = match &incoming.parts {
                        Some(copied) => copied.clone()?,
                        None => self.parts(run, &incoming.id, &incoming.message.document, incoming.tries).await?,
                    };
                    let complete = parts.iter().all(|part| part.problem.is_none());
                    let said = Said { id: &incoming.id, at: incoming.received, late, again: incoming.tries.again() };
                    match self.deliver_parts(run, &to, said, &parts).await {
                        // A note for a ticket that is gone has nobody to read it.
                        Err(Failure::Gone) if late => {
                            run.delivered(entry);
                            return Ok(());
                        }
                        // The ticket is gone for good: this ends the opening, and the message opens the next one.
                        Err(Failure::Gone) => {
                            self.close_in_map(run).await?;
                            reopen = true;
                        }
                        Ok(()) => {
                            run.receipt(&incoming.message, if complete { Event::Consumed } else { Event::Failed });
                            return Ok(());
                        }
                        Err(Failure::Refused { .. }) => {
                            run.receipt(&incoming.message, Event::Failed);
                            self.tell_customer(run, &incoming.id).await?;
                            run.delivered(entry);
                            return Ok(());
                        }
                        Err(failure) => return Err(failure),
                    }
                }
                CustomerDecision::End => {
                    if let Some(to) = ticket_ref(run) {
                        match self.helpdesk.ended(&to, incoming.ended_by).await {
                            Ok(()) | Err(Failure::Gone | Failure::Refused { .. }) => {}
                            Err(failure) => return Err(failure),
                        }
                    }
                    self.close_in_map(run).await?;
                    run.delivered(entry);
                    return Ok(());
                }
            }
        }
        Err(Failure::later("the conversation kept changing"))
    }

    /// The helpdesk will never take this message: its sender is told, in words at most once an hour.
    pub(super) async fn tell_customer(&self, run: &mut Run<'_>, message: &SourceId) -> Result<(), Failure> {
        let Some(conversation) = run.conversation.clone() else { return Ok(()) };
        let Some(text) = own(self.texts.language, "not_delivered") else { return Ok(()) };
        let now = self.clock.now();
        if !run.may_tell(now) {
            return Ok(());
        }
        let which: String = self.key.hex(&["not-delivered", message.as_str()]).chars().take(8).collect();
        let id = BlipId::system(&conversation.opening, &format!("not-delivered-{which}")).render();
        let message = Outgoing { id: Some(id), to: conversation.address, document: Document::text(text) };
        match self.blip.send(&message).await {
            Ok(()) | Err(Failure::Refused { .. }) => {
                run.told(now);
                Ok(())
            }
            Err(failure) => Err(failure),
        }
    }

    /// Posts each part of a message once, and remembers the whole.
    pub(super) async fn deliver_parts(
        &self,
        run: &mut Run<'_>,
        to: &TicketRef,
        said: Said<'_>,
        parts: &[Part],
    ) -> Result<(), Failure> {
        let several = parts.len() > 1;
        for Part { number, content, problem } in parts {
            let part = if several { said.id.part(*number) } else { said.id.clone() };
            let entry = RingEntry::of("message", &part, &self.key);
            if run.knows(entry) {
                continue;
            }
            if let Some(problem) = problem {
                self.tell_of_file(run, &part, *problem, said.again).await?;
            }
            if let Some(content) = content.clone() {
                let message = CustomerMessage {
                    id: self.wire_id(&part),
                    content,
                    at: said.at,
                    late: said.late,
                    again: said.again,
                };
                let answer = self.helpdesk.converse(to, &message).await?;
                self.answered(to, answer).await?;
            }
            run.delivered(entry);
        }
        if several {
            run.delivered(RingEntry::of("message", said.id, &self.key));
        }
        Ok(())
    }

    /// What the helpdesk answered in the call itself goes the way that its callbacks go.
    async fn answered(&self, to: &TicketRef, events: Vec<AgentEvent>) -> Result<(), Failure> {
        if events.is_empty() {
            return Ok(());
        }
        let job = ToBlipJob {
            v: VERSION,
            replayed: false,
            received_at: self.clock.now(),
            ticket: to.ticket.clone(),
            opening: Some(to.opening.clone()),
            events,
        };
        for job in answered::jobs(&job, &self.name, &self.key) {
            self.queue.send(&job).await?;
        }
        Ok(())
    }

    /// A file of the customer's cannot be passed on: the customer is told, once for each.
    async fn tell_of_file(
        &self,
        run: &Run<'_>,
        part: &SourceId,
        problem: FileProblem,
        again: bool,
    ) -> Result<(), Failure> {
        let Some(conversation) = &run.conversation else { return Ok(()) };
        let which: String = self.key.hex(&["lost-file", part.as_str()]).chars().take(8).collect();
        let id = BlipId::system(&conversation.opening, &format!("lost-file-{which}")).render();
        if again && self.blip.knows(&conversation.address, &id).await? {
            return Ok(());
        }
        let document = Document::text(problem.words(self.texts.language));
        match self.blip.send(&Outgoing { id: Some(id), to: conversation.address.clone(), document }).await {
            Ok(()) | Err(Failure::Refused { .. }) => Ok(()),
            Err(failure) => Err(failure),
        }
    }

    /// Ends the present opening in the map.
    pub(super) async fn close_in_map(&self, run: &mut Run<'_>) -> Result<(), Failure> {
        let now = self.clock.now();
        if let Some(conversation) = &mut run.conversation {
            self.store.close(&conversation.opening, now).await?;
            conversation.state = State::Closed { at: now };
            run.opens = false;
        }
        Ok(())
    }
}

/// Tells the agent, once, that something was parked. The alarm is there in any case.
pub(super) async fn tell_parked(helpdesk: &dyn Helpdesk, texts: &Texts, to: &TicketRef, id: &str, what: &str) {
    let Some(text) = own(texts.language, what) else { return };
    if let Err(failure) = helpdesk.note(to, id, text).await {
        tracing::warn!(kind = failure.kind(), "the agent was not told of what was parked");
    }
}

/// What is delivered, and how.
#[derive(Clone, Copy)]
pub(super) struct Said<'a> {
    pub id: &'a SourceId,
    pub at: Timestamp,
    pub late: bool,
    /// An earlier try may have had its effect.
    pub again: bool,
}

/// Whether anything in it must be copied.
fn has_file(document: &Document) -> bool {
    contents_of(document).iter().any(|content| matches!(content, Content::File { .. }))
}

pub(super) fn ticket_ref(run: &Run<'_>) -> Option<TicketRef> {
    let conversation = run.conversation.as_ref()?;
    Some(TicketRef { opening: conversation.opening.clone(), ticket: conversation.ticket.clone()? })
}
