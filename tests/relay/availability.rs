//! What a bot is told before it hands a customer over.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use ponte::{
    clock::{Clock, Timestamp},
    relay::{
        Availability, Failure, StaffedQueues,
        ports::{FixedRules, Rejection, Staffing, StoreError, Waits},
    },
    texts::TextKey,
};
use proptest::prelude::*;
use serde_json::{Value, json};
use service_rules::{ServiceRules, WaitStatistics};

use super::waits::MemoryWaits;
use crate::rules::silent;

/// Monday, 30 November 2026, 9:00 in São Paulo.
const MONDAY_NINE: i64 = 1_796_040_000;
const HOUR: i64 = 60 * 60;
const DAY: i64 = 24 * HOUR;

struct At(i64);

impl Clock for At {
    fn now(&self) -> Timestamp {
        Timestamp(self.0 * 1_000)
    }
}

fn rules(json: &Value) -> ServiceRules {
    ServiceRules::from_json(json.to_string().as_bytes()).unwrap()
}

fn two_teams() -> ServiceRules {
    rules(&json!({
        "version": 1,
        "queues": {
            "billing": { "name": { "pt-BR": "Financeiro", "en": "Billing" }, "helpdesk": "group-7" },
            "duty": { "name": "Plantão" },
        },
        "routing": { "default": { "queue": "billing" } },
        "hours": {
            "week": { "mon-fri": ["09:00-12:00", "13:00-18:00"] },
            "holidays": { "calendar": "BR", "also": ["2026-12-01"] },
            "by_queue": { "duty": { "week": { "mon-sun": ["22:00-06:00"] }, "holidays": false } },
        },
    }))
}

async fn asked_of(rules: ServiceRules, waits: Arc<dyn Waits>, now: i64, query: &str) -> Result<Value, Rejection> {
    let staffed = StaffedQueues::default();
    let rules = Arc::new(FixedRules(Arc::new(rules)));
    let availability = Availability { rules, waits, clock: Arc::new(At(now)), staffed };
    availability.answer(query).await.map(|answer| serde_json::to_value(&answer).unwrap())
}

async fn asked(now: i64, query: &str) -> Result<Value, Rejection> {
    asked_of(two_teams(), Arc::new(MemoryWaits::default()), now, query).await
}

/// A queue in which so many customers waited so long, the last of them a minute ago.
fn waited(queue: Option<&str>, conversations: u32, seconds: i64, now: i64) -> Arc<MemoryWaits> {
    let mut known = WaitStatistics::default();
    (0..conversations).for_each(|_| known.add(seconds, now - 60));
    let waits = MemoryWaits::default();
    waits.0.lock().unwrap().insert(queue.map(str::to_owned), known);
    Arc::new(waits)
}

#[tokio::test]
async fn open_and_closed_are_those_of_the_queue() {
    let open = |queue: &str, closes_at: &str| json!({ "queue": queue, "open": true, "closes_at": closes_at });
    let closed = |queue: &str, opens_at: &str, when: &str| {
        let text = format!("Estamos fora do horário de atendimento. Voltamos {when}.");
        json!({ "queue": queue, "open": false, "opens_at": opens_at, "text": text })
    };
    for (what, now, query, expected) in [
        ("at the opening", 0, "queue=billing", open("billing", "2026-11-30T15:00:00Z")),
        ("before", -60, "queue=billing", closed("billing", "2026-11-30T12:00:00Z", "hoje às 9h")),
        ("at noon", 3 * HOUR, "queue=billing", closed("billing", "2026-11-30T16:00:00Z", "hoje às 13h")),
        ("a day of its own", DAY, "queue=billing", closed("billing", "2026-12-02T12:00:00Z", "amanhã às 9h")),
        ("Christmas", 25 * DAY, "queue=billing", closed("billing", "2026-12-28T12:00:00Z", "segunda-feira às 9h")),
        ("over midnight, before it", 14 * HOUR, "queue=duty", open("duty", "2026-12-01T09:00:00Z")),
        ("over midnight, after it", 21 * HOUR - 1, "queue=duty", open("duty", "2026-12-01T09:00:00Z")),
        ("its end", 21 * HOUR, "queue=duty", closed("duty", "2026-12-02T01:00:00Z", "hoje às 22h")),
        ("a holiday of others", 25 * DAY + 14 * HOUR, "queue=duty", open("duty", "2026-12-26T09:00:00Z")),
        ("without a queue", 0, "", open("billing", "2026-11-30T15:00:00Z")),
    ] {
        assert_eq!(asked(MONDAY_NINE + now, query).await, Ok(expected), "{what}");
    }
    for (json, expected) in [
        (json!({ "version": 1 }), json!({ "queue": null, "open": true })),
        (
            json!({ "version": 1, "hours": { "week": { "mon": ["09:00-10:00"] }, "closed": ["01-01 to 12-31"] } }),
            json!({ "queue": null, "open": false }),
        ),
        (
            json!({ "version": 1, "hours": { "week": { "mon": ["09:00-10:00"] } } }),
            json!({ "queue": null, "open": true, "closes_at": "2026-11-30T13:00:00Z" }),
        ),
    ] {
        let answer = asked_of(rules(&json), Arc::new(MemoryWaits::default()), MONDAY_NINE, "").await;
        assert_eq!(answer, Ok(expected), "{json}");
    }
}

