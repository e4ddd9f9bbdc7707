//! The service rules of a running function: read at the start, and again once they are a minute old.
//!
//! A function never fails over its rules. Where the table does not answer, or a document cannot be read by this release, those in force stay.
//!
//! Hours may be kept by another product. Its schedules are in the table beside the rules; a worker, which has the product's key, asks for
//! them again once they are an hour old. Where the product does not answer, the last ones stay.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use futures_util::future::join_all;
use service_rules::{ForeignSchedule, HoursSource, ServiceRules, SourceKind};

use super::aws::Aws;
use crate::{
    clock::{Clock, Timestamp},
    relay::ports::{FoundSchedules, MAX_SCHEDULES, Rules, Schedules, StoreError},
    store::{KeptSchedules, RulesTable, RulesVersion},
};

/// How old rules may be that are in force.
const KEPT_FOR: Duration = Duration::from_mins(1);
/// How old the schedules of another product may be.
const SCHEDULES_KEPT_FOR: Duration = Duration::from_hours(1);
/// A product that did not give them is left alone for so long.
const ASKED_AGAIN_AFTER: Duration = Duration::from_mins(5);
/// How long a batch waits for a product.
const PATIENCE: Duration = Duration::from_secs(4);

/// What the table says: the rules that somebody pushed last.
pub(super) type Newest = Result<Option<RulesVersion>, StoreError>;

/// Where the rules are.
#[async_trait]
pub(super) trait Source: Send + Sync {
    /// Those that somebody pushed last.
    async fn newest(&self) -> Newest;
    /// What was read of a product last.
    async fn schedules(&self, product: SourceKind) -> Result<Option<KeptSchedules>, StoreError>;
    /// Keeps it for all functions.
    async fn keep_schedules(&self, product: SourceKind, kept: &KeptSchedules) -> Result<(), StoreError>;
}

/// The products that a function may ask.
pub(super) type Products = BTreeMap<SourceKind, Arc<dyn Schedules>>;

#[async_trait]
impl Source for RulesTable {
    async fn newest(&self) -> Newest {
        self.current().await
    }

    async fn schedules(&self, product: SourceKind) -> Result<Option<KeptSchedules>, StoreError> {
        Self::schedules(self, product).await
    }

    async fn keep_schedules(&self, product: SourceKind, kept: &KeptSchedules) -> Result<(), StoreError> {
        Self::keep_schedules(self, product, kept).await
    }
}

/// The rules, as the table has them.
pub(super) struct StoredRules {
    source: Box<dyn Source>,
    /// Set once: the client of a helpdesk reads the rules, and answers for its own product.
    products: OnceLock<Products>,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

struct State {
    /// As somebody pushed them.
    written: Arc<ServiceRules>,
    /// The same with the schedules of other products.
    rules: Arc<ServiceRules>,
    version: u64,
    read: Timestamp,
    kept: BTreeMap<SourceKind, KeptSchedules>,
    /// When a product was asked last.
    asked: BTreeMap<SourceKind, Timestamp>,
    /// What the rules name and no product has.
    missing: Vec<HoursSource>,
}

impl StoredRules {
    /// `newest` is what the table says now. Until there are rules in the table, the default is in force.
    pub(super) fn new(source: impl Source + 'static, clock: Arc<dyn Clock>, newest: Newest) -> Self {
        let state = State {
            written: Arc::default(),
            rules: Arc::default(),
            version: 0,
            read: clock.now(),
            kept: BTreeMap::new(),
            asked: BTreeMap::new(),
            missing: Vec::new(),
        };
        let stored = Self { source: Box::new(source), products: OnceLock::new(), clock, state: Mutex::new(state) };
        stored.take(newest);
        stored.with(|state| state.rules = state.written.clone());
        stored
    }

    /// From now on these products may be asked.
    pub(super) async fn ask(&self, products: Products) {
        let _ = self.products.set(products);
        self.fill().await;
    }

    /// The rules of this table. Never an error, since no function fails over its rules: a `Result` for `try_join!` beside the secrets.
    pub(super) async fn load(aws: &Aws, table: &str, clock: Arc<dyn Clock>) -> anyhow::Result<Self> {
        let table = RulesTable::new(aws_sdk_dynamodb::Client::new(&aws.config), table.to_owned());
        let newest = table.current().await;
        let stored = Self::new(table, clock, newest);
        stored.fill().await;
        Ok(stored)
    }

