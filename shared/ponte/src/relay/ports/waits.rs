//! How long the last conversations waited, by queue.

use async_trait::async_trait;
use service_rules::WaitStatistics;

use super::StoreError;

/// The waits of each queue, remembered as a mean and its deviation.
#[async_trait]
pub trait Waits: Send + Sync {
    /// What is known of a queue, by its id in the service rules; `None` is what has no queue.
    async fn waits(&self, queue: Option<&str>) -> Result<Option<WaitStatistics>, StoreError>;

    /// Changes what is known of a queue. `Conflict` where somebody else changed it meanwhile, as one sample in thousands: it is not tried again.
    async fn store_waits(
        &self,
        queue: Option<&str>,
        before: Option<&WaitStatistics>,
        after: &WaitStatistics,
    ) -> Result<(), StoreError>;
}
