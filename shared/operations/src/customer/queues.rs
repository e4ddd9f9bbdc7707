//! The customer's messages in the queues and the parked queues.
//!
//! A look hands out the beginning of each group (`parked/look.rs`). An erase deletes what it sees, and so comes to what is behind
//! it; an export takes nothing away, and sees ten messages of a group at the most. What a worker holds, nobody sees.

use std::{
    collections::HashMap,
    fmt,
    time::{Duration, Instant},
};

use serde::Serialize;

use super::ownership::{Ownership, Whose};
use crate::{
    OperationError, Place, QueueName, QueuePair, Stack,
    parked::scan::{Copy, QueueScan, numbers},
};

/// The most that SQS hands out of one group.
const MAX_OF_A_GROUP: u64 = 10;
/// How long until the next look, where something was held. A look takes each message of a queue from its worker for a moment, and
/// counts as a receipt of it.
const NEXT_LOOK: Duration = Duration::from_secs(5);

/// Why a message could not be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// A worker or another look holds it, or it waits for its next try, or for the end of its delay.
    CachedToken,
    /// It is behind ten of its group.
    Behind,
    /// It says not whose it is.
    Unknown,
}

/// What could not be seen in a queue. It may be nothing of the customer's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unseen {
    pub queue: QueueName,
    pub place: Place,
    pub why: Why,
    /// As SQS counts, approximately; 0 where there is no count.
    pub messages: u64,
}

impl fmt::Display for Unseen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parked = if self.place == Place::Parked { "-parked" } else { "" };
        let (queue, messages) = (self.queue, self.messages);
        match self.why {
            Why::CachedToken => {
                write!(f, "{queue}{parked}: {messages} were held by a worker or another look: run it again")
            }
            Why::Behind => write!(f, "{queue}{parked}: more may be behind the first ten of the customer's"),
            Why::Unknown => {
                write!(f, "{queue}{parked}: {messages} say not whose they are: see `ponte parked list`, and drop them")
            }
        }
    }
}

/// What becomes of what is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    Keep,
    /// What is held is waited for until then.
    Delete {
        until: Instant,
    },
}

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) copies: Vec<(Place, Copy)>,
    pub(super) unseen: Vec<Unseen>,
}

/// Goes through all queues: what is parked first, since a replay may bring it back.
pub(super) async fn through(stack: &Stack, mine: &mut Ownership<'_>, then: Then) -> Result<Found, OperationError> {
    let mut found = Found::default();
    for place in [Place::Parked, Place::Waiting] {
        for queue in stack.queues(None) {
            let unseen = |why, messages| Unseen { queue: queue.name, place, why, messages };
            loop {
                let once = once(stack, queue, place, mine, then).await?;
                let behind = then == Then::Keep && once.is_cut();
                found.copies.extend(once.copies.into_iter().map(|copy| (place, copy)));
                if let Then::Delete { until } = then
                    && once.held > 0
                    && Instant::now() + NEXT_LOOK < until
                {
                    tokio::time::sleep(NEXT_LOOK).await;
                    continue;
                }
                found.unseen.extend((once.held > 0).then(|| unseen(Why::CachedToken, once.held)));
                found.unseen.extend(behind.then(|| unseen(Why::Behind, 0)));
                found.unseen.extend((once.unknown > 0).then(|| unseen(Why::Unknown, once.unknown)));
                break;
            }
        }
    }
    Ok(found)
}

/// What one look found.
#[derive(Debug, Default)]
struct Once {
    copies: Vec<Copy>,
    unknown: u64,
    /// What was held before the look began: if nothing was, the look saw all that was there.
    held: u64,
}

impl Once {
    /// Whether a group of the customer's gave as much as SQS hands out.
    fn is_cut(&self) -> bool {
        let mut groups: HashMap<&str, u64> = HashMap::new();
        for copy in &self.copies {
            *groups.entry(&copy.group).or_default() += 1;
        }
        groups.into_values().any(|copies| copies >= MAX_OF_A_GROUP)
    }
}

async fn once(
    stack: &Stack,
    queue: &QueuePair,
    place: Place,
    mine: &mut Ownership<'_>,
    then: Then,
) -> Result<Once, OperationError> {
    let mut once = Once { held: numbers(&stack.sqs, queue, place).await?.held, ..Once::default() };
    let mut look = QueueScan::at(&stack.sqs, queue, place);
    let looked = async {
        while let Some(copies) = look.next().await? {
            for copy in copies {
                match mine.whose(&copy).await? {
                    Whose::Customers => {
                        if then != Then::Keep {
                            look.delete(&copy).await?;
                        }
                        once.copies.push(copy);
                    }
                    Whose::Unknown => once.unknown += 1,
                    Whose::Anothers => {}
                }
            }
        }
        Ok(())
    };
    let looked: Result<(), OperationError> = looked.await;
    look.release().await;
    looked.map(|()| once)
}

#[cfg(test)]
mod tests {
    use ponte::clock::Timestamp;

    use super::*;

    #[test]
    fn ten_of_one_group_may_hide_an_eleventh() {
        let copy = |group: &str| Copy {
            queue: QueueName::ToBlip,
            id: String::new(),
            receipt: String::new(),
            group: group.to_owned(),
            parked_at: Timestamp(0),
            reason: None,
            body: String::new(),
        };
        let once =
            |groups: &[&str]| Once { copies: groups.iter().map(|group| copy(group)).collect(), ..Once::default() };
        assert!(!once(&[&["a"; 9][..], &["b"; 9][..]].concat()).is_cut());
        assert!(once(&[&["a"; 10][..], &["b"; 1][..]].concat()).is_cut());
    }
}
