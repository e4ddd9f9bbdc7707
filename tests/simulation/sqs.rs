//! SQS FIFO queues: message groups, the deduplication window of a group, visibility, receipts, the queue's delay, and the
//! parked queue behind each.
//!
//! Rules of the developer guide (docs.aws.amazon.com, "FIFO queue delivery logic", 2025): a group is blocked while one
//! of its messages is in flight, and a receipt is worth nothing once its visibility has ended.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex},
    time::Duration,
};

use ponte::queue::{Destination, Job, Record};
use tokio::sync::Notify;

use super::{broken::Broken, fault_plan::HOUR};

/// The queues.
pub(crate) const EVERY: [Destination; 3] = [Destination::ToHelpdesk, Destination::ToCustomer, Destination::CloseTicket];
/// No visibility ends later than this after the receipt (`ChangeMessageVisibility`: 12 hours in all).
const MAX_VISIBILITY: u64 = 12 * HOUR;
/// `MessageRetentionPeriod`. A FIFO queue's begins anew when a message is moved to the parked queue.
const RETENTION: u64 = 14 * 24 * HOUR;
/// How long a deduplication id is remembered.
const WINDOW: u64 = 300_000;
/// `CloseDelaySeconds`.
pub(crate) const CLOSE_DELAY: Duration = Duration::from_secs(10);
/// `BatchSize`.
const BATCH: usize = 10;
/// `maxReceiveCount`: after so many receipts SQS parks a message itself.
const RECEIPTS: u32 = 1000;

/// A message in a queue. `tags` are the messages of the ledger that are in it.
#[derive(Clone)]
pub(crate) struct Waiting {
    pub record: Record,
    pub tags: Vec<usize>,
    /// The deduplication id that it was first sent under.
    pub origin: String,
    since: u64,
    received_at: u64,
    visible_at: u64,
}

pub(crate) struct Fifo {
    /// Where its messages go, or came from.
    pub destination: Destination,
    delay: u64,
    /// The queue's own visibility, in milliseconds.
    visibility: u64,
    /// Its parked queue; `None` where it is one.
    parked: Option<Arc<Fifo>>,
    inside: Mutex<Inside>,
    changed: Notify,
}

#[derive(Default)]
struct Inside {
    messages: Vec<Waiting>,
    seen: HashMap<(String, String), u64>,
    sent: usize,
    receipts: usize,
    /// All that was ever in it, in order.
    ever: Vec<Entry>,
    tags: HashSet<usize>,
    /// Groups and ids in the order in which they came in; and the ids that the operator sent back, in that order.
    ins: Vec<(String, String)>,
    outs: Vec<String>,
}

/// A stay in a queue.
struct Entry {
    id: String,
    tags: Vec<usize>,
    origin: String,
    since: u64,
    /// When the worker parked it, and so let what comes behind it pass, though it may be received once more.
    passed: u64,
    until: u64,
}

impl Inside {
    fn put(&mut self, now: u64, message: Waiting) {
        self.tags.extend(&message.tags);
        let Waiting { record, tags, origin, .. } = &message;
        let (id, tags, origin) = (record.id.clone(), tags.clone(), origin.clone());
        self.ever.push(Entry { id, tags, origin, since: now, passed: u64::MAX, until: u64::MAX });
        self.ins.push((message.record.group.clone(), message.record.id.clone()));
        self.messages.push(message);
    }

    fn entry(&mut self, id: &str) -> Option<&mut Entry> {
        self.ever.iter_mut().find(|entry| entry.id == id)
    }

    fn left(&mut self, now: u64, id: &str) {
        if let Some(entry) = self.entry(id) {
            entry.until = now;
        }
    }
}

impl Fifo {
    fn new(destination: Destination, delay: Duration, visibility: u64, parked: Option<Arc<Self>>) -> Self {
        let delay = u64::try_from(delay.as_millis()).unwrap();
        Self { destination, delay, visibility, parked, inside: Mutex::default(), changed: Notify::new() }
    }

    /// Takes a message, unless its like came within the window. Says whether it is new.
    pub(crate) fn send(&self, now: u64, job: &Job, tags: &[usize]) -> bool {
        self.take(now, job, tags, &job.deduplication)
    }

