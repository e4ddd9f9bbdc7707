//! What DynamoDB's errors mean for the relay.

use aws_sdk_dynamodb::{
    error::{ProvideErrorMetadata, SdkError},
    operation::transact_write_items::TransactWriteItemsError,
};

use crate::relay::ports::StoreError;

/// A transaction that was cancelled: a conflict, where a condition failed or another write was under way (`CancellationReasons`, one
/// for each item, `None` for those that were not the reason). What was throttled, or is no valid request, means that the store is unavailable.
pub(super) fn transaction_error(error: &SdkError<TransactWriteItemsError>) -> StoreError {
    let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) = error.as_service_error() else {
        return store_error(error);
    };
    let conflict = |code: &str| matches!(code, "ConditionalCheckFailed" | "TransactionConflict" | "DuplicateItem");
    let codes = || cancelled.cancellation_reasons().iter().filter_map(|reason| reason.code());
    let other = codes().find(|code| *code != "None" && !conflict(code));
    if codes().any(conflict) || codes().next().is_none() {
        StoreError::Conflict
    } else {
        tracing::warn!(code = other.unwrap_or("None"), "DynamoDB cancelled a transaction");
        StoreError::Unavailable
    }
}

/// A failed condition, or a transaction under way on the item, is a conflict; all else means that the store is unavailable. Its own words are
/// logged as a code only: a message of DynamoDB's may hold a value.
pub(super) fn store_error<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> StoreError {
    let code = error.code().unwrap_or("no answer");
    match code {
        "ConditionalCheckFailedException" | "TransactionConflictException" => StoreError::Conflict,
        code => {
            tracing::warn!(code, "DynamoDB did not respond");
            StoreError::Unavailable
        }
    }
}
