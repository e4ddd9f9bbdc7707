//! The schedules that another product keeps, for the hours of the service rules.

use async_trait::async_trait;
use service_rules::ForeignSchedule;

use crate::failure::Failure;

/// A product that keeps schedules.
#[async_trait]
pub trait Schedules: Send + Sync {
    /// Its schedules with their closed days, the main one first. All of them or none: one that cannot be read is a failure.
    async fn schedules(&self) -> Result<Vec<ForeignSchedule>, Failure>;
}
