//! Whole conversations through the deployed stack and a real Request Tracker, which none of us wrote.
//!
//! `make test-real` installs the server once (`PONTE_REQUEST_TRACKER` names the installation) and runs these. They are a binary of
//! their own, so that `make test` needs neither root nor Debian.
#![cfg(test)]

mod conversations;
mod hooks;
mod outages;
mod queues;
mod service;
mod tracker;

use std::{future::Future, panic::AssertUnwindSafe, panic::resume_unwind, path::Path, time::Duration};

use futures_util::FutureExt;
use ponte_simulator::{
    Seen, Simulator,
    stack::{self, Stack},
};
use serde_json::Value;

use hooks::Hooks;
use tracker::{Entry, Tracker};

/// How long anything may take on a machine that is busy with something else too: a sweep comes once a minute.
const PATIENCE: Duration = Duration::from_mins(3);

static ONE_AT_A_TIME: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// A stack, its customers, and the real helpdesk.
struct Real {
    simulator: Simulator,
    tracker: Tracker,
    hooks: Hooks,
    /// Of the emulator.
    endpoint: String,
}

/// Starts the server, deploys a stack beside it, runs the test, and stops both whatever came of it.
async fn with_tracker<F: Future<Output = ()>>(name: &str, test: impl FnOnce(Real) -> F) {
    with_queues(name, &[], None, test).await;
}

/// The same with more queues than General, and with these service rules in force.
async fn with_queues<F: Future<Output = ()>>(
    name: &str,
    queues: &[&str],
    rules: Option<Value>,
    test: impl FnOnce(Real) -> F,
) {
    let installation = std::env::var_os("PONTE_REQUEST_TRACKER").expect("`make test-real` installs Request Tracker");
    let _turn = ONE_AT_A_TIME.lock().await;
    let state = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("real-{name}"));
    let simulator = Simulator::start(stack::config()).await.unwrap();
    let hooks = Hooks::start().await;
    let secret = simulator.config().webhook_secret.clone();
    let tracker = Tracker::up(&state.join("tracker"), Path::new(&installation), (&hooks.url, &secret), queues).await;
    let files = format!("{},{}", simulator.blip_url(), tracker.url);
    let mut stack = Stack::new(state.join("stack"))
        .with("Helpdesk", "request-tracker")
        .with("HelpdeskUrl", &tracker.url)
        .with("HelpdeskCredentials", &tracker.bridge)
        .with("HelpdeskSettings", r#"{"queue":"General"}"#)
        .with("TrustedFileHosts", &files);
    if let Some(rules) = rules {
        stack = stack.with_rules(rules);
    }
    let outcome = async {
        let bridge = stack.up(&simulator).await.expect("`make test-real` builds what the stack needs");
        hooks.leads_to(bridge.helpdesk_callback.clone());
        simulator.connect(bridge);
        let endpoint = stack.output("ENDPOINT").to_owned();
        AssertUnwindSafe(test(Real { simulator, tracker: tracker.clone(), hooks, endpoint })).catch_unwind().await
    };
    let outcome = AssertUnwindSafe(outcome).catch_unwind().await.unwrap_or_else(Err);
    stack.down().await;
    tracker.down().await;
    if let Err(panic) = outcome {
        resume_unwind(panic);
    }
}

/// Looks until there is something.
async fn eventually<T, F: Future<Output = Option<T>>>(what: &str, look: impl Fn() -> F) -> T {
    let waited = tokio::time::timeout(PATIENCE, async {
        loop {
            match look().await {
                Some(found) => break found,
                None => tokio::time::sleep(Duration::from_millis(500)).await,
            }
        }
    });
    waited.await.unwrap_or_else(|_| panic!("waited in vain: {what}"))
}

/// What of `said` the other side lost, has more than once, and has out of order.
#[derive(Debug, Default, PartialEq, Eq)]
struct Verdict {
    messages: usize,
    lost: Vec<String>,
    repeated: Vec<String>,
    out_of_order: Vec<String>,
}

impl Verdict {
    /// Judges one direction: all that was said, in order, against all that stands there.
    fn add(&mut self, said: &[&str], there: &[String]) {
        self.messages += said.len();
        let mut last = 0;
        for words in said {
            let places: Vec<usize> = (0..there.len()).filter(|at| there[*at] == *words).collect();
            match places.as_slice() {
                [] => self.lost.push((*words).to_owned()),
                [place, more @ ..] => {
                    if !more.is_empty() {
                        self.repeated.push((*words).to_owned());
                    }
                    if *place < last {
                        self.out_of_order.push((*words).to_owned());
                    }
                    last = *place;
                }
            }
        }
    }

    fn must_be_clean(&self) {
        let Self { messages, lost, repeated, out_of_order } = self;
        println!(
            "{messages} messages: {} lost, {} repeated, {} out of order",
            lost.len(),
            repeated.len(),
            out_of_order.len()
        );
        assert!(lost.is_empty() && repeated.is_empty() && out_of_order.is_empty(), "{self:?}");
    }
}

/// What the customer's app shows, as words.
fn shown(seen: &[Seen]) -> Vec<String> {
    seen.iter().map(|seen| seen.content.to_string()).collect()
}

/// The customer's words as they stand on a ticket.
fn customers(history: &[Entry]) -> Vec<String> {
    let said = history.iter().filter(|entry| entry.kind == "Correspond" && entry.creator == "blip-bridge");
    said.map(|entry| entry.text.clone()).collect()
}

/// Both sides of a conversation, for whoever watches the demo.
fn print(customer: &str, sees: &[Seen], ticket: &str, history: &[Entry]) {
    println!("\n--- the phone of {customer} shows ---");
    for words in shown(sees) {
        println!("{}", words.replace('\n', "\n    "));
    }
    println!("--- ticket {ticket} in Request Tracker shows ---");
    for Entry { kind, creator, text, files } in history.iter().filter(|entry| !entry.text.is_empty()) {
        let files: Vec<String> =
            files.iter().map(|(name, bytes)| format!(" [{name}, {} bytes]", bytes.len())).collect();
        println!("{kind} by {creator}: {}{}", text.replace('\n', "\n    "), files.concat());
    }
    println!();
}

#[test]
fn the_judge_sees_what_is_wrong() {
    let judged = |there: &[&str]| {
        let there: Vec<String> = there.iter().map(|&words| words.to_owned()).collect();
        let mut verdict = Verdict::default();
        verdict.add(&["a", "b", "c"], &there);
        (verdict.lost.len(), verdict.repeated.len(), verdict.out_of_order.len())
    };
    assert_eq!(judged(&["a", "x", "b", "c"]), (0, 0, 0));
    assert_eq!(judged(&["a", "c"]), (1, 0, 0));
    assert_eq!(judged(&["a", "b", "b", "c"]), (0, 1, 0));
    assert_eq!(judged(&["b", "a", "c"]), (0, 0, 1));
}
