//! What happened to a conversation's messages, by the workers' logs: each run of a group, its retries and their reasons.
//!
//! A log line has keyed hashes and no word. It is read when somebody looks, and costs nothing until then.

use std::time::Duration;

use futures_util::future::try_join_all;
use ponte::{
    clock::{Clock, SystemClock, Timestamp},
    conversation::CustomerRecord,
};
use serde::Serialize;

use crate::{OperationError, QueueName, Stack, conversations::Groups, status::log};

/// How far back it is looked, at most.
const LOOK_BACK: Duration = Duration::from_hours(24);
/// What the workers say of a run.
const STEPS: [&str; 3] = ["batch done", "retry scheduled", "message parked"];

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// When, in Unix milliseconds.
    #[serde(serialize_with = "moment")]
    pub at: Timestamp,
    /// Which worker it was: from the customer, from the agent, or the closing.
    pub queue: QueueName,
    pub kind: StepKind,
    /// Why, with what the other side answered; empty where it went well.
    pub why: String,
    /// Which try it was, where it is told.
    pub attempt: Option<u64>,
    /// In how many seconds the next try is.
    pub wait_s: Option<u64>,
}

/// What became of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepKind {
    Done,
    Waits,
    Parked,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn moment<S: serde::Serializer>(at: &Timestamp, to: S) -> Result<S::Ok, S::Error> {
    at.rfc3339().serialize(to)
}

/// The steps of the present conversation within the last day, the oldest first.
///
/// # Errors
///
/// [`OperationError::Failed`] where a log cannot be read.
pub async fn trail(stack: &Stack, conversation: &CustomerRecord) -> Result<Vec<Step>, OperationError> {
    let now = SystemClock.now();
    let day = Timestamp(now.0.saturating_sub(i64::try_from(LOOK_BACK.as_millis()).unwrap_or(i64::MAX)));
    let since = day.max(Timestamp(conversation.opened.0.saturating_sub(60_000)));
    let groups: Vec<String> = Groups::of(stack, conversation).all().cloned().collect();
    let read = QueueName::ALL.map(|queue| {
        let groups = &groups;
        async move {
            let lines = log::of_groups(stack, queue.as_str(), since, groups, &STEPS).await?;
            Ok::<_, OperationError>(lines.into_iter().map(|line| step(queue, &line)).collect::<Vec<_>>())
        }
    });
    let mut steps = try_join_all(read).await?.concat();
    steps.sort_by_key(|step| step.at);
    Ok(steps)
}

fn step(queue: QueueName, line: &log::Line) -> Step {
    let kind = match line.message.as_str() {
        "retry scheduled" => StepKind::Waits,
        "message parked" => StepKind::Parked,
        _ => StepKind::Done,
    };
    let waits = kind == StepKind::Waits;
    Step {
        at: line.at,
        queue,
        kind,
        why: if kind == StepKind::Done { String::new() } else { line.why() },
        attempt: (line.attempts > 0).then_some(line.attempts),
        wait_s: waits.then_some(line.wait_s),
    }
}
