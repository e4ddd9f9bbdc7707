//! A whole direction: a post at the webhook endpoint, a FIFO queue in this process, the worker, and the call that arrives on the other side.
//!
//! Both functions are the real ones, one instance of each. The queue does what SQS does and takes no time: what is measured
//! is what the functions add.

use std::{
    cell::RefCell,
    collections::{HashMap, HashSet, VecDeque},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use tokio::sync::{Notify, mpsc};

use crate::{
    aws::Sent,
    bench::{BLIP_WEBHOOK, Bench, HELPDESK_CALLBACK, TO_BLIP, TO_HELPDESK},
    event::{Customer, agent_says, batch, customer_says, number_of},
    lambda::Instance,
    measure::Times,
};

/// How long a run may stand still.
const STALLED: Duration = Duration::from_secs(30);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    ToHelpdesk,
    ToCustomer,
}

/// How messages come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arrival {
    /// Each conversation says its next words when the last have arrived.
    InTurn,
    /// So many a second, whatever becomes of them.
    ASecond(u32),
}

/// What a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Plan {
    pub direction: Direction,
    pub conversations: u64,
    pub batch: usize,
    pub messages: u64,
    pub arrival: Arrival,
}

/// What came of it.
#[derive(Debug)]
pub(crate) struct Relayed {
    pub plan: Plan,
    /// From the post, or from when it should have been made, to the arrival on the other side.
    pub added: Times,
    pub took: Duration,
    /// The processor's time of both functions.
    pub cpu: Duration,
    pub batches: u64,
}

/// A FIFO queue: what is received of a group holds back the rest of it.
#[derive(Default)]
struct Fifo {
    groups: HashMap<String, VecDeque<Sent>>,
    /// Groups with messages that are not held back, in the order in which they came.
    ready: VecDeque<String>,
    received: HashSet<String>,
}

impl Fifo {
    fn put(&mut self, sent: Sent) {
        let group = self.groups.entry(sent.group.clone()).or_default();
        if group.is_empty() && !self.received.contains(&sent.group) {
            self.ready.push_back(sent.group.clone());
        }
        group.push_back(sent);
    }

    fn receive(&mut self, most: usize) -> Vec<Sent> {
        let mut batch = Vec::new();
        while batch.len() < most
            && let Some(name) = self.ready.pop_front()
        {
            if let Some(group) = self.groups.get_mut(&name) {
                let count = group.len().min(most - batch.len());
                batch.extend(group.drain(..count));
            }
            self.received.insert(name);
        }
        batch
    }

    fn delete(&mut self, batch: &[Sent]) {
        for sent in batch {
            if self.received.remove(&sent.group) && self.groups.get(&sent.group).is_some_and(|group| !group.is_empty())
            {
                self.ready.push_back(sent.group.clone());
            }
        }
    }
}

/// What the three parts of a run share.
#[derive(Default)]
struct State {
    /// Conversations that say something, and since when they want to.
    speaking: VecDeque<(Customer, Instant)>,
    posted: HashMap<u64, (Customer, Instant)>,
    added: Vec<Duration>,
    queue: Fifo,
}

pub(crate) async fn relay(bench: &mut Bench, plan: Plan) -> Result<Relayed> {
    let (endpoint, worker) = match plan.direction {
        Direction::ToHelpdesk => (BLIP_WEBHOOK, TO_HELPDESK),
        Direction::ToCustomer => (HELPDESK_CALLBACK, TO_BLIP),
    };
    let endpoint = Instance::start(&bench.program(endpoint), &bench.world.logs).await?;
    let worker = Instance::start(&bench.program(worker), &bench.world.logs).await?;
    // Connections are open and pages are read before the clock runs.
    run(bench, &endpoint, &worker, Plan { messages: 200, arrival: Arrival::InTurn, ..plan }).await?;
    let relayed = run(bench, &endpoint, &worker, plan).await?;
    endpoint.stop().await?;
    worker.stop().await?;
    println!("bench: {plan:?}: p50 {:?}, p99 {:?}", relayed.added.median(), relayed.added.percentile(99));
    Ok(relayed)
}

