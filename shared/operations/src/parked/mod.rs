//! What could not be processed: list, show, replay, drop.

mod discard;
pub(crate) mod job;
mod list;
pub(crate) mod owners;
mod redact;
mod replay;
pub(crate) mod scan;
mod show;

use ponte::{
    clock::{Clock, SystemClock},
    message::CustomerKey,
    relay::ports::Store,
};

use crate::{OperationError, QueueName, Stack};

pub use discard::{Dropped, discard};
pub use job::{deduplication, kind, replayed};
pub use list::{Behind, Listed, Parked, list};
pub use redact::redact;
pub use replay::{Left, Replayed, Which, replay};
pub use show::{Detail, Shown, show};

/// Of one conversation or group nothing that is parked was seen: no problem where there is such a conversation.
pub async fn nothing_of(stack: &Stack, which: &str) -> Result<(), OperationError> {
    let read = stack.store.conversation(&CustomerKey::new(which), SystemClock.now()).await;
    match read.map_err(|error| OperationError::Failed(error.to_string()))? {
        Some(_) => Ok(()),
        None => Err(OperationError::NotFound(format!(
            "{which} is no conversation that is held, and no message group of which anything parked can be seen"
        ))),
    }
}

/// How many copies are parked, as SQS counts: approximately, and up to a minute late.
pub async fn count(stack: &Stack, queue: Option<QueueName>) -> Result<u64, OperationError> {
    let mut total = 0;
    for pair in stack.queues(queue) {
        total += scan::count(&stack.sqs, pair).await?;
    }
    Ok(total)
}
