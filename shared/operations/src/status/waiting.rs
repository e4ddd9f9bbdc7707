//! Which conversations wait, why and until when: by the workers' logs, and by the states in the conversation store.

use std::{collections::HashMap, time::Duration};

use ponte::{
    clock::Timestamp,
    conversation::{CustomerRecord, State},
    message::{ConversationId, CustomerKey},
};
use serde::{Serialize, Serializer};

use super::log::{Line, lines};
use crate::{OperationError, QueueName, Stack, conversations::Groups};

/// What a worker says of a run that came to no end, and of one that did.
pub(super) const LATER: &str = "retry scheduled";
pub(super) const DONE: &str = "batch done";
/// The longest wait between two tries but where the other side asked for more (`relay/failure.rs`), and a run.
const LOOK_BACK: i64 = 20 * 60_000;
/// How much later than it was to be a try may be: a run, and SQS.
const LATE: Duration = Duration::from_mins(1);

/// One group of messages that waits, or a conversation that does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Waiting {
    pub queue: QueueName,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Whose it is, where the conversation store says so: `ponte conversations show KEY`.
    pub key: Option<CustomerKey>,
    pub conversation: Option<ConversationId>,
    pub why: String,
    /// Messages in the worker's hands when it gave up; there may be more behind them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub messages: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tries: Option<u64>,
    /// Since when the first of them waits.
    #[serde(serialize_with = "moment")]
    pub since: Option<Timestamp>,
    #[serde(serialize_with = "moment")]
    pub next_try: Option<Timestamp>,
}

#[allow(clippy::ref_option, reason = "serde's signature")]
fn moment<S: Serializer>(at: &Option<Timestamp>, to: S) -> Result<S::Ok, S::Error> {
    at.map(Timestamp::rfc3339).serialize(to)
}

/// Reads the logs of the workers and compares with the conversations.
pub(super) async fn waiting(
    stack: &Stack,
    now: Timestamp,
    conversations: &[CustomerRecord],
) -> Result<Vec<Waiting>, OperationError> {
    let mut owners: HashMap<String, &CustomerRecord> = HashMap::new();
    for conversation in conversations {
        for group in Groups::of(stack, conversation).all() {
            owners.insert(group.clone(), conversation);
        }
    }
    let mut all = Vec::new();
    for queue in QueueName::ALL {
        let since = Timestamp(now.0.saturating_sub(LOOK_BACK));
        let lines = lines(stack, queue.as_str(), since, &[LATER, DONE]).await?;
        for line in still_waiting(lines, now) {
            let owner = owners.get(&line.group);
            all.push(Waiting {
                queue,
                key: owner.map(|one| one.key.clone()),
                conversation: owner.map(|one| one.opening.clone()),
                why: line.why(),
                messages: Some(line.waiting),
                tries: Some(line.attempts),
                since: line.waited_s.map(|waited| minus(line.at, waited)),
                next_try: Some(line.next_try()),
                group: Some(line.group),
            });
        }
    }
    let known: Vec<CustomerKey> = all.iter().filter_map(|one| one.key.clone()).collect();
    let others = conversations.iter().filter(|one| !known.contains(&one.key));
    all.extend(others.filter_map(|one| by_state(stack, one)));
    Ok(all)
}

/// The last line of each group that waits: the one after it would say that it is done.
fn still_waiting(lines: Vec<Line>, now: Timestamp) -> Vec<Line> {
    let mut last: HashMap<String, Line> = HashMap::new();
    for line in lines {
        last.insert(line.group.clone(), line);
    }
    let mut waiting: Vec<Line> =
        last.into_values().filter(|line| line.message == LATER && line.next_try().plus(LATE) >= now).collect();
    waiting.sort_by(|one, other| (one.at, &one.group).cmp(&(other.at, &other.group)));
    waiting
}

/// A conversation that is on its way into or out of talk, of which the logs of the last minutes say nothing.
fn by_state(stack: &Stack, conversation: &CustomerRecord) -> Option<Waiting> {
    let (queue, why, since, next_try) = match conversation.state {
        State::Claimed => {
            let why =
                "it is opening and has no ticket: its first message is at work, waits for a long time, or is parked";
            (QueueName::ToHelpdesk, why, conversation.opened, None)
        }
        State::Closing { since } => {
            let why = "it is ending: the last words may still pass";
            (QueueName::CloseTicket, why, since, Some(since.plus(stack.close_delay)))
        }
        State::Ticketed | State::Open | State::Closed { .. } => return None,
    };
    Some(Waiting {
        queue,
        group: None,
        key: Some(conversation.key.clone()),
        conversation: Some(conversation.opening.clone()),
        why: why.to_owned(),
        messages: None,
        tries: None,
        since: Some(since),
        next_try,
    })
}

fn minus(at: Timestamp, seconds: u64) -> Timestamp {
    Timestamp(at.0.saturating_sub(i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(1000)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_done_since_and_what_is_long_over_does_not_wait() {
        let line = |at: i64, group: &str, message: &str, wait_s| Line {
            at: Timestamp(at * 1000),
            group: group.to_owned(),
            message: message.to_owned(),
            wait_s,
            ..Line::default()
        };
        let lines = vec![
            line(100, "waits", LATER, 10),
            line(110, "waits", LATER, 20),
            line(100, "went", LATER, 900),
            line(200, "went", DONE, 0),
            // Its next try was long ago, and left no line.
            line(20, "over", LATER, 5),
            line(250, "fine", DONE, 0),
        ];
        let waiting = still_waiting(lines, Timestamp(180_000));
        assert_eq!(waiting.iter().map(|one| (one.group.as_str(), one.wait_s)).collect::<Vec<_>>(), [("waits", 20)]);
    }
}