#[tokio::test]
async fn a_queue_is_found_by_its_id_and_by_its_names() {
    for (query, id) in [
        ("queue=billing", "billing"),
        ("queue=BILLING", "billing"),
        ("queue=group-7", "billing"),
        ("queue=Financeiro", "billing"),
        ("queue=duty", "duty"),
        ("queue=Plant%C3%A3o", "duty"),
        ("queue=Plantão", "duty"),
        ("queue=plantao", "duty"),
        ("%71ueue=dut%79", "duty"),
        ("queue=+duty%20", "duty"),
        ("a=b&queue=duty&&c", "duty"),
        ("queue=", "billing"),
        ("queue", "billing"),
        ("queue=%20", "billing"),
    ] {
        assert_eq!(asked(MONDAY_NINE, query).await.unwrap()["queue"], id, "{query}");
    }
    let unknown = json!({ "error": "unknown queue", "queues": ["billing", "duty"] });
    for query in ["queue=x", "queue=%00", "queue=%7B%7Bqueue%7D%7D", "queue=billing%2Cduty", "queue=wait%23billing"] {
        assert_eq!(asked(MONDAY_NINE, query).await, Ok(unknown.clone()), "{query}");
    }
}

#[tokio::test]
async fn the_sentence_is_in_the_language_that_is_asked_for() {
    let portuguese = "Estamos fora do horário de atendimento. Voltamos hoje às 9h.";
    let english = "We are closed at the moment. We will be back today at 9 am.";
    for (query, text) in [
        ("", portuguese),
        ("language=", portuguese),
        ("language=pt-BR", portuguese),
        ("language=pt", portuguese),
        ("language=en", english),
        ("language=en-US&queue=billing", english),
        ("language=es", "En este momento estamos fuera del horario de atención. Volvemos hoy a las 9:00."),
    ] {
        assert_eq!(asked(MONDAY_NINE - 60, query).await.unwrap()["text"], text, "{query}");
    }
    let no_language = Err(Rejection::Malformed("`language` is none of pt-BR, en and es"));
    for query in ["language=fr", "language=x%20y", "language=%00"] {
        assert_eq!(asked(MONDAY_NINE, query).await, no_language, "{query}");
    }
    let mut own = two_teams();
    own.language.default = service_rules::Language::English;
    own.texts = rules(&json!({
        "version": 1, "texts": { "en": { "outside_hours": "{queue} is closed until {opens_at}." } },
    }))
    .texts;
    let answer = asked_of(own, Arc::new(MemoryWaits::default()), MONDAY_NINE - 60, "").await.unwrap();
    assert_eq!(answer["text"], "Billing is closed until today at 9 am.");
    let mut off = two_teams();
    off.texts = silent(&[TextKey::OutsideHours]).texts;
    let answer = asked_of(off, Arc::new(MemoryWaits::default()), MONDAY_NINE - 60, "").await.unwrap();
    assert_eq!(answer, json!({ "queue": "billing", "open": false, "opens_at": "2026-11-30T12:00:00Z" }));
}

