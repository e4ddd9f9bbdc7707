//! The deployed stack: the real template on the emulator, with the policies of its roles enforced, between the
//! simulator's Blip and helpdesk. Each test has a stack of its own. Two run at a time, since most of them wait most of the time; those that put
//! load on the stack run alone.
//!
//! `make test` builds what is deployed here; alone, these tests deploy what `infra/local/build.sh` built last.

mod bad_input;
mod binaries;
mod called_back;
mod chaos;
mod console;
mod crowd;
mod erase;
mod files;
mod growth;
mod helper;
mod hostile;
mod marks;
mod outage;
mod pause;
mod permissions;
mod poison;
mod presence;
mod privacy;
pub(crate) mod recorder;
mod rest;
mod restored;
mod returning;
mod rotation;
mod rules;

use std::{
    collections::BTreeSet,
    future::Future,
    panic::{AssertUnwindSafe, resume_unwind},
    path::Path,
    sync::Mutex,
    time::Duration,
};

use futures_util::FutureExt;
use ponte_simulator::{
    Simulator,
    stack::{self, Stack},
};
use tokio::sync::Semaphore;

/// How long a conversation may take to settle on a machine that is busy with something else too.
const PATIENCE: Duration = Duration::from_mins(3);

/// How many stacks there are at a time, on two cores.
static TURNS: Semaphore = Semaphore::const_new(2);
/// The names of all stacks so far. Each is the folder of a stack's state, which no two share.
static NAMES: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
/// Tests that put load on the stack, or measure times.
const ALONE: [&str; 5] = ["chaos", "crowd", "growth", "outage", "poison"];

/// Deploys a stack, runs the test, and stops the stack whatever came of it.
async fn deployed<F: Future<Output = ()>>(name: &str, test: impl FnOnce(Deployed) -> F) {
    let plain = async |stack: Deployed| {
        assert_eq!(stack.rest, ["", ""], "nobody asked for the REST channel");
        assert_eq!(stack.availability, ["", ""], "nobody asked for the availability");
        assert_eq!(stack.console, ["", ""], "nobody asked for the console");
        test(stack).await;
    };
    deployed_as(name, |stack, _| stack, plain).await;
}

/// The same with other parameters.
async fn deployed_as<F: Future<Output = ()>>(
    name: &str,
    parameters: impl FnOnce(Stack, &Simulator) -> Stack,
    test: impl FnOnce(Deployed) -> F,
) {
    assert!(NAMES.lock().unwrap().insert(name.to_owned()), "two tests have the folder {name}");
    let _turn = TURNS.acquire_many(if ALONE.contains(&name) { 2 } else { 1 }).await.unwrap();
    let simulator = Simulator::start(stack::config()).await.unwrap();
    let state = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let mut stack = parameters(Stack::new(state), &simulator);
    match stack.up(&simulator).await {
        Ok(bridge) => simulator.connect(bridge),
        Err(error) => {
            stack.down().await;
            panic!("{error:#}; `make test` builds what the stack needs");
        }
    }
    let endpoint = stack.output("ENDPOINT").to_owned();
    let table = stack.output("TABLE_NAME").to_owned();
    let bucket = stack.output("FILE_BUCKET_NAME").to_owned();
    let emulator = stack.output("EMULATOR_PID").to_owned();
    let rest = ["REST_CHANNEL_URL", "REST_CHANNEL_HOST"].map(|name| stack.output(name).to_owned());
    let availability = ["AVAILABILITY_URL", "AVAILABILITY_HOST"].map(|name| stack.output(name).to_owned());
    let console = ["CONSOLE_URL", "CONSOLE_HOST"].map(|name| stack.output(name).to_owned());
    let keys = stack.output("KEYS_SECRET_ARN").to_owned();
    let endpoints = ["BLIP_WEBHOOK_URL", "BLIP_WEBHOOK_HOST", "HELPDESK_CALLBACK_URL", "HELPDESK_CALLBACK_HOST"]
        .map(|name| stack.output(name).to_owned());
    let outcome = AssertUnwindSafe(test(Deployed {
        simulator,
        endpoint,
        table,
        keys,
        bucket,
        emulator,
        endpoints,
        rest,
        availability,
        console,
    }))
    .catch_unwind()
    .await;
    stack.down().await;
    if let Err(panic) = outcome {
        resume_unwind(panic);
    }
}

/// Looks until there is something.
async fn eventually<T>(what: &str, look: impl Fn() -> Option<T>) -> T {
    let waited = tokio::time::timeout(PATIENCE, async {
        loop {
            match look() {
                Some(found) => break found,
                None => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    });
    waited.await.unwrap_or_else(|_| panic!("waited in vain: {what}"))
}

/// A stack under test.
struct Deployed {
    simulator: Simulator,
    endpoint: String,
    table: String,
    /// The ARN of the generated secret.
    keys: String,
    /// Where the copies of files lie.
    bucket: String,
    /// The emulator's process id.
    emulator: String,
    /// URL and Host header of Blip's endpoint, then of the helpdesk's.
    endpoints: [String; 4],
    /// The same of the REST channel; empty where there is none.
    rest: [String; 2],
    /// The same of what a bot asks; empty where nobody may.
    availability: [String; 2],
    /// The same of the console; empty where there is none.
    console: [String; 2],
}

impl Deployed {
    /// Waits until every message has arrived, and asks the judge.
    async fn settled(&self) {
        let settled = self.simulator.settles(PATIENCE).await;
        let verdict = self.simulator.verdict();
        assert!(settled.is_ok() && verdict.is_clean(), "{settled:?}\n{verdict}");
        println!("{verdict}");
    }
}