    fn take(&self, now: u64, job: &Job, tags: &[usize], origin: &str) -> bool {
        let mut inside = self.inside.lock().unwrap();
        let name = (job.group.clone(), job.deduplication.clone());
        if inside.seen.get(&name).is_some_and(|seen| now < seen + WINDOW) {
            return false;
        }
        inside.seen.insert(name, now);
        inside.sent += 1;
        let of = if self.parked.is_some() { "" } else { "parked " };
        let id = format!("{of}{:?}-{}", self.destination, inside.sent);
        let record =
            Record { id, receipt: String::new(), group: job.group.clone(), attempts: 0, body: job.body.clone() };
        let (tags, origin, visible_at) = (tags.to_vec(), origin.to_owned(), now + self.delay);
        inside.put(now, Waiting { record, tags, origin, since: now, received_at: 0, visible_at });
        self.changed.notify_one();
        true
    }

    /// Moves a message to the parked queue, as the worker does: under a new id, deduplicated by the record's. Says whether it
    /// is new there.
    pub(crate) fn park(&self, now: u64, record: &Record) -> bool {
        let Some(parked) = &self.parked else { return false };
        let (tags, origin) = match self.inside.lock().unwrap().entry(&record.id) {
            Some(entry) => {
                entry.passed = entry.passed.min(now);
                (entry.tags.clone(), entry.origin.clone())
            }
            None => Default::default(),
        };
        let (destination, group, body) = (self.destination, record.group.clone(), record.body.clone());
        parked.take(now, &Job { destination, group, deduplication: record.id.clone(), body }, &tags, &origin)
    }

    /// What is too old is gone, and what was received too often goes to the parked queue as it is.
    fn give_up(&self, now: u64, inside: &mut Inside) {
        inside.messages.retain(|message| now < message.since + RETENTION);
        let Some(parked) = &self.parked else { return };
        let worn = |m: &mut Waiting| m.visible_at <= now && m.record.attempts >= RECEIPTS;
        let worn: Vec<_> = inside.messages.extract_if(.., worn).collect();
        for mut message in worn {
            inside.left(now, &message.record.id);
            message.since = now;
            parked.inside.lock().unwrap().put(now, message);
        }
    }

    /// The operator sends a copy back.
    pub(crate) fn sent_back(&self, record: &Record) {
        self.inside.lock().unwrap().outs.push(record.id.clone());
    }

    /// Copies that went back before one of their group that had been parked earlier, each with that one.
    pub(crate) fn overtaken(&self) -> Vec<(String, String)> {
        let inside = self.inside.lock().unwrap();
        let out = |id: &String| inside.outs.iter().position(|out| out == id).unwrap_or(usize::MAX);
        let mut last: HashMap<&String, (usize, &String)> = HashMap::new();
        let mut overtaken = Vec::new();
        for (group, id) in &inside.ins {
            let out = out(id);
            match last.get(group) {
                Some((before, earlier)) if out < *before => overtaken.push((id.clone(), (*earlier).clone())),
                _ => drop(last.insert(group, (out, id))),
            }
        }
        overtaken
    }

    /// Where in the order of arrival the first copy of a message of the ledger came.
    pub(crate) fn first_place(&self, tag: usize) -> Option<usize> {
        self.inside.lock().unwrap().ever.iter().position(|entry| entry.tags.contains(&tag))
    }

    /// Where in the order of arrival a message of the ledger stands that has an effect at this time: it is the foremost of
    /// its copies that are in the queue. `None` when that one was parked already, or none came.
    pub(crate) fn place(&self, tag: usize, at: u64) -> Option<usize> {
        let inside = self.inside.lock().unwrap();
        let mut mine = inside.ever.iter().enumerate().filter(|(_, entry)| entry.tags.contains(&tag));
        match mine.clone().find(|(_, entry)| entry.since <= at && at <= entry.until) {
            Some((place, entry)) => (at <= entry.passed).then_some(place),
            // A message that a poller or the next event's look brought before its own record came has no place yet.
            None => mine.next().filter(|(_, entry)| entry.since <= at).map(|(place, _)| place),
        }
    }

    /// The messages of the ledger in a record, even one that is no longer in the queue.
    pub(crate) fn tags(&self, record: &Record) -> Vec<usize> {
        self.inside.lock().unwrap().entry(&record.id).map(|entry| entry.tags.clone()).unwrap_or_default()
    }

