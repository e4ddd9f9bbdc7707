//! A secret that may change while a function runs.
//!
//! A wrong key must not park a day's messages, and after a rotation it need not fail even one: who is refused with it
//! fetches it anew, once, and tries again. Called by the clients of Blip and of the helpdesk.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use async_trait::async_trait;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::clock::{Clock, Timestamp};

/// A secret is fetched anew at most this often, however many calls are refused, or callers.
pub(crate) const FETCH_AGAIN_AFTER: Duration = Duration::from_secs(10);

/// Whether a caller presents the expected secret, in constant time. An empty expectation matches nothing.
pub(crate) fn same(presented: &str, expected: &str) -> bool {
    // Hashed first, so that not even the length shows.
    let same: bool = Sha256::digest(presented).ct_eq(&Sha256::digest(expected)).into();
    same && !expected.is_empty()
}

/// Where the present value of a secret comes from.
#[async_trait]
pub trait SecretSource: Send + Sync {
    /// The present value; `None` when it cannot be had.
    async fn fetch(&self) -> Option<String>;
}

/// A secret, and where to look for its next value.
#[derive(Clone)]
pub struct Secret {
    state: Arc<RwLock<State>>,
    source: Arc<dyn SecretSource>,
    clock: Arc<dyn Clock>,
}

struct State {
    value: String,
    fetched: Timestamp,
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// A secret whose value was fetched just now.
    pub fn new(value: String, source: Arc<dyn SecretSource>, clock: Arc<dyn Clock>) -> Self {
        let fetched = clock.now();
        Self { state: Arc::new(RwLock::new(State { value, fetched })), source, clock }
    }

    /// The value that was fetched last.
    pub fn get(&self) -> String {
        self.state.read().unwrap_or_else(PoisonError::into_inner).value.clone()
    }

    /// Fetches it anew, after it was refused. Whether it is another one now, so that trying again makes sense.
    pub async fn renew(&self, refused: &str) -> bool {
        let now = self.clock.now();
        {
            let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
            if state.value != refused {
                return true; // another call was quicker
            }
            if now.since(state.fetched) < FETCH_AGAIN_AFTER {
                return false;
            }
            state.fetched = now;
        }
        let Some(value) = self.source.fetch().await else { return false };
        let changed = value != refused;
        self.state.write().unwrap_or_else(PoisonError::into_inner).value = value;
        changed
    }
}

#[async_trait]
impl SecretSource for String {
    /// A secret that never changes.
    async fn fetch(&self) -> Option<String> {
        Some(self.clone())
    }
}
