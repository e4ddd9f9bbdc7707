//! The operator: sends parked messages back with the functions of the tool `ponte`, again and again until nothing is parked.
//!
//! What `cli/src/parked/replay.rs` does with SQS is done here with the simulated queues, in the same order: looked at and
//! held, group by group, each sent and then deleted. The tool may die in between, or be started twice.

use std::{collections::HashSet, sync::Arc, time::Duration};

use ponte::queue::{Job, Record};

use super::{
    broken::Broken,
    fault_plan::HOUR,
    sqs::{Fifo, Waiting},
    world::World,
};

/// How long a look holds what it was handed (`look.rs`).
const HOLD: u64 = 120_000;
/// How many copies one receipt hands out.
const RECEIPT: usize = 10;
const MINUTE: u64 = 60_000;

/// Looks after the parked queues for ever.
pub(crate) async fn works(world: Arc<World>) {
    loop {
        let longest = if world.calm() { 20 * MINUTE } else { HOUR };
        match world.between(0, 2) {
            0 => world.wait(1000, MINUTE).await,
            _ => world.wait(MINUTE, longest).await,
        }
        if world.queues.parked().all(|parked| parked.left() == 0) {
            continue;
        }
        for _ in 0..if world.chance(150) { 2 } else { 1 } {
            let there = world.clone();
            world.spawn(async move { replay(&there).await });
        }
    }
}

/// `ponte parked replay --all`.
async fn replay(world: &Arc<World>) {
    for parked in world.queues.parked() {
        let mut run = Run { world, parked, sent: HashSet::new(), held: Vec::new() };
        while let Ok(copies) = parked.receive(world.now(), RECEIPT, HOLD) {
            if !run.batch(copies).await {
                return world.strike("the operator's tool dies", || format!("{:?}", parked.destination));
            }
        }
        parked.postpone(world.now(), &run.held, Duration::ZERO, || false);
    }
}

struct Run<'a> {
    world: &'a Arc<World>,
    parked: &'a Fifo,
    /// What is parked again in the meantime stays: groups and bodies.
    sent: HashSet<(String, String)>,
    held: Vec<Record>,
}

impl Run<'_> {
    /// Sends one receipt back. `false` when the tool died.
    async fn batch(&mut self, copies: Vec<Waiting>) -> bool {
        let mut groups: Vec<Vec<Waiting>> = Vec::new();
        for copy in copies {
            self.held.push(copy.record.clone());
            match groups.iter_mut().find(|group| group[0].record.group == copy.record.group) {
                Some(group) => group.push(copy),
                None => groups.push(vec![copy]),
            }
        }
        for mut group in groups {
            if self.world.broken == Some(Broken::ReplaysInReverse) {
                group.reverse();
            }
            for copy in group {
                match self.copy(&copy).await {
                    Sent::Gone => self.held.retain(|held| held.receipt != copy.record.receipt),
                    Sent::Left => break,
                    Sent::Died => return false,
                }
            }
        }
        true
    }

    async fn copy(&mut self, copy: &Waiting) -> Sent {
        let world = self.world;
        let Waiting { record, tags, .. } = copy;
        if self.sent.contains(&(record.group.clone(), record.body.clone())) {
            return Sent::Left;
        }
        let Some(body) = ponte_cli::parked::replayed(&record.body) else {
            world.ledger().wrong.push(format!("{} cannot be sent back", record.id));
            return Sent::Left;
        };
        let (destination, group) = (self.parked.destination, record.group.clone());
        let deduplication = ponte_cli::parked::deduplication(&record.id, &world.key);
        let mut job = Job { destination, group, deduplication, body };
        match world.broken {
            Some(Broken::ReplayKeepsTheOldId) => job.deduplication.clone_from(&copy.origin),
            Some(Broken::ReplayHasAGroupOfItsOwn) => job.group = format!("replayed {}", record.id),
            _ => {}
        }
        world.wait(1, 30).await;
        if world.fault(world.plan.queue_fails) {
            world.strike("a queue is away", || "for the operator".to_owned());
            return Sent::Left;
        }
        self.parked.sent_back(record);
        let new = world.enters(&job, tags);
        world.strike("a parked message is sent back", || format!("{} ({new})", record.id));
        self.sent.insert((record.group.clone(), job.body));
        if world.fault(world.plan.operator_dies) {
            return Sent::Died;
        }
        world.wait(1, 30).await;
        self.parked.delete(world.now(), record);
        Sent::Gone
    }
}

enum Sent {
    Gone,
    Left,
    Died,
}
