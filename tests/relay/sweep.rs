//! What a helpdesk never told is found by asking it.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use ponte::{
    clock::Clock,
    message::{AgentEvent, AgentEventKind, SourceId, TicketEvents, TicketId},
    queue::{Job, ToCustomerJob, VERSION},
    relay::{
        Deadline, Failure, PollEvents,
        ports::{Cursors, EventPoller, StoreError, Swept},
    },
};

use super::world::{World, open};

/// Pages to be read, each with the cursor that it is found at, and where the last look ended.
#[derive(Default)]
struct Pages {
    left: Mutex<VecDeque<Result<Swept, Failure>>>,
    asked: Mutex<Vec<Option<String>>>,
    cursor: Mutex<Option<String>>,
}

#[async_trait]
impl EventPoller for Pages {
    async fn since(&self, cursor: Option<&str>) -> Result<Swept, Failure> {
        self.asked.lock().unwrap().push(cursor.map(str::to_owned));
        self.left.lock().unwrap().pop_front().unwrap_or(Ok(page("end", &[], false)))
    }
}

#[async_trait]
impl Cursors for Pages {
    async fn cursor(&self) -> Result<Option<String>, StoreError> {
        Ok(self.cursor.lock().unwrap().clone())
    }

    async fn store_cursor(&self, cursor: &str) -> Result<(), StoreError> {
        *self.cursor.lock().unwrap() = Some(cursor.to_owned());
        Ok(())
    }
}

fn page(cursor: &str, events: &[(&str, &str)], more: bool) -> Swept {
    let event = |id: &str| AgentEvent { id: SourceId::new(id), kind: AgentEventKind::NeedsFetch };
    let tickets = events.iter().map(|(ticket, id)| TicketEvents {
        ticket: TicketId::new(*ticket),
        opening: None,
        events: vec![event(id)],
    });
    Swept { tickets: tickets.collect(), cursor: cursor.to_owned(), more }
}

async fn sweep(world: &World, pages: &Arc<Pages>) -> Result<usize, Failure> {
    let sweeping = PollEvents {
        helpdesk: pages.clone(),
        name: "memory".to_owned(),
        cursors: pages.clone(),
        store: world.store.clone(),
        queue: world.queue.clone(),
        clock: world.clock.clone(),
        key: world.key.clone(),
        journal: world.journal.clone(),
    };
    sweeping.run(Deadline(world.clock.now().plus(Duration::from_mins(1)))).await
}

fn pages(pages: impl IntoIterator<Item = Result<Swept, Failure>>) -> Arc<Pages> {
    Arc::new(Pages { left: Mutex::new(pages.into_iter().collect()), ..Pages::default() })
}

fn sent(world: &World) -> Vec<Job> {
    std::mem::take(&mut *world.queue.sent.lock().unwrap())
}

#[tokio::test]
async fn what_is_found_goes_the_way_of_what_was_told() {
    let world = open().await;
    let helpdesk = pages([Ok(page("2", &[("T-1", "1"), ("T-1", "2"), ("T-9", "3")], false))]);
    assert_eq!(sweep(&world, &helpdesk).await, Ok(2), "T-9 is not ours");
    let endpoint = |id: &str| {
        let event = AgentEvent { id: SourceId::new(id), kind: AgentEventKind::NeedsFetch };
        let job = ToCustomerJob {
            v: VERSION,
            replayed: false,
            polled: true,
            received_at: world.clock.now(),
            ticket: TicketId::new("T-1"),
            opening: None,
            events: vec![event],
        };
        job.addressed("memory", &world.key)
    };
    let sent = sent(&world);
    assert_eq!(sent, [endpoint("1"), endpoint("2")]);
    let told = world.agent_record("T-1", AgentEvent { id: SourceId::new("1"), kind: AgentEventKind::NeedsFetch }, 1);
    assert_eq!(sent[0].deduplication, told.id, "the queue itself drops the second of two");
}

#[tokio::test]
async fn it_goes_on_where_the_last_look_ended_and_until_there_is_no_more() {
    let world = open().await;
    let helpdesk = pages([
        Ok(page("1", &[], false)),
        Ok(page("2", &[("T-1", "2")], true)),
        Ok(page("3", &[("T-1", "3")], false)),
        Ok(page("3", &[("T-1", "3")], true)),
    ]);
    assert_eq!(sweep(&world, &helpdesk).await, Ok(0));
    assert_eq!(sweep(&world, &helpdesk).await, Ok(2));
    // A page that leads nowhere is not read for ever.
    assert_eq!(sweep(&world, &helpdesk).await, Ok(1));
    let asked = helpdesk.asked.lock().unwrap().clone();
    assert_eq!(
        asked.iter().map(|cursor| cursor.as_deref()).collect::<Vec<_>>(),
        [None, Some("1"), Some("2"), Some("3")]
    );
}

#[tokio::test]
async fn what_breaks_off_is_done_again() {
    let world = open().await;
    let found = || Ok(page("2", &[("T-1", "1"), ("T-1", "2")], false));
    let helpdesk = pages([Err(Failure::later("down")), found(), found()]);
    assert!(sweep(&world, &helpdesk).await.is_err());
    // The second job is not taken: the cursor stays.
    *world.queue.takes.lock().unwrap() = Some(1);
    assert!(sweep(&world, &helpdesk).await.is_err());
    *world.queue.takes.lock().unwrap() = None;
    assert_eq!(*helpdesk.cursor.lock().unwrap(), None);
    assert_eq!(sent(&world).len(), 1);
    assert_eq!(sweep(&world, &helpdesk).await, Ok(2));
    assert_eq!(helpdesk.cursor.lock().unwrap().as_deref(), Some("2"));
}