    /// Puts in force what the table said, if it is newer and can be read.
    fn take(&self, newest: Newest) {
        let found = match newest {
            Ok(Some(found)) if found.version != self.with(|state| state.version) => found,
            Ok(_) => return,
            Err(error) => {
                tracing::warn!(reason = %error, "the service rules were not read: the last ones stay in force");
                return;
            }
        };
        match ServiceRules::from_json(found.rules.as_bytes()) {
            Ok(rules) => {
                self.with(|state| (state.written, state.version) = (Arc::new(rules), found.version));
                tracing::info!(version = found.version, "service rules in force");
            }
            Err(error) => {
                tracing::error!(version = found.version, reason = %error, "the service rules cannot be read");
            }
        }
    }

    /// Puts the schedules of other products into the rules, where they name some.
    async fn fill(&self) {
        let written = self.with(|state| state.written.clone());
        join_all(written.hours_sources().into_iter().map(|product| self.renew(product))).await;
        self.with(|state| {
            if written.hours_sources().is_empty() {
                state.rules = written;
                return;
            }
            let schedules: Vec<ForeignSchedule> =
                state.kept.values().flat_map(|kept| kept.schedules.iter().cloned()).collect();
            let (rules, missing) = written.with_schedules(&schedules);
            if !missing.is_empty() && missing != state.missing {
                tracing::warn!(schedules = missing.len(), "schedules that the service rules name were not found");
            }
            (state.rules, state.missing) = (Arc::new(rules), missing);
        });
    }

    /// Reads the schedules of a product again, once they are too old.
    async fn renew(&self, product: SourceKind) {
        let now = self.clock.now();
        let is_fresh = |kept: &KeptSchedules| now.since(kept.at) < SCHEDULES_KEPT_FOR;
        if self.with(|state| state.kept.get(&product).is_some_and(is_fresh)) {
            return;
        }
        // Another function may have asked meanwhile.
        match self.source.schedules(product).await {
            Ok(Some(kept)) => {
                let is_fresh = is_fresh(&kept);
                self.keep(product, kept);
                if is_fresh {
                    return;
                }
            }
            Ok(None) => {}
            Err(error) => tracing::warn!(reason = %error, "the schedules were not read: the last ones stay in force"),
        }
        let Some(asked) = self.products.get().and_then(|products| products.get(&product)) else { return };
        let may_ask = self.with(|state| {
            let before = state.asked.get(&product).copied();
            let may_ask = before.is_none_or(|before| now.since(before) >= ASKED_AGAIN_AFTER);
            if may_ask {
                state.asked.insert(product, now);
            }
            may_ask
        });
        if !may_ask {
            return;
        }
        match tokio::time::timeout(PATIENCE, asked.schedules()).await {
            Ok(Ok(found)) => {
                if found.left_out > 0 {
                    tracing::warn!(
                        left_out = found.left_out,
                        most = MAX_SCHEDULES,
                        "a product has more schedules than are read"
                    );
                }
                let before = self.with(|state| state.kept.get(&product).map(|kept| kept.schedules.clone()));
                let (schedules, is_whole) = merged(found, before.unwrap_or_default());
                let at = if is_whole { now } else { now.minus(SCHEDULES_KEPT_FOR).plus(ASKED_AGAIN_AFTER) };
                let kept = KeptSchedules { schedules, at };
                if let Err(error) = self.source.keep_schedules(product, &kept).await {
                    tracing::warn!(reason = %error, "the schedules were not kept");
                }
                self.keep(product, kept);
            }
            Ok(Err(failure)) => {
                tracing::warn!(kind = failure.kind(), reason = %failure, "a product did not give its schedules");
            }
            Err(_) => {
                tracing::warn!(kind = "later", reason = "no answer in time", "a product did not give its schedules");
            }
        }
    }

    fn keep(&self, product: SourceKind, kept: KeptSchedules) {
        self.with(|state| {
            if state.kept.get(&product).is_none_or(|held| held.at < kept.at) {
                state.kept.insert(product, kept);
            }
        });
    }

    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What was found, and of what could not be read this time what was read before. `false` where one of these was never read.
fn merged(found: FoundSchedules, before: Vec<ForeignSchedule>) -> (Vec<ForeignSchedule>, bool) {
    let FoundSchedules { mut schedules, unread, .. } = found;
    let found = schedules.len();
    schedules.extend(before.into_iter().filter(|schedule| unread.contains(&schedule.id)));
    let is_whole = schedules.len() - found >= unread.len();
    (schedules, is_whole)
}

#[async_trait]
impl Rules for StoredRules {
    async fn refresh(&self) {
        let now = self.clock.now();
        let is_due = self.with(|state| {
            let is_due = now.since(state.read) >= KEPT_FOR;
            // Whoever comes meanwhile does not read as well.
            if is_due {
                state.read = now;
            }
            is_due
        });
        if is_due {
            self.take(self.source.newest().await);
            self.fill().await;
        }
    }

    fn current(&self) -> Arc<ServiceRules> {
        self.with(|state| state.rules.clone())
    }
}

#[cfg(test)]
mod tests;
