//! One program at a time: how long it takes from nothing to its first answer, and what a call costs once it runs.

use std::time::Duration;

use anyhow::Result;
use bytes::Bytes;

use crate::{
    lambda::{Instance, Program},
    meter::Counts,
    world::World,
};

/// Times in order, to be asked for their middle or their end.
#[derive(Debug, Default, Clone)]
pub(crate) struct Times(Vec<Duration>);

impl Times {
    pub(crate) fn new(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        Self(times)
    }

    /// The time that so many of a hundred do not exceed.
    pub(crate) fn percentile(&self, of_hundred: usize) -> Duration {
        let at = (self.0.len() * of_hundred / 100).min(self.0.len().saturating_sub(1));
        self.0.get(at).copied().unwrap_or_default()
    }

    pub(crate) fn median(&self) -> Duration {
        self.percentile(50)
    }
}

/// A function from nothing to its first answer.
#[derive(Debug, Default)]
pub(crate) struct Cold {
    /// From the start of the process to its first answer.
    pub answer: Times,
    /// From the start to the first question for an event.
    pub init: Times,
    /// The first event.
    pub first: Times,
    /// The processor's time until the first answer.
    pub cpu: Times,
}

/// One start of one program.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Start {
    pub answer: Duration,
    pub init: Duration,
    pub first: Duration,
    pub cpu: Duration,
}

pub(crate) async fn start(world: &World, program: &Program, event: Bytes) -> Result<Start> {
    let instance = Instance::start(program, &world.logs).await?;
    let called = instance.invoke(event).await?;
    called.check()?;
    let start = Start {
        answer: called.answered.duration_since(instance.started()),
        init: instance.init(),
        first: called.took(),
        cpu: instance.cpu_exact()?,
    };
    instance.stop().await?;
    Ok(start)
}

impl Cold {
    pub(crate) fn of(starts: &[Start]) -> Self {
        let times = |field: fn(&Start) -> Duration| Times::new(starts.iter().map(field).collect());
        Self {
            answer: times(|start| start.answer),
            init: times(|start| start.init),
            first: times(|start| start.first),
            cpu: times(|start| start.cpu),
        }
    }
}

/// A function that runs.
#[derive(Debug, Default)]
pub(crate) struct Warm {
    pub calls: u32,
    pub times: Times,
    /// The processor's time of all calls.
    pub cpu: Duration,
    pub peak_kib: u64,
    /// What it wrote into its log: bytes and lines.
    pub logged: (u64, u64),
    pub counts: Counts,
}

/// Calls it with each of the events, the first `before` of which do not count.
pub(crate) async fn warm(world: &World, program: &Program, events: Vec<Bytes>, before: usize) -> Result<Warm> {
    let instance = Instance::start(program, &world.logs).await?;
    let mut events = events.into_iter();
    for event in events.by_ref().take(before) {
        instance.invoke(event).await?;
    }
    let (cpu, logged) = (instance.cpu()?, instance.logged()?);
    world.meter.take();
    let mut times = Vec::new();
    for event in events {
        let called = instance.invoke(event).await?;
        called.check()?;
        times.push(called.took());
    }
    let after = instance.logged()?;
    let warm = Warm {
        calls: u32::try_from(times.len())?,
        times: Times::new(times),
        cpu: instance.cpu()?.saturating_sub(cpu),
        peak_kib: instance.peak_kib()?,
        logged: (after.0 - logged.0, after.1 - logged.1),
        counts: world.meter.take(),
    };
    instance.stop().await?;
    Ok(warm)
}

/// A count for a calculation, exact below four thousand million.
pub(crate) fn float(count: u64) -> f64 {
    u32::try_from(count).map_or(f64::from(u32::MAX), f64::from)
}
