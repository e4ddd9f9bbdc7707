//! Plays Blip's HTTP API and an in-house helpdesk: takes everything, and says when what arrived.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use bytes::Bytes;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::{
    meter::Meter,
    wire::{Answer, Asked},
};

/// Words that arrived on the other side.
#[derive(Debug)]
pub(crate) struct Arrived {
    pub text: String,
    pub at: Instant,
}

/// A conversation as the helpdesk knows it.
#[derive(Debug, Clone)]
pub(crate) struct Opened {
    pub conversation: String,
    pub ticket: String,
}

#[derive(Default)]
pub(crate) struct Server {
    meter: Arc<Meter>,
    arrived: Mutex<Option<mpsc::UnboundedSender<Arrived>>>,
    /// By the customer's address.
    opened: Mutex<HashMap<String, Opened>>,
    tickets: AtomicU64,
}

impl Server {
    pub(crate) fn new(meter: Arc<Meter>) -> Self {
        Self { meter, ..Self::default() }
    }

    /// What arrives from now on.
    pub(crate) fn listen(&self) -> mpsc::UnboundedReceiver<Arrived> {
        let (sender, receiver) = mpsc::unbounded_channel();
        *self.arrived.lock().unwrap_or_else(PoisonError::into_inner) = Some(sender);
        receiver
    }

    /// The conversation of a customer, once the helpdesk was told of it.
    pub(crate) fn opened(&self, address: &str) -> Option<Opened> {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner).get(address).cloned()
    }

    fn arrive(&self, text: Option<&str>, at: Instant) {
        let Some(text) = text else { return };
        if let Some(listener) = &*self.arrived.lock().unwrap_or_else(PoisonError::into_inner) {
            // Nobody may be listening any more.
            let _ = listener.send(Arrived { text: text.to_owned(), at });
        }
    }

    pub(crate) fn blip(&self, asked: &Asked) -> Answer {
        let at = Instant::now();
        let answer = match asked.path.as_str() {
            "/messages" => {
                let message: Value = serde_json::from_slice(&asked.body).unwrap_or_default();
                self.arrive(message.get("content").and_then(Value::as_str), at);
                Answer::empty(202)
            }
            "/notifications" => Answer::empty(202),
            "/commands" => {
                let command: Value = serde_json::from_slice(&asked.body).unwrap_or_default();
                let body = json!({
                    "id": command.get("id"),
                    "from": "postmaster@msging.net",
                    "method": command.get("method"),
                    "status": "failure",
                    "reason": {"code": 67, "description": "The requested resource was not found"},
                });
                Answer::json(200, body.to_string())
            }
            _ => Answer::empty(404),
        };
        let operation = format!("POST {}", asked.path);
        self.meter.count("Blip", &operation, asked.body.len(), answer.body.len(), 0);
        answer
    }

    pub(crate) fn helpdesk(&self, asked: &Asked) -> Answer {
        let at = Instant::now();
        let event: Value = serde_json::from_slice(&asked.body).unwrap_or_default();
        let text = |pointer: &str| event.pointer(pointer).and_then(Value::as_str);
        let kind = text("/type").unwrap_or_default();
        let answer = if kind == "conversation.started" {
            let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
            let address = text("/data/customer/address").unwrap_or_default().to_owned();
            let ticket = (4711 + self.tickets.fetch_add(1, Ordering::Relaxed)).to_string();
            let conversation = text("/data/conversation").unwrap_or_default().to_owned();
            opened.insert(address, Opened { conversation, ticket: ticket.clone() });
            json!({ "ticket": ticket }).to_string()
        } else {
            self.arrive(text("/data/message/content/text"), at);
            "{}".to_owned()
        };
        let answer = Answer::json(200, Bytes::from(answer));
        self.meter.count("helpdesk", kind, asked.body.len(), answer.body.len(), 0);
        answer
    }
}
