//! The service rules of a running function: read at the start, and again once they are a minute old.
//!
//! A function never fails over its rules. Where the table does not answer, or a document cannot be read by this release, those in force stay.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use service_rules::ServiceRules;

use crate::{
    clock::{Clock, Timestamp},
    relay::ports::Rules,
    store::DynamoStore,
};

/// How old rules may be that are in force.
const KEPT_FOR: Duration = Duration::from_mins(1);

/// The rules, as the table has them.
pub(super) struct StoredRules {
    store: DynamoStore,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

struct State {
    rules: Arc<ServiceRules>,
    version: u64,
    read: Option<Timestamp>,
}

impl StoredRules {
    /// `without` is in force until there are rules in the table.
    pub(super) async fn load(store: DynamoStore, clock: Arc<dyn Clock>, without: ServiceRules) -> Self {
        let state = State { rules: Arc::new(without), version: 0, read: None };
        let stored = Self { store, clock, state: Mutex::new(state) };
        stored.refresh().await;
        stored
    }

    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[async_trait]
impl Rules for StoredRules {
    async fn refresh(&self) {
        let now = self.clock.now();
        let is_due = self.with(|state| {
            let is_due = state.read.is_none_or(|read| now.since(read) >= KEPT_FOR);
            // Whoever comes meanwhile does not read as well.
            if is_due {
                state.read = Some(now);
            }
            is_due
        });
        if !is_due {
            return;
        }
        match self.store.current_rules().await {
            Ok(Some(found)) if found.version != self.with(|state| state.version) => {
                match ServiceRules::from_json(found.rules.as_bytes()) {
                    Ok(rules) => {
                        self.with(|state| (state.rules, state.version) = (Arc::new(rules), found.version));
                        tracing::info!(version = found.version, "service rules in force");
                    }
                    Err(error) => {
                        tracing::error!(version = found.version, reason = %error, "the service rules cannot be read");
                    }
                }
            }
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(reason = %error, "the service rules were not read: the last ones stay in force");
            }
        }
    }

    fn current(&self) -> Arc<ServiceRules> {
        self.with(|state| state.rules.clone())
    }
}
