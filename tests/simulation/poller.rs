//! What the helpdesk keeps of its agents' events: it is read by name, and the function `sweep` asks it for what no hook told.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use ponte::{
    message::{AgentEvent, AgentEventKind, SourceId, TicketEvents},
    queue::{Destination, Job, ToCustomerJob},
    relay::{
        Deadline, Failure, PollEvents,
        ports::{Cursors, EventPoller, MAX_MISSED, StoreError, Swept, TicketRef},
    },
};

use super::{broken::Broken, fault_plan::LOOKS, helpdesk, invocation::Invocation, world::World};

/// The next look begins so many seconds back, as each of our adapters has it: what becomes visible late is found, and so is what was told of a
/// ticket whose opening was under way.
const SETTLED: u64 = 120;
/// The time limit of the function `sweep`.
const LIMIT: Duration = Duration::from_mins(1);

/// An event as the helpdesk keeps it.
struct Kept {
    /// When it was, in whole seconds: all that helpdesks tell.
    second: u64,
    /// The stay on the ticket.
    ticket: usize,
    event: AgentEvent,
}

/// Where the next look begins: after this second, or after so many events of all.
type Cursor = (u64, usize);

#[derive(Default)]
pub(crate) struct Poller {
    kept: Mutex<Vec<Kept>>,
    cursor: Mutex<Option<String>>,
}

fn read_cursor(cursor: Option<&str>) -> Cursor {
    let fields = cursor.and_then(|cursor| cursor.split_once(':'));
    fields.map_or((0, 0), |(second, events)| (second.parse().unwrap(), events.parse().unwrap()))
}

impl Poller {
    /// The helpdesk keeps what an agent did.
    pub(crate) fn keep(&self, now: u64, ticket: usize, event: &AgentEvent) {
        self.kept.lock().unwrap().push(Kept { second: now / 1000, ticket, event: event.clone() });
    }

    /// Nothing is left that a poller would find.
    pub(crate) fn rests(&self, world: &World) -> bool {
        let (_, seen) = read_cursor(self.cursor.lock().unwrap().as_deref());
        world.plan.poller.is_none() || seen >= self.kept.lock().unwrap().len()
    }
}

/// What an event was that was only named.
pub(crate) fn read(world: &World, to: &TicketRef, event: &str) -> Vec<AgentEventKind> {
    let here = on(world, to);
    let kept = world.poller.kept.lock().unwrap();
    let found = kept.iter().find(|kept| here(kept.ticket) && kept.event.id.as_str() == event);
    found.map(|kept| kept.event.kind.clone()).into_iter().collect()
}

/// The events of the ticket before this one.
pub(crate) fn before(world: &World, to: &TicketRef, event: &str) -> Vec<SourceId> {
    let here = on(world, to);
    let kept = world.poller.kept.lock().unwrap();
    let ids: Vec<_> = kept.iter().filter(|kept| here(kept.ticket)).map(|kept| kept.event.id.clone()).collect();
    let Some(at) = ids.iter().position(|id| id.as_str() == event) else { return Vec::new() };
    ids[at.saturating_sub(MAX_MISSED)..at].to_vec()
}

fn on(world: &World, to: &TicketRef) -> impl Fn(usize) -> bool {
    let ledger = world.ledger();
    let first = helpdesk::number(&to.ticket).map(|ticket| ledger.first(ticket));
    let firsts: Vec<_> = (0..ledger.tickets.len()).map(|ticket| Some(ledger.first(ticket))).collect();
    move |ticket| first.is_some() && firsts.get(ticket) == Some(&first)
}

/// How a hook, or a look, tells an event.
pub(crate) fn told(world: &World, event: &AgentEvent) -> AgentEvent {
    if world.plan.named { AgentEvent { id: event.id.clone(), kind: AgentEventKind::NeedsFetch } } else { event.clone() }
}

/// A job of the function `sweep` comes into its queue.
pub(crate) fn enters(world: &World, job: &Job) {
    let body: ToCustomerJob = serde_json::from_str(&job.body).unwrap();
    let tags: Vec<_> = {
        let ledger = world.ledger();
        let ticket = helpdesk::number(&body.ticket).unwrap();
        body.events
            .iter()
            .filter_map(|event| ledger.of_source(ticket, event.id.as_str()))
            .map(|said| said.number)
            .collect()
    };
    let new = world.enters(job, &tags);
    let names: Vec<_> = tags.iter().map(|said| format!("a{said}")).collect();
    world.tell(|| format!("a look finds {}{}", names.join("+"), if new { "" } else { ", which is a copy" }));
}

