//! What a bot is answered is what the file shows of it.

use std::{collections::BTreeSet, sync::Arc};

use async_trait::async_trait;
use ponte::{
    clock::{Clock, Timestamp},
    relay::{
        Availability, Failure, StaffedQueues,
        ports::{FixedRules, Rejection, Staffing},
    },
};
use serde_json::{Value, json};
use service_rules::{ServiceRules, WaitStatistics};

use super::file::{Contract, keys};
use crate::relay::waits::MemoryWaits;

/// Monday, 30 November 2026, 10:00 in São Paulo.
const OPEN: i64 = 1_796_043_600;

struct At(i64);

impl Clock for At {
    fn now(&self) -> Timestamp {
        Timestamp(self.0 * 1_000)
    }
}

/// A helpdesk that tells this.
struct Told(Option<bool>);

#[async_trait]
impl Staffing for Told {
    async fn is_staffed(&self, _queue: Option<&str>) -> Result<Option<bool>, Failure> {
        Ok(self.0)
    }
}

/// What is answered at a moment, where the last twenty customers waited so long and the helpdesk does not tell whether somebody is there.
async fn asked(rules: Value, seconds: i64, now: i64, query: &str) -> Result<Value, Rejection> {
    asked_of(None, rules, seconds, now, query).await
}

/// The same where the helpdesk may tell it.
async fn asked_of(told: Option<bool>, rules: Value, seconds: i64, now: i64, query: &str) -> Result<Value, Rejection> {
    let rules = ServiceRules::from_json(rules.to_string().as_bytes()).unwrap();
    let waits = MemoryWaits::default();
    let mut known = WaitStatistics::default();
    (0..20).for_each(|_| known.add(seconds, now - 60));
    waits.0.lock().unwrap().insert(Some("billing".to_owned()), known);
    let rules = Arc::new(FixedRules(Arc::new(rules)));
    let staffed = StaffedQueues::new(Some(Arc::new(Told(told))));
    let availability = Availability { rules, waits: Arc::new(waits), clock: Arc::new(At(now)), staffed };
    availability.answer(query).await.map(|answer| serde_json::to_value(&answer).unwrap())
}

#[tokio::test]
async fn each_example_of_the_availability_is_answered() {
    let contract = Contract::read();
    let responses = contract.at("/paths/~1availability/get/responses");
    let statuses = ["200", "400", "401", "404", "429"].map(str::to_owned);
    assert_eq!(keys(responses), BTreeSet::from(statuses));
    let shown = |status: &str| &responses[status]["content"]["application/json"];
    let rules = json!({
        "version": 1,
        "queues": { "billing": { "name": "Financeiro" }, "sales": { "name": "Vendas" } },
        "hours": { "week": { "mon-fri": ["09:00-18:00"] } },
    });
    let mut seen = BTreeSet::new();
    for (name, told, rules, seconds, now, query) in [
        ("open", Some(true), rules.clone(), 240, OPEN, "queue=billing"),
        ("nobodyThere", Some(false), rules.clone(), 240, OPEN, "queue=billing"),
        ("longWait", None, rules.clone(), 4_000, OPEN, "queue=Financeiro"),
        ("closed", Some(true), rules.clone(), 240, OPEN - 2 * 60 * 60, "queue=billing"),
        ("always", None, json!({ "version": 1 }), 240, OPEN, ""),
    ] {
        let answer = asked_of(told, rules, seconds, now, query).await.unwrap();
        contract.validate("Availability", &answer).unwrap();
        assert_eq!(answer, shown("200")["examples"][name]["value"], "{name}");
        seen.extend(keys(&answer));
    }
    assert_eq!(keys(&shown("200")["examples"]).len(), 5);
    assert_eq!(seen, keys(&contract.schema("Availability")["properties"]), "a field that no example shows");
    let unknown = asked(rules.clone(), 240, OPEN, "queue=x").await.unwrap();
    contract.validate("UnknownQueue", &unknown).unwrap();
    assert_eq!(unknown, shown("404")["example"]);
    let refused = asked(rules, 240, OPEN, "queue=a&queue=b").await.unwrap_err();
    let body: Value = serde_json::from_str(&refused.body()).unwrap();
    contract.validate("Error", &body).unwrap();
    assert_eq!((refused.status(), &body), (400, &shown("400")["example"]));
}
