//! Where a router's customer is: with us, or with another of the router's bots.

use async_trait::async_trait;

use crate::{failure::Failure, lime::Node};

/// Asks the router, and tells it. Only where the company gave the router's own key.
#[async_trait]
pub trait Whereabouts: Send + Sync {
    /// Whether the router says that the customer is with another bot than ours. `false` where it names ours, and where what it says means
    /// nothing to us: nobody's conversation ends on a guess.
    async fn is_elsewhere(&self, customer: &Node) -> Result<bool, Failure>;
    /// Moves the customer to us: what the customer writes from now on comes here. Safe to repeat. [`Failure::Refused`] where the router will
    /// not, or does not know the customer.
    async fn call_back(&self, customer: &Node) -> Result<(), Failure>;
}
