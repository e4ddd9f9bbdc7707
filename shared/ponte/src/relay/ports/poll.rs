//! The ports of the sweep: what a helpdesk never told, though it should have.

use async_trait::async_trait;

use super::StoreError;
use crate::{message::TicketEvents, relay::Failure};

/// What happened in a helpdesk since a point in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Swept {
    /// The events, by ticket, each ticket's in order: under the same ids as at the webhook endpoint.
    pub tickets: Vec<TicketEvents>,
    /// Where the next look begins. It lags so far behind that what the helpdesk writes out of order is not passed over.
    pub cursor: String,
    /// Whether there is more to be read at once.
    pub more: bool,
}

/// A helpdesk that is asked what happened, because it does not repeat an event that did not reach us.
#[async_trait]
pub trait EventPoller: Send + Sync {
    /// What happened since `cursor`, and at first where a look would begin, with nothing. What is not for the customer may be
    /// left out. Safe to repeat.
    async fn since(&self, cursor: Option<&str>) -> Result<Swept, Failure>;
}

/// Where the last look ended.
#[async_trait]
pub trait Cursors: Send + Sync {
    /// `None` before the first look.
    async fn cursor(&self) -> Result<Option<String>, StoreError>;
    /// Where the next look begins. Written once all that was found before it is safe.
    async fn store_cursor(&self, cursor: &str) -> Result<(), StoreError>;
}
