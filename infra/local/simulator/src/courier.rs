//! The post from the simulator to the bridge: one queue for each customer or ticket, so that each stays in order.
//!
//! A delivery is repeated, unchanged, on a connection error or a 5xx; a 4xx is written down. What Blip itself does is unknown
//! (`reference/blip.md` section 2.1), the helpdesk's part is Standard Webhooks 1.0.0.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder};
use serde_json::Value;
use tokio::sync::{mpsc, watch};
use tokio::task::AbortHandle;

use crate::clock;
use crate::world::World;

/// Tries of one delivery; with pauses from 0.2 s up to 2 s this is about three minutes.
const TRIES: u32 = 100;
/// Tries after a 4xx: Blip's own behaviour is unknown, so only the helpdesk insists, and not for long.
const REFUSED_TRIES: u32 = 3;
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const MAX_PAUSE: Duration = Duration::from_secs(2);
const ANSWER_LIMIT: Duration = Duration::from_secs(30);
/// How long a held-back delivery waits for one of another customer to overtake it.
const HOLD: Duration = Duration::from_millis(300);

/// Where a door of the bridge is. `host` is the `Host` header to send, for a gateway that routes by it.
#[derive(Clone, Debug)]
pub struct Door {
    pub url: String,
    pub host: Option<String>,
}

/// Both doors of the bridge.
#[derive(Clone, Debug)]
pub struct Bridge {
    pub blip_webhook: Door,
    pub helpdesk_callback: Door,
}

/// One delivery. A helpdesk's has a webhook-id and is signed anew at each try.
#[derive(Debug)]
pub(crate) struct Parcel {
    pub(crate) webhook_id: Option<String>,
    pub(crate) body: Value,
}

/// The queues, and how they misbehave.
#[derive(Debug)]
pub(crate) struct Courier {
    client: Client,
    queues: Mutex<HashMap<String, (mpsc::UnboundedSender<Parcel>, AbortHandle)>>,
    delivered: watch::Sender<u32>,
    repeat: Share,
    hold: Share,
}

/// A share in per cent, spread evenly by counting instead of by chance, so that runs can be compared.
#[derive(Debug, Default)]
pub(crate) struct Share {
    percent: AtomicU32,
    sum: AtomicU32,
}

impl Share {
    pub(crate) fn set(&self, percent: u32) {
        self.percent.store(percent.min(100), Ordering::SeqCst);
    }

    pub(crate) fn hit(&self) -> bool {
        let percent = self.percent.load(Ordering::SeqCst);
        let before = self.sum.fetch_add(percent, Ordering::SeqCst);
        (before + percent) / 100 > before / 100
    }
}

impl Courier {
    pub(crate) fn new() -> Result<Self> {
        Ok(Self {
            client: client(Policy::default())?,
            queues: Mutex::default(),
            delivered: watch::Sender::new(0),
            repeat: Share::default(),
            hold: Share::default(),
        })
    }

    /// The client of every delivery.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// Posts this share of deliveries a second time.
    pub(crate) fn repeat(&self, percent: u32) {
        self.repeat.set(percent);
    }

    /// Holds this share of deliveries back until one of another customer has overtaken it.
    pub(crate) fn hold(&self, percent: u32) {
        self.hold.set(percent);
    }

    /// Puts a parcel into the queue of `key`, and makes the queue if it is the first.
    pub(crate) fn send(&self, world: &Arc<World>, key: &str, parcel: Parcel) {
        let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        let (queue, _) = queues.entry(key.to_owned()).or_insert_with(|| {
            let (sender, receiver) = mpsc::unbounded_channel();
            (sender, tokio::spawn(carry(world.clone(), receiver)).abort_handle())
        });
        // The receiver lives as long as the simulator; afterwards nobody asks.
        let _ = queue.send(parcel);
    }

    pub(crate) fn stop(&self) {
        let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        queues.drain().for_each(|(_, (_, task))| task.abort());
    }
}

/// A client for plain HTTP to this machine only, so no root is trusted and no proxy asked.
#[expect(clippy::disallowed_methods, reason = "the simulator shares no code with the bridge")]
pub(crate) fn client(redirects: Policy) -> Result<Client> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    let client = Client::builder().tls_backend_preconfigured(tls).no_proxy().timeout(ANSWER_LIMIT).redirect(redirects);
    client.build().context("cannot make the HTTP client")
}

async fn carry(world: Arc<World>, mut queue: mpsc::UnboundedReceiver<Parcel>) {
    while let Some(parcel) = queue.recv().await {
        let courier = &world.courier;
        if courier.hold.hit() {
            let mut others = courier.delivered.subscribe();
            let _ = tokio::time::timeout(HOLD, others.changed()).await;
        }
        if deliver(&world, &parcel).await && courier.repeat.hit() {
            deliver(&world, &parcel).await;
        }
        courier.delivered.send_modify(|count| *count += 1);
    }
}

/// Whether the bridge took it.
async fn deliver(world: &World, parcel: &Parcel) -> bool {
    let what = describe(parcel);
    let (mut pause, mut refused) = (FIRST_PAUSE, 0);
    for _ in 0..TRIES {
        match attempt(world, parcel).await {
            Some(200..=299) => return true,
            Some(code @ 400..=499) => {
                world.write(|state| state.ledger.refusals.push(format!("{code} for {what}")));
                refused += 1;
                if parcel.webhook_id.is_none() || refused == REFUSED_TRIES {
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
async fn attempt(world: &World, parcel: &Parcel) -> Option<u16> {
    let request = request(world, parcel)?;
    Some(request.send().await.ok()?.status().as_u16())
}

fn request(world: &World, parcel: &Parcel) -> Option<RequestBuilder> {
    let bridge = world.read(|state| state.bridge.clone())?;
    let body = parcel.body.to_string();
    let client = &world.courier.client;
    let at = |door: &Door| {
        let request = client.post(&door.url).header("content-type", "application/json");
        match &door.host {
            Some(host) => request.header("host", host),
            None => request,
        }
    };
    let request = match &parcel.webhook_id {
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

fn describe(parcel: &Parcel) -> String {
    let field = |key: &str| parcel.body.get(key).and_then(Value::as_str).unwrap_or("-");
    format!("{} {}", field("type"), parcel.webhook_id.as_deref().unwrap_or(field("id")))
}
