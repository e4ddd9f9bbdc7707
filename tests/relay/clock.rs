//! The clock: it finds what is due, minute by minute, and the workers do what its jobs say.

use std::{sync::Arc, time::Duration};

use ponte::{
    clock::{Clock, Timestamp},
    queue::Job,
    relay::{
        Deadline, FindDue,
        ports::{Due, DueIndex, StoreError},
    },
};

use super::{
    helpdesk::Told,
    ports::MemoryStore,
    world::{World, record},
};

const MINUTE: Duration = Duration::from_mins(1);

/// The index, read from the store. Pages of two, so that there are several.
struct Index(Arc<MemoryStore>);

#[async_trait::async_trait]
impl DueIndex for Index {
    async fn due_by(&self, now: Timestamp, last: Option<&Due>) -> Result<Vec<Due>, StoreError> {
        let due = self.0.kept.due().into_iter().filter(|due| due.at <= now && last.is_none_or(|last| due > last));
        Ok(due.take(2).collect())
    }
}

impl World {
    /// Time passes, minute by minute, with the clock's look at each.
    pub(crate) async fn minutes(&self, minutes: u64) {
        for _ in 0..minutes {
            self.clock.pass(MINUTE);
            self.tick(1).await;
        }
    }

    /// One look of the clock, and what its jobs do.
    pub(super) async fn tick(&self, attempts: u32) {
        for job in self.due().await {
            assert_eq!(self.to_helpdesk(vec![record(&job, attempts)]).await, [""; 0]);
        }
        if !self.queue.sent.lock().unwrap().is_empty() {
            assert_eq!(self.closes(1).await, [""; 0]);
        }
    }

    /// The jobs of one look.
    pub(super) async fn due(&self) -> Vec<Job> {
        let find = FindDue {
            index: Arc::new(Index(self.store.clone())),
            queue: self.queue.clone(),
            clock: self.clock.clone(),
            key: self.key.clone(),
        };
        find.run(Deadline(self.clock.now().plus(MINUTE))).await.unwrap();
        std::mem::take(&mut *self.queue.sent.lock().unwrap())
    }

    pub(crate) fn notes(&self) -> usize {
        self.told().iter().filter(|told| matches!(told, Told::Noted { .. })).count()
    }
}
