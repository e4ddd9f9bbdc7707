//! What is measured, and with which events.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, ensure};
use bytes::Bytes;

use crate::{
    aws::Sent,
    cores::Cores,
    event::{Customer, agent_says, batch, customer_says, customer_shows},
    lambda::{Instance, Program},
    measure::{self, Cold, Start, Warm},
    server::Opened,
    world::World,
};

/// Customers whose conversations are under way.
pub(crate) const CUSTOMERS: u64 = 50;
/// Starts of each program.
pub(crate) const STARTS: usize = 20;
/// Calls that do not count: a compiler that learns while it runs has learned by then.
const BEFORE: usize = 500;
/// Calls that count.
const CALLS: usize = 2_000;
const BATCHES: usize = 300;
const BATCHES_OF_FILES: usize = 10;
/// How often each program is called through: the programs take turns, and each one's best round counts. What disturbs a program only
/// ever adds to it.
const ROUNDS: usize = 3;
/// Records in a full batch of the event source.
pub(crate) const FULL: usize = 10;

/// The programs.
pub(crate) const FLOOR: &str = "floor";
pub(crate) const BLIP_WEBHOOK: &str = "blip-webhook";
pub(crate) const HELPDESK_CALLBACK: &str = "helpdesk-callback";
pub(crate) const TO_HELPDESK: &str = "to-helpdesk";
pub(crate) const TO_BLIP: &str = "to-blip";
pub(crate) const NODE_WEBHOOK: &str = "node-webhook";
pub(crate) const NODE_WORKER: &str = "node-worker";
pub(crate) const PYTHON_WEBHOOK: &str = "python-webhook";
pub(crate) const PYTHON_WORKER: &str = "python-worker";

/// How records are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Load {
    /// One record in a batch; a webhook endpoint's call.
    Single,
    /// Ten records of ten conversations.
    TenOfTen,
    /// Ten records of one conversation.
    TenOfOne,
    /// One record whose event does not carry our mark.
    Unmarked,
    /// Ten records of ten conversations, each with a file.
    TenFiles,
}

impl Load {
    /// Records in a batch.
    pub(crate) fn size(self) -> usize {
        match self {
            Load::Single | Load::Unmarked => 1,
            Load::TenOfTen | Load::TenOfOne | Load::TenFiles => FULL,
        }
    }
}

/// All that was measured of single programs.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    pub cold: BTreeMap<&'static str, Cold>,
    pub warm: BTreeMap<(&'static str, Load), Warm>,
    /// Bytes of the packed functions.
    pub zips: BTreeMap<String, u64>,
}

/// The world, its programs, and a number for everything that is said.
pub(crate) struct Bench {
    pub world: World,
    root: PathBuf,
    node: PathBuf,
    python: PathBuf,
    said: u64,
    records: u64,
}

impl Bench {
    pub(crate) async fn start(root: &Path, node: PathBuf, python: PathBuf) -> Result<Self> {
        Ok(Self { world: World::start(root).await?, root: root.to_owned(), node, python, said: 0, records: 0 })
    }

    pub(crate) fn program(&self, name: &'static str) -> Program {
        let (command, script) = match name {
            NODE_WEBHOOK => (&self.node, "target/bench/node/webhook.mjs"),
            NODE_WORKER => (&self.node, "target/bench/node/worker.mjs"),
            PYTHON_WEBHOOK => (&self.python, "tests/bench/python/webhook.py"),
            PYTHON_WORKER => (&self.python, "tests/bench/python/worker.py"),
            ours => return self.world.ours(ours),
        };
        self.world.other(name, command, Path::new(script))
    }

    pub(crate) fn number(&mut self) -> u64 {
        self.said += 1;
        self.said
    }

    /// What so many customers say, one after the other and again from the first.
    pub(crate) fn said(&mut self, count: usize, customers: u64) -> Vec<Bytes> {
        (0..).take(count).map(|turn: u64| customer_says(Customer(turn % customers), self.number())).collect()
    }

