//! A look into a queue, mostly a parked one.
//!
//! SQS has no way to look without receiving. While copies of a group are received and neither deleted nor given back, SQS
//! hands out no others of that group, and of one group at most ten at a time. So a look sees the beginning of each group,
//! and what lies behind only once that has gone. It gives back at once what it does not need; if the tool is stopped in
//! between, SQS does so after [`HOLD`].

use std::{collections::HashMap, time::Duration};

use aws_sdk_sqs::{
    Client,
    types::{ChangeMessageVisibilityBatchRequestEntry, Message, MessageSystemAttributeName, QueueAttributeName},
};
use ponte::clock::Timestamp;

use crate::{OperationError, Place, QueueName, QueuePair};

/// How long a received copy is invisible to others.
pub(super) const HOLD: Duration = Duration::from_mins(2);
/// The same in a queue that a worker reads: what the tool forgets to give back because it is killed waits for so long.
const SHORT_HOLD: Duration = Duration::from_secs(30);
/// The most that SQS hands out or takes back in one call.
const BATCH: i32 = 10;
/// How long SQS looks before it says that there is nothing: with no wait it asks only some of its servers.
const WAIT_SECONDS: i32 = 1;

/// A copy of a job in a queue. Its body is personal, so it is not printed.
#[derive(Clone)]
pub(crate) struct Copy {
    pub(crate) queue: QueueName,
    /// SQS's id of the copy: of a parked one, what `show` and `drop` take.
    pub(crate) id: String,
    pub(crate) receipt: String,
    pub(crate) group: String,
    pub(crate) parked_at: Timestamp,
    /// Why the worker parked it; `None` when SQS did, after too many receipts.
    pub(crate) reason: Option<String>,
    pub(crate) body: String,
}

impl std::fmt::Debug for Copy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Copy({}, {}, group {})", self.id, self.queue, self.group)
    }
}

/// The look, and what it holds.
#[derive(Debug)]
pub(crate) struct QueueScan<'a> {
    sqs: &'a Client,
    queue: &'a QueuePair,
    place: Place,
    /// Receipts by id.
    held: HashMap<String, String>,
}

impl<'a> QueueScan<'a> {
    pub(crate) fn into(sqs: &'a Client, queue: &'a QueuePair) -> Self {
        Self::at(sqs, queue, Place::Parked)
    }

    /// Into either queue of a pair. Of a queue that a worker reads it sees what no worker holds, and takes it from the worker for
    /// the time of the look.
    pub(crate) fn at(sqs: &'a Client, queue: &'a QueuePair, place: Place) -> Self {
        Self { sqs, queue, place, held: HashMap::new() }
    }

    fn hold(&self) -> Duration {
        match self.place {
            Place::Waiting => SHORT_HOLD,
            Place::Parked => HOLD,
        }
    }

    /// The next copies that were not seen yet, in order within each group; `None` when there are no more.
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<Copy>>, OperationError> {
        let receive = self
            .sqs
            .receive_message()
            .queue_url(self.queue.url(self.place))
            .max_number_of_messages(BATCH)
            .visibility_timeout(i32::try_from(self.hold().as_secs()).unwrap_or(i32::MAX))
            .wait_time_seconds(WAIT_SECONDS)
            .message_system_attribute_names(MessageSystemAttributeName::All)
            .message_attribute_names("reason");
        let received = receive.send().await;
        let received = received.map_err(|error| OperationError::aws(&self.queue.called(self.place), &error))?;
        let mut new = Vec::new();
        for message in received.messages.unwrap_or_default() {
            let copy = copy(self.queue.name, message);
            // What is back although we hold it was held for too long: its new receipt counts.
            if self.held.insert(copy.id.clone(), copy.receipt.clone()).is_none() {
                new.push(copy);
            }
        }
        Ok((!new.is_empty()).then_some(new))
    }

