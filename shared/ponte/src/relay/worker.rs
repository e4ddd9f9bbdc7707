//! A batch of records: split by group, the groups side by side, each group in order and stopped at its first failure.
//!
//! After a failure that record **and all later ones of its group** are answered as failed and get one new
//! visibility; were only the first changed, the queue would hold the group for its full time-out. What can
//! never be processed is parked, and the group goes on; so is a record that makes the worker panic. What such a record did
//! before is written down with the rest of its run ([`catch_panic`]).

use std::{panic::AssertUnwindSafe, time::Duration};

use async_trait::async_trait;
use futures_util::{FutureExt, future::join_all};
use serde::Deserialize;

use super::{
    Failure,
    fate::About,
    ports::{Clock, Journal, Queue},
};
use crate::{
    clock::Timestamp,
    job::Record,
    trail::{Line, StepName},
};

/// When a run must have written down what it did.
#[derive(Debug, Clone, Copy)]
pub struct Deadline(pub Timestamp);

/// What a run needs at its end: one write of the conversation store and one call to the queue.
const MARGIN: Duration = Duration::from_secs(2);
/// What of that the note about a parked message may use: it is parked by then, and a run that used up its time would else tell nobody.
const FOR_THE_NOTE: Duration = Duration::from_millis(700);
/// With less time than this no further call is begun. Most take a tenth of it; one that takes longer is given up when the
/// time is up ([`Deadline::cut`]).
pub(super) const SOON: Duration = Duration::from_millis(2500);
/// Why a call was given up.
const CUT: Failure = Failure::Unknown { why: "the function ran out of time before the response" };

impl Deadline {
    /// Whether another effect may still be started that takes up to `longest`.
    pub fn allows(self, now: Timestamp, longest: Duration) -> bool {
        now.plus(longest + MARGIN) <= self.0
    }

    /// The same, so much earlier.
    pub(super) fn earlier(self, by: Duration) -> Self {
        Self(self.0.minus(by))
    }

    /// How long an effect may still take.
    pub(super) fn left(self, now: Timestamp) -> Duration {
        self.0.since(now).saturating_sub(MARGIN)
    }

    /// Works until the time is up. What is under way then is given up with an unknown result, so that what was done before it is
    /// written down: no other side, however slow, brings the function to its limit.
    pub(super) async fn cut<T>(
        self,
        clock: &dyn Clock,
        work: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        tokio::time::timeout(self.left(clock.now()), work).await.unwrap_or(Err(CUT))
    }
}

/// How far a run came.
#[derive(Debug)]
pub struct RunOutcome {
    /// Records that are done, from the first on.
    pub done: usize,
    /// Why the next one is not; `None` when all are done.
    pub failure: Option<Failure>,
}

/// One of the workers: it takes the records of one group, in order.
#[async_trait]
pub trait Worker: Send + Sync {
    /// The worker's name in the log.
    fn name(&self) -> &'static str;
    /// Where what becomes of a group is told.
    fn journal(&self) -> &dyn Journal;
    /// What a record is about, for the trail.
    fn about(&self, _record: &Record) -> About {
        About::default()
    }
    /// Writes down that a record is about to be parked, where something of it may have happened. It is not parked before
    /// that is done.
    async fn parking(&self, _record: &Record) -> Result<(), Failure> {
        Ok(())
    }
    /// Tells whoever waits for a record that it was parked. Best effort: the alarm is told by the queue.
    async fn parked(&self, _record: &Record) {}

    /// Works them until the end, a failure, or the deadline, and writes down how far it came.
    async fn run(&self, records: &[Record], deadline: Deadline) -> RunOutcome;
}

/// Works a batch. Returns the ids of the records to be received again.
pub async fn work(
    worker: &dyn Worker,
    queue: &dyn Queue,
    clock: &dyn Clock,
    records: Vec<Record>,
    deadline: Deadline,
) -> Vec<String> {
    let mut groups: Vec<Vec<Record>> = Vec::new();
    for record in records {
        match groups.iter_mut().find(|group| group.first().is_some_and(|first| first.group == record.group)) {
            Some(group) => group.push(record),
            None => groups.push(vec![record]),
        }
    }
    let runs = groups.iter().map(|group| work_group(worker, queue, clock, group, deadline));
    join_all(runs).await.concat()
}

