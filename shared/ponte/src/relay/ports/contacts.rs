//! The port to the contacts that an adapter made in its helpdesk.

use async_trait::async_trait;

use crate::relay::Failure;

/// A helpdesk whose API deletes a contact. Called by the operator's tool, for a customer who asks to be erased.
#[async_trait]
pub trait Contacts: Send + Sync {
    /// Deletes the contact that was made under this name ([`NewConversation::customer`](super::Opening)), with whatever the helpdesk deletes
    /// of itself along with it. `false` when there is none (any more). Safe to repeat.
    async fn forget(&self, customer: &str) -> Result<bool, Failure>;
}
