//! One conversation of ten thousand messages: what the last ones cost beside the first ones.

use anyhow::Result;

use crate::{
    aws::Sent,
    bench::{BLIP_WEBHOOK, Bench, HELPDESK_CALLBACK, TO_BLIP, TO_HELPDESK},
    event::{Customer, agent_says, customer_says},
    lambda::Instance,
    measure::Times,
    meter::Counts,
};

/// Messages in all, and how many of them are looked at in the beginning and in the end.
pub(crate) const MESSAGES: usize = 10_000;
pub(crate) const LOOKED_AT: usize = 1_000;
/// A process is warm and a ring is full by then.
const BEFORE: usize = 200;

/// A stretch of the conversation.
#[derive(Debug, Default)]
pub(crate) struct Stretch {
    pub times: Times,
    pub counts: Counts,
    pub cpu: std::time::Duration,
}

/// One direction.
#[derive(Debug, Default)]
pub(crate) struct Growth {
    pub worker: &'static str,
    pub first: Stretch,
    pub last: Stretch,
}

/// `customer` must be one whose conversation is open.
pub(crate) async fn growth(bench: &mut Bench, worker: &'static str, customer: Customer) -> Result<Growth> {
    let all = BEFORE + MESSAGES;
    let mut events = Vec::new();
    for _ in 0..all {
        let number = bench.number();
        events.push(match worker {
            TO_BLIP => agent_says(&bench.opened(customer)?, number, true)?,
            _ => customer_says(customer, number),
        });
    }
    let door = if worker == TO_BLIP { HELPDESK_CALLBACK } else { BLIP_WEBHOOK };
    let jobs: Vec<Sent> = bench.jobs(door, events).await?;
    let events = bench.batches(&jobs, 1);
    let instance = Instance::start(&bench.program(worker), &bench.world.logs).await?;
    let mut growth = Growth { worker, ..Growth::default() };
    let mut stretch = (Vec::new(), instance.cpu()?);
    for (number, event) in events.into_iter().enumerate() {
        if number == BEFORE || number == all - LOOKED_AT {
            bench.world.meter.take();
            stretch = (Vec::new(), instance.cpu()?);
        }
        let called = instance.invoke(event).await?;
        called.check()?;
        stretch.0.push(called.took());
        let finished = |stretch: &mut (Vec<_>, _)| -> Result<Stretch> {
            Ok(Stretch {
                times: Times::new(std::mem::take(&mut stretch.0)),
                counts: bench.world.meter.take(),
                cpu: instance.cpu()?.saturating_sub(stretch.1),
            })
        };
        if number + 1 == BEFORE + LOOKED_AT {
            growth.first = finished(&mut stretch)?;
        } else if number + 1 == all {
            growth.last = finished(&mut stretch)?;
        }
    }
    instance.stop().await?;
    println!(
        "bench: {worker}: {:?}, and {:?} after {MESSAGES} messages",
        growth.first.times.median(),
        growth.last.times.median()
    );
    Ok(growth)
}

/// The worker of each direction.
pub(crate) const WORKERS: [&str; 2] = [TO_HELPDESK, TO_BLIP];
