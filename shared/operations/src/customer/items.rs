//! The customer's items of the table. What is in them, the store knows (`ponte::store::customer_items`).

use ponte::{message::CustomerKey, store::Item};

use crate::{OperationError, Stack};

/// All items of the customer. The conversation's is the last.
pub(super) async fn of(stack: &Stack, key: &CustomerKey) -> Result<Vec<Item>, OperationError> {
    stack.items.of(key).await.map_err(|error| OperationError::aws("the table cannot be read", &error))
}

/// Deletes items, in order. How many are gone.
pub(super) async fn delete(stack: &Stack, items: &[Item]) -> Result<u64, OperationError> {
    let mut gone = 0;
    for item in items {
        let deleted = stack.items.delete(item).await;
        gone += u64::from(deleted.map_err(|error| OperationError::aws("an item of the table stays", &error))?);
    }
    Ok(gone)
}
