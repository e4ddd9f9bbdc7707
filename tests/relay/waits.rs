//! How long the last conversations waited, in memory.

use std::{collections::HashMap, sync::Mutex};

use ponte::relay::ports::{StoreError, Waits};
use service_rules::WaitStatistics;

#[derive(Default)]
pub(crate) struct MemoryWaits(pub(crate) Mutex<HashMap<Option<String>, WaitStatistics>>);

#[async_trait::async_trait]
impl Waits for MemoryWaits {
    async fn waits(&self, queue: Option<&str>) -> Result<Option<WaitStatistics>, StoreError> {
        Ok(self.0.lock().unwrap().get(&queue.map(str::to_owned)).copied())
    }

    async fn store_waits(
        &self,
        queue: Option<&str>,
        before: Option<&WaitStatistics>,
        after: &WaitStatistics,
    ) -> Result<(), StoreError> {
        let mut known = self.0.lock().unwrap();
        let queue = queue.map(str::to_owned);
        if known.get(&queue).map(|known| known.n) != before.map(|before| before.n) {
            return Err(StoreError::Conflict);
        }
        known.insert(queue, *after);
        Ok(())
    }
}