async fn run(bench: &mut Bench, endpoint: &Instance, worker: &Instance, plan: Plan) -> Result<Relayed> {
    let first = bench.number();
    let mut sent = bench.world.aws.listen();
    let mut arrived = bench.world.server.listen();
    let state = RefCell::new(State::default());
    let (speaks, queued) = (Notify::new(), Notify::new());
    let started = Instant::now();
    let cpu = endpoint.cpu()? + worker.cpu()?;
    if plan.arrival == Arrival::InTurn {
        state.borrow_mut().speaking.extend((0..plan.conversations).map(|number| (Customer(number), started)));
    }

    let schedule = async {
        let Arrival::ASecond(rate) = plan.arrival else { return std::future::pending().await };
        let mut due_times = clock(Duration::from_secs(1) / rate, plan.messages);
        for message in 0..plan.messages {
            let due = due_times.recv().await.context("the clock has stopped")?;
            state.borrow_mut().speaking.push_back((Customer(message % plan.conversations), due));
            speaks.notify_one();
        }
        std::future::pending::<Result<()>>().await
    };
    let posts = async {
        for number in (first..).take(usize::try_from(plan.messages)?) {
            let (customer, since) = loop {
                let next = state.borrow_mut().speaking.pop_front();
                match next {
                    Some(next) => break next,
                    None => speaks.notified().await,
                }
            };
            let event = match plan.direction {
                Direction::ToHelpdesk => customer_says(customer, number),
                Direction::ToCustomer => agent_says(&bench.opened(customer)?, number, true)?,
            };
            state.borrow_mut().posted.insert(number, (customer, since));
            endpoint.invoke(event).await?.check()?;
        }
        std::future::pending::<Result<()>>().await
    };
    let queue = async {
        while let Some(job) = sent.recv().await {
            state.borrow_mut().queue.put(job);
            queued.notify_one();
        }
        bail!("the queue is gone")
    };
    let batches = RefCell::new(0_u64);
    let deliveries = deliver(worker, plan.batch, &state, &queued, &batches);
    let arrivals = async {
        let mut missing = plan.messages;
        while missing > 0 {
            let Ok(words) = tokio::time::timeout(STALLED, arrived.recv()).await else {
                bail!("{missing} messages did not arrive: {plan:?}")
            };
            let words = words.context("the other side is gone")?;
            let Some(number) = number_of(&words.text) else { continue };
            let mut state = state.borrow_mut();
            let (customer, since) = state.posted.remove(&number).context("it arrived twice")?;
            state.added.push(words.at.duration_since(since));
            missing -= 1;
            if plan.arrival == Arrival::InTurn {
                state.speaking.push_back((customer, words.at));
                speaks.notify_one();
            }
        }
        Ok(())
    };
    tokio::select! {
        outcome = schedule => outcome?,
        outcome = posts => outcome?,
        outcome = queue => return outcome,
        outcome = deliveries => outcome?,
        outcome = arrivals => outcome?,
    }
    let took = started.elapsed();
    // The worker still writes down what it did.
    tokio::time::sleep(Duration::from_millis(50)).await;
    let cpu = (endpoint.cpu()? + worker.cpu()?).saturating_sub(cpu);
    for _ in 0..plan.messages {
        bench.number();
    }
    Ok(Relayed { plan, added: Times::new(state.into_inner().added), took, cpu, batches: batches.into_inner() })
}

/// Says when each message is due, at that moment. A thread of its own: tokio's timers count whole milliseconds, and each message
/// would seem to take one more.
fn clock(every: Duration, count: u64) -> mpsc::UnboundedReceiver<Instant> {
    let (due_times, receiver) = mpsc::unbounded_channel();
    std::thread::spawn(move || {
        let mut due = Instant::now();
        for _ in 0..count {
            due += every;
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            if due_times.send(due).is_err() {
                return;
            }
        }
    });
    receiver
}

/// Gives the worker one batch after the other, until it fails.
async fn deliver(
    worker: &Instance,
    most: usize,
    state: &RefCell<State>,
    queued: &Notify,
    batches: &RefCell<u64>,
) -> Result<()> {
    loop {
        let jobs = state.borrow_mut().queue.receive(most);
        if jobs.is_empty() {
            queued.notified().await;
            continue;
        }
        let number = batches.replace_with(|count| *count + 1);
        worker.invoke(batch(&jobs, number * 10)).await?.check()?;
        state.borrow_mut().queue.delete(&jobs);
    }
}
