//! Nothing private is written down beside messages: marked names, telephones, texts, tokens and identities in every field of some
//! hundred envelopes and callbacks, good and broken, at the most verbose level, and then every log, metric, alarm, attribute and
//! answer is searched for a mark.

mod caller;
mod posts;
mod sides;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Mutex,
    time::Duration,
};

use ponte_simulator::{
    Simulator,
    stack::{self, Stack},
};

use super::{Deployed, deployed_as, marks::Leak, recorder::Recorder};

use self::{caller::Caller, sides::Sides};

/// How long the workers may go on with what they can process. What they cannot is tried for minutes.
const WORK: Duration = Duration::from_secs(40);

/// The stack's own secrets, each a mark.
#[derive(Debug)]
struct Tokens {
    key: String,
    blip: String,
    rest: String,
    helpdesk: String,
    credentials: String,
}

static TOKENS: std::sync::OnceLock<Tokens> = std::sync::OnceLock::new();

#[tokio::test(flavor = "multi_thread")]
async fn nothing_private_is_written_down() {
    let sides = Sides::start().await;
    let tokens = {
        let mut marks = sides.marks.lock().unwrap();
        let secret = |word: String| format!("{word}-a-long-secret");
        Tokens {
            key: marks.word("Blip's key"),
            blip: secret(marks.word("Blip's token")),
            rest: secret(marks.word("the REST channel's token")),
            helpdesk: marks.key("the helpdesk's secret"),
            credentials: marks.word("the helpdesk's credentials"),
        }
    };
    let tokens = TOKENS.get_or_init(|| tokens);
    let recorder = Recorder::start().await;
    let with = |stack: Stack, _: &Simulator| {
        stack
            .with("LogLevel", "debug")
            .with("BlipUrl", &format!("{}/blip", sides.url))
            .with("HelpdeskUrl", &format!("{}/helpdesk", sides.url))
            .with("TrustedFileHosts", &sides.url)
            .with("BlipKey", &tokens.key)
            .with("BlipToken", &tokens.blip)
            .with("RestChannelToken", &tokens.rest)
            .with("HelpdeskWebhookSecret", &tokens.helpdesk)
            .with("HelpdeskCredentials", &tokens.credentials)
            .with_endpoint(recorder.url())
    };
    deployed_as("privacy", with, async |stack: Deployed| {
        recorder.connect(&stack.endpoint);
        let client = ponte::http::client("").unwrap();
        let caller = Caller { stack: &stack, sides: sides.clone(), client, answers: Mutex::default() };
        posts::envelopes(&caller).await;
        posts::intruders(&caller).await;
        posts::site(&caller).await;
        quiet(&stack).await;
        posts::callbacks(&caller).await;
        quiet(&stack).await;
        posts::links(&caller).await;
        searched(&caller, &recorder).await;
    })
    .await;
}

/// Waits until the workers have nothing left that they can do now.
async fn quiet(stack: &Deployed) {
    let config = ponte_cli::endpoint(&stack.endpoint).await;
    let operator = ponte_cli::Stack::open(&config, "ponte").await.unwrap();
    let sqs = aws_sdk_sqs::Client::new(&config);
    let waiting = async || {
        let mut all = 0;
        for pair in operator.queues(None) {
            let asked = sqs.get_queue_attributes().queue_url(&pair.main);
            let answer = asked.attribute_names(aws_sdk_sqs::types::QueueAttributeName::All).send().await.unwrap();
            for (name, value) in answer.attributes().unwrap() {
                if name.as_str().starts_with("ApproximateNumberOfMessages") {
                    all += value.parse::<usize>().unwrap();
                }
            }
        }
        all
    };
    // What is tried again for minutes is left.
    let _ = tokio::time::timeout(WORK, async {
        while waiting().await > 0 {
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    })
    .await;
}

async fn searched(caller: &Caller<'_>, recorder: &Recorder) {
    let answers = caller.answers.lock().unwrap().clone();
    let mut statuses: BTreeMap<u16, usize> = BTreeMap::new();
    for (_, status, _) in &answers {
        *statuses.entry(*status).or_default() += 1;
    }
    println!("{} requests were answered: {statuses:?}", answers.len());
    println!("Blip and the helpdesk answered: {:?}", caller.sides.answered.lock().unwrap());
    let mut written = stack::written(&caller.stack.endpoint).await.unwrap();
    written.extend(answers.into_iter().map(|(what, status, text)| (format!("the answer {status} to {what}"), text)));
    written
        .extend(recorder.written().into_iter().map(|text| ("what went into a queue, but the body".to_owned(), text)));
    let marks = std::mem::take(&mut *caller.sides.marks.lock().unwrap());
    let mut leaks: BTreeSet<Leak> = BTreeSet::new();
    let mut bytes = 0;
    for (place, text) in &written {
        bytes += text.len();
        leaks.extend(marks.leaks(place, text));
    }
    println!("{} marks, {} places, {bytes} bytes searched", marks.len(), written.len());

    for leak in leaks.iter().take(40) {
        println!("LEAK {leak:?}");
    }

    // It is about something: every endpoint took and refused, and the workers did all that they do.
    let log = |name: &str| {
        let place = written.iter().find(|(place, _)| place.ends_with(&format!("/{name}")));
        place.map(|(_, text)| text.as_str()).unwrap_or_default()
    };
    for (name, lines) in [
        ("blip-webhook", ["request accepted", "request dropped", "request rejected"].as_slice()),
        ("helpdesk-callback", &["request accepted", "request rejected"]),
        ("rest-channel", &["REST request answered", "request rejected"]),
        ("media", &["not found"]),
        ("to-helpdesk", &["delivered", "opened", "a file was copied", "retry scheduled", "the greeting was not sent"]),
        ("to-blip", &["delivered", "answered", "a file was copied", "retry scheduled"]),
    ] {
        for line in lines {
            assert!(log(name).contains(line), "{name} never said `{line}`");
        }
    }
    for environment in recorder.environments() {
        assert_eq!(environment["LOG_LEVEL"], "debug");
    }
    let places: Vec<&str> = written.iter().map(|(place, _)| place.as_str()).collect();
    assert!(["metrics", "alarms"].iter().all(|place| places.contains(place)), "{places:?}");
    assert!(leaks.is_empty(), "{} leaks", leaks.len());
}