    /// Deletes a copy. It is gone for good after `Ok`.
    pub(crate) async fn delete(&mut self, copy: &Copy) -> Result<(), OperationError> {
        delete(self.sqs, self.queue.url(self.place), copy).await?;
        self.forget(&copy.id);
        Ok(())
    }

    /// The copy was deleted: it is not given back.
    pub(crate) fn forget(&mut self, id: &str) {
        self.held.remove(id);
    }

    /// How many copies it holds.
    pub(crate) fn held(&self) -> usize {
        self.held.len()
    }

    /// Gives back what is still held. Best effort: SQS does the same after [`HOLD`].
    pub(crate) async fn release(self) {
        let receipts: Vec<String> = self.held.into_values().collect();
        for receipts in receipts.chunks(usize::try_from(BATCH).unwrap_or(1)) {
            let entries = receipts.iter().enumerate().filter_map(|(number, receipt)| {
                ChangeMessageVisibilityBatchRequestEntry::builder()
                    .id(number.to_string())
                    .receipt_handle(receipt)
                    .visibility_timeout(0)
                    .build()
                    .ok()
            });
            let change = self.sqs.change_message_visibility_batch().queue_url(self.queue.url(self.place));
            let _ = change.set_entries(Some(entries.collect())).send().await;
        }
    }
}

/// Deletes a copy.
pub(super) async fn delete(sqs: &Client, url: &str, copy: &Copy) -> Result<(), OperationError> {
    let delete = sqs.delete_message().queue_url(url).receipt_handle(&copy.receipt).send().await;
    delete
        .map(drop)
        .map_err(|error| OperationError::aws(&format!("the copy {} stays in {}", copy.id, copy.queue), &error))
}

/// How many copies are parked in a queue, those that somebody holds included. SQS counts approximately, and up to a
/// minute late.
pub(super) async fn count(sqs: &Client, queue: &QueuePair) -> Result<u64, OperationError> {
    let numbers = numbers(sqs, queue, Place::Parked).await?;
    Ok(numbers.to_be_seen + numbers.held)
}

/// How many copies there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Numbers {
    /// That a look could see, as far as they are not behind ten of their group.
    pub(crate) to_be_seen: u64,
    /// That somebody holds: a worker, for as long as it waits with a retry, too, or another look; or that are delayed.
    pub(crate) held: u64,
}

/// What SQS counts in a queue: approximately, and up to a minute late.
pub(crate) async fn numbers(sqs: &Client, queue: &QueuePair, place: Place) -> Result<Numbers, OperationError> {
    let to_be_seen = QueueAttributeName::ApproximateNumberOfMessages;
    let held = [
        QueueAttributeName::ApproximateNumberOfMessagesNotVisible,
        QueueAttributeName::ApproximateNumberOfMessagesDelayed,
    ];
    let names = std::iter::once(&to_be_seen).chain(&held).cloned().collect();
    let ask = sqs.get_queue_attributes().queue_url(queue.url(place)).set_attribute_names(Some(names)).send().await;
    let answer = ask.map_err(|error| OperationError::aws(&queue.called(place), &error))?;
    let number = |name: &QueueAttributeName| answer.attributes()?.get(name)?.parse::<u64>().ok();
    Ok(Numbers { to_be_seen: number(&to_be_seen).unwrap_or(0), held: held.iter().filter_map(number).sum() })
}

fn copy(queue: QueueName, message: Message) -> Copy {
    let attribute = |name| message.attributes().and_then(|all| all.get(&name)).cloned().unwrap_or_default();
    let reason = message.message_attributes().and_then(|all| all.get("reason")?.string_value());
    Copy {
        queue,
        group: attribute(MessageSystemAttributeName::MessageGroupId),
        parked_at: Timestamp(attribute(MessageSystemAttributeName::SentTimestamp).parse().unwrap_or(0)),
        reason: reason.map(str::to_owned),
        id: message.message_id.unwrap_or_default(),
        receipt: message.receipt_handle.unwrap_or_default(),
        body: message.body.unwrap_or_default(),
    }
}
