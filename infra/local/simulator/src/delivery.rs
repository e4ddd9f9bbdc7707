//! Deliveries from the simulator to the bridge.
//!
//! A delivery is repeated, unchanged, on a connection error or a 5xx; a 4xx is recorded. What Blip itself does is unknown
//! (`reference/blip.md` section 2.1), the helpdesk's part is Standard Webhooks 1.0.0.

use std::sync::Arc;
use std::time::Duration;

use reqwest::RequestBuilder;
use serde_json::Value;
use tokio::sync::mpsc;

use crate::clock;
use crate::state::{Try, World};
use crate::transport::{Delivery, Endpoint};

/// Tries of one delivery; with pauses from 0.2 s up to 2 s this is about three minutes.
const TRIES: u32 = 100;
/// Tries after a 4xx: Blip's own behaviour is unknown, so only the helpdesk insists, and not for long.
const REFUSED_TRIES: u32 = 3;
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const MAX_PAUSE: Duration = Duration::from_secs(2);

/// Puts a delivery into the queue of `key`. May be called while the state is locked, so that deliveries leave in the order of the
/// ledger.
pub(crate) fn send(world: &Arc<World>, key: &str, delivery: Delivery) {
    world
        .queues
        .push(key, delivery, |queue| tokio::spawn(deliver_all(world.clone(), key.to_owned(), queue)).abort_handle());
}

async fn deliver_all(world: Arc<World>, key: String, mut queue: mpsc::UnboundedReceiver<Delivery>) {
    while let Some(delivery) = queue.recv().await {
        world.queues.hold_back().await;
        if deliver(&world, &key, &delivery).await && world.queues.repeats() {
            deliver(&world, &key, &delivery).await;
        }
        world.queues.count();
    }
}

/// Whether the bridge took it.
async fn deliver(world: &World, key: &str, delivery: &Delivery) -> bool {
    let what = describe(delivery);
    let number = world.write(|state| state.posted.begin(key, delivery));
    let (mut pause, mut refused) = (FIRST_PAUSE, 0);
    for _ in 0..TRIES {
        let at = clock::now_ms();
        let answer = attempt(world, delivery).await;
        world.write(|state| state.posted.tried(number, Try { at, took: clock::now_ms() - at, status: answer }));
        match answer {
            Some(200..=299) => return true,
            Some(code @ 400..=499) => {
                world.write(|state| state.ledger.refusals.push(format!("{code} for {what}")));
                refused += 1;
                if delivery.webhook_id.is_none() || refused == REFUSED_TRIES {
                    return false;
                }
            }
            Some(_) | None => {}
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(MAX_PAUSE);
    }
    world.write(|state| state.ledger.undelivered.push(what));
    false
}

/// The status of one try; `None` without an answer, or while there is no bridge yet.
async fn attempt(world: &World, delivery: &Delivery) -> Option<u16> {
    let request = request(world, delivery)?;
    Some(request.send().await.ok()?.status().as_u16())
}

fn request(world: &World, delivery: &Delivery) -> Option<RequestBuilder> {
    let bridge = world.read(|state| state.bridge.clone())?;
    let body = delivery.body.to_string();
    let client = world.queues.client();
    let at = |endpoint: &Endpoint| {
        let request = client.post(&endpoint.url).header("content-type", "application/json");
        match &endpoint.host {
            Some(host) => request.header("host", host),
            None => request,
        }
    };
    let request = match &delivery.webhook_id {
        None => at(&bridge.blip_webhook).header(&world.config.token_header, &world.config.blip_token),
        Some(id) => {
            let now = clock::now_seconds();
            at(&bridge.helpdesk_callback)
                .header("webhook-id", id)
                .header("webhook-timestamp", now.to_string())
                .header("webhook-signature", world.key.sign(id, now, body.as_bytes()).ok()?)
        }
    };
    Some(request.body(body))
}

fn describe(delivery: &Delivery) -> String {
    let field = |key: &str| delivery.body.get(key).and_then(Value::as_str).unwrap_or("-");
    format!("{} {}", field("type"), delivery.webhook_id.as_deref().unwrap_or(field("id")))
}
