//! The service rules of a running function: read at the start, and again once they are a minute old.
//!
//! A function never fails over its rules. Where the table does not answer, or a document cannot be read by this release, those in force stay.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use service_rules::ServiceRules;

use super::aws::Aws;
use crate::{
    clock::{Clock, Timestamp},
    relay::ports::{Rules, StoreError},
    settings::Environment,
    store::{RulesTable, RulesVersion},
};

/// How old rules may be that are in force.
const KEPT_FOR: Duration = Duration::from_mins(1);

/// What the table says: the rules that somebody pushed last.
pub(super) type Newest = Result<Option<RulesVersion>, StoreError>;

/// Where the rules are.
#[async_trait]
pub(super) trait Source: Send + Sync {
    /// Those that somebody pushed last.
    async fn newest(&self) -> Newest;
}

#[async_trait]
impl Source for RulesTable {
    async fn newest(&self) -> Newest {
        self.current().await
    }
}

/// The rules, as the table has them.
pub(super) struct StoredRules {
    source: Box<dyn Source>,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

struct State {
    rules: Arc<ServiceRules>,
    version: u64,
    read: Timestamp,
}

impl StoredRules {
    /// `newest` is what the table says now. Until there are rules in the table, the default is in force.
    pub(super) fn new(source: impl Source + 'static, clock: Arc<dyn Clock>, newest: Newest) -> Self {
        let state = State { rules: Arc::default(), version: 0, read: clock.now() };
        let stored = Self { source: Box::new(source), clock, state: Mutex::new(state) };
        stored.take(newest);
        stored
    }

    /// The rules of the function's table. Only a missing setting is an error: no function fails over its rules.
    pub(super) async fn load(aws: &Aws, clock: Arc<dyn Clock>) -> anyhow::Result<Self> {
        let table = Environment::required("TABLE_NAME")?;
        let table = RulesTable::new(aws_sdk_dynamodb::Client::new(&aws.config), table);
        let newest = table.current().await;
        Ok(Self::new(table, clock, newest))
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
                self.with(|state| (state.rules, state.version) = (Arc::new(rules), found.version));
                tracing::info!(version = found.version, "service rules in force");
            }
            Err(error) => {
                tracing::error!(version = found.version, reason = %error, "the service rules cannot be read");
            }
        }
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
    struct Table(Arc<Mutex<(Answer, u32)>>);

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
