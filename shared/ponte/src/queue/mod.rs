//! The adapter of SQS. What travels is in `job`.
//!
//! Jobs are versioned JSON (`"v":1`), readable by the release before and after: fields are added, never renamed.

#[cfg(feature = "aws")]
mod sqs;

pub use crate::job::{CloseJob, Destination, Job, MAX_JOB, Record, ToCustomerJob, ToHelpdeskJob, VERSION, typing_slot};
#[cfg(feature = "aws")]
pub use sqs::{QueueUrls, SqsQueue};
