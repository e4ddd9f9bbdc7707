//! Sends parked copies back to the queue that they came from, in order, group by group.
//!
//! A copy is sent with its own group, so that it comes after whatever of its conversation is in the queue already, then
//! deleted. Between the two the tool may die: the copy is then sent again by the next run, under the same deduplication id;
//! after the five minutes in which SQS remembers that, the worker knows it, since it looks before it repeats.
//!
//! Two runs at once do no harm: SQS gives the copies of a group to one of them only.

use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use serde::Serialize;

use super::{
    job,
    owners::Owners,
    scan::{Copy, HOLD, QueueScan, count, delete},
};
use crate::{Entry, MAX_CALL, OperationError, QueueName, QueuePair, Stack};

/// How long after its receipt a copy may still be sent. The receipt and the sending take a call each, and by [`HOLD`] the
/// sending must be over.
const SAFE: Duration = Duration::from_mins(1);
const _: () = assert!(SAFE.as_secs() + 2 * MAX_CALL.as_secs() < HOLD.as_secs());

/// Which parked messages are sent back to their queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    All,
    /// Those of one message group, or of the conversation with this key.
    One(String),
}

/// A copy that stayed where it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Left {
    pub queue: QueueName,
    pub id: String,
    pub group: String,
    pub why: String,
}

/// What a replay did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Replayed {
    pub replayed: u64,
    /// How many were found that were to go back.
    pub found: u64,
    /// The first of each group that did not go back; all after it stayed too.
    pub left: Vec<Left>,
    /// When all were to go: copies that SQS counted and did not hand out, because another run or look holds them (a killed
    /// one for up to two minutes), because they are behind one that was left, or because it counted late.
    pub not_handed_out: u64,
}

/// Sends copies back. `sent` is told of each. What was sent stays sent when a later one fails: the next run goes on there.
pub async fn replay(
    stack: &Stack,
    queue: Option<QueueName>,
    which: &Which,
    sent: impl Fn(u64),
) -> Result<Replayed, OperationError> {
    let mut replayed = Replayed::default();
    for queue in stack.queues(queue) {
        let counted = if *which == Which::All { count(&stack.sqs, queue).await? } else { 0 };
        let before = replayed.replayed;
        let mut look = QueueScan::into(&stack.sqs, queue);
        let mut run =
            Run { stack, queue, which, owners: Owners::of(stack), wanted: HashSet::new(), sent: HashSet::new() };
        let end = loop {
            match look.next().await {
                Ok(Some(copies)) => run.batch(&mut look, copies, &mut replayed, &sent).await,
                Ok(None) => break Ok(()),
                Err(problem) => break Err(problem),
            }
        };
        let held = u64::try_from(look.held()).unwrap_or(u64::MAX);
        look.release().await;
        end?;
        replayed.not_handed_out += counted.saturating_sub(replayed.replayed - before).saturating_sub(held);
    }
    Ok(replayed)
}

struct Run<'a> {
    stack: &'a Stack,
    queue: &'a QueuePair,
    which: &'a Which,
    owners: Owners<'a>,
    /// The groups that go back, where not all do.
    wanted: HashSet<String>,
    /// What was sent in this run, hashed. A worker that parks it again parks the very same body: it must not be sent
    /// again until the operator says so, or the two would go round for ever.
    sent: HashSet<[u8; 32]>,
}

/// How far one group came.
struct Progress {
    /// Ids of copies that were sent and deleted.
    done: Vec<String>,
    bodies: Vec<[u8; 32]>,
    left: Option<Left>,
}

