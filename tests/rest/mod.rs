//! The REST channel: what its endpoint takes and gives, and the whole way through the workers, over ports in memory. On the deployed
//! stack: `tests/end_to_end/rest.rs`.

mod before;
mod endpoint;
mod kept;
mod outbox;
mod ways;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use ponte::{
    hash::HashKey,
    message::Capabilities,
    relay::ports::NoJournal,
    rest::{self, Answer, RestChannel, RestEndpoint, RestRequest},
    rotation::{Rotating, Values, ValuesSource},
};
use serde_json::Value;

use self::outbox::MemoryOutbox;
use crate::relay::ports::{HandClock, MemoryQueue, MemoryStore};

const TOKEN: &str = "a-token-for-the-rest-channel";

/// The channel, both ends of it.
struct Site {
    outbox: Arc<MemoryOutbox>,
    store: Arc<MemoryStore>,
    queue: Arc<MemoryQueue>,
    clock: Arc<HandClock>,
    key: HashKey,
    requests: Mutex<u32>,
}

/// A token that never changes.
struct Unchanged(String);

#[async_trait]
impl ValuesSource for Unchanged {
    async fn fetch(&self) -> Option<Values> {
        Some(Values { current: self.0.clone(), previous: None })
    }
}

impl Site {
    fn new() -> Self {
        Self {
            outbox: Arc::default(),
            store: Arc::default(),
            queue: Arc::default(),
            clock: Arc::new(HandClock::new()),
            key: HashKey::new(b"test"),
            requests: Mutex::default(),
        }
    }

    fn token(&self, token: &str) -> Rotating<String> {
        Rotating::new(token, |token| Ok(token.to_owned()), Arc::new(Unchanged(token.to_owned())), self.clock.clone())
            .unwrap()
    }

    fn endpoint(&self) -> RestEndpoint {
        RestEndpoint {
            outbox: self.outbox.clone(),
            store: self.store.clone(),
            queue: self.queue.clone(),
            clock: self.clock.clone(),
            key: self.key.clone(),
            helpdesk: Capabilities::words(100),
            token: self.token(TOKEN),
            hold: Duration::ZERO,
            journal: Arc::new(NoJournal),
        }
    }

    fn channel(&self) -> RestChannel {
        RestChannel { outbox: self.outbox.clone(), clock: self.clock.clone(), key: self.key.clone() }
    }

    /// A request, and what is answered: the status of a refusal.
    async fn post(&self, body: &Value) -> Result<Answer, u16> {
        self.post_with(Some(TOKEN), body.to_string().as_bytes()).await
    }

    async fn post_with(&self, token: Option<&str>, body: &[u8]) -> Result<Answer, u16> {
        let request = {
            let mut requests = self.requests.lock().unwrap();
            *requests += 1;
            format!("request-{requests}")
        };
        let asked = RestRequest { token, headers: &(), body, request: &request };
        self.endpoint().post(&asked).await.map_err(ponte::relay::ports::Rejection::status)
    }
}

/// The texts of an answer, in order.
fn texts(answer: &Answer) -> Vec<&str> {
    answer.body.as_array().unwrap().iter().map(|item| item["text"].as_str().unwrap()).collect()
}

fn to(sender: &str) -> ponte::lime::Node {
    rest::address(sender).unwrap()
}
