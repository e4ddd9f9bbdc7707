//! Whether somebody is there, where a helpdesk tells it.

use async_trait::async_trait;

use crate::failure::Failure;

/// A helpdesk that tells whether an agent is online.
#[async_trait]
pub trait Staffing: Send + Sync {
    /// Whether somebody is online who can take a new conversation of this queue, which is the helpdesk's own name or id of one; `None` is a
    /// conversation without a queue. The answer is `None` where the helpdesk does not tell it of this queue: `false` is said to customers, and
    /// must be known.
    ///
    /// # Errors
    ///
    /// The helpdesk did not answer, or refused.
    async fn is_staffed(&self, queue: Option<&str>) -> Result<Option<bool>, Failure>;
}
