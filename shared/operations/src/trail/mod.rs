//! What happened to a conversation's messages, by the functions' logs: each step in words, what is missing, and why it waits now.
//!
//! What the lines say is worked out in `ponte::trail`, which reads nothing. Here they are found: by the conversation's id where a function knows
//! it, by its message groups where it does not (`docs/design/trail.md`). A line has keyed hashes and no word of anybody. It is read when somebody
//! looks, and costs nothing until then.

mod source;

pub use source::Source;

use std::time::Duration;

use ponte::{
    clock::{Clock, SystemClock},
    conversation::CustomerRecord,
    trail::{Story, story},
};

use crate::{OperationError, Stack};

/// How much of a trail a page shows: reading the logs of weeks takes some seconds.
const DAY: Duration = Duration::from_hours(24);

/// The trail of the present conversation, as far as its lines are of the last day.
///
/// # Errors
///
/// [`OperationError::Failed`] where a log cannot be read.
pub async fn of_the_last_day(stack: &Stack, conversation: &CustomerRecord) -> Result<Story, OperationError> {
    let source = Source::present(stack, conversation);
    let now = SystemClock.now();
    let lines = source.lines(stack, source.since.max(now.minus(DAY))).await?;
    Ok(story(lines, now, source.waits_since))
}
