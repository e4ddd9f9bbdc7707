//! The rules of a running function over a table and a product in memory.

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
struct Product(Arc<Mutex<(Option<FoundSchedules>, u32)>>);

fn schedule(id: &str, week: &str) -> ForeignSchedule {
    ForeignSchedule {
        from: SourceKind::Blip,
        id: id.to_owned(),
        name: format!("name of {id}"),
        main: id == "h1",
        zone: "UTC".to_owned(),
        week: serde_json::from_str(week).unwrap(),
        closed: Vec::new(),
    }
}

impl Product {
    fn has(&self, week: Option<&str>) {
        let found = |week: &str| FoundSchedules { schedules: vec![schedule("h1", week)], ..FoundSchedules::default() };
        self.0.lock().unwrap().0 = week.map(found);
    }

    fn asked(&self) -> u32 {
        self.0.lock().unwrap().1
    }
}

#[async_trait]
impl Schedules for Product {
    async fn schedules(&self) -> Result<FoundSchedules, crate::failure::Failure> {
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
    let stored = StoredRules::new(table.clone(), Arc::new(clock.clone()), newest);
    stored.ask(products(&blip)).await;
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
async fn a_schedule_that_cannot_be_read_any_more_stays_as_it_was_and_the_others_are_renewed() {
    let (table, clock, blip) = (Table::default(), Hand(Arc::new(Mutex::new(Timestamp(0)))), Product::default());
    let rules = r#"{"version":1,"queues":{"a":{"name":"A"}},"hours":{"source":{"from":"blip"},"week":{"sun":["01:00-02:00"]},
        "by_queue":{"a":{"source":{"from":"blip","schedule":"name of h2"}}}}}"#;
    table.says(1, rules);
    let (monday, tuesday) = (r#"{"mon":["09:00-18:00"]}"#, r#"{"tue":["10:00-12:00"]}"#);
    let has = |schedules: Vec<ForeignSchedule>, unread: &[&str]| {
        let unread = unread.iter().map(|id| (*id).to_owned()).collect();
        blip.0.lock().unwrap().0 = Some(FoundSchedules { schedules, unread, left_out: 0 });
    };
    has(vec![schedule("h1", monday), schedule("h2", monday)], &[]);
    let stored = StoredRules::new(table.clone(), Arc::new(clock.clone()), table.newest().await);
    stored.ask(products(&blip)).await;
    let weeks = || {
        let hours = &stored.current().hours;
        [&hours.week, &hours.by_queue["a"].week].map(|week| serde_json::to_string(week).unwrap())
    };
    assert_eq!(weeks(), [monday, monday]);
    has(vec![schedule("h2", tuesday)], &["h1"]);
    *clock.0.lock().unwrap() = Timestamp(60 * 60_000);
    stored.refresh().await;
    assert_eq!((weeks(), blip.asked()), ([monday.to_owned(), tuesday.to_owned()], 2));
    // One that is gone does not stay.
    has(vec![schedule("h2", tuesday)], &[]);
    *clock.0.lock().unwrap() = Timestamp(120 * 60_000);
    stored.refresh().await;
    assert_eq!(weeks(), [r#"{"sun":["01:00-02:00"]}"#, tuesday]);
}

#[tokio::test]
async fn a_schedule_that_was_never_read_is_asked_for_before_the_hour_is_over() {
    let (table, clock, blip) = (Table::default(), Hand(Arc::new(Mutex::new(Timestamp(0)))), Product::default());
    table.says(1, SOURCED);
    let monday = r#"{"mon":["09:00-18:00"]}"#;
    blip.0.lock().unwrap().0 = Some(FoundSchedules { unread: vec!["h1".to_owned()], ..FoundSchedules::default() });
    let stored = StoredRules::new(table.clone(), Arc::new(clock.clone()), table.newest().await);
    stored.ask(products(&blip)).await;
    blip.has(Some(monday));
    let week = async |minute: i64| {
        *clock.0.lock().unwrap() = Timestamp(minute * 60_000);
        stored.refresh().await;
        serde_json::to_string(&stored.current().hours.week).unwrap()
    };
    assert_eq!((week(4).await.as_str(), blip.asked()), (r#"{"sun":["01:00-02:00"]}"#, 1));
    assert_eq!((week(5).await.as_str(), blip.asked()), (monday, 2));
    assert_eq!((week(64).await.as_str(), blip.asked()), (monday, 2), "all of it is read: an hour from now");
}

#[tokio::test]
async fn a_function_without_the_key_and_one_that_starts_later_have_what_another_read() {
    let (table, clock, blip) = (Table::default(), Hand(Arc::new(Mutex::new(Timestamp(0)))), Product::default());
    table.says(1, SOURCED);
    let week = r#"{"mon":["09:00-18:00"]}"#;
    blip.has(Some(week));
    let start = async || StoredRules::new(table.clone(), Arc::new(clock.clone()), table.newest().await);
    let shown = |stored: &StoredRules| serde_json::to_string(&stored.current().hours.week).unwrap();
    let first = start().await;
    first.ask(products(&blip)).await;
    assert_eq!((shown(&first).as_str(), blip.asked()), (week, 1));
    let (second, without_key) = (start().await, start().await);
    second.ask(products(&blip)).await;
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
