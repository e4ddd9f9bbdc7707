//! The names of the helpdesk's that service rules give, for whoever checks the rules before they are in force.

use async_trait::async_trait;
use service_rules::HelpdeskName;

use crate::failure::Failure;

/// What a helpdesk has of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameFound {
    /// It is there.
    Present,
    /// There is none of this name or id.
    Absent,
    /// The field is there, and does not take this value.
    ValueRefused,
    /// The helpdesk has no place for this kind: the agent's first note has it instead.
    NoPlace,
    /// An opening passes it on without asking, so that nobody can say before.
    NotAsked,
}

/// A helpdesk that can be asked for the names that an opening looks up in it.
#[async_trait]
pub trait RouteNames: Send + Sync {
    /// Looks one name up, as an opening does, and an id as well.
    ///
    /// # Errors
    ///
    /// The helpdesk did not answer, or refused: nothing is known of the name then.
    async fn find_name(&self, name: &HelpdeskName) -> Result<NameFound, Failure>;
}