async fn work_group(
    worker: &dyn Worker,
    queue: &dyn Queue,
    clock: &dyn Clock,
    mut rest: &[Record],
    deadline: Deadline,
) -> Vec<String> {
    let started = clock.now();
    let count = rest.len();
    let group = rest.first().map_or("", |record| record.group.as_str());
    let waited_before = rest.iter().any(|record| record.attempts > 1);
    let mut one_by_one = false;
    let failure = loop {
        let outcome = match rest {
            // What was in the run that panicked may have had its effect: each record is worked as one that was tried
            // before, so that the other side is asked first.
            [first, ..] if one_by_one => {
                let again = Record { attempts: first.attempts.max(2), ..first.clone() };
                catch(worker.run(&[again], deadline)).await
            }
            rest => catch(worker.run(rest, deadline)).await,
        };
        let RunOutcome { done, failure } = match outcome {
            Some(stopped) => stopped,
            None if !one_by_one => {
                one_by_one = true;
                continue;
            }
            None => RunOutcome { done: 0, failure: Some(PANICKED) },
        };
        rest = rest.get(done..).unwrap_or_default();
        let Some((first, others)) = rest.split_first() else { break None };
        let Some(failure) = failure else {
            if one_by_one {
                continue;
            }
            break None;
        };
        if failure.is_retryable() {
            break Some(failure);
        }
        // A panic in it is the bug met again.
        if let Some(Err(unwritten)) = catch(worker.parking(first)).await {
            break Some(unwritten);
        }
        if queue.park(first, &failure).await.is_err() {
            break Some(Failure::later("the parked queue is unavailable"));
        }
        // It reads the same record: the bug may be met again there, and must not take the other groups with it.
        let told = async {
            worker.parked(first).await;
            Ok(())
        };
        let note = Deadline(deadline.0.plus(FOR_THE_NOTE));
        if !matches!(catch(note.cut(clock, told)).await, Some(Ok(()))) {
            tracing::warn!(queue = worker.name(), "the note about a parked message timed out or panicked");
        }
        worker.journal().step(Line {
            kind: Some(failure.kind().to_owned()),
            reason: Some(failure.to_string()),
            ..of_record(worker, StepName::Parked, first)
        });
        rest = others;
        if rest.is_empty() {
            break None;
        }
    };
    let milliseconds = u64::try_from(clock.now().since(started).as_millis()).unwrap_or(u64::MAX);
    let Some((failure, first)) = failure.zip(rest.first()) else {
        // What went well at once says so message by message.
        if waited_before {
            let mut line = Line::new(StepName::Done);
            (line.queue, line.group) = (Some(worker.name().to_owned()), Some(group.to_owned()));
            worker.journal().step(Line { records: Some(count), duration_ms: Some(milliseconds), ..line });
        }
        return Vec::new();
    };
    let wait = failure.wait(first.attempts, jitter(first));
    worker.journal().step(Line {
        ids: rest.iter().flat_map(|record| about(worker, record).messages).collect(),
        kind: Some(failure.kind().to_owned()),
        reason: Some(failure.to_string()),
        attempts: Some(first.attempts),
        waiting: Some(rest.len()),
        wait_s: Some(wait.as_secs()),
        waited_s: waited(first, clock.now()),
        duration_ms: Some(milliseconds),
        ..of_record(worker, StepName::Waits, first)
    });
    queue.postpone(rest, wait).await;
    rest.iter().map(|record| record.id.clone()).collect()
}

/// What a record is about. The bug that a record is parked for may be met again in reading it.
fn about(worker: &dyn Worker, record: &Record) -> About {
    std::panic::catch_unwind(AssertUnwindSafe(|| worker.about(record))).unwrap_or_default()
}

/// A line about a record, and about those behind it.
fn of_record(worker: &dyn Worker, step: StepName, record: &Record) -> Line {
    let About { conversation, messages } = about(worker, record);
    let line = Line {
        queue: Some(worker.name().to_owned()),
        group: Some(record.group.clone()),
        ids: messages,
        ..Line::new(step)
    };
    conversation.iter().fold(line, Line::of)
}

/// For how many seconds the record waits already, where its job says when it was received: a closing does not.
fn waited(record: &Record, now: Timestamp) -> Option<u64> {
    #[derive(Deserialize)]
    struct Received {
        received_at: Timestamp,
    }
    let job: Received = serde_json::from_str(&record.body).ok()?;
    Some(now.since(job.received_at).as_secs())
}

/// A panic is a bug of ours, and costs one message instead of its batch.
async fn catch<T>(run: impl Future<Output = T>) -> Option<T> {
    AssertUnwindSafe(run).catch_unwind().await.ok()
}

const PANICKED: Failure = Failure::Broken { why: "the worker panicked on it" };

/// One record of a run. Its panic must not take with it what the run has not written down yet: parts of a message that have
/// arrived would arrive again when it is replayed.
pub(super) async fn catch_panic<T>(record: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    catch(record).await.unwrap_or(Err(PANICKED))
}

/// Spreads the retries of different conversations. The receipt is random and new each time, so no source of
/// randomness is needed here.
fn jitter(record: &Record) -> u8 {
    record.receipt.bytes().fold(0, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_long_a_record_waits_is_read_from_its_job() {
        let waits = |body: &str| {
            let record = Record {
                id: String::new(),
                receipt: String::new(),
                group: String::new(),
                attempts: 2,
                body: body.to_owned(),
            };
            waited(&record, Timestamp(90_000))
        };
        assert_eq!(waits(r#"{"v":1,"received_at":30500,"envelope":{"content":"oi"}}"#), Some(59));
        // Clocks differ.
        assert_eq!(waits(r#"{"v":1,"received_at":99000}"#), Some(0));
        for none in ["", "{}", r#"{"v":1,"opening":"o","ticket":"T"}"#, r#"{"received_at":"x"}"#] {
            assert_eq!(waits(none), None, "{none}");
        }
    }
}
