//! Jobs in the queues: their format, their groups and deduplication ids, and the SQS adapter.
//!
//! Jobs are versioned JSON (`"v":1`), readable by the release before and after: fields are added, never renamed.

mod job;
#[cfg(feature = "aws")]
mod sqs;

pub use job::{CloseJob, Destination, Job, MAX_JOB, Record, ToCustomerJob, ToHelpdeskJob, VERSION, typing_slot};
#[cfg(feature = "aws")]
pub use sqs::{QueueUrls, SqsQueue};
