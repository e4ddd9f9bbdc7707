//! One invocation of a function: its clock, what befalls it, and how its calls reach the conversation store and the queues.
//!
//! It may be stopped before or after any call, or stand still past its visibility and then go on beside its successor.

use std::{
    collections::HashSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use ponte::{
    clock::{Clock, Timestamp},
    message::TicketId,
    queue::{Destination, Record},
    relay::{Failure, ports::StoreError},
};
use tokio::sync::Notify;

use super::{
    broken::Broken,
    conversation_store::ConversationStore,
    helpdesk,
    ledger::{Call, Kind, Speaker},
    other_side::By,
    release::Release,
    world::World,
};

/// Calls before which a mishap may come.
const CALLS: u64 = 12;

/// The stated exception: the call of a function whose records are another's already.
pub(crate) const STOOD_STILL: &str = "a function went on after its visibility had ended";

/// Where a mishap comes: at which call, and before or after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment {
    call: usize,
    after: bool,
}

impl Moment {
    fn any(world: &World) -> Self {
        Self { call: usize::try_from(world.between(0, CALLS)).unwrap(), after: world.chance(500) }
    }
}

pub(crate) struct Invocation {
    pub world: Arc<World>,
    pub of: Destination,
    pub release: Release,
    number: usize,
    skew: i64,
    visible_until: u64,
    calls: AtomicUsize,
    crash: Option<Moment>,
    freeze: Option<(Moment, u64)>,
    dead: Notify,
    /// The calls that are under way: their numbers, what they are, and when they began.
    under_way: Mutex<Vec<(usize, &'static str, u64)>>,
    /// The conversation store did not answer, so that what it did may not be written down.
    unwritten: AtomicBool,
    stood_still: AtomicBool,
    /// What was parked: its name, and the ticket whose agent must be told.
    parked: Mutex<Vec<(String, Option<usize>)>>,
    /// The groups of which the trail says that they wait.
    pub told_waits: Mutex<Vec<String>>,
    /// The tickets of which it read that nobody knows them.
    pub unknown: Mutex<HashSet<TicketId>>,
}

impl Invocation {
    pub(crate) fn new(world: &Arc<World>, of: Destination) -> Self {
        let moment = |chance| world.fault(chance).then(|| Moment::any(world));
        let crash = moment(world.plan.crash);
        let visibility = world.plan.visibility();
        let freeze = moment(world.plan.freeze).map(|moment| (moment, world.between(visibility, 2 * visibility)));
        Self {
            of,
            number: world.number(),
            skew: world.skew(),
            visible_until: world.now() + visibility,
            calls: AtomicUsize::new(0),
            crash,
            freeze,
            dead: Notify::new(),
            under_way: Mutex::default(),
            unwritten: AtomicBool::new(false),
            stood_still: AtomicBool::new(false),
            parked: Mutex::default(),
            told_waits: Mutex::default(),
            unknown: Mutex::default(),
            release: Release::starting(world),
            world: world.clone(),
        }
    }

    /// What is in its batch.
    pub(crate) fn begins_with(&self, tags: impl Iterator<Item = usize>) {
        if self.of == Destination::ToCustomer {
            self.world.ledger().batches.insert(self.number, tags.collect());
        }
    }

    /// A function that stands still is not stopped at its time limit.
    pub(crate) fn freezes(&self) -> bool {
        self.freeze.is_some()
    }

    /// Until it is stopped.
    pub(crate) async fn stopped(&self) {
        self.dead.notified().await;
    }

    /// The time on its clock.
    pub(crate) fn at(&self) -> Timestamp {
        self.world.timestamp(self.skew)
    }

    pub(crate) fn who(&self) -> String {
        format!("{:?} {}", self.of, self.number)
    }

    /// Why what this invocation does now cannot be helped: its records are another's already.
    pub(crate) fn excuse(&self) -> Option<&'static str> {
        (self.world.now() >= self.visible_until).then_some(STOOD_STILL)
    }

    /// A call of Blip or the helpdesk that may have an effect.
    pub(crate) fn by(&self) -> By {
        let mut ledger = self.world.ledger();
        ledger.calls.push(Call { by: self.number, begun: self.world.now(), answered: None });
        By { excuse: self.excuse(), call: ledger.calls.len() - 1 }
    }

    /// The relay knows that a call had its effect.
    pub(crate) fn answered(&self, by: By) {
        self.world.ledger().calls[by.call].answered = Some(self.world.now());
    }

    /// Its time is up. A function that was made well never comes here: it begins no call that could not end before.
    pub(crate) fn killed(&self) {
        let world = &self.world;
        world.strike("a function's time is up", || self.who());
        if self.freezes() {
            return;
        }
        let under_way = self.under_way.lock().unwrap();
        let calls = under_way.iter().map(|(_, what, begun)| format!("{what}, begun {} ms before", world.now() - begun));
        let (limit, calls) = (world.plan.limit / 1000, calls.collect::<Vec<_>>().join("; "));
        let wrong = format!("{} was killed at its limit of {limit} s: {calls}", self.who());
        world.ledger().wrong.push(wrong);
    }

    /// Makes a call, and what befalls the function before and after it.
    pub(crate) async fn calls<T>(&self, what: &'static str, call: impl Future<Output = T>) -> T {
        let number = self.calls.fetch_add(1, Ordering::SeqCst);
        self.befalls(Moment { call: number, after: false }, what).await;
        self.under_way.lock().unwrap().push((number, what, self.world.now()));
        let answer = call.await;
        self.under_way.lock().unwrap().retain(|(under_way, ..)| *under_way != number);
        self.befalls(Moment { call: number, after: true }, what).await;
        answer
    }

