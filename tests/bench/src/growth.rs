//! One conversation of ten thousand messages: what the last ones cost beside the first ones of another.

use std::{iter::zip, time::Duration};

use anyhow::Result;
use bytes::Bytes;

use crate::{
    bench::{BLIP_WEBHOOK, Bench, HELPDESK_CALLBACK, TO_BLIP, TO_HELPDESK},
    event::{Customer, agent_says, customer_says},
    lambda::Instance,
    measure::Times,
    meter::{Counts, add},
};

/// Messages in all, and how many of them are looked at.
pub(crate) const MESSAGES: usize = 10_000;
pub(crate) const LOOKED_AT: usize = 1_000;
/// A process is warm and the recent ids are full by then.
const BEFORE: usize = 200;

/// A stretch of a conversation.
#[derive(Debug, Default)]
pub(crate) struct Stretch {
    pub times: Times,
    pub counts: Counts,
    pub cpu: Duration,
}

/// One direction.
#[derive(Debug, Default)]
pub(crate) struct Growth {
    pub worker: &'static str,
    pub first: Stretch,
    pub last: Stretch,
}

/// A stretch under way.
#[derive(Default)]
struct Looking {
    times: Vec<Duration>,
    counts: Counts,
    cpu: Duration,
}

impl Looking {
    async fn call(&mut self, bench: &Bench, instance: &Instance, event: Bytes) -> Result<()> {
        bench.world.meter.take();
        let cpu = instance.cpu_exact()?;
        let called = instance.invoke(event).await?;
        called.check()?;
        self.times.push(called.took());
        self.cpu += instance.cpu_exact()?.saturating_sub(cpu);
        add(&mut self.counts, bench.world.meter.take());
        Ok(())
    }

    fn finished(self) -> Stretch {
        Stretch { times: Times::new(self.times), counts: self.counts, cpu: self.cpu }
    }
}

/// The conversations of both customers must be open. `old` comes to its last messages, and then takes turns with `young`, which says
/// its first: a moment in which the machine is slow hits both.
pub(crate) async fn growth(bench: &mut Bench, worker: &'static str, old: Customer, young: Customer) -> Result<Growth> {
    let mut grown = records(bench, worker, old, BEFORE + MESSAGES).await?.into_iter();
    let mut fresh = records(bench, worker, young, BEFORE + LOOKED_AT).await?.into_iter();
    let instance = Instance::start(&bench.program(worker), &bench.world.logs).await?;
    for event in grown.by_ref().take(BEFORE + MESSAGES - LOOKED_AT).chain(fresh.by_ref().take(BEFORE)) {
        instance.invoke(event).await?.check()?;
    }
    let (mut first, mut last) = (Looking::default(), Looking::default());
    for (early, late) in zip(fresh, grown) {
        first.call(bench, &instance, early).await?;
        last.call(bench, &instance, late).await?;
    }
    instance.stop().await?;
    let growth = Growth { worker, first: first.finished(), last: last.finished() };
    println!(
        "bench: {worker}: {:?}, and {:?} after {MESSAGES} messages",
        growth.first.times.median(),
        growth.last.times.median()
    );
    Ok(growth)
}

/// So many messages of one conversation, a batch for each.
async fn records(bench: &mut Bench, worker: &'static str, customer: Customer, count: usize) -> Result<Vec<Bytes>> {
    let mut events = Vec::new();
    for _ in 0..count {
        let number = bench.number();
        events.push(match worker {
            TO_BLIP => agent_says(&bench.opened(customer)?, number, true)?,
            _ => customer_says(customer, number),
        });
    }
    let endpoint = if worker == TO_BLIP { HELPDESK_CALLBACK } else { BLIP_WEBHOOK };
    let jobs = bench.jobs(endpoint, events).await?;
    Ok(bench.batches(&jobs, 1))
}

/// The worker of each direction.
pub(crate) const WORKERS: [&str; 2] = [TO_HELPDESK, TO_BLIP];