    /// Pictures of all customers.
    fn shown(&mut self, count: usize) -> Vec<Bytes> {
        let host = self.world.pictures.clone();
        let turns = (0..).take(count);
        turns.map(|turn: u64| customer_shows(Customer(turn % CUSTOMERS), self.number(), &host)).collect()
    }

    /// What agents say to so many customers, in turn.
    pub(crate) fn answered(&mut self, count: usize, customers: u64, marked: bool) -> Result<Vec<Bytes>> {
        let turns = (0..).take(count);
        turns.map(|turn: u64| agent_says(&self.opened(Customer(turn % customers))?, self.number(), marked)).collect()
    }

    pub(crate) fn opened(&self, customer: Customer) -> Result<Opened> {
        self.world.server.opened(&customer.address()).context("the helpdesk was not told of this customer")
    }

    /// What a webhook endpoint makes of events.
    pub(crate) async fn jobs(&self, endpoint: &'static str, events: Vec<Bytes>) -> Result<Vec<Sent>> {
        let mut sent = self.world.aws.listen();
        let instance = Instance::start(&self.program(endpoint), &self.world.logs).await?;
        let count = events.len();
        for event in events {
            instance.invoke(event).await?.check()?;
        }
        instance.stop().await?;
        let mut jobs = Vec::new();
        while let Ok(job) = sent.try_recv() {
            jobs.push(job);
        }
        ensure!(jobs.len() == count, "{endpoint} made {} jobs of {count} events", jobs.len());
        Ok(jobs)
    }

    pub(crate) fn batches(&mut self, jobs: &[Sent], size: usize) -> Vec<Bytes> {
        let batches = jobs.chunks(size).map(|jobs| {
            let first = self.records;
            self.records += u64::try_from(jobs.len()).unwrap_or_default();
            batch(jobs, first)
        });
        batches.collect()
    }

    /// Opens the conversations of the first so many customers, as their first messages do.
    pub(crate) async fn open(&mut self, endpoint: &'static str, worker: &'static str, customers: u64) -> Result<()> {
        let said = self.said(usize::try_from(customers)?, customers);
        let jobs = self.jobs(endpoint, said).await?;
        let instance = Instance::start(&self.program(worker), &self.world.logs).await?;
        for event in self.batches(&jobs, FULL) {
            instance.invoke(event).await?.check()?;
        }
        instance.stop().await
    }

    /// Events for one program, as many as are wanted.
    async fn events(&mut self, name: &'static str, load: Load, count: usize) -> Result<Vec<Bytes>> {
        let size = load.size();
        let customers = if load == Load::TenOfOne { 1 } else { CUSTOMERS };
        let jobs = match name {
            TO_HELPDESK | NODE_WORKER | PYTHON_WORKER => {
                let endpoint = match name {
                    NODE_WORKER => NODE_WEBHOOK,
                    PYTHON_WORKER => PYTHON_WEBHOOK,
                    _ => BLIP_WEBHOOK,
                };
                let said = match load {
                    Load::TenFiles => self.shown(count * size),
                    _ => self.said(count * size, customers),
                };
                self.jobs(endpoint, said).await?
            }
            TO_BLIP => {
                let answered = self.answered(count * size, customers, load != Load::Unmarked)?;
                self.jobs(HELPDESK_CALLBACK, answered).await?
            }
            HELPDESK_CALLBACK => return self.answered(count, customers, true),
            _ => return Ok(self.said(count, customers)),
        };
        Ok(self.batches(&jobs, size))
    }