#[tokio::test]
async fn the_wait_is_told_while_it_is_open_and_known_well_enough() {
    let range = json!({ "from": 2, "to": 5 });
    let two_to_five = "Nas últimas conversas a espera foi de 2 a 5 minutos.";
    let an_hour = "A espera pode passar de uma hora. Responderemos por aqui assim que possível.";
    let now = MONDAY_NINE + HOUR;
    for (conversations, seconds, wait, text) in [
        (0, 240, Value::Null, Value::Null),
        (19, 240, Value::Null, Value::Null),
        (20, 240, range, json!(two_to_five)),
        (20, 30, Value::Null, Value::Null),
        (20, 4_000, json!({ "over_an_hour": true }), json!(an_hour)),
    ] {
        let waits = waited(Some("billing"), conversations, seconds, now);
        let answer = asked_of(two_teams(), waits, now, "queue=Financeiro").await.unwrap();
        let told = |name: &str| answer.get(name).cloned().unwrap_or_default();
        assert_eq!((told("wait"), told("text")), (wait, text), "{conversations} {seconds}");
        assert_eq!(answer["open"], true);
        assert!(!answer.to_string().contains("null"), "what is not known is left out");
    }
    let told = async |rules: ServiceRules, waits: Arc<dyn Waits>, now: i64, query: &str| {
        asked_of(rules, waits, now, query).await.unwrap().get("wait").cloned()
    };
    let known = |now| waited(Some("billing"), 20, 240, now);
    let quiet = told(two_teams(), known(now), now + HOUR / 2, "").await;
    assert_eq!(quiet, Some(json!({ "from": 2, "to": 5 })), "half an hour in which nobody had to answer");
    assert_eq!(told(two_teams(), known(now), now + HOUR, "").await, None, "an open hour without an answer");
    assert_eq!(told(two_teams(), known(now), now, "queue=duty").await, None, "of another queue");
    assert_eq!(told(two_teams(), known(now - 2 * HOUR), MONDAY_NINE - 60, "").await, None, "closed");
    let mut off = two_teams();
    off.waiting.by_queue.insert("billing".to_owned(), false);
    assert_eq!(told(off, known(now), now, "").await, None, "switched off");
    assert_eq!(told(two_teams(), Arc::new(Unavailable), now, "").await, None, "the table does not answer");
    // Nobody is told at night on Ponte's own accord, but here a bot asks.
    let night = MONDAY_NINE + 14 * HOUR;
    let all_day = told(rules(&json!({ "version": 1 })), waited(None, 20, 240, night), night, "").await;
    assert_eq!(all_day, Some(json!({ "from": 2, "to": 5 })));
}

struct Unavailable;

#[async_trait]
impl Waits for Unavailable {
    async fn waits(&self, _queue: Option<&str>) -> Result<Option<WaitStatistics>, StoreError> {
        Err(StoreError::Unavailable)
    }

    async fn store_waits(
        &self,
        _queue: Option<&str>,
        _before: Option<&WaitStatistics>,
        _after: &WaitStatistics,
    ) -> Result<(), StoreError> {
        unreachable!("a question changes nothing")
    }
}

/// A helpdesk that tells whether somebody is online; `None` never answers. And what it was asked.
struct Desk {
    answer: Option<Result<Option<bool>, Failure>>,
    asked: Mutex<Vec<Option<String>>>,
}

impl Desk {
    fn new(answer: Option<Result<Option<bool>, Failure>>) -> Arc<Self> {
        Arc::new(Self { answer, asked: Mutex::default() })
    }

    fn asked(&self) -> Vec<Option<String>> {
        self.asked.lock().unwrap().clone()
    }
}

#[async_trait]
impl Staffing for Desk {
    async fn is_staffed(&self, queue: Option<&str>) -> Result<Option<bool>, Failure> {
        self.asked.lock().unwrap().push(queue.map(str::to_owned));
        match &self.answer {
            Some(answer) => answer.clone(),
            None => std::future::pending().await,
        }
    }
}

/// An hour after the opening; the last twenty customers of billing waited four minutes.
async fn staffed(rules: ServiceRules, desk: &Arc<Desk>, query: &str) -> Value {
    let now = MONDAY_NINE + HOUR;
    staffed_at(&StaffedQueues::new(Some(desk.clone())), rules, now, query).await
}

async fn staffed_at(staffed: &StaffedQueues, rules: ServiceRules, now: i64, query: &str) -> Value {
    let waits = waited(Some("billing"), 20, 240, now);
    let (rules, staffed) = (Arc::new(FixedRules(Arc::new(rules))), staffed.clone());
    let availability = Availability { rules, waits, clock: Arc::new(At(now)), staffed };
    serde_json::to_value(availability.answer(query).await.unwrap()).unwrap()
}

const TWO_TO_FIVE: &str = "Nas últimas conversas a espera foi de 2 a 5 minutos.";
const NOBODY: &str = "Não há ninguém disponível no momento. A resposta pode demorar.";

#[tokio::test]
async fn whether_somebody_is_online_is_told_where_the_helpdesk_tells_it() {
    let mut silenced = two_teams();
    silenced.texts = silent(&[TextKey::NobodyThere]).texts;
    let mut own = two_teams();
    let texts = json!({ "version": 1, "texts": { "en": { "nobody_there": "{queue} is busy." } } });
    own.texts = rules(&texts).texts;
    for (what, rules, told, query, text) in [
        ("somebody", two_teams(), Some(true), "", TWO_TO_FIVE),
        ("nobody", two_teams(), Some(false), "queue=billing", NOBODY),
        (
            "in English",
            two_teams(),
            Some(false),
            "language=en",
            "Nobody is available at the moment. It may take a while until someone answers.",
        ),
        ("switched off", silenced, Some(false), "", TWO_TO_FIVE),
        ("in own words", own, Some(false), "language=en", "Billing is busy."),
        ("not told", two_teams(), None, "", TWO_TO_FIVE),
    ] {
        let desk = Desk::new(Some(Ok(told)));
        let answer = staffed(rules, &desk, query).await;
        assert_eq!((answer.get("staffed"), &answer["text"]), (told.map(Value::from).as_ref(), &json!(text)), "{what}");
        assert_eq!(answer["wait"], json!({ "from": 2, "to": 5 }), "{what}");
        assert_eq!(desk.asked(), [Some("group-7".to_owned())], "{what}: by the helpdesk's own name");
    }
    let desk = Desk::new(Some(Ok(Some(false))));
    assert_eq!(staffed(rules(&json!({ "version": 1 })), &desk, "").await["staffed"], false);
    assert_eq!(desk.asked(), [None], "without a queue");
    // Closed: nobody has to be there, and nobody is asked.
    let desk = Desk::new(Some(Ok(Some(true))));
    assert_eq!(staffed(two_teams(), &desk, "queue=duty").await.get("staffed"), None);
    assert_eq!(desk.asked(), []);
}

