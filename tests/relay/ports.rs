//! The ports in memory: what was asked of each is kept, and each can be told to fail.

use std::{
    collections::{HashMap, VecDeque},
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use ponte::{
    clock::{Clock, Timestamp},
    conversation::{Conversation, Direction, State},
    lime::{Document, Notification},
    message::{AgentEventKind, Capabilities, Content, ConversationKey, MAX_TEXT, OpeningId, SourceId, TicketId},
    queue::{Job, Record},
    relay::{
        Failure,
        ports::{
            Access, Blip, CustomerMessage, EndedBy, FileProblem, Files, Helpdesk, Line, NotCopied, NotDelivered,
            Opening, Outgoing, Profile, Progress, Queue, SourceFile, Status, Store, StoreError, StoredFile, TicketRef,
            Typed, Whom,
        },
    },
};

/// A clock that is moved by hand.
#[derive(Debug)]
pub(crate) struct HandClock(AtomicI64);

impl HandClock {
    pub(crate) fn new() -> Self {
        Self(AtomicI64::new(1_700_000_000_000))
    }

    pub(crate) fn pass(&self, time: Duration) {
        self.0.fetch_add(i64::try_from(time.as_millis()).unwrap(), Ordering::SeqCst);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

/// The map. `interfere` is done by "someone else" right before a write: after so many others.
type Interference = Box<dyn FnOnce(&mut Conversation) + Send>;

#[derive(Default)]
pub(crate) struct MemoryStore {
    pub(crate) conversations: Mutex<HashMap<ConversationKey, Conversation>>,
    pub(crate) tickets: Mutex<HashMap<TicketId, OpeningId>>,
    pub(crate) unavailable: Mutex<u32>,
    interfere: Mutex<Option<(u32, Interference)>>,
    pub(crate) reads: Mutex<u32>,
    pub(crate) writes: Mutex<u32>,
}

impl MemoryStore {
    /// Someone else changes the conversation when `writes` more writes have passed.
    pub(crate) fn interfere_after(&self, writes: u32, change: impl FnOnce(&mut Conversation) + Send + 'static) {
        *self.interfere.lock().unwrap() = Some((writes, Box::new(change)));
    }

    fn change(
        &self,
        opening: &OpeningId,
        condition: impl Fn(&Conversation) -> bool,
        change: impl FnOnce(&mut Conversation),
    ) -> Result<(), StoreError> {
        let mut unavailable = self.unavailable.lock().unwrap();
        if *unavailable > 0 {
            *unavailable -= 1;
            return Err(StoreError::Unavailable);
        }
        *self.writes.lock().unwrap() += 1;
        let mut conversations = self.conversations.lock().unwrap();
        let conversation = conversations.get_mut(&opening.conversation()).ok_or(StoreError::Conflict)?;
        let mut interfere = self.interfere.lock().unwrap();
        match interfere.take() {
            Some((0, interfere)) => interfere(conversation),
            Some((writes, later)) => *interfere = Some((writes - 1, later)),
            None => {}
        }
        if conversation.opening != *opening || !condition(conversation) {
            return Err(StoreError::Conflict);
        }
        change(conversation);
        Ok(())
    }

    fn record(
        &self,
        opening: &OpeningId,
        progress: &Progress<'_>,
        side: fn(&mut Conversation) -> &mut Direction,
    ) -> Result<(), StoreError> {
        let read = progress.direction.sequence - 1;
        let condition = |conversation: &Conversation| {
            let mut conversation = conversation.clone();
            side(&mut conversation).sequence == read && (!progress.opens || conversation.state == State::Ticketed)
        };
        self.change(opening, condition, |conversation| {
            *side(conversation) = progress.direction.clone();
            if progress.opens {
                conversation.state = State::Open;
            }
            if let Some(agent) = progress.agent {
                conversation.agent = Some(agent.to_owned());
            }
            if let Some(offer) = progress.offer {
                conversation.offer = offer.to_vec();
            }
        })
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn conversation(&self, key: &ConversationKey, _: Timestamp) -> Result<Option<Conversation>, StoreError> {
        *self.reads.lock().unwrap() += 1;
        Ok(self.conversations.lock().unwrap().get(key).cloned())
    }

    async fn claim(&self, new: &Conversation, previous: Option<&OpeningId>, _: Timestamp) -> Result<(), StoreError> {
        let mut conversations = self.conversations.lock().unwrap();
        let stored = conversations.get(&new.key);
        let free = match (stored, previous) {
            (None, None) => true,
            (Some(stored), Some(previous)) => {
                stored.opening == *previous && matches!(stored.state, State::Closed { .. })
            }
            _ => false,
        };
        if !free {
            return Err(StoreError::Conflict);
        }
        let mut claimed = new.clone();
        if let Some(stored) = stored {
            claimed.inbound = stored.inbound.clone();
            claimed.outbound = stored.outbound.clone();
        }
        conversations.insert(new.key.clone(), claimed);
        Ok(())
    }

    async fn store_ticket(&self, opening: &OpeningId, ticket: &TicketId, _: Timestamp) -> Result<(), StoreError> {
        if self.tickets.lock().unwrap().get(ticket).is_some_and(|other| other != opening) {
            return Err(StoreError::Conflict);
        }
        self.change(
            opening,
            |c| c.state == State::Claimed,
            |c| {
                c.state = State::Ticketed;
                c.ticket = Some(ticket.clone());
            },
        )?;
        self.tickets.lock().unwrap().insert(ticket.clone(), opening.clone());
        Ok(())
    }

    async fn record_inbound(&self, opening: &OpeningId, progress: &Progress<'_>) -> Result<(), StoreError> {
        self.record(opening, progress, |c| &mut c.inbound)
    }

    async fn record_outbound(&self, opening: &OpeningId, progress: &Progress<'_>) -> Result<(), StoreError> {
        self.record(opening, progress, |c| &mut c.outbound)
    }

    async fn begin_closing(&self, opening: &OpeningId, since: Timestamp) -> Result<(), StoreError> {
        let closable = |c: &Conversation| matches!(c.state, State::Ticketed | State::Open);
        self.change(opening, closable, |c| c.state = State::Closing { since })
    }

    async fn close(&self, opening: &OpeningId, at: Timestamp) -> Result<(), StoreError> {
        self.change(opening, |_| true, |c| c.state = State::Closed { at })
    }

    async fn way_back(&self, ticket: &TicketId, _: Timestamp) -> Result<Option<OpeningId>, StoreError> {
        *self.reads.lock().unwrap() += 1;
        Ok(self.tickets.lock().unwrap().get(ticket).cloned())
    }
}

/// The queues.
#[derive(Default)]
pub(crate) struct MemoryQueue {
    pub(crate) sent: Mutex<Vec<Job>>,
    pub(crate) parked: Mutex<Vec<(Record, Failure)>>,
    /// The ids and the wait of each postponement.
    pub(crate) postponed: Mutex<Vec<(Vec<String>, Duration)>>,
    pub(crate) unavailable: Mutex<bool>,
    /// How many jobs it still takes, where that is limited.
    pub(crate) takes: Mutex<Option<usize>>,
}

#[async_trait]
impl Queue for MemoryQueue {
    async fn send(&self, job: &Job) -> Result<(), Failure> {
        if *self.unavailable.lock().unwrap() {
            return Err(Failure::later("the queue is unavailable"));
        }
        if let Some(left) = &mut *self.takes.lock().unwrap() {
            *left = left.checked_sub(1).ok_or(Failure::later("the queue is unavailable"))?;
        }
        self.sent.lock().unwrap().push(job.clone());
        Ok(())
    }

    async fn postpone(&self, records: &[Record], wait: Duration) {
        let ids = records.iter().map(|record| record.id.clone()).collect();
        self.postponed.lock().unwrap().push((ids, wait));
    }

    async fn park(&self, record: &Record, failure: &Failure) -> Result<(), Failure> {
        self.parked.lock().unwrap().push((record.clone(), failure.clone()));
        Ok(())
    }
}

/// Failures to come, in order; when they are used up, calls succeed.
#[derive(Default)]
pub(crate) struct Faults(Mutex<VecDeque<Failure>>);

impl Faults {
    pub(crate) fn next(&self, failures: impl IntoIterator<Item = Failure>) {
        self.0.lock().unwrap().extend(failures);
    }

    fn check(&self) -> Result<(), Failure> {
        self.0.lock().unwrap().pop_front().map_or(Ok(()), Err)
    }
}

/// Blip: what it took, in order.
#[derive(Default)]
pub(crate) struct MemoryBlip {
    pub(crate) sent: Mutex<Vec<Outgoing>>,
    pub(crate) faults: Faults,
    pub(crate) typed: Mutex<Vec<Typed>>,
    pub(crate) opened: Mutex<Vec<(String, String)>>,
    pub(crate) closed: Mutex<Vec<String>>,
    pub(crate) silent: Mutex<bool>,
    pub(crate) notified: Mutex<Vec<Notification>>,
    pub(crate) looks: Mutex<u32>,
    /// A look takes this long on this clock.
    pub(crate) look_takes: Mutex<Option<(Arc<HandClock>, Duration)>>,
    /// The words that make the call panic.
    pub(crate) panics_at: Mutex<Option<&'static str>>,
}

#[async_trait]
impl Blip for MemoryBlip {
    async fn send(&self, message: &Outgoing) -> Result<(), Failure> {
        let panics = self.panics_at.lock().map_or(None, |at| *at);
        assert_ne!(panics, Some(text(&message.document).as_str()), "a bug");
        self.faults.check()?;
        self.sent.lock().unwrap().push(message.clone());
        Ok(())
    }

    async fn notify(&self, notification: &Notification) -> Result<(), Failure> {
        self.notified.lock().unwrap().push(notification.clone());
        Ok(())
    }

    async fn knows(&self, id: &str) -> Result<bool, Failure> {
        *self.looks.lock().unwrap() += 1;
        if let Some((clock, time)) = &*self.look_takes.lock().unwrap() {
            clock.pass(*time);
        }
        Ok(self.sent.lock().unwrap().iter().any(|message| message.id.as_deref() == Some(id)))
    }

    async fn profile(&self, whom: &Whom) -> Result<Profile, Failure> {
        if *self.silent.lock().unwrap() {
            std::future::pending::<()>().await;
        }
        Ok(Profile { name: Some("Maria".into()), identity: whom.originator.clone(), ..Profile::default() })
    }

    async fn transcript(&self, _: &Whom, _: u8) -> Result<Vec<Line>, Failure> {
        if *self.silent.lock().unwrap() {
            std::future::pending::<()>().await;
        }
        Ok(Vec::new())
    }

    async fn open_ticket(&self, ticket: &str, agent: &str) -> Result<(), Failure> {
        self.faults.check()?;
        self.opened.lock().unwrap().push((ticket.to_owned(), agent.to_owned()));
        Ok(())
    }

    async fn ticket_messages(&self, _: &str) -> Result<Vec<Typed>, Failure> {
        Ok(self.typed.lock().unwrap().clone())
    }

    async fn close_ticket(&self, ticket: &str) -> Result<(), Failure> {
        self.faults.check()?;
        self.closed.lock().unwrap().push(ticket.to_owned());
        Ok(())
    }

    fn file_access(&self, _: &str) -> Option<Access> {
        None
    }

    async fn refresh_file(&self, url: &str) -> Result<Option<String>, Failure> {
        Ok(url.strip_suffix("?expired").map(str::to_owned))
    }
}

/// The store of files. What becomes of a link is said by the link itself: `?expired`, `?dead`, `?large`, `?program`, `?slow`.
#[derive(Default)]
pub(crate) struct MemoryFiles {
    /// The link of each copy that was made, and of each that was asked for again.
    pub(crate) copied: Mutex<Vec<String>>,
    stored: Mutex<HashMap<String, String>>,
}

#[async_trait]
impl Files for MemoryFiles {
    async fn copy(&self, file: &SourceFile, limit: u64, _: Duration, again: bool) -> Result<StoredFile, NotCopied> {
        let stored = StoredFile {
            url: format!("https://api.example.com/media/{}", file.id.as_str()),
            name: file.name.clone().unwrap_or_else(|| "file.bin".into()),
            mime: file.mime.clone().unwrap_or_else(|| "application/octet-stream".into()),
            size: file.size.unwrap_or(1),
        };
        if again && self.stored.lock().unwrap().contains_key(file.id.as_str()) {
            return Ok(stored);
        }
        self.copied.lock().unwrap().push(file.url.clone());
        match file.url.split_once('?').map(|(_, end)| end) {
            Some("expired" | "dead") => return Err(NotCopied::Expired),
            Some("large") => return Err(NotCopied::Never(FileProblem::TooLarge { limit })),
            Some("program") => return Err(NotCopied::Never(FileProblem::Refused)),
            Some("slow") => return Err(NotCopied::Later(Failure::later("a file cannot be fetched now"))),
            _ => {}
        }
        self.stored.lock().unwrap().insert(file.id.as_str().to_owned(), file.url.clone());
        Ok(stored)
    }
}

/// What the helpdesk was told, in order.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Told {
    Opened(OpeningId),
    Said { ticket: String, content: ponte::message::Content, late: bool },
    NotDelivered { ticket: String, message: SourceId, reason: NotDelivered },
    Noted { ticket: String },
    Ended { ticket: String, by: EndedBy },
    Typing { ticket: String, on: bool },
    Status { ticket: String, message: SourceId, status: Status },
}

/// A helpdesk with idempotency keys, as `webhook` is. Tickets are called `T-1`, `T-2`, …
pub(crate) struct MemoryHelpdesk {
    pub(crate) capabilities: Capabilities,
    pub(crate) told: Mutex<Vec<Told>>,
    /// How many messages each call had that posted several.
    pub(crate) bursts: Mutex<Vec<usize>>,
    /// Of each message that was posted, whether it may have been before.
    pub(crate) again: Mutex<Vec<bool>>,
    /// What the events were that were only named, and what was missed before any of them.
    pub(crate) named: Mutex<HashMap<String, Vec<AgentEventKind>>>,
    pub(crate) missed: Mutex<Vec<SourceId>>,
    /// The names that were read, in order.
    pub(crate) read: Mutex<Vec<String>>,
    pub(crate) faults: Faults,
    keys: Mutex<HashMap<String, String>>,
    pub(crate) openings: Mutex<Vec<Opening>>,
}

impl Default for MemoryHelpdesk {
    fn default() -> Self {
        Self::with(Capabilities { typing: true, receipts: true, ..Capabilities::everything(MAX_TEXT) })
    }
}

impl MemoryHelpdesk {
    pub(crate) fn with(capabilities: Capabilities) -> Self {
        Self {
            capabilities,
            told: Mutex::default(),
            bursts: Mutex::default(),
            again: Mutex::default(),
            named: Mutex::default(),
            missed: Mutex::default(),
            read: Mutex::default(),
            faults: Faults::default(),
            keys: Mutex::default(),
            openings: Mutex::default(),
        }
    }

    fn effect(&self, key: String, told: Told) -> Result<(), Failure> {
        self.faults.check()?;
        if self.keys.lock().unwrap().insert(key, String::new()).is_none() {
            self.told.lock().unwrap().push(told);
        }
        Ok(())
    }
}

/// What it never takes.
fn refused(message: &CustomerMessage) -> Result<(), Failure> {
    match &message.content {
        Content::Text { text } if text.contains('⛔') => Err(Failure::Refused { why: "", status: 422 }),
        Content::Text { text } if text.contains('💥') => panic!("a bug"),
        _ => Ok(()),
    }
}

#[async_trait]
impl Helpdesk for MemoryHelpdesk {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn open(&self, opening: &Opening) -> Result<TicketId, Failure> {
        self.faults.check()?;
        let mut keys = self.keys.lock().unwrap();
        let number = self.openings.lock().unwrap().len() + 1;
        let ticket = keys.entry(opening.id.as_str().to_owned()).or_insert_with(|| {
            self.openings.lock().unwrap().push(opening.clone());
            self.told.lock().unwrap().push(Told::Opened(opening.id.clone()));
            format!("T-{number}")
        });
        Ok(TicketId::new(ticket.clone()))
    }

    async fn deliver(&self, to: &TicketRef, message: &CustomerMessage) -> Result<(), Failure> {
        refused(message)?;
        let ticket = to.ticket.as_str().to_owned();
        let said = Told::Said { ticket, content: message.content.clone(), late: message.late };
        self.again.lock().unwrap().push(message.again);
        self.effect(format!("{}{}", to.opening.conversation().as_str(), message.id), said)
    }

    async fn deliver_together(&self, to: &TicketRef, messages: &[CustomerMessage]) -> Result<(), Failure> {
        self.bursts.lock().unwrap().push(messages.len());
        self.faults.check()?;
        if let Some(refused) = messages.iter().find_map(|message| refused(message).err()) {
            return Err(refused);
        }
        for message in messages {
            self.deliver(to, message).await.unwrap();
        }
        Ok(())
    }

    async fn read(&self, _: &TicketRef, event: &SourceId) -> Result<Vec<AgentEventKind>, Failure> {
        self.faults.check()?;
        self.read.lock().unwrap().push(event.as_str().to_owned());
        Ok(self.named.lock().unwrap().get(event.as_str()).cloned().unwrap_or_default())
    }

    async fn missed_before(&self, _: &TicketRef, event: &SourceId) -> Result<Vec<SourceId>, Failure> {
        let missed = self.missed.lock().unwrap();
        Ok(missed.iter().take_while(|missed| *missed != event).cloned().collect())
    }

    async fn not_delivered(&self, to: &TicketRef, message: &SourceId, reason: &NotDelivered) -> Result<(), Failure> {
        let ticket = to.ticket.as_str().to_owned();
        let told = Told::NotDelivered { ticket, message: message.clone(), reason: reason.clone() };
        self.effect(format!("failed {}{}", to.opening.as_str(), message.as_str()), told)
    }

    async fn note(&self, to: &TicketRef, id: &str, _: &str) -> Result<(), Failure> {
        let told = Told::Noted { ticket: to.ticket.as_str().to_owned() };
        self.effect(format!("note {}{id}", to.opening.as_str()), told)
    }

    async fn ended(&self, to: &TicketRef, by: EndedBy) -> Result<(), Failure> {
        let ticket = to.ticket.as_str().to_owned();
        self.effect(format!("ended {}", to.opening.as_str()), Told::Ended { ticket, by })
    }

    async fn typing(&self, to: &TicketRef, on: bool) -> Result<(), Failure> {
        self.faults.check()?;
        self.told.lock().unwrap().push(Told::Typing { ticket: to.ticket.as_str().to_owned(), on });
        Ok(())
    }

    async fn status(&self, to: &TicketRef, message: &SourceId, status: Status) -> Result<(), Failure> {
        let told = Told::Status { ticket: to.ticket.as_str().to_owned(), message: message.clone(), status };
        self.effect(format!("{} {}{}", status.name(), to.opening.as_str(), message.as_str()), told)
    }
}

/// The words of a document, for assertions.
pub(crate) fn text(document: &Document) -> String {
    ponte::lime::words(document)
}
