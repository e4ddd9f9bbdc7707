//! The two webhook endpoints: what comes is repeated by its sender until it was accepted, and sometimes afterwards.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use futures_util::future::BoxFuture;
use ponte::{
    clock::{Clock, Timestamp},
    message::{AgentEvent, ConversationId},
    queue::{Job, Record, ToCustomerJob, VERSION},
    relay::{
        Failure,
        accept::{self, Accepted},
        ports::{Queue, Rejection},
    },
};
use serde_json::{Value, json};

use super::{helpdesk, ports::capabilities, release::Release, world::World};

/// One request at an endpoint, with the messages of the ledger that are in it.
struct Request<'a> {
    world: &'a World,
    tags: &'a [usize],
    skew: i64,
    release: Release,
}

impl Clock for Request<'_> {
    fn now(&self) -> Timestamp {
        self.world.timestamp(self.skew)
    }
}

#[async_trait]
impl Queue for Request<'_> {
    async fn send(&self, job: &Job) -> Result<(), Failure> {
        let Self { world, tags, release, .. } = self;
        world.wait(1, 30).await;
        if world.fault(world.plan.queue_fails) {
            world.strike("a queue is away", || "at the webhook endpoint".to_owned());
            return Err(Failure::later("the queue is unavailable"));
        }
        let new = world.enters(&release.writes(world, job), tags);
        let mut ledger = world.ledger();
        for said in tags.iter().filter(|_| new) {
            ledger.said[*said].came = world.now();
            ledger.said[*said].copies += 1;
        }
        let names: Vec<_> = tags.iter().map(|said| ledger.said[*said].name.as_str()).collect();
        world.tell(|| format!("{} {}", names.join("+"), if new { "is queued" } else { "is a copy, and dropped" }));
        drop(ledger);
        if world.fault(world.plan.queue_fails) {
            world.strike("queued, and no answer", || "at the webhook endpoint".to_owned());
            return Err(Failure::later("the queue is unavailable"));
        }
        Ok(())
    }

    async fn postpone(&self, _: &[Record], _: Duration) {}

    async fn park(&self, _: &Record, _: &Failure) -> Result<(), Failure> {
        Ok(())
    }
}

/// When a sender sends the same again.
async fn repeats(world: &World) -> bool {
    if !world.fault(world.plan.repeats) {
        return false;
    }
    match world.between(0, 2) {
        0 => world.wait(0, 5000).await,
        1 => world.wait(10_000, 280_000).await,
        _ => world.wait(301_000, 4_000_000).await,
    }
    true
}

/// Blip posts an envelope, until it is accepted.
pub(crate) async fn post(world: &Arc<World>, envelope: &Value, tags: &[usize]) {
    let body = envelope.to_string();
    loop {
        let request = Request { world, tags, skew: world.skew(), release: Release::starting(world) };
        let verified = ponte::blip::verify(Some("token"), "token", body.as_bytes()).unwrap();
        match accept::from_blip(verified, &request, &request, &world.key, capabilities(world)).await {
            Ok(Accepted::Queued(_)) => break,
            Ok(Accepted::Answered(_)) => {
                return world.ledger().wrong.push("the endpoint answers a question".to_owned());
            }
            Ok(Accepted::Noted(_)) => {
                return world.ledger().wrong.push("the endpoint keeps a notification to itself".to_owned());
            }
            Ok(Accepted::Dropped(why)) => return world.ledger().wrong.push(format!("the endpoint drops: {why}")),
            Err(Rejection::NotStored) => world.wait(500, 20_000).await,
            Err(rejection) => return world.ledger().wrong.push(format!("the endpoint says {rejection}")),
        }
    }
    world.spawn(post_again(world.clone(), envelope.clone(), tags.to_vec()));
}

fn post_again(world: Arc<World>, envelope: Value, tags: Vec<usize>) -> BoxFuture<'static, ()> {
    Box::pin(async move {
        if repeats(&world).await {
            world.strike("an arrival at Blip's endpoint comes again", || format!("{tags:?}"));
            post(&world, &envelope, &tags).await;
        }
    })
}

/// The helpdesk posts events of one ticket, until they are accepted.
pub(crate) async fn call_back(world: &Arc<World>, ticket: usize, events: Vec<AgentEvent>, tags: Vec<usize>) {
    loop {
        let request = Request { world, tags: &tags, skew: world.skew(), release: Release::starting(world) };
        // An earlier release did not know the mark.
        let markless = !world.plan.marks || (world.plan.releases.is_some() && request.release == Release::Old);
        for said in &tags {
            world.ledger().said[*said].markless |= markless;
        }
        let job: ToCustomerJob = serde_json::from_value(json!({
            "v": VERSION,
            "received_at": request.now(),
            "ticket": helpdesk::name_of(world, ticket),
            "opening": (!markless).then(|| mark(world, ticket)),
            "events": events,
        }))
        .unwrap();
        if request.send(&job.addressed("simulated", &world.key)).await.is_ok() {
            break;
        }
        world.wait(500, 20_000).await;
    }
    world.spawn(call_back_again(world.clone(), ticket, events, tags));
}

fn call_back_again(
    world: Arc<World>,
    ticket: usize,
    events: Vec<AgentEvent>,
    tags: Vec<usize>,
) -> BoxFuture<'static, ()> {
    Box::pin(async move {
        if repeats(&world).await {
            world.strike("an arrival at the helpdesk's endpoint comes again", || format!("{tags:?}"));
            call_back(&world, ticket, events, tags).await;
        }
    })
}

fn mark(world: &World, ticket: usize) -> ConversationId {
    world.ledger().tickets[ticket].opening.clone()
}
