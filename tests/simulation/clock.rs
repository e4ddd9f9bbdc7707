//! The function `clock`: once a minute it asks the index what is due. It may fail, be late, run twice at once, or stand still for hours.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use ponte::{
    clock::Timestamp,
    queue::Destination,
    relay::{
        Deadline, FindDue,
        ports::{Due, DueIndex, StoreError},
    },
};

use super::{broken::Broken, invocation::Invocation, world::World};

const MINUTE: u64 = 60_000;
/// The time limit of the function `clock`.
const LIMIT: Duration = Duration::from_mins(1);
/// The index is at most so far behind.
const BEHIND: u64 = 10_000;
/// How many conversations one answer of the index has.
const PAGE: usize = 2;
/// Of a look in a thousand: it is late, or comes twice.
const LATE: u64 = 100;
const TWICE: u64 = 100;

/// The index as it answers now, in its order.
#[derive(Default)]
pub(crate) struct Index(Mutex<Vec<Due>>);

/// Looks every minute, for ever.
pub(crate) async fn looks(world: Arc<World>) {
    let Some(time) = &world.plan.time else { return };
    if world.broken == Some(Broken::NoClock) {
        return;
    }
    loop {
        let behind = world.between(0, BEHIND);
        tokio::time::sleep(Duration::from_millis(MINUTE - behind)).await;
        let due = world.store.due();
        let soon = world.timestamp(0).plus(Duration::from_mins(1));
        let nothing = due.iter().all(|due| due.at > soon);
        *world.index.0.lock().unwrap() = due;
        tokio::time::sleep(Duration::from_millis(behind)).await;
        let (from, until) = time.away;
        if nothing || (from..until).contains(&world.now()) {
            continue;
        }
        for _ in 0..if world.fault(TWICE) { 2 } else { 1 } {
            let late = if world.fault(LATE) { world.between(0, 5 * MINUTE) } else { 0 };
            let there = world.clone();
            world.spawn(async move {
                tokio::time::sleep(Duration::from_millis(late)).await;
                look(&there).await;
            });
        }
    }
}

async fn look(world: &Arc<World>) {
    let invocation = Arc::new(Invocation::new(world, Destination::ToHelpdesk));
    let find = FindDue {
        index: invocation.clone(),
        queue: invocation.clone(),
        clock: invocation.clone(),
        key: world.key.clone(),
    };
    tokio::select! {
        biased;
        () = invocation.stopped() => {}
        () = tokio::time::sleep(LIMIT) => {}
        found = find.run(Deadline(invocation.at().plus(LIMIT))) => {
            world.tell(|| format!("{} looks what is due: {found:?}", invocation.who()));
        }
    }
}

#[async_trait]
impl DueIndex for Invocation {
    async fn due_by(&self, now: Timestamp, last: Option<&Due>) -> Result<Vec<Due>, StoreError> {
        let page = |_: &_| {
            let index = self.world.index.0.lock().unwrap();
            let due = index.iter().filter(|due| due.at <= now && last.is_none_or(|last| *due > last));
            due.take(PAGE).cloned().collect()
        };
        self.reads("look what is due", page).await
    }
}
