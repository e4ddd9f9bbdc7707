//! SQS: sending a job, and what becomes of a batch's records.

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_sqs::{
    Client,
    config::{Builder, timeout::TimeoutConfig},
    error::ProvideErrorMetadata,
    types::{ChangeMessageVisibilityBatchRequestEntry, MessageAttributeValue},
};

use super::{Destination, Job, MAX_JOB, Record};
use crate::{
    hash::HashKey,
    relay::{Failure, ports::Queue},
};

/// Postponing is the last that a worker does, and the queue's own time-out does the same: it must not outlast the function, or the records of
/// the batch that were done come again, too. Two tries, which still fit into 10 s behind a call that met nothing but silence.
const POSTPONE_TRY_LIMIT: Duration = Duration::from_millis(1200);
/// The same with all its tries.
const POSTPONE_LIMIT: Duration = Duration::from_millis(2500);

/// The queues that a function sends to; empty where it does not.
#[derive(Debug, Clone, Default)]
pub struct QueueUrls {
    pub to_helpdesk: String,
    pub to_blip: String,
    pub close_ticket: String,
    /// The worker's own queue, whose records it postpones.
    pub own: String,
    /// Where its records are parked.
    pub parked: String,
}

/// The queues of the stack, in SQS.
#[derive(Debug, Clone)]
pub struct SqsQueue {
    client: Client,
    urls: QueueUrls,
    key: HashKey,
}

impl SqsQueue {
    /// Queues by their URLs.
    pub fn new(client: Client, urls: QueueUrls, key: HashKey) -> Self {
        Self { client, urls, key }
    }

    fn url(&self, destination: Destination) -> &str {
        match destination {
            Destination::ToHelpdesk => &self.urls.to_helpdesk,
            Destination::ToCustomer => &self.urls.to_blip,
            Destination::CloseTicket => &self.urls.close_ticket,
        }
    }
}

#[async_trait]
impl Queue for SqsQueue {
    async fn send(&self, job: &Job) -> Result<(), Failure> {
        let send = self
            .client
            .send_message()
            .queue_url(self.url(job.destination))
            .message_group_id(&job.group)
            .message_deduplication_id(&job.deduplication)
            .message_body(&job.body);
        send.send().await.map(drop).map_err(|error| {
            tracing::error!(code = error.code().unwrap_or("no answer"), "the queue did not take a job");
            Failure::later("the queue is unavailable")
        })
    }

    async fn postpone(&self, records: &[Record], wait: Duration) {
        let seconds = i32::try_from(wait.as_secs()).unwrap_or(i32::MAX);
        let entries = records.iter().enumerate().filter_map(|(number, record)| {
            ChangeMessageVisibilityBatchRequestEntry::builder()
                .id(number.to_string())
                .receipt_handle(&record.receipt)
                .visibility_timeout(seconds)
                .build()
                .ok()
        });
        // A batch of the event source is at most 10 records, as one call takes.
        let change = self.client.change_message_visibility_batch().queue_url(&self.urls.own);
        let limits =
            TimeoutConfig::builder().operation_attempt_timeout(POSTPONE_TRY_LIMIT).operation_timeout(POSTPONE_LIMIT);
        let limits = Builder::new().timeout_config(limits.build());
        let change = change.set_entries(Some(entries.collect())).customize().config_override(limits);
        // Where it fails, the queue's own time-out does the same, later.
        match change.send().await {
            Ok(answer) => {
                // Entry by entry: a receipt may have ended, and the others are changed all the same.
                for entry in answer.failed() {
                    tracing::warn!(code = entry.code(), "the retry of a record could not be timed");
                }
            }
            Err(error) => {
                tracing::warn!(code = error.code().unwrap_or("no answer"), "the retry could not be timed");
            }
        }
    }

    async fn park(&self, record: &Record, failure: &Failure) -> Result<(), Failure> {
        // A message's attributes count towards its size: of one that is as large as may be the reason is in the log alone.
        let words = failure.to_string();
        let fits = record.body.len() + "reason".len() + "String".len() + words.len() <= MAX_JOB;
        let reason = MessageAttributeValue::builder().data_type("String").string_value(words).build();
        let mut park = self
            .client
            .send_message()
            .queue_url(&self.urls.parked)
            .message_group_id(&record.group)
            // By the record's own id, so that parking the same one twice leaves one.
            .message_deduplication_id(self.key.hex(&["parked", &record.id]))
            .message_body(&record.body);
        if let Ok(reason) = reason
            && fits
        {
            park = park.message_attributes("reason", reason);
        }
        park.send().await.map(drop).map_err(|_| Failure::later("the parked queue is unavailable"))
    }
}
