//! Everything in one history: virtual time, Blip and the helpdesk, the queues, the conversation store, and what is written down about them.
//!
//! Time is tokio's paused clock on one thread: it stands still while anything can run, and then jumps to the next timer.

use std::{
    collections::{BTreeMap, HashSet},
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use ponte::{clock::Timestamp, hash::HashKey, queue::Job, relay::ports::FixedRules};
use service_rules::{Period, texts::OwnText};

use crate::relay::waits::MemoryWaits;
use crate::rules::{COURSE, attended, saying, silent};
use tokio::time::Instant;

use super::{
    blip::BlipSide,
    broken::Broken,
    clock::Index,
    conversation_store::ConversationStore,
    fault_plan::{FaultPlan, HOUR},
    found::FOUND,
    helpdesk::HelpdeskSide,
    ledger::Ledger,
    poller::Poller,
    random::Random,
    sqs::Queues,
    time::Time,
};

/// Where virtual time begins, but for the histories about time.
const EPOCH: i64 = 1_700_000_000_000;
/// Who comes back within this time goes on in the same ticket, where the helpdesk has to be asked for that.
const RETURNS: Period = Period::minutes(30);

pub(crate) struct World {
    pub(crate) broken: Option<Broken>,
    pub(crate) key: HashKey,
    pub(crate) rules: Arc<FixedRules>,
    /// Those of the release that comes in the middle.
    pub(crate) new_rules: Arc<FixedRules>,
    pub(crate) plan: FaultPlan,
    pub(crate) queues: Queues,
    pub(crate) store: ConversationStore,
    pub(crate) waits: Arc<MemoryWaits>,
    pub(crate) blip: BlipSide,
    pub(crate) helpdesk: HelpdeskSide,
    pub(crate) poller: Poller,
    pub(crate) index: Index,
    /// The files that were copied into the stack's own store.
    pub(crate) copies: Mutex<HashSet<String>>,
    ledger: Mutex<Ledger>,
    random: Mutex<Random>,
    start: Instant,
    /// Messages that people may still write.
    words_left: AtomicU64,
    busy: AtomicUsize,
    invocations: AtomicUsize,
    faults: Mutex<BTreeMap<&'static str, u64>>,
    history: Option<Mutex<Vec<String>>>,
}

/// Something is under way as long as this lives.
pub(crate) struct Busy(Arc<World>);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.busy.fetch_sub(1, Ordering::SeqCst);
    }
}

impl World {
    pub(crate) fn new(seed: u64, broken: Option<Broken>, told: bool) -> Arc<Self> {
        let mut random = Random::new(seed);
        // Histories about silence are hours long: every fourth seed may be one, each where they are asked for. What was once found is played as it was.
        let may_be = seed % 4 == 3 && !FOUND.iter().any(|(found, _)| *found == seed);
        let silence = broken.is_some() || may_be || std::env::var_os("PONTE_SILENCE").is_some();
        let plan = FaultPlan::of(&mut random, silence);
        Self::under(plan, random, broken, told)
    }

    /// A history under a plan of its own.
    pub(crate) fn under(plan: FaultPlan, mut random: Random, broken: Option<Broken>, told: bool) -> Arc<Self> {
        let fixed = |rules| Arc::new(FixedRules(Arc::new(rules)));
        let mut rules = if plan.texts { attended() } else { silent(&COURSE) };
        rules.reopening.within = plan.reopens().then_some(RETURNS);
        let rules = fixed(rules);
        let new_text = || saying(COURSE.map(|key| (key, OwnText::Words("Texto novo.".to_owned()))));
        let new_rules = if plan.texts { fixed(new_text()) } else { rules.clone() };
        let (rules, new_rules) = match plan.time.as_ref().map(Time::rules) {
            Some([of, new]) => (of.clone(), if plan.releases.is_some() { new } else { of }),
            None => (rules, new_rules),
        };
        let words_left = AtomicU64::new(random.between(5, 40));
        let queues = Queues::new(broken, plan.visibility());
        Arc::new(Self {
            broken,
            key: HashKey::new(b"simulation"),
            rules,
            new_rules,
            plan,
            queues,
            store: ConversationStore::default(),
            waits: Arc::default(),
            blip: BlipSide::default(),
            helpdesk: HelpdeskSide::default(),
            poller: Poller::default(),
            index: Index::default(),
            copies: Mutex::default(),
            ledger: Mutex::default(),
            random: Mutex::new(random),
            start: Instant::now(),
            words_left,
            busy: AtomicUsize::new(0),
            invocations: AtomicUsize::new(0),
            faults: Mutex::default(),
            history: told.then(Mutex::default),
        })
    }