    /// Everything about single programs.
    pub(crate) async fn figures(&mut self) -> Result<Figures> {
        let mut figures = Figures { zips: self.zips()?, ..Figures::default() };
        // Ours last: the helpdesk's tickets by customer are then those of our conversations.
        self.open(NODE_WEBHOOK, NODE_WORKER, CUSTOMERS).await?;
        self.open(PYTHON_WEBHOOK, PYTHON_WORKER, CUSTOMERS).await?;
        self.open(BLIP_WEBHOOK, TO_HELPDESK, CUSTOMERS).await?;
        let loads = [
            (FLOOR, Load::Single),
            (BLIP_WEBHOOK, Load::Single),
            (HELPDESK_CALLBACK, Load::Single),
            (NODE_WEBHOOK, Load::Single),
            (PYTHON_WEBHOOK, Load::Single),
            (TO_HELPDESK, Load::Single),
            (TO_HELPDESK, Load::TenOfTen),
            (TO_HELPDESK, Load::TenOfOne),
            (TO_BLIP, Load::Single),
            (TO_BLIP, Load::Unmarked),
            (TO_BLIP, Load::TenOfTen),
            (TO_BLIP, Load::TenOfOne),
            (NODE_WORKER, Load::Single),
            (NODE_WORKER, Load::TenOfTen),
            (PYTHON_WORKER, Load::Single),
            (PYTHON_WORKER, Load::TenOfTen),
        ];
        self.cold(&mut figures).await?;
        figures.warm.insert((TO_HELPDESK, Load::TenFiles), self.warm(TO_HELPDESK, Load::TenFiles).await?);
        let together = Cores::one()?;
        for _ in 0..ROUNDS {
            for (name, load) in loads {
                let warm = self.warm(name, load).await?;
                let best = figures.warm.get(&(name, load)).is_none_or(|before| warm.cpu < before.cpu);
                if best {
                    figures.warm.insert((name, load), warm);
                }
            }
        }
        together.give_back()?;
        Ok(figures)
    }

    pub(crate) async fn warm(&mut self, name: &'static str, load: Load) -> Result<Warm> {
        let (before, count) = match load {
            Load::Single | Load::Unmarked => (BEFORE, CALLS),
            Load::TenOfTen | Load::TenOfOne => (BEFORE / FULL, BATCHES),
            Load::TenFiles => (1, BATCHES_OF_FILES),
        };
        let events = self.events(name, load, before + count).await?;
        let warm = measure::warm(&self.world, &self.program(name), events, before).await?;
        println!("bench: {name}, {load:?}: {:?} of the processor a call", warm.cpu / warm.calls.max(1));
        Ok(warm)
    }

    /// The programs take turns, so that a busy moment of the machine hits all of them.
    async fn cold(&mut self, figures: &mut Figures) -> Result<()> {
        let names = [
            FLOOR,
            BLIP_WEBHOOK,
            HELPDESK_CALLBACK,
            TO_HELPDESK,
            TO_BLIP,
            NODE_WEBHOOK,
            NODE_WORKER,
            PYTHON_WEBHOOK,
            PYTHON_WORKER,
        ];
        let mut events = Vec::new();
        for name in names {
            // One more, whose start brings the program's file into memory and does not count.
            events.push((name, self.events(name, Load::Single, STARTS + 1).await?.into_iter()));
        }
        let mut starts: BTreeMap<&'static str, Vec<Start>> = BTreeMap::new();
        for round in 0..=STARTS {
            for (name, events) in &mut events {
                let event = events.next().context("too few events")?;
                let start = measure::start(&self.world, &self.program(name), event).await?;
                if round > 0 {
                    starts.entry(name).or_default().push(start);
                }
            }
        }
        for (name, starts) in starts {
            let cold = Cold::of(&starts);
            println!("bench: {name}: {:?} from its start to its first answer", cold.answer.median());
            figures.cold.insert(name, cold);
        }
        Ok(())
    }

    fn zips(&self) -> Result<BTreeMap<String, u64>> {
        let mut zips = BTreeMap::new();
        for entry in std::fs::read_dir(self.root.join("target/bench"))? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if let Some(name) = name.strip_suffix(".zip") {
                zips.insert(name.to_owned(), entry.metadata()?.len());
            }
        }
        Ok(zips)
    }
}
