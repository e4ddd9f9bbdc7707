//! The deliveries that wait for the bridge: one queue for each customer or ticket, so that each stays in order.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anyhow::Result;
use reqwest::Client;
use reqwest::redirect::Policy;
use serde_json::Value;
use tokio::sync::{mpsc, watch};
use tokio::task::AbortHandle;

use super::client::http_client;
use super::share::Share;

/// How long a held-back delivery waits for one of another customer to overtake it.
const HOLD: Duration = Duration::from_millis(300);

/// One delivery. A helpdesk's has a webhook-id and is signed anew at each try.
#[derive(Debug)]
pub(crate) struct Delivery {
    pub(crate) webhook_id: Option<String>,
    pub(crate) body: Value,
}

/// The queues, and how they misbehave.
#[derive(Debug)]
pub(crate) struct DeliveryQueues {
    client: Client,
    queues: Mutex<HashMap<String, (mpsc::UnboundedSender<Delivery>, AbortHandle)>>,
    delivered: watch::Sender<u32>,
    repeat: Share,
    hold: Share,
}

impl DeliveryQueues {
    pub(crate) fn new() -> Result<Self> {
        Ok(Self {
            client: http_client(Policy::default())?,
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
    pub(crate) fn set_repeat(&self, percent: u32) {
        self.repeat.set(percent);
    }

    /// The share of deliveries that are posted a second time, in per cent.
    pub(crate) fn repeat(&self) -> u32 {
        self.repeat.percent()
    }

    /// Holds this share of deliveries back until one of another customer has overtaken it.
    pub(crate) fn set_hold(&self, percent: u32) {
        self.hold.set(percent);
    }

    /// Puts a delivery into the queue of `key`. `start` starts the task that empties the queue, if it is the first.
    pub(crate) fn push(
        &self,
        key: &str,
        delivery: Delivery,
        start: impl FnOnce(mpsc::UnboundedReceiver<Delivery>) -> AbortHandle,
    ) {
        let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        let (queue, _) = queues.entry(key.to_owned()).or_insert_with(|| {
            let (sender, receiver) = mpsc::unbounded_channel();
            (sender, start(receiver))
        });
        // The receiver lives as long as the simulator; afterwards nobody asks.
        let _ = queue.send(delivery);
    }

    /// Waits, before a delivery that is to be held back, until another is made.
    pub(crate) async fn hold_back(&self) {
        if self.hold.hit() {
            let mut others = self.delivered.subscribe();
            let _ = tokio::time::timeout(HOLD, others.changed()).await;
        }
    }

    /// Whether the delivery that was just taken is to be repeated.
    pub(crate) fn repeats(&self) -> bool {
        self.repeat.hit()
    }

    /// Counts a delivery as made, or given up.
    pub(crate) fn count(&self) {
        self.delivered.send_modify(|count| *count += 1);
    }

    pub(crate) fn stop(&self) {
        let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        queues.drain().for_each(|(_, (_, task))| task.abort());
    }
}
