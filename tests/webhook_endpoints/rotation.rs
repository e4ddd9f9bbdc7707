//! A rotation of a secret, at a webhook endpoint.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use ponte::{
    relay::ports::Rejection,
    rotation::{Rotating, Values, ValuesSource},
    settings::SettingsError,
};

use crate::relay::ports::HandClock;

/// A secret in Secrets Manager.
#[derive(Default)]
struct Vault {
    values: Mutex<Option<Values>>,
    fetched: AtomicUsize,
}

impl Vault {
    fn holds(&self, current: &str, previous: Option<&str>) {
        let values = Values { current: current.to_owned(), previous: previous.map(str::to_owned) };
        *self.values.lock().unwrap() = Some(values);
    }

    fn fetched(&self) -> usize {
        self.fetched.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl ValuesSource for Vault {
    async fn fetch(&self) -> Option<Values> {
        self.fetched.fetch_add(1, Ordering::SeqCst);
        self.values.lock().unwrap().clone()
    }
}

struct WebhookVerifier {
    vault: Arc<Vault>,
    clock: Arc<HandClock>,
    token: Rotating<String>,
}

impl WebhookVerifier {
    /// A function that has just started with `first`.
    fn new(first: &str) -> Self {
        let (vault, clock) = (Arc::new(Vault::default()), Arc::new(HandClock::new()));
        vault.holds(first, None);
        let read = |value: &str| match value {
            "" => Err(SettingsError::Missing("a token")),
            value => Ok(value.to_owned()),
        };
        let token = Rotating::new(first, read, vault.clone(), clock.clone()).unwrap();
        Self { vault, clock, token }
    }

    async fn answers(&self, presented: &str) -> u16 {
        let check = |token: &String| match (token == presented, presented.ends_with("malformed")) {
            (true, false) => Ok(()),
            (true, true) => Err(Rejection::Malformed("what it brings")),
            (false, _) => Err(Rejection::Unauthorized("another token")),
        };
        self.token.admit(check).await.map_or_else(Rejection::status, |_| 200)
    }
}

#[tokio::test]
async fn nobody_is_refused_whichever_side_changes_first() {
    let endpoint = WebhookVerifier::new("old");
    assert_eq!((endpoint.answers("old").await, endpoint.vault.fetched()), (200, 0));
    // A function that runs, and a sender that has the new value already.
    endpoint.vault.holds("new", Some("old"));
    assert_eq!((endpoint.answers("new").await, endpoint.vault.fetched()), (200, 1));
    // A sender that has the old one still.
    assert_eq!((endpoint.answers("old").await, endpoint.vault.fetched()), (200, 1));
    assert_eq!(endpoint.answers("new").await, 200);
    // A function that starts with the new value, and knows of no other.
    let fresh = WebhookVerifier::new("new");
    fresh.vault.holds("new", Some("old"));
    assert_eq!((fresh.answers("old").await, fresh.vault.fetched()), (200, 1));
    // Who is admitted is told what is wrong with the rest, with either value.
    let fresh = WebhookVerifier::new("new");
    fresh.vault.holds("new", Some("malformed"));
    assert_eq!(fresh.answers("malformed").await, 400);
}

#[tokio::test]
async fn a_flood_fetches_once_in_ten_seconds() {
    let endpoint = WebhookVerifier::new("right");
    for _ in 0..1_000 {
        assert_eq!(endpoint.answers("wrong").await, 401);
    }
    assert_eq!(endpoint.vault.fetched(), 1);
    endpoint.clock.pass(Duration::from_millis(9_999));
    assert_eq!((endpoint.answers("wrong").await, endpoint.vault.fetched()), (401, 1));
    endpoint.clock.pass(Duration::from_millis(1));
    assert_eq!((endpoint.answers("wrong").await, endpoint.vault.fetched()), (401, 2));
    assert_eq!(endpoint.answers("right").await, 200);
}

#[tokio::test]
async fn a_value_that_was_withdrawn_is_refused_after_five_minutes() {
    let endpoint = WebhookVerifier::new("leaked");
    endpoint.vault.holds("third", Some("second"));
    endpoint.clock.pass(Duration::from_secs(299));
    assert_eq!((endpoint.answers("leaked").await, endpoint.vault.fetched()), (200, 0));
    endpoint.clock.pass(Duration::from_secs(1));
    assert_eq!(endpoint.answers("leaked").await, 401);
    assert_eq!((endpoint.answers("third").await, endpoint.answers("second").await), (200, 200));
    assert_eq!(endpoint.vault.fetched(), 1, "who was refused had nothing to be fetched for");
}

#[tokio::test]
async fn what_cannot_be_fetched_or_read_leaves_the_old_in_place() {
    let endpoint = WebhookVerifier::new("old");
    *endpoint.vault.values.lock().unwrap() = None;
    endpoint.clock.pass(Duration::from_mins(5));
    assert_eq!((endpoint.answers("old").await, endpoint.answers("new").await), (200, 401));
    endpoint.vault.holds("", Some("old"));
    endpoint.clock.pass(Duration::from_mins(5));
    assert_eq!(endpoint.answers("old").await, 200);
    endpoint.vault.holds("new", Some(""));
    endpoint.clock.pass(Duration::from_secs(10));
    assert_eq!((endpoint.answers("new").await, endpoint.answers("").await), (200, 401));
}
