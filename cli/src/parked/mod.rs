//! What could not be processed: list, show, replay, drop.

mod discard;
pub(crate) mod job;
mod list;
pub(crate) mod look;
pub(crate) mod owners;
mod redact;
mod replay;
mod show;

use crate::{Problem, QueueName, Stack};

pub use discard::{Dropped, discard};
pub use job::{deduplication, kind, replayed};
pub use list::{Behind, Listed, Parked, list};
pub use redact::redact;
pub use replay::{Left, Replayed, Which, replay};
pub use show::{Detail, Shown, show};

/// How many copies are parked, as SQS counts: approximately, and up to a minute late.
pub async fn count(stack: &Stack, queue: Option<QueueName>) -> Result<u64, Problem> {
    let mut total = 0;
    for pair in stack.queues(queue) {
        total += look::count(&stack.sqs, pair).await?;
    }
    Ok(total)
}