/// No look finds the events between these any more. One that no hook told, and whose ticket carries no mark and is still unknown, is let go.
fn leaves(world: &World, from: usize, to: usize) {
    let kept = world.poller.kept.lock().unwrap();
    for Kept { ticket, event, .. } in kept.iter().take(to).skip(from).filter(|_| !world.plan.marks) {
        let mut ledger = world.ledger();
        let unknown = world.store.conversation_of_ticket(&helpdesk::name(ledger.first(*ticket))).is_none();
        let number = ledger.of_source(*ticket, event.id.as_str()).map(|said| said.number);
        if let Some(number) = number.filter(|said| unknown && ledger.said[*said].copies == 0) {
            (ledger.said[number].unknown, ledger.said[number].markless) = (true, true);
        }
    }
}

/// Looks every minute, for ever.
pub(crate) async fn looks(world: Arc<World>) {
    let Some(polling) = world.plan.poller else { return };
    loop {
        tokio::time::sleep(Duration::from_millis(LOOKS)).await;
        let (from, until) = polling.away;
        if !(from..until).contains(&world.now()) {
            let there = world.clone();
            world.spawn(async move { look(&there).await });
        }
    }
}

async fn look(world: &Arc<World>) {
    let invocation = Arc::new(Invocation::new(world, Destination::ToCustomer));
    let sweeping = PollEvents {
        helpdesk: invocation.clone(),
        name: "simulated".to_owned(),
        cursors: invocation.clone(),
        store: invocation.clone(),
        queue: invocation.clone(),
        clock: invocation.clone(),
        key: world.key.clone(),
        journal: invocation.clone(),
    };
    tokio::select! {
        biased;
        () = invocation.stopped() => {}
        () = tokio::time::sleep(LIMIT) => {}
        _ = sweeping.run(Deadline(invocation.at().plus(LIMIT))) => {}
    }
}

#[async_trait]
impl EventPoller for Invocation {
    /// A page in the order of the seconds, and within one in the order of the ids.
    async fn since(&self, cursor: Option<&str>) -> Result<Swept, Failure> {
        let (second, seen) = read_cursor(cursor);
        let page = self.world.plan.poller.map_or(1, |polling| polling.page);
        let passes_over = self.world.broken == Some(Broken::PassesOver);
        let look = move |world: &Arc<World>, _| {
            let kept = world.poller.kept.lock().unwrap();
            let fresh = |at: usize| if passes_over { kept[at].second > second || seen == 0 } else { at >= seen };
            let found: Vec<_> = (0..kept.len()).filter(|at| fresh(*at)).take(page).collect();
            let mut tickets: Vec<TicketEvents> = Vec::new();
            for at in &found {
                let Kept { ticket, event, .. } = &kept[*at];
                let opening = world.plan.marks.then(|| world.ledger().tickets[*ticket].opening.clone());
                let (ticket, event) = (helpdesk::name_of(world, *ticket), told(world, event));
                match tickets.last_mut().filter(|last| last.ticket == ticket && last.opening == opening) {
                    Some(last) => last.events.push(event),
                    None => tickets.push(TicketEvents { ticket, opening, events: vec![event] }),
                }
            }
            let end = if passes_over {
                Some(found.last().map_or(kept.len(), |at| at + 1))
            } else {
                let now = world.now() / 1000;
                found.iter().rev().find(|at| kept[**at].second + SETTLED <= now).map(|at| at + 1)
            };
            let next = end.filter(|end| *end > 0).map_or((second, seen), |end| (kept[end - 1].second, end));
            Ok(Swept { tickets, cursor: format!("{}:{}", next.0, next.1), more: found.len() == page && next.1 > seen })
        };
        self.helpdesk(self.by(), "look for events", look).await
    }
}

#[async_trait]
impl Cursors for Invocation {
    async fn cursor(&self) -> Result<Option<String>, StoreError> {
        self.reads("read the cursor", |_| self.world.poller.cursor.lock().unwrap().clone()).await
    }

    async fn store_cursor(&self, cursor: &str) -> Result<(), StoreError> {
        let write = |_: &super::conversation_store::ConversationStore| {
            let before = self.world.poller.cursor.lock().unwrap().replace(cursor.to_owned());
            leaves(&self.world, read_cursor(before.as_deref()).1, read_cursor(Some(cursor)).1);
            Ok(())
        };
        self.writes("write the cursor", StoreError::Unavailable, write).await
    }
}
