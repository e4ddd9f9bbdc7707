//! Shows one parked copy: its structure, or with `--personal` all of it.

use serde::Serialize;
use serde_json::Value;

use super::{
    list::{Parked, parked},
    owners::Owners,
    redact,
    scan::{Copy, QueueScan},
};
use crate::{Entry, OperationError, QueueName, QueuePair, Stack};

/// One parked copy with its body.
#[derive(Clone, Serialize)]
pub struct Shown {
    #[serde(flatten)]
    pub parked: Parked,
    /// Redacted, unless the personal one was asked for.
    pub body: Value,
}

impl std::fmt::Debug for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Shown({:?})", self.parked)
    }
}

/// How much of a body is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    Redacted,
    /// As it is; that somebody looked is written down.
    Personal,
}

/// Shows the copy `id`, and gives it back.
pub async fn show(stack: &Stack, queue: Option<QueueName>, id: &str, detail: Detail) -> Result<Shown, OperationError> {
    let (pair, copy, look) = find(stack, queue, id).await?;
    look.release().await;
    let body = match detail {
        Detail::Redacted => redact(&copy.body),
        Detail::Personal => {
            let entry = Entry {
                what: "parked.read".into(),
                queue: Some(pair.name),
                group: Some(&copy.group),
                ids: vec![id],
                ..Entry::default()
            };
            stack.audit.write(&entry).await?;
            serde_json::from_str(&copy.body).unwrap_or_else(|_| Value::String(copy.body.clone()))
        }
    };
    let key = Owners::of(stack).find(&copy).await?;
    Ok(Shown { parked: parked(copy, key), body })
}

/// Finds a copy among those that can be seen. The look still holds what it went through.
pub(super) async fn find<'a>(
    stack: &'a Stack,
    queue: Option<QueueName>,
    id: &str,
) -> Result<(&'a QueuePair, Copy, QueueScan<'a>), OperationError> {
    for pair in stack.queues(queue) {
        let mut look = QueueScan::into(&stack.sqs, pair);
        loop {
            match look.next().await {
                Ok(Some(copies)) => {
                    if let Some(copy) = copies.into_iter().find(|copy| copy.id == id) {
                        return Ok((pair, copy, look));
                    }
                }
                Ok(None) => break,
                Err(problem) => {
                    look.release().await;
                    return Err(problem);
                }
            }
        }
        look.release().await;
    }
    Err(OperationError::NotFound(format!(
        "no parked copy {id} can be seen: it is gone, held by another look, or behind others of its group"
    )))
}
