//! The schedules that another product keeps, for the hours of the service rules.

use async_trait::async_trait;
use service_rules::ForeignSchedule;

use crate::failure::Failure;

/// The most schedules of one product that are read, the main one among them: each costs a call.
pub const MAX_SCHEDULES: usize = 20;

/// What a product gave.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FoundSchedules {
    /// Its schedules with their closed days, the main one first.
    pub schedules: Vec<ForeignSchedule>,
    /// The ids of those that it has and that could not be read. What was read of them before stays.
    pub unread: Vec<String>,
    /// How many it has beyond [`MAX_SCHEDULES`].
    pub left_out: usize,
}

/// A product that keeps schedules.
#[async_trait]
pub trait Schedules: Send + Sync {
    /// Its schedules. One that cannot be read takes no other away; a failure is one of all.
    async fn schedules(&self) -> Result<FoundSchedules, Failure>;
}
