//! How a stack is, in one look: queues, what waits and why, what is parked, when each side last worked.
//!
//! It changes nothing, and takes nothing out of a worker's hands: of the queues it reads what SQS counts, of the parked ones what is in
//! them, and the rest of the logs and the conversation store. So it works while a side is down, which is when it is asked.

mod log;
mod waiting;

use futures_util::future::{try_join, try_join_all, try_join3};
use ponte::{
    clock::{Clock, SystemClock, Timestamp},
    conversation::CustomerRecord,
};
use serde::Serialize;

use waiting::{DONE, LATER};

pub use waiting::Waiting;

use crate::{
    OperationError, Place, QueueName, Stack,
    conversations::{self, StateName},
    parked::{self, scan::numbers},
};

/// The state of a stack: its queues, conversations, parked messages, and when each function last worked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Status {
    pub at: String,
    pub queues: Vec<Queue>,
    pub conversations: Conversations,
    pub waiting: Vec<Waiting>,
    pub parked: parked::Listed,
    pub sides: Vec<Side>,
    /// What AWS does not tell, in words.
    pub not_told: Vec<String>,
}

/// One queue with its parked queue, as SQS counts: approximately, and up to a minute late.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Queue {
    pub queue: QueueName,
    /// Messages that a worker may take now.
    pub ready: u64,
    /// Messages in the hands of a worker, waiting for their next try, or delayed.
    pub held: u64,
    /// The age of the oldest message that waits for its next try, as the log of the worker says.
    pub oldest_seconds: Option<u64>,
    pub parked: u64,
    pub oldest_parked_seconds: Option<u64>,
}

/// The number of conversations in each state; closed ones do not count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Conversations {
    pub opening: u64,
    pub open: u64,
    pub closing: u64,
}

/// When a function last did its work, and last failed, as its log says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Side {
    pub side: &'static str,
    pub function: &'static str,
    pub last_success: Option<String>,
    pub last_failure: Option<String>,
    /// The reason of the last failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// Each side with its function, and the messages in its log that are a success and a failure.
const SIDES: [(&str, &str, &[&str], &[&str]); 5] = [
    ("from Blip", "blip-webhook", &["request accepted"], &["request rejected", "the queue did not take a job"]),
    (
        "from the helpdesk",
        "helpdesk-callback",
        &["request accepted"],
        &["request rejected", "the queue did not take a job"],
    ),
    ("to the helpdesk", "to-helpdesk", &["delivered", "known", DONE], &[LATER, "message parked"]),
    ("to Blip", "to-blip", &["delivered", "handled", "known", DONE], &[LATER, "message parked"]),
    ("closings, to both", "close-ticket", &["left", DONE], &[LATER, "message parked"]),
];

/// Reads the state of the stack from SQS, the table and the log. `read` is told how many items of the table were read since the last call.
pub async fn status(stack: &Stack, read: impl FnMut(u64)) -> Result<Status, OperationError> {
    let now = SystemClock.now();
    let conversations = present(stack, read).await?;
    let waiting = waiting::waiting(stack, now, &conversations);
    let (waiting, parked, sides) = try_join3(waiting, parked::list(stack, None, |_| ()), sides(stack)).await?;
    let mut queues = Vec::new();
    for pair in stack.queues(None) {
        let [main, aside] = [Place::Waiting, Place::Parked];
        let main = numbers(&stack.sqs, pair, main).await?;
        let aside = numbers(&stack.sqs, pair, aside).await?;
        let seen = parked.parked.iter().filter(|one| one.queue == pair.name);
        queues.push(Queue {
            queue: pair.name,
            ready: main.to_be_seen,
            held: main.held,
            oldest_seconds: waiting.iter().filter(|one| one.queue == pair.name).filter_map(|one| age(one, now)).max(),
            parked: (aside.to_be_seen + aside.held).max(u64::try_from(seen.clone().count()).unwrap_or(u64::MAX)),
            oldest_parked_seconds: seen.map(|one| one.age_seconds).max(),
        });
    }
    Ok(Status {
        at: now.rfc3339(),
        conversations: counted(&conversations),
        not_told: not_told(&queues),
        queues,
        waiting,
        parked,
        sides,
    })
}

/// When each side last worked, and last failed, by the logs of the last day.
///
/// # Errors
///
/// [`OperationError::Failed`] where a log cannot be read.
pub async fn sides(stack: &Stack) -> Result<Vec<Side>, OperationError> {
    let now = SystemClock.now();
    let asked = SIDES.map(|(side, function, successes, failures)| async move {
        let success = log::last(stack, function, now, successes);
        let failure = log::last(stack, function, now, failures);
        let (success, failure) = try_join(success, failure).await?;
        Ok::<_, OperationError>(Side {
            side,
            function,
            last_success: success.map(|line| line.at.rfc3339()),
            why: failure.as_ref().map(log::Line::why),
            last_failure: failure.map(|line| line.at.rfc3339()),
        })
    });
    try_join_all(asked).await
}

/// What SQS counts: for each queue what is ready, what is held, and what is parked. Nothing is received, so that nobody's message is held up.
///
/// # Errors
///
/// [`OperationError::Failed`] where SQS does not answer.
pub async fn counts(stack: &Stack) -> Result<Vec<Queue>, OperationError> {
    let asked = stack.queues(None).map(|pair| async move {
        let main = numbers(&stack.sqs, pair, Place::Waiting);
        let (main, aside) = try_join(main, numbers(&stack.sqs, pair, Place::Parked)).await?;
        Ok::<_, OperationError>(Queue {
            queue: pair.name,
            ready: main.to_be_seen,
            held: main.held,
            oldest_seconds: None,
            parked: aside.to_be_seen.saturating_add(aside.held),
            oldest_parked_seconds: None,
        })
    });
    try_join_all(asked).await
}

/// All conversations that have not ended, by the index.
async fn present(stack: &Stack, mut read: impl FnMut(u64)) -> Result<Vec<CustomerRecord>, OperationError> {
    let open = conversations::open(stack, None, usize::MAX).await?;
    read(u64::try_from(open.conversations.len()).unwrap_or(u64::MAX));
    Ok(open.conversations)
}

fn counted(conversations: &[CustomerRecord]) -> Conversations {
    let mut counts = Conversations::default();
    for conversation in conversations {
        match StateName::of(conversation.state) {
            StateName::Claimed | StateName::Ticketed => counts.opening += 1,
            StateName::Open => counts.open += 1,
            StateName::Closing => counts.closing += 1,
            StateName::Closed => {}
        }
    }
    counts
}

/// Of messages only: a conversation that is closing waits for its delay.
fn age(one: &Waiting, now: Timestamp) -> Option<u64> {
    one.group.as_ref()?;
    Some(now.since(one.since?).as_secs())
}

/// What nobody can know from here.
fn not_told(queues: &[Queue]) -> Vec<String> {
    let mut words = vec![
        "SQS counts approximately and up to a minute late, and does not say whose the messages are that a worker holds"
            .to_owned(),
        "logs come up to a minute late, and go back a day here; with LogLevel=warn they hold no success".to_owned(),
    ];
    let unknown: Vec<&str> = queues
        .iter()
        .filter(|queue| queue.ready + queue.held > 0 && queue.oldest_seconds.is_none())
        .map(|queue| queue.queue.as_str())
        .collect();
    if !unknown.is_empty() {
        words.push(format!(
            "how old the oldest message is in {}: AWS has it as the metric ApproximateAgeOfOldestMessage only",
            unknown.join(", ")
        ));
    }
    words
}