    /// Receives up to `most` messages of all groups that are not blocked; or says when to ask again.
    pub(crate) fn receive(&self, now: u64, most: usize, visibility: u64) -> Result<Vec<Waiting>, Option<u64>> {
        let inside = &mut *self.inside.lock().unwrap();
        self.give_up(now, inside);
        // In flight: received, and still invisible. What is delayed or postponed blocks what comes after it, too.
        let mut blocked: Vec<String> =
            inside.messages.iter().filter(|m| m.visible_at > now).map(|m| m.record.group.clone()).collect();
        blocked.dedup();
        let mut batch = Vec::new();
        for message in &mut inside.messages {
            if batch.len() == most || blocked.contains(&message.record.group) {
                continue;
            }
            inside.receipts += 1;
            (message.received_at, message.visible_at) = (now, now + visibility);
            message.record.attempts += 1;
            message.record.receipt = format!("receipt {}", inside.receipts);
            batch.push(message.clone());
        }
        if batch.is_empty() {
            return Err(inside.messages.iter().map(|m| m.visible_at).filter(|at| *at > now).min());
        }
        Ok(batch)
    }

    /// The next batch, of one to ten messages.
    pub(crate) async fn batch(&self, now: impl Fn() -> u64, most: impl Fn() -> u64) -> Vec<Waiting> {
        loop {
            let most = usize::try_from(most()).unwrap().min(BATCH);
            match self.receive(now(), most, self.visibility) {
                Ok(batch) => return batch,
                Err(None) => self.changed.notified().await,
                Err(Some(at)) => {
                    let time = Duration::from_millis(at.saturating_sub(now()).max(1));
                    let _ = tokio::time::timeout(time, self.changed.notified()).await;
                }
            }
        }
    }

    /// Deletes what a batch has done. A receipt that has ended deletes nothing.
    pub(crate) fn delete(&self, now: u64, record: &Record) -> bool {
        let inside = &mut *self.inside.lock().unwrap();
        let before = inside.messages.len();
        inside.messages.retain(|m| m.record.receipt != record.receipt || m.visible_at <= now);
        self.changed.notify_one();
        let deleted = inside.messages.len() < before;
        if deleted {
            inside.left(now, &record.id);
        }
        deleted
    }

    /// Changes the visibility, entry by entry: where the receipt is still good, where the whole stays below twelve hours, and where
    /// `fails` does not say otherwise. What is refused keeps the visibility that it has.
    pub(crate) fn postpone(&self, now: u64, records: &[Record], wait: Duration, fails: impl Fn() -> bool) {
        let until = now + wait.as_secs() * 1000;
        let messages = &mut self.inside.lock().unwrap().messages;
        for message in messages.iter_mut().filter(|m| m.visible_at > now) {
            let named = records.iter().any(|record| record.receipt == message.record.receipt);
            if named && until <= message.received_at + MAX_VISIBILITY && !fails() {
                message.visible_at = until;
            }
        }
        self.changed.notify_one();
    }

    pub(crate) fn left(&self) -> usize {
        self.inside.lock().unwrap().messages.len()
    }
}

/// The queues of one stack.
pub(crate) struct Queues([Fifo; 3]);

impl Queues {
    /// `visibility` is in milliseconds.
    pub(crate) fn new(broken: Option<Broken>, visibility: u64) -> Self {
        let delay = if broken == Some(Broken::CloseBeforeItsTurn) { Duration::ZERO } else { CLOSE_DELAY };
        let of = |destination, delay| {
            let parked = Fifo::new(destination, Duration::ZERO, visibility, None);
            Fifo::new(destination, delay, visibility, Some(Arc::new(parked)))
        };
        Self([
            of(Destination::ToHelpdesk, Duration::ZERO),
            of(Destination::ToCustomer, Duration::ZERO),
            of(Destination::CloseTicket, delay),
        ])
    }

    pub(crate) fn to(&self, destination: Destination) -> &Fifo {
        let [to_helpdesk, to_blip, close_ticket] = &self.0;
        match destination {
            Destination::ToHelpdesk => to_helpdesk,
            Destination::ToCustomer => to_blip,
            Destination::CloseTicket => close_ticket,
        }
    }

    /// The parked queues.
    pub(crate) fn parked(&self) -> impl Iterator<Item = &Fifo> {
        self.0.iter().filter_map(|queue| queue.parked.as_deref())
    }

    /// Whether a message of the ledger was ever parked.
    pub(crate) fn were_parked(&self, tag: usize) -> bool {
        self.parked().any(|parked| parked.inside.lock().unwrap().tags.contains(&tag))
    }

    /// Nothing is left to be worked.
    pub(crate) fn are_worked(&self) -> bool {
        self.0.iter().all(|queue| queue.left() == 0)
    }

    pub(crate) fn are_empty(&self) -> bool {
        self.are_worked() && self.parked().all(|queue| queue.left() == 0)
    }
}