    /// Nothing of it goes on after this.
    pub(crate) async fn die(&self) {
        self.dead.notify_one();
        std::future::pending::<()>().await;
    }

    /// Something is parked. Only a bug, or a job of the release after this one, may be the reason.
    pub(crate) fn parks(&self, record: &Record, failure: &Failure) {
        let world = &self.world;
        world.strike("a message is parked", || format!("{} {}: {failure}", self.who(), record.id));
        let queue = world.queues.to(self.of);
        let tags = queue.tags(record);
        let mut ledger = world.ledger();
        let bug = ledger.said.iter().any(|said| said.bug.is_some());
        // What the helpdesk has no ticket for may be told to its sender, or parked.
        let cursed = ledger.said.iter().any(|said| said.cursed) && failure.to_string().contains("every new ticket")
            || tags.iter().any(|said| ledger.said[*said].cursed);
        for said in &tags {
            ledger.said[*said].set_aside = true;
            ledger.said[*said].parked += usize::from(cursed);
        }
        if self.release.reads(&record.body) && !bug && !cursed {
            ledger.wrong.push(format!("{} was parked without a reason: {failure}", record.id));
        }
        let ticket = tags.iter().find_map(|said| match (ledger.said[*said].by, ledger.said[*said].kind) {
            (Speaker::Customer(chat), _) => helpdesk::number(&world.store.get(&ledger.chats[chat].key)?.ticket?),
            (Speaker::Agent(ticket), Kind::Words(_) | Kind::Close) => {
                let ticket = ledger.first(ticket);
                world.store.conversation_of_ticket(&helpdesk::name(ticket)).map(|_| ticket)
            }
            _ => None,
        });
        drop(ledger);
        queue.park(world.now(), record);
        self.parked.lock().unwrap().push((record.id.clone(), ticket));
    }

    /// The agent is told that something is parked, whether or not the helpdesk hears it.
    pub(crate) fn notes(&self, ticket: &TicketId) {
        if let Some(ticket) = helpdesk::number(ticket)
            && self.world.broken != Some(Broken::ParksInSilence)
        {
            self.world.ledger().noted.push((self.number, ticket));
        }
    }

    /// It came to its end: nothing may have been parked in silence. Only a store that is away excuses that.
    pub(crate) fn ends(&self) {
        let world = &self.world;
        if !self.unwritten.load(Ordering::SeqCst) {
            world.ledger().written.insert(self.number, world.now());
        }
        // The time of one that stood still was up before it could tell.
        if self.stood_still.load(Ordering::SeqCst)
            || self.excuse().is_some()
            || (world.plan.store_fails > 0 && !world.calm())
        {
            return;
        }
        let mut ledger = world.ledger();
        for (record, ticket) in &*self.parked.lock().unwrap() {
            if ticket.is_some_and(|ticket| !ledger.noted.contains(&(self.number, ticket))) {
                ledger.wrong.push(format!("silence: {record} was parked, and the agent was not told"));
            }
        }
    }

    async fn befalls(&self, moment: Moment, what: &'static str) {
        let when = if moment.after { "after" } else { "before" };
        if let Some((_, time)) = self.freeze.filter(|(freeze, _)| *freeze == moment) {
            self.stood_still.store(true, Ordering::SeqCst);
            self.world.strike("a function stands still", || format!("{} {when} {what}", self.who()));
            tokio::time::sleep(Duration::from_millis(time)).await;
            self.world.tell(|| format!("{} goes on", self.who()));
        }
        if self.crash == Some(moment) && !self.world.calm() {
            let kind = if moment.after { "a crash after a call" } else { "a crash before a call" };
            self.world.strike(kind, || format!("{} {when} {what}", self.who()));
            self.die().await;
        }
    }

    /// A read of the conversation store.
    pub(crate) async fn reads<T>(
        &self,
        what: &'static str,
        read: impl FnOnce(&ConversationStore) -> T,
    ) -> Result<T, StoreError> {
        self.calls(what, async {
            self.world.wait(1, 9).await;
            if self.world.fault(self.world.plan.store_fails) {
                self.world.strike("the conversation store is away", || format!("{} {what}", self.who()));
                self.unwritten.store(true, Ordering::SeqCst);
                return Err(StoreError::Unavailable);
            }
            Ok(read(&self.world.store))
        })
        .await
    }

    /// A write of the conversation store. Its answer may be lost; then the caller knows nothing, or (`unanswered` is `Conflict`) the SDK
    /// repeats it and meets its own write.
    pub(crate) async fn writes<T>(
        &self,
        what: &'static str,
        unanswered: StoreError,
        write: impl FnOnce(&ConversationStore) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let written = self.reads(what, write).await??;
        self.world.wait(1, 9).await;
        if !self.world.fault(self.world.plan.store_keeps_silent) {
            return Ok(written);
        }
        self.world.strike("written, and no answer", || format!("{} {what}", self.who()));
        self.unwritten.store(true, Ordering::SeqCst);
        Err(if self.world.chance(500) { StoreError::Unavailable } else { unanswered })
    }
}

impl Clock for Invocation {
    fn now(&self) -> Timestamp {
        self.at()
    }
}