#[tokio::test(start_paused = true)]
async fn a_helpdesk_that_cannot_be_asked_is_no_error_and_holds_nobody_up() {
    let begun = tokio::time::Instant::now();
    let failures = [
        Some(Err(Failure::later("503"))),
        Some(Err(Failure::Unauthorized { why: "401" })),
        Some(Err(Failure::Gone)),
        Some(Err(Failure::Refused { why: "403", status: 403 })),
        None,
    ];
    for answer in failures {
        let (desk, known) = (Desk::new(answer), MONDAY_NINE + HOUR);
        let staffed = StaffedQueues::new(Some(desk.clone()));
        for at in [0, 29] {
            let answer = staffed_at(&staffed, two_teams(), known + at, "").await;
            assert_eq!((answer.get("staffed"), &answer["text"]), (None, &json!(TWO_TO_FIVE)));
        }
        assert_eq!(desk.asked().len(), 1, "asked again while it is down");
        staffed_at(&staffed, two_teams(), known + 30, "").await;
        assert_eq!(desk.asked().len(), 2);
    }
    // The one that never answers was asked twice.
    assert_eq!(begun.elapsed().as_secs(), 4);
}

#[tokio::test]
async fn an_answer_serves_for_half_a_minute_and_for_its_queue() {
    let desk = Desk::new(Some(Ok(Some(true))));
    let staffed = StaffedQueues::new(Some(desk.clone()));
    let mut rules = two_teams();
    rules.hours.by_queue.clear();
    for (at, query, asked) in [
        (0, "", 1),
        (29, "queue=billing", 1),
        (29, "queue=duty", 2),
        (30, "queue=billing", 3),
        (31, "queue=duty", 3),
        (59, "queue=duty", 4),
        (59, "queue=group-7", 4),
    ] {
        let answer = staffed_at(&staffed, rules.clone(), MONDAY_NINE + HOUR + at, query).await;
        assert_eq!((&answer["staffed"], desk.asked().len()), (&json!(true), asked), "{at} {query}");
    }
}

#[tokio::test]
async fn a_query_that_cannot_be_read_is_refused_with_a_word() {
    let long = format!("queue={}", "x".repeat(10 * 1024));
    let too_long = "the query is too long";
    let twice = "a parameter of the query is there twice";
    let digits = "the query has a % without two hexadecimal digits";
    let no_text = "the query is not UTF-8";
    for (query, why) in [
        (long.as_str(), too_long),
        (&"&".repeat(2_049), too_long),
        ("queue=duty&queue=duty", twice),
        ("queue=&queue=duty", twice),
        ("language=en&queue=duty&language=es", twice),
        ("queue=duty&%71ueue=billing", twice),
        ("queue=%", digits),
        ("queue=100%", digits),
        ("queue=%4", digits),
        ("queue=%zz", digits),
        ("queue=%é1", digits),
        ("%=duty", digits),
        ("queue=%FF", no_text),
        ("queue=Plant%E3o", no_text),
        ("queue=%ED%A0%80", no_text),
    ] {
        let shown: String = query.chars().take(40).collect();
        assert_eq!(asked(MONDAY_NINE, query).await, Err(Rejection::Malformed(why)), "{shown}");
    }
    let at_the_limit = format!("queue={}", "x".repeat(2_042));
    assert_eq!(asked(MONDAY_NINE, &at_the_limit).await.unwrap()["error"], "unknown queue");
}

proptest! {
    #[test]
    fn whatever_is_asked_is_answered(query in "(queue|language|[a-z]*|\\PC*)=?((%[0-9A-F]{2})|\\PC)*&?\\PC*") {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let answer = runtime.block_on(asked(MONDAY_NINE, &query));
        prop_assert!(!matches!(answer, Err(Rejection::Unauthorized(_) | Rejection::NotStored)), "{answer:?}");
        let echoed = answer.as_ref().is_ok_and(|answer| query.len() > 20 && answer.to_string().contains(&query));
        prop_assert!(!echoed);
    }
}
