//! SQS FIFO queues: message groups, the deduplication window of a group, visibility, receipts, and the queue's delay.
//!
//! Rules of the developer guide (docs.aws.amazon.com, "FIFO queue delivery logic", 2025): a group is blocked while one
//! of its messages is in flight, and a receipt is worth nothing once its visibility has ended.

use std::{collections::HashMap, sync::Mutex, time::Duration};

use ponte::queue::{Destination, Job, Record};
use tokio::sync::Notify;

use super::broken::Broken;

/// The template's visibility at the workers' smallest time limit.
pub(crate) const VISIBILITY: u64 = 60_000;
/// How long a deduplication id is remembered.
const WINDOW: u64 = 300_000;
/// `CloseDelaySeconds`.
pub(crate) const CLOSE_DELAY: Duration = Duration::from_secs(10);
/// `BatchSize`.
const BATCH: usize = 10;

/// A message in a queue. `tags` are the messages of the ledger that are in it.
#[derive(Clone)]
pub(crate) struct Waiting {
    pub record: Record,
    pub tags: Vec<usize>,
    visible_at: u64,
}

pub(crate) struct Fifo {
    pub destination: Destination,
    delay: u64,
    inside: Mutex<Inside>,
    changed: Notify,
}

#[derive(Default)]
struct Inside {
    messages: Vec<Waiting>,
    seen: HashMap<(String, String), u64>,
    sent: usize,
    receipts: usize,
}

impl Fifo {
    fn new(destination: Destination, delay: Duration) -> Self {
        let delay = u64::try_from(delay.as_millis()).unwrap();
        Self { destination, delay, inside: Mutex::default(), changed: Notify::new() }
    }

    /// Takes a message, unless its like came within the window. Says whether it is new.
    pub(crate) fn send(&self, now: u64, job: &Job, tags: &[usize]) -> bool {
        let mut inside = self.inside.lock().unwrap();
        let name = (job.group.clone(), job.deduplication.clone());
        if inside.seen.get(&name).is_some_and(|seen| now < seen + WINDOW) {
            return false;
        }
        inside.seen.insert(name, now);
        inside.sent += 1;
        let id = format!("{:?}-{}", self.destination, inside.sent);
        let record =
            Record { id, receipt: String::new(), group: job.group.clone(), attempts: 0, body: job.body.clone() };
        inside.messages.push(Waiting { record, tags: tags.to_vec(), visible_at: now + self.delay });
        self.changed.notify_one();
        true
    }

    /// Receives up to ten messages of all groups that are not blocked; or says when to ask again.
    fn receive(&self, now: u64, most: usize) -> Result<Vec<Waiting>, Option<u64>> {
        let inside = &mut *self.inside.lock().unwrap();
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
            message.visible_at = now + VISIBILITY;
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
            match self.receive(now(), most) {
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
        let messages = &mut self.inside.lock().unwrap().messages;
        let before = messages.len();
        messages.retain(|m| m.record.receipt != record.receipt || m.visible_at <= now);
        self.changed.notify_one();
        messages.len() < before
    }

    /// Changes the visibility, where the receipt is still good.
    pub(crate) fn postpone(&self, now: u64, records: &[Record], wait: Duration) {
        let messages = &mut self.inside.lock().unwrap().messages;
        for message in messages.iter_mut().filter(|m| m.visible_at > now) {
            if records.iter().any(|record| record.receipt == message.record.receipt) {
                message.visible_at = now + wait.as_secs() * 1000;
            }
        }
        self.changed.notify_one();
    }

    pub(crate) fn left(&self) -> usize {
        self.inside.lock().unwrap().messages.len()
    }
}

pub(crate) struct Queues {
    pub to_helpdesk: Fifo,
    pub to_blip: Fifo,
    pub close_ticket: Fifo,
    /// What was parked: from which queue, what, and why.
    pub parked: Mutex<Vec<(Destination, Record, String)>>,
}

impl Queues {
    pub(crate) fn new(broken: Option<Broken>) -> Self {
        let delay = if broken == Some(Broken::CloseBeforeItsTurn) { Duration::ZERO } else { CLOSE_DELAY };
        Self {
            to_helpdesk: Fifo::new(Destination::ToHelpdesk, Duration::ZERO),
            to_blip: Fifo::new(Destination::ToBlip, Duration::ZERO),
            close_ticket: Fifo::new(Destination::CloseTicket, delay),
            parked: Mutex::default(),
        }
    }

    pub(crate) fn to(&self, destination: Destination) -> &Fifo {
        match destination {
            Destination::ToHelpdesk => &self.to_helpdesk,
            Destination::ToBlip => &self.to_blip,
            Destination::CloseTicket => &self.close_ticket,
        }
    }

    pub(crate) fn are_empty(&self) -> bool {
        [&self.to_helpdesk, &self.to_blip, &self.close_ticket].iter().all(|queue| queue.left() == 0)
    }
}
