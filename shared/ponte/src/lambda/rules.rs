//! The service rules of a running function: read at the start, and again once they are a minute old.
//!
//! A function never fails over its rules. Where the table does not answer, or a document cannot be read by this release, those in force stay.
//!
//! Hours may be kept by another product. Its schedules are in the table beside the rules; a worker, which has the product's key, asks for
//! them again once they are an hour old. Where the product does not answer, the last ones stay.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use futures_util::future::join_all;
use service_rules::{ForeignSchedule, HoursSource, ServiceRules, SourceKind};

use super::aws::Aws;
use crate::{
    clock::{Clock, Timestamp},
    relay::ports::{Rules, Schedules, StoreError},
    settings::Environment,
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
    products: Products,
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
        let stored = Self { source: Box::new(source), products: Products::new(), clock, state: Mutex::new(state) };
        stored.take(newest);
        stored.with(|state| state.rules = state.written.clone());
        stored
    }

    /// The same in a function that may ask these products.
    pub(super) async fn asking(mut self, products: Products) -> Self {
        self.products = products;
        self.fill().await;
        self
    }

    /// The rules of the function's table. Only a missing setting is an error: no function fails over its rules.
    pub(super) async fn load(aws: &Aws, clock: Arc<dyn Clock>) -> anyhow::Result<Self> {
        let table = Environment::required("TABLE_NAME")?;
        let table = RulesTable::new(aws_sdk_dynamodb::Client::new(&aws.config), table);
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
        let Some(asked) = self.products.get(&product) else { return };
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
            Ok(Ok(schedules)) => {
                let kept = KeptSchedules { schedules, at: now };
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
mod tests {
    use service_rules::Language;

    use super::*;

    type Answer = Option<Result<RulesVersion, StoreError>>;

    /// What the table says to each read, and how often it was asked.
    #[derive(Clone, Default)]
    struct Table(Arc<Mutex<(Answer, u32)>>, Arc<Mutex<BTreeMap<SourceKind, KeptSchedules>>>);

    impl Table {
        fn says(&self, version: u64, rules: &str) {
            let (rules, at, by) = (rules.to_owned(), String::new(), String::new());
            self.0.lock().unwrap().0 = Some(Ok(RulesVersion { version, rules, at, by, source: None }));
        }
    }

    #[async_trait]
    impl Source for Table {
        async fn newest(&self) -> Newest {
            let mut state = self.0.lock().unwrap();
            state.1 += 1;
            state.0.clone().transpose()
        }

        async fn schedules(&self, product: SourceKind) -> Result<Option<KeptSchedules>, StoreError> {
            Ok(self.1.lock().unwrap().get(&product).cloned())
        }

        async fn keep_schedules(&self, product: SourceKind, kept: &KeptSchedules) -> Result<(), StoreError> {
            self.1.lock().unwrap().insert(product, kept.clone());
            Ok(())
        }
    }

    /// A product, what it answers, and how often it was asked.
    #[derive(Clone, Default)]
    struct Product(Arc<Mutex<(Option<Vec<ForeignSchedule>>, u32)>>);

    impl Product {
        fn has(&self, week: Option<&str>) {
            let schedule = |week: &str| ForeignSchedule {
                from: SourceKind::Blip,
                id: "h1".to_owned(),
                name: "Comercial".to_owned(),
                main: true,
                zone: "UTC".to_owned(),
                week: serde_json::from_str(week).unwrap(),
                closed: Vec::new(),
            };
            self.0.lock().unwrap().0 = week.map(|week| vec![schedule(week)]);
        }

        fn asked(&self) -> u32 {
            self.0.lock().unwrap().1
        }
    }

    #[async_trait]
    impl Schedules for Product {
        async fn schedules(&self) -> Result<Vec<ForeignSchedule>, crate::failure::Failure> {
            let mut state = self.0.lock().unwrap();
            state.1 += 1;
            state.0.clone().ok_or(crate::failure::Failure::later("down"))
        }
    }

    fn products(product: &Product) -> Products {
        let product: Arc<dyn Schedules> = Arc::new(product.clone());
        Products::from([(SourceKind::Blip, product)])
    }

    const SOURCED: &str = r#"{"version":1,"hours":{"source":{"from":"blip"},"week":{"sun":["01:00-02:00"]}}}"#;

    #[tokio::test]
    async fn schedules_are_asked_for_once_an_hour_and_the_last_ones_stay() {
        let (table, clock, blip) = (Table::default(), Hand(Arc::new(Mutex::new(Timestamp(0)))), Product::default());
        let at = |minute: i64| *clock.0.lock().unwrap() = Timestamp(minute * 60_000);
        table.says(1, SOURCED);
        let newest = table.newest().await;
        blip.has(None);
        let stored = StoredRules::new(table.clone(), Arc::new(clock.clone()), newest).asking(products(&blip)).await;
        let week = async || {
            stored.refresh().await;
            serde_json::to_string(&stored.current().hours.week).unwrap()
        };
        let own = r#"{"sun":["01:00-02:00"]}"#;
        assert_eq!((week().await.as_str(), blip.asked()), (own, 1), "its own week until Blip was read");
        let (first, second) = (r#"{"mon":["09:00-18:00"]}"#, r#"{"tue":["10:00-12:00"]}"#);
        blip.has(Some(first));
        at(4);
        assert_eq!((week().await.as_str(), blip.asked()), (own, 1), "it is left alone for a while");
        at(5);
        assert_eq!((week().await.as_str(), blip.asked()), (first, 2));
        blip.has(Some(second));
        at(64);
        assert_eq!((week().await.as_str(), blip.asked()), (first, 2), "within the hour");
        blip.has(None);
        at(65);
        assert_eq!((week().await.as_str(), blip.asked()), (first, 3), "it does not answer");
        blip.has(Some(second));
        at(70);
        assert_eq!((week().await.as_str(), blip.asked()), (second, 4));
        // Rules that name no product any more ask none.
        table.says(2, r#"{"version":1}"#);
        at(200);
        assert_eq!((week().await.as_str(), blip.asked()), ("null", 4));
    }

    #[tokio::test]
    async fn a_function_without_the_key_and_one_that_starts_later_have_what_another_read() {
        let (table, clock, blip) = (Table::default(), Hand(Arc::new(Mutex::new(Timestamp(0)))), Product::default());
        table.says(1, SOURCED);
        let week = r#"{"mon":["09:00-18:00"]}"#;
        blip.has(Some(week));
        let start = async || StoredRules::new(table.clone(), Arc::new(clock.clone()), table.newest().await);
        let shown = |stored: &StoredRules| serde_json::to_string(&stored.current().hours.week).unwrap();
        let first = start().await.asking(products(&blip)).await;
        assert_eq!((shown(&first).as_str(), blip.asked()), (week, 1));
        let (second, without_key) = (start().await.asking(products(&blip)).await, start().await);
        without_key.fill().await;
        assert_eq!((shown(&second), shown(&without_key), blip.asked()), (week.to_owned(), week.to_owned(), 1));
    }

    #[derive(Clone)]
    struct Hand(Arc<Mutex<Timestamp>>);

    impl Clock for Hand {
        fn now(&self) -> Timestamp {
            *self.0.lock().unwrap()
        }
    }

    fn rules(language: &str) -> String {
        format!(r#"{{"version":1,"language":{{"default":"{language}"}}}}"#)
    }

    #[tokio::test]
    async fn rules_are_read_once_a_minute_and_stay_when_they_cannot_be_read() {
        let (table, clock) = (Table::default(), Hand(Arc::new(Mutex::new(Timestamp(0)))));
        let at = |second: i64| *clock.0.lock().unwrap() = Timestamp(second * 1000);
        let stored = StoredRules::new(table.clone(), Arc::new(clock.clone()), Ok(None));
        let language = async || {
            stored.refresh().await;
            stored.current().language.default
        };
        assert_eq!(language().await, Language::Portuguese, "without any, the default");
        table.says(1, &rules("es"));
        at(59);
        assert_eq!((language().await, table.0.lock().unwrap().1), (Language::Portuguese, 0));
        at(60);
        assert_eq!((language().await, table.0.lock().unwrap().1), (Language::Spanish, 1));
        // Neither an outage nor a document of a later release takes them away.
        for (minute, answer) in [
            (2, Some(Err(StoreError::Unavailable))),
            (3, None),
            (4, Some(Ok(r#"{"version":2}"#))),
            (5, Some(Ok("nonsense"))),
            (6, Some(Ok(""))),
        ] {
            match answer {
                Some(Ok(text)) => table.says(2, text),
                Some(Err(error)) => table.0.lock().unwrap().0 = Some(Err(error)),
                None => table.0.lock().unwrap().0 = None,
            }
            at(minute * 60);
            assert_eq!(language().await, Language::Spanish, "{minute}");
        }
        table.says(3, &rules("en"));
        at(420);
        assert_eq!(language().await, Language::English);
    }
}
