//! An OAuth client's tokens: asked for when they are needed, replaced before they end and after a refusal.

use crate::every_port::EveryPort;
use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use ponte::{
    clock::{Clock, Timestamp},
    helpdesk::{self, ClientDeps, Secrets},
    http,
    relay::{
        Failure,
        ports::{Helpdesk, NoFiles},
    },
    secret::{Secret, SecretSource},
    settings::HelpdeskSettings,
    texts::Texts,
};
use serde_json::{Value, json};

use super::{NOW, lines, to};
use crate::helpdesk::server::{Answer, Call, Server};

const ASKED: &str = "POST /oauth/tokens";
const READ: &str = "GET tickets/5158/audits";

struct Moving(AtomicI64);

impl Clock for Moving {
    fn now(&self) -> Timestamp {
        NOW.plus(Duration::from_secs(u64::try_from(self.0.load(Ordering::Relaxed)).unwrap()))
    }
}

/// A secret that is another one when it is fetched anew.
struct Rotated(&'static str);

#[async_trait]
impl SecretSource for Rotated {
    async fn fetch(&self) -> Option<String> {
        Some(self.0.to_owned())
    }
}

struct Bridge {
    server: Server,
    clock: Arc<Moving>,
    client: Arc<dyn Helpdesk>,
}

impl Bridge {
    fn new(key: &str, next: &'static str, answers: Vec<Answer>) -> Self {
        let server = Server::new(answers);
        let clock = Arc::new(Moving(AtomicI64::new(0)));
        let settings = HelpdeskSettings { name: "zendesk".into(), url: server.url.clone(), own: String::new() };
        let means = ClientDeps {
            http: http::client("").unwrap(),
            texts: Texts::default().into(),
            clock: clock.clone(),
            files: Arc::new(NoFiles),
        };
        let secret = |value: &str| Secret::new(value.to_owned(), Arc::new(Rotated(next)), clock.clone());
        let secrets = Secrets { credentials: secret(key), webhook: secret("") };
        let client = helpdesk::client(&settings, secrets, means).unwrap();
        Self { server, clock, client }
    }

    fn after(&self, seconds: i64) {
        self.clock.0.fetch_add(seconds, Ordering::Relaxed);
    }

    /// One call of the API that has no other.
    async fn reads(&self) -> Result<(), Failure> {
        self.client.note(&to(), "1", "words").await
    }

    /// What was asked, and with what.
    fn asked(&self) -> Vec<(String, String)> {
        let calls = self.server.calls();
        let key = |call: &Call| call.header("authorization").unwrap_or_default().to_owned();
        lines(&calls).into_iter().zip(calls.iter().map(key)).collect()
    }
}

fn token(token: &str, seconds: Option<u64>) -> Answer {
    let mut body = json!({ "access_token": token, "token_type": "bearer", "scope": "read write" });
    if let Some(seconds) = seconds {
        body["expires_in"] = json!(seconds);
    }
    (201, body).into()
}

/// The note is there already.
fn there() -> Answer {
    (200, json!({ "audits": [{ "metadata": { "custom": { "ponte": "1" } } }] })).into()
}

fn refused(status: u16) -> Answer {
    (status, json!({ "error": "invalid_token" })).into()
}

fn bearer(line: &str, token: &str) -> (String, String) {
    (line.to_owned(), format!("Bearer {token}"))
}

fn asked() -> (String, String) {
    (ASKED.to_owned(), String::new())
}

#[tokio::test]
async fn a_token_is_asked_for_once_and_again_before_it_ends() {
    let bridge = Bridge::new(
        "ponte:the-secret",
        "ponte:the-secret",
        vec![token("one", Some(600)), there(), there(), token("two", Some(600)), there()],
    );
    bridge.reads().await.unwrap();
    bridge.after(539);
    bridge.reads().await.unwrap();
    // A minute before its end.
    bridge.after(1);
    bridge.reads().await.unwrap();
    let calls = bridge.server.calls();
    assert_eq!(lines(&calls), [ASKED, READ, READ, ASKED, READ]);
    let body: Value = calls[0].body.clone();
    let wanted = json!({
        "grant_type": "client_credentials",
        "client_id": "ponte",
        "client_secret": "the-secret",
        "scope": "read write",
    });
    assert_eq!(body, wanted);
    let keys: Vec<_> = calls.iter().map(|call| call.header("authorization")).collect();
    assert_eq!(keys, [None, Some("Bearer one"), Some("Bearer one"), None, Some("Bearer two")]);
}

#[tokio::test]
async fn a_refused_token_is_replaced_and_not_twice_in_ten_seconds() {
    let answers = vec![token("one", None), there(), refused(401), token("two", None), there(), refused(401)];
    let bridge = Bridge::new("ponte:the-secret", "ponte:the-secret", answers);
    bridge.reads().await.unwrap();
    bridge.after(60);
    bridge.reads().await.unwrap();
    bridge.after(9);
    let failure = bridge.reads().await.unwrap_err();
    assert_eq!(failure, crate::helpdesk::refused_key(401));
    let wanted = [asked(), bearer(READ, "one"), bearer(READ, "one"), asked(), bearer(READ, "two"), bearer(READ, "two")];
    assert_eq!(bridge.asked(), wanted);
}

#[tokio::test]
async fn a_dead_client_is_a_wrong_key_and_a_new_one_is_taken_up() {
    // RFC 6749, section 5.2: 400 or 401.
    for status in [400, 401, 403] {
        let bridge = Bridge::new("ponte:old", "ponte:old", vec![refused(status)]);
        let failure = bridge.reads().await.unwrap_err();
        assert_eq!(failure, Failure::Unauthorized { why: "the helpdesk grants no token" });
    }
    let bridge = Bridge::new("ponte:old", "ponte:new", vec![refused(401), token("one", None), there()]);
    bridge.after(60);
    bridge.reads().await.unwrap();
    let calls = bridge.server.calls();
    assert_eq!(lines(&calls), [ASKED, ASKED, READ]);
    assert_eq!([&calls[0].body["client_secret"], &calls[1].body["client_secret"]], ["old", "new"]);
}

#[tokio::test]
async fn an_api_token_may_become_a_client_while_a_function_runs() {
    let answers = vec![there(), refused(401), token("one", None), there()];
    let bridge = Bridge::new("ponte@desk.test.invalid/token:dead", "ponte:the-secret", answers);
    bridge.reads().await.unwrap();
    bridge.after(60);
    bridge.reads().await.unwrap();
    let asked: Vec<_> = bridge.asked().into_iter().map(|(line, key)| (line, key.starts_with("Basic "))).collect();
    let wanted = [(READ, true), (READ, true), (ASKED, false), (READ, false)];
    assert_eq!(asked, wanted.map(|(line, basic)| (line.to_owned(), basic)));
}

#[tokio::test]
async fn where_tokens_are_had_may_fail_without_a_message_being_at_fault() {
    for (status, wait) in [(404, None), (422, None), (410, None), (500, None), (429, Some(17))] {
        let headers = if wait.is_some() { "retry-after: 17\r\n" } else { "" };
        let bridge =
            Bridge::new("ponte:the-secret", "ponte:the-secret", vec![Answer { status, headers, body: json!({}) }]);
        let after = wait.map(Duration::from_secs);
        let wanted = Failure::Later { after, why: "no access token could be obtained" };
        assert_eq!(bridge.reads().await.unwrap_err(), wanted, "{status}");
    }
    let bridge = Bridge::new("ponte:the-secret", "ponte:the-secret", vec![(200, json!({ "token": 1 })).into()]);
    assert_eq!(bridge.reads().await.unwrap_err(), Failure::later("unexpected response from the helpdesk"));
}

#[tokio::test]
async fn a_file_is_fetched_with_the_token_that_named_it() {
    let bridge = Bridge::new("ponte:the-secret", "ponte:the-secret", vec![token("one", Some(600)), there()]);
    let url = format!("{}/attachments/token/abc/?name=a.pdf", bridge.server.url);
    assert!(bridge.client.file_access(&url).is_none(), "there is no token yet");
    bridge.reads().await.unwrap();
    assert!(bridge.client.file_access(&url).is_some());
    bridge.after(600);
    assert!(bridge.client.file_access(&url).is_none(), "it has ended");
}
