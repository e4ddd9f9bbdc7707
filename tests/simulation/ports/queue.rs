//! The queues.

use std::time::Duration;

use async_trait::async_trait;
use ponte::{
    queue::{CloseJob, Destination, Job, Record},
    relay::{Failure, ports::Queue},
};

use crate::simulation::{bug::Effect, helpdesk, invocation::Invocation, poller};

#[async_trait]
impl Queue for Invocation {
    async fn send(&self, job: &Job) -> Result<(), Failure> {
        let world = &self.world;
        let close = match job.destination {
            Destination::ToCustomer | Destination::ToHelpdesk => None,
            Destination::CloseTicket => Some(serde_json::from_str::<CloseJob>(&job.body).unwrap()),
        };
        let send = self.calls("send to a queue", async {
            world.wait(1, 9).await;
            if world.fault(world.plan.queue_fails) {
                world.strike("a queue is away", || self.who());
                return Err(Failure::later("the queue is unavailable"));
            }
            match job.destination {
                Destination::ToCustomer => poller::enters(world, job),
                _ => drop(world.queues.to(job.destination).send(world.now(), &self.release.writes(world, job), &[])),
            }
            if world.fault(world.plan.queue_fails) {
                world.strike("queued, and no answer", || self.who());
                return Err(Failure::later("the queue is unavailable"));
            }
            Ok(())
        });
        let Some((opening, ticket)) = close.and_then(|close| Some((close.opening, close.ticket?))) else {
            return send.await;
        };
        let stay = world.ledger().stay(helpdesk::number(&ticket).unwrap(), &opening);
        self.with_bugs(&Effect::HandedOn(stay), send).await
    }

    async fn postpone(&self, records: &[Record], wait: Duration) {
        let world = &self.world;
        let is_told = |record: &Record| self.told_waits.lock().unwrap().contains(&record.group);
        if !records.iter().all(is_told) {
            world.ledger().wrong.push(format!("{}: the trail does not say that a group waits", self.who()));
        }
        self.calls("postpone", async {
            world.wait(1, 9).await;
            if world.fault(world.plan.queue_fails) {
                world.strike("a queue is away", || self.who());
                return;
            }
            world.tell(|| format!("{} postpones {} records by {wait:?}", self.who(), records.len()));
            let fails = || world.fault(world.plan.queue_fails);
            world.queues.to(self.of).postpone(world.now(), records, wait, fails);
        })
        .await;
    }

    async fn park(&self, record: &Record, failure: &Failure) -> Result<(), Failure> {
        let world = &self.world;
        self.calls("park", async {
            world.wait(1, 9).await;
            if world.fault(world.plan.queue_fails) {
                world.strike("a queue is away", || self.who());
                return Err(Failure::later("the parked queue is unavailable"));
            }
            self.parks(record, failure);
            Ok(())
        })
        .await
    }
}