impl Run<'_> {
    /// Sends what is wanted of one receipt: the groups side by side, each in order.
    async fn batch(
        &mut self,
        look: &mut QueueScan<'_>,
        copies: Vec<Copy>,
        replayed: &mut Replayed,
        sent: &impl Fn(u64),
    ) {
        let received = Instant::now();
        if let Err(problem) = self.decide(&copies).await {
            replayed.left.extend(copies.first().map(|copy| left(copy, problem.to_string())));
            return;
        }
        let mut groups: Vec<Vec<Copy>> = Vec::new();
        for copy in copies.into_iter().filter(|copy| self.wants(copy)) {
            match groups.iter_mut().find(|group| group.first().is_some_and(|first| first.group == copy.group)) {
                Some(group) => group.push(copy),
                None => groups.push(vec![copy]),
            }
        }
        replayed.found += groups.iter().map(|group| u64::try_from(group.len()).unwrap_or(u64::MAX)).sum::<u64>();
        let progress = join_all(groups.iter().map(|group| self.group(group, received, sent))).await;
        for progress in progress {
            for id in &progress.done {
                look.forget(id);
                replayed.replayed += 1;
            }
            self.sent.extend(progress.bodies);
            replayed.left.extend(progress.left);
        }
    }

    /// Finds out which groups are wanted. One copy that leads to its conversation speaks for its whole group.
    async fn decide(&mut self, copies: &[Copy]) -> Result<(), OperationError> {
        let Which::One(which) = self.which else { return Ok(()) };
        for copy in copies {
            if copy.group == *which || self.owners.find(copy).await?.is_some_and(|key| key.as_str() == which) {
                self.wanted.insert(copy.group.clone());
            }
        }
        Ok(())
    }

    fn wants(&self, copy: &Copy) -> bool {
        *self.which == Which::All || self.wanted.contains(&copy.group)
    }

    /// Sends the copies of one group until the end, or the first that does not go.
    async fn group(&self, copies: &[Copy], received: Instant, sent: &impl Fn(u64)) -> Progress {
        let mut progress = Progress { done: Vec::new(), bodies: Vec::new(), left: None };
        let ids = copies.iter().map(|copy| copy.id.as_str()).collect();
        let group = copies.first().map(|copy| copy.group.as_str());
        let entry =
            Entry { what: "parked.replay".into(), queue: Some(self.queue.name), group, ids, ..Entry::default() };
        let mut written = false;
        for copy in copies {
            let why = match self.body(copy) {
                Err(why) => Some(why.to_owned()),
                Ok(body) => {
                    let outcome = async {
                        if !written {
                            self.stack.audit.write(&entry).await?;
                            written = true;
                        }
                        // Held for too long to be sure that nobody else gets it: it comes back by itself.
                        if received.elapsed() > SAFE {
                            return Err(OperationError::Left("it took too long: run the command again".to_owned()));
                        }
                        self.send(copy, &body).await?;
                        progress.bodies.push(self.stack.key.bytes(&["replayed", &copy.group, &body]));
                        delete(&self.stack.sqs, &self.queue.parked, copy).await
                    };
                    outcome.await.err().map(|problem| problem.to_string())
                }
            };
            if let Some(why) = why {
                progress.left = Some(left(copy, why));
                break;
            }
            progress.done.push(copy.id.clone());
            sent(1);
        }
        if written {
            self.write_down_what_stayed(copies, &progress).await;
        }
        progress
    }

    fn body(&self, copy: &Copy) -> Result<String, &'static str> {
        if self.sent.contains(&self.stack.key.bytes(&["replayed", &copy.group, &copy.body])) {
            return Err("it went back, and was parked again");
        }
        job::replayed(&copy.body).ok_or("it is no job of any release: drop it")
    }

    async fn send(&self, copy: &Copy, body: &str) -> Result<(), OperationError> {
        let send = self
            .stack
            .sqs
            .send_message()
            .queue_url(&self.queue.main)
            .message_group_id(&copy.group)
            .message_deduplication_id(job::deduplication(&copy.id, &self.stack.key))
            .message_body(body);
        send.send()
            .await
            .map(drop)
            .map_err(|error| OperationError::aws(&format!("{} took nothing", self.queue.name), &error))
    }

    /// The line before said that all of them go; of those that did not, a second line says so.
    async fn write_down_what_stayed(&self, copies: &[Copy], progress: &Progress) {
        let Some(left) = &progress.left else { return };
        let ids = copies.iter().skip(progress.done.len()).map(|copy| copy.id.as_str()).collect();
        let (group, reason) = (Some(left.group.as_str()), Some(left.why.as_str()));
        let entry = Entry {
            what: "parked.replay.stopped".into(),
            queue: Some(self.queue.name),
            group,
            ids,
            reason,
            ..Entry::default()
        };
        let _ = self.stack.audit.write(&entry).await;
    }
}

fn left(copy: &Copy, why: String) -> Left {
    Left { queue: copy.queue, id: copy.id.clone(), group: copy.group.clone(), why }
}
