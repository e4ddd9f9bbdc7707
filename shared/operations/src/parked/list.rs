//! Lists what is parked, without a word of it.

use ponte::{
    clock::{Clock, SystemClock},
    message::CustomerKey,
};
use serde::Serialize;

use super::{
    job,
    owners::Owners,
    scan::{Copy, QueueScan, count},
};
use crate::{OperationError, QueueName, Stack};

/// SQS parks what was received 1,000 times; the worker writes its reason.
const PARKED_BY_SQS: &str = "received too often, without an answer of the worker";

/// One parked copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Parked {
    pub queue: QueueName,
    pub id: String,
    pub group: String,
    /// The key of its conversation, where something leads to one.
    pub key: Option<CustomerKey>,
    pub parked_at: String,
    pub age_seconds: u64,
    pub reason: String,
    pub kind: String,
}

/// What a look could not see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Behind {
    pub queue: QueueName,
    /// Copies behind those of their group that were seen, or in the hands of another look; approximately.
    pub copies: u64,
}

/// The parked messages of the stack.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// The beginning of each group, oldest group first, in order.
    pub parked: Vec<Parked>,
    /// Queues of which not all could be seen.
    pub behind: Vec<Behind>,
}

/// Looks into the parked queues and gives everything back at once. `seen` is told how many were seen since the last call.
pub async fn list(
    stack: &Stack,
    queue: Option<QueueName>,
    mut seen: impl FnMut(u64),
) -> Result<Listed, OperationError> {
    let mut listed = Listed::default();
    let mut owners = Owners::of(stack);
    for pair in stack.queues(queue) {
        let total = count(&stack.sqs, pair).await?;
        let mut copies = Vec::new();
        let mut look = QueueScan::into(&stack.sqs, pair);
        let end = loop {
            match look.next().await {
                Ok(Some(more)) => {
                    seen(u64::try_from(more.len()).unwrap_or(u64::MAX));
                    copies.extend(more);
                }
                Ok(None) => break Ok(()),
                Err(problem) => break Err(problem),
            }
        };
        look.release().await;
        end?;
        let behind = total.saturating_sub(u64::try_from(copies.len()).unwrap_or(u64::MAX));
        if behind > 0 {
            listed.behind.push(Behind { queue: pair.name, copies: behind });
        }
        for copy in by_group(copies) {
            let key = owners.find(&copy).await?;
            listed.parked.push(parked(copy, key));
        }
    }
    Ok(listed)
}

pub(super) fn parked(copy: Copy, key: Option<CustomerKey>) -> Parked {
    Parked {
        kind: job::kind(copy.queue, &copy.body),
        queue: copy.queue,
        id: copy.id,
        group: copy.group,
        key,
        parked_at: copy.parked_at.rfc3339(),
        age_seconds: SystemClock.now().since(copy.parked_at).as_secs(),
        reason: copy.reason.unwrap_or_else(|| PARKED_BY_SQS.to_owned()),
    }
}

/// Brings the copies of each group together, the group whose first was parked first before the others. Within a group the
/// order is that of the queue.
pub(super) fn by_group(copies: Vec<Copy>) -> Vec<Copy> {
    let mut groups: Vec<Vec<Copy>> = Vec::new();
    for copy in copies {
        match groups.iter_mut().find(|group| group.first().is_some_and(|first| first.group == copy.group)) {
            Some(group) => group.push(copy),
            None => groups.push(vec![copy]),
        }
    }
    groups.sort_by_key(|group| group.first().map(|first| first.parked_at));
    groups.concat()
}

#[cfg(test)]
mod tests {
    use ponte::clock::Timestamp;

    use super::*;

    #[test]
    fn groups_come_together_and_keep_their_order() {
        let copy = |id: &str, group: &str, at| Copy {
            queue: QueueName::ToBlip,
            id: id.to_owned(),
            receipt: String::new(),
            group: group.to_owned(),
            parked_at: Timestamp(at),
            reason: None,
            body: "Maria".to_owned(),
        };
        // b2 was parked before b1 by the clock of another of SQS's servers: the queue's order counts.
        let copies = vec![copy("a1", "a", 5), copy("b1", "b", 3), copy("a2", "a", 6), copy("b2", "b", 2)];
        assert_eq!(format!("{:?}", copies[0]), "Copy(a1, to-blip, group a)");
        let ordered: Vec<String> = by_group(copies).into_iter().map(|copy| copy.id).collect();
        assert_eq!(ordered, ["b1", "b2", "a1", "a2"]);
    }
}