    /// Milliseconds since the history began.
    pub(crate) fn now(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_millis()).unwrap()
    }

    /// The time on a clock that is off by `skew` milliseconds.
    pub(crate) fn timestamp(&self, skew: i64) -> Timestamp {
        Timestamp(self.at(self.now()).0 + skew)
    }

    /// What a clock that is right shows so many milliseconds after the history began.
    pub(crate) fn at(&self, milliseconds: u64) -> Timestamp {
        let epoch = self.plan.time.as_ref().map_or(EPOCH, |time| time.epoch);
        Timestamp(epoch + i64::try_from(milliseconds).unwrap())
    }

    /// When all that is due by what was said so far is done, in a history about time.
    pub(crate) fn settled(&self) -> u64 {
        let Some(time) = &self.plan.time else { return 0 };
        let last = self.ledger().said.last().map_or(0, |said| said.at);
        self.plan.calm.max(last) + time.settles
    }

    pub(crate) fn calm(&self) -> bool {
        self.now() >= self.plan.calm
    }

    /// Until when the helpdesk has no ticket for what is cursed. Somebody mends it there at last.
    pub(crate) fn curse_ends(&self) -> u64 {
        self.plan.calm + 2 * HOUR
    }

    /// Whether a fault that comes this often in a thousand comes now. Never once the plan is calm.
    pub(crate) fn fault(&self, of_thousand: u64) -> bool {
        of_thousand > 0 && !self.calm() && self.chance(of_thousand)
    }

    pub(crate) fn chance(&self, of_thousand: u64) -> bool {
        self.random.lock().unwrap().chance(of_thousand)
    }

    pub(crate) fn between(&self, least: u64, most: u64) -> u64 {
        self.random.lock().unwrap().between(least, most)
    }

    /// The clock of a new process.
    pub(crate) fn skew(&self) -> i64 {
        let skew = self.plan.skew;
        i64::try_from(self.between(0, 2 * skew)).unwrap() - i64::try_from(skew).unwrap()
    }

    pub(crate) async fn wait(&self, least: u64, most: u64) {
        let time = self.between(least, most);
        tokio::time::sleep(Duration::from_millis(time)).await;
    }

    pub(crate) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap()
    }

    /// A job comes into its queue, from an endpoint or from the operator. Says whether it is new.
    pub(crate) fn enters(&self, job: &Job, tags: &[usize]) -> bool {
        let new = self.queues.to(job.destination).send(self.now(), job, tags);
        for said in tags {
            self.ledger().said[*said].stored = true;
        }
        new
    }

    /// Whether a person may write one more message.
    /// Whether the helpdesk takes no ticket of this customer.
    pub(crate) fn suspends(&self, chat: usize) -> bool {
        self.plan.suspends && chat == 0
    }

    pub(crate) fn may_speak(&self) -> bool {
        self.words_left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok()
    }

    /// The number of a new invocation.
    pub(crate) fn number(&self) -> usize {
        self.invocations.fetch_add(1, Ordering::SeqCst) + 1
    }

    pub(crate) fn busy(self: &Arc<Self>) -> Busy {
        self.busy.fetch_add(1, Ordering::SeqCst);
        Busy(self.clone())
    }

    /// All was worked; something may be parked.
    pub(crate) fn main_queues_rest(&self) -> bool {
        self.busy.load(Ordering::SeqCst) == 0 && self.queues.are_worked()
    }

    pub(crate) fn is_idle(&self) -> bool {
        self.busy.load(Ordering::SeqCst) == 0 && self.queues.are_empty() && self.poller.rests(self)
    }

    /// Runs something beside everything else; the history does not end before it.
    pub(crate) fn spawn(self: &Arc<Self>, task: impl Future<Output = ()> + Send + 'static) {
        let busy = self.busy();
        tokio::spawn(async move {
            task.await;
            drop(busy);
        });
    }

    /// Counts a fault, and writes it into the history.
    pub(crate) fn strike(&self, kind: &'static str, who: impl FnOnce() -> String) {
        *self.faults.lock().unwrap().entry(kind).or_default() += 1;
        self.tell(|| format!("{}   !! {kind}", who()));
    }

    pub(crate) fn faults(&self) -> BTreeMap<&'static str, u64> {
        self.faults.lock().unwrap().clone()
    }

    /// A line of the history, made only when somebody reads it.
    pub(crate) fn tell(&self, line: impl FnOnce() -> String) {
        if let Some(history) = &self.history {
            let now = self.now();
            let (seconds, rest) = (now / 1000, now % 1000);
            let time = format!("{:>2}:{:02}:{:02}.{rest:03}", seconds / 3600, seconds / 60 % 60, seconds % 60);
            history.lock().unwrap().push(format!("{time}  {}", line()));
        }
    }

    pub(crate) fn history(&self) -> Vec<String> {
        self.history.as_ref().map(|history| history.lock().unwrap().clone()).unwrap_or_default()
    }
}
