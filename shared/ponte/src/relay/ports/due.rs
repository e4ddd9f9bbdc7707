//! Which conversations something is due for.

use async_trait::async_trait;

use super::StoreError;
use crate::{clock::Timestamp, message::CustomerKey};

/// A conversation, and when something is due for it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Due {
    /// When. It may be over by now.
    pub at: Timestamp,
    /// The customer whose conversation something is due in.
    pub customer: CustomerKey,
}

/// The conversations that are not closed, in the order in which something is due for them.
#[async_trait]
pub trait DueIndex: Send + Sync {
    /// The next page of those that are due by `now`, the longest due first, after `last`. An index may be behind by some seconds. Empty: there
    /// are no more.
    async fn due_by(&self, now: Timestamp, last: Option<&Due>) -> Result<Vec<Due>, StoreError>;
}
