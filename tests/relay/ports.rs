//! The ports in memory: what was asked of each is kept, and each can be told to fail.

use std::{
    collections::{HashMap, VecDeque},
    sync::{
        Mutex,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use ponte::{
    clock::{Clock, Timestamp},
    conversation::{CustomerRecord, Desk, Ending, Placement, State},
    lime::Document,
    message::{ConversationId, CustomerKey, TicketId},
    queue::{Job, MAX_JOB, Record},
    relay::{
        Failure,
        ports::{
            ClosedFrom, FileProblem, Files, Journal, NotCopied, Progress, Queue, SourceFile, Store, StoreError,
            StoredFile,
        },
    },
    trail::{Figures, Line},
};

use crate::simulation::conversation_store::{ConversationStore, Way};

/// A clock that is moved by hand, and by tokio's own where a test lets it run.
#[derive(Debug)]
pub(crate) struct HandClock {
    moved: AtomicI64,
    runs_since: Mutex<Option<tokio::time::Instant>>,
}

impl HandClock {
    pub(crate) fn new() -> Self {
        Self { moved: AtomicI64::new(1_700_000_000_000), runs_since: Mutex::default() }
    }

    pub(crate) fn pass(&self, time: Duration) {
        self.moved.fetch_add(i64::try_from(time.as_millis()).unwrap(), Ordering::SeqCst);
    }

    /// It goes with tokio's clock from now on, which stands still but for what is waited for (`start_paused`).
    pub(crate) fn run(&self) {
        *self.runs_since.lock().unwrap() = Some(tokio::time::Instant::now());
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        let ran = self.runs_since.lock().unwrap().map(|since| since.elapsed()).unwrap_or_default();
        Timestamp(self.moved.load(Ordering::SeqCst)).plus(ran)
    }
}

/// The conversation store. `interfere` is done by "someone else" right before a write: after so many others.
type Interference = Box<dyn FnOnce(&mut CustomerRecord) + Send>;

#[derive(Default)]
pub(crate) struct MemoryStore {
    pub(crate) kept: ConversationStore,
    pub(crate) unavailable: Mutex<u32>,
    unavailable_after: Mutex<Option<u32>>,
    interfere: Mutex<Option<(u32, Interference)>>,
    pub(crate) reads: Mutex<u32>,
    pub(crate) writes: Mutex<u32>,
}

impl MemoryStore {
    /// Someone else changes the conversation when `writes` more writes have passed.
    pub(crate) fn interfere_after(&self, writes: u32, change: impl FnOnce(&mut CustomerRecord) + Send + 'static) {
        *self.interfere.lock().unwrap() = Some((writes, Box::new(change)));
    }

    /// The write after `writes` more is not taken.
    pub(crate) fn unavailable_after(&self, writes: u32) {
        *self.unavailable_after.lock().unwrap() = Some(writes);
    }

    fn write<T>(
        &self,
        opening: &ConversationId,
        write: impl FnOnce(&ConversationStore) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut unavailable = self.unavailable.lock().unwrap();
        if *unavailable > 0 {
            *unavailable -= 1;
            return Err(StoreError::Unavailable);
        }
        let mut after = self.unavailable_after.lock().unwrap();
        match *after {
            Some(0) => {
                *after = None;
                return Err(StoreError::Unavailable);
            }
            Some(writes) => *after = Some(writes - 1),
            None => {}
        }
        *self.writes.lock().unwrap() += 1;
        let mut interfere = self.interfere.lock().unwrap();
        match interfere.take() {
            Some((0, interfere)) => self.kept.interfere(&opening.conversation(), interfere),
            Some((writes, later)) => *interfere = Some((writes - 1, later)),
            None => {}
        }
        write(&self.kept)
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn conversation(&self, key: &CustomerKey, _: Timestamp) -> Result<Option<CustomerRecord>, StoreError> {
        *self.reads.lock().unwrap() += 1;
        Ok(self.kept.get(key))
    }

    async fn claim(
        &self,
        new: &CustomerRecord,
        previous: Option<&ConversationId>,
        _: Timestamp,
    ) -> Result<(), StoreError> {
        self.kept.claim(new, previous)
    }

    async fn store_ticket(
        &self,
        opening: &ConversationId,
        ticket: &TicketId,
        placement: &Placement,
        _: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(opening, |kept| kept.store_ticket(opening, ticket, placement))
    }

    async fn move_ticket(
        &self,
        opening: &ConversationId,
        from: &TicketId,
        into: &TicketId,
        _: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(opening, |kept| kept.move_ticket(opening, from, into))
    }

    async fn record_inbound(&self, opening: &ConversationId, progress: &Progress<'_>) -> Result<(), StoreError> {
        self.write(opening, |kept| kept.record(Way::In, opening, progress))
    }

    async fn record_outbound(&self, opening: &ConversationId, progress: &Progress<'_>) -> Result<(), StoreError> {
        self.write(opening, |kept| kept.record(Way::Out, opening, progress))
    }

    async fn begin_closing(
        &self,
        opening: &ConversationId,
        since: Timestamp,
        ending: Ending<'_>,
    ) -> Result<(), StoreError> {
        self.write(opening, |kept| kept.begin_closing(opening, State::Closing { since }, ending))
    }

    async fn ask(
        &self,
        opening: &ConversationId,
        asked: Timestamp,
        service: Option<&str>,
        due_at: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(opening, |kept| kept.ask(opening, asked, service, due_at))
    }

    async fn leave(&self, opening: &ConversationId, at: Timestamp) -> Result<(), StoreError> {
        self.write(opening, |kept| kept.leave(opening, at))
    }

    async fn call_back(&self, opening: &ConversationId, at: Timestamp, desk: Desk) -> Result<(), StoreError> {
        self.write(opening, |kept| kept.call_back(opening, at, desk))
    }

    async fn left(&self, opening: &ConversationId, at: Timestamp, read: (u64, u64)) -> Result<(), StoreError> {
        self.write(opening, |kept| kept.left(opening, at, read))
    }

    async fn close(&self, opening: &ConversationId, at: Timestamp) -> Result<ClosedFrom, StoreError> {
        self.write(opening, |kept| kept.close(opening, State::Closed { at }))
    }

    async fn conversation_of_ticket(
        &self,
        ticket: &TicketId,
        _: Timestamp,
    ) -> Result<Option<ConversationId>, StoreError> {
        *self.reads.lock().unwrap() += 1;
        Ok(self.kept.conversation_of_ticket(ticket))
    }

    async fn opening_before(&self, ticket: &TicketId, _: Timestamp) -> Result<Option<ConversationId>, StoreError> {
        *self.reads.lock().unwrap() += 1;
        Ok(self.kept.opening_before(ticket))
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
        // As SQS: a message that is too large is never taken.
        if job.body.len() > MAX_JOB {
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

/// The trail and the figures.
#[derive(Default)]
pub(crate) struct MemoryJournal {
    pub(crate) lines: Mutex<Vec<Line>>,
    pub(crate) figures: Mutex<Vec<Figures>>,
}

impl Journal for MemoryJournal {
    fn step(&self, line: Line) {
        self.lines.lock().unwrap().push(line);
    }

    fn figures(&self, figures: Figures) {
        self.figures.lock().unwrap().push(figures);
    }
}

/// What the calls to come meet, in order; when it is used up, they succeed.
#[derive(Default)]
pub(crate) struct Faults(Mutex<VecDeque<Option<Failure>>>);

impl Faults {
    pub(crate) fn next(&self, failures: impl IntoIterator<Item = Failure>) {
        self.next_after(0, failures);
    }

    /// The same after so many calls that succeed.
    pub(crate) fn next_after(&self, calls: usize, failures: impl IntoIterator<Item = Failure>) {
        let mut to_come = self.0.lock().unwrap();
        to_come.extend(std::iter::repeat_n(None, calls));
        to_come.extend(failures.into_iter().map(Some));
    }

    pub(super) fn check(&self) -> Result<(), Failure> {
        self.0.lock().unwrap().pop_front().flatten().map_or(Ok(()), Err)
    }
}

/// The store of files. What becomes of a link is said by the link itself: `?expired`, `?dead`, `?large`, `?program`, `?slow`,
/// `?full` (our own store fails), `?silent=8` (no answer for so many seconds).
#[derive(Default)]
pub(crate) struct MemoryFiles {
    /// The link of each copy that was made, and of each that was asked for again.
    pub(crate) copied: Mutex<Vec<String>>,
    stored: Mutex<HashMap<String, String>>,
}

#[async_trait]
impl Files for MemoryFiles {
    async fn copy(&self, file: &SourceFile, limit: u64, time: Duration, again: bool) -> Result<StoredFile, NotCopied> {
        let stored = StoredFile {
            url: format!("https://api.example.com/media/{}", file.id.as_str()),
            name: file.name.clone().unwrap_or_else(|| "file.bin".into()),
            mime: file.mime.clone().unwrap_or_else(|| "application/octet-stream".into()),
            size: file.size.unwrap_or(1),
        };
        if again && self.stored.lock().unwrap().contains_key(file.id.as_str()) {
            return Ok(stored);
        }
        if time.is_zero() {
            return Err(NotCopied::Silent(Failure::later("a file's host is not asked again")));
        }
        self.copied.lock().unwrap().push(file.url.clone());
        match file.url.split_once('?').map(|(_, end)| end) {
            Some("expired" | "dead") => return Err(NotCopied::Expired),
            Some("large") => return Err(NotCopied::Never(FileProblem::TooLarge { limit })),
            Some("program") => return Err(NotCopied::Never(FileProblem::Refused)),
            Some("slow") => return Err(NotCopied::Silent(Failure::later("a file's host does not respond"))),
            Some("full") => return Err(NotCopied::Later(Failure::later("the store of files is unavailable"))),
            Some(seconds) if seconds.starts_with("silent=") => {
                let seconds: u64 = seconds["silent=".len()..].parse().unwrap();
                tokio::time::sleep(Duration::from_secs(seconds).min(time)).await;
                return Err(NotCopied::Silent(Failure::later("a file takes too long")));
            }
            _ => {}
        }
        self.stored.lock().unwrap().insert(file.id.as_str().to_owned(), file.url.clone());
        Ok(stored)
    }
}

/// The words of a document, for assertions.
pub(crate) fn text(document: &Document) -> String {
    ponte::lime::to_text(document)
}
