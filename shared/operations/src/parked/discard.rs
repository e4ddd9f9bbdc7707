//! Drops one parked copy for good, with a reason.

use ponte::message::CustomerKey;
use serde::Serialize;

use super::{owners::Owners, show::find};
use crate::{Entry, OperationError, QueueName, Stack};

/// What was deleted from a parked queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Dropped {
    pub queue: QueueName,
    pub id: String,
    pub group: String,
    /// The key of its conversation, where something leads to one.
    pub key: Option<CustomerKey>,
}

/// Deletes the copy `id`. Nobody is told but the audit log.
pub async fn discard(
    stack: &Stack,
    queue: Option<QueueName>,
    id: &str,
    reason: &str,
) -> Result<Dropped, OperationError> {
    if reason.trim().is_empty() {
        return Err(OperationError::Usage("a reason must say something".to_owned()));
    }
    let (pair, copy, mut look) = find(stack, queue, id).await?;
    let group = Some(copy.group.as_str());
    let entry = Entry {
        what: "parked.drop".into(),
        queue: Some(pair.name),
        group,
        ids: vec![id],
        reason: Some(reason),
        ..Entry::default()
    };
    let dropped = async {
        let key = Owners::of(stack).find(&copy).await?;
        stack.audit.around(&entry, look.delete(&copy)).await?;
        Ok(Dropped { queue: pair.name, id: copy.id.clone(), group: copy.group.clone(), key })
    };
    let dropped = dropped.await;
    look.release().await;
    dropped
}
