//! The trail: each step of each message, what it costs, and whether it names every wait. And the figures, each once.

use std::{collections::BTreeMap, time::Duration};

use ponte::{
    clock::{Clock, Timestamp},
    conversation::State,
    message::{AgentEvent, BlipId, SourceId, TicketId},
    queue::{Record, ToCustomerJob},
    relay::{
        Failure,
        accept::{Accepted, agent_step},
    },
    trail::{Line, MessageHash, Metric, StepName, Story, Told, story},
};
use serde_json::{Value, json};

use super::world::{ROUTER, World, closes, record, says, takes, words};

/// The log of all functions for one message at the most, in bytes, where nothing goes wrong.
const MESSAGE: usize = 400;
/// And for each receipt.
const RECEIPT: usize = 140;

/// The logs of a stack.
#[derive(Default)]
struct Logs(Vec<Told>);

impl Logs {
    fn add(&mut self, world: &World, function: &str, line: Line) {
        let line = Line { request: Some("8f5c2a1b".to_owned()), ..line };
        let text = serde_json::to_string(&line).unwrap();
        self.0.push(Told::parse(world.clock.now(), function, &text).unwrap());
    }

    /// What the workers said since the last call.
    fn worked(&mut self, world: &World, function: &str) {
        for line in std::mem::take(&mut *world.journal.lines.lock().unwrap()) {
            self.add(world, function, line);
        }
    }

    /// The customer says it, and the worker gets it so often.
    async fn customer(&mut self, world: &World, envelope: &Value, attempts: u32) -> Vec<String> {
        let record = self.accepted(world, envelope).await.unwrap();
        let again = world.to_helpdesk(vec![Record { attempts, ..record }]).await;
        self.worked(world, "to-helpdesk");
        again
    }

    /// Blip's endpoint gets an envelope. What is for the worker.
    async fn accepted(&mut self, world: &World, envelope: &Value) -> Option<Record> {
        match world.blip_endpoint(Some("token"), envelope.to_string().as_bytes()).await.unwrap() {
            Accepted::Queued(lines) => lines.into_iter().for_each(|line| self.add(world, "blip-webhook", line)),
            Accepted::Noted(line) => self.add(world, "blip-webhook", *line),
            other => panic!("{other:?}"),
        }
        world.queue.sent.lock().unwrap().pop().map(|job| record(&job, 1))
    }

    async fn agent(&mut self, world: &World, event: AgentEvent) {
        let record = world.agent_record("T-1", event, 1);
        let job: ToCustomerJob = serde_json::from_str(&record.body).unwrap();
        self.add(world, "helpdesk-callback", agent_step(&job, &job.addressed("memory", &world.key), &world.key));
        assert_eq!(world.to_blip(vec![record]).await, [""; 0]);
        self.worked(world, "to-blip");
    }

    /// The bytes of each message.
    fn bytes(&self) -> BTreeMap<&MessageHash, Vec<(StepName, usize)>> {
        let mut bytes: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for told in &self.0 {
            let length = serde_json::to_string(&told.line).unwrap().len();
            for id in told.line.id.iter().chain(&told.line.ids) {
                bytes.entry(id).or_default().push((told.line.message, length));
            }
        }
        bytes
    }

    fn story(&self, world: &World) -> Story {
        story(self.0.clone(), world.clock.now(), None)
    }

    fn steps(&self, id: &MessageHash) -> Vec<StepName> {
        let of = self.0.iter().filter(|told| told.line.id.iter().chain(&told.line.ids).any(|one| one == id));
        of.map(|told| told.line.message).collect()
    }
}

fn receipt(world: &World, message: &str, event: &str) -> Value {
    let id = BlipId::agent(&world.opening(ROUTER), &TicketId::new("T-1"), &SourceId::new(message), 1).render();
    json!({ "id": id, "from": ROUTER, "to": "bridge@msging.net", "event": event })
}

#[tokio::test]
async fn a_whole_conversation_costs_at_most_400_bytes_a_message() {
    let (world, mut logs) = (World::new(), Logs::default());
    logs.customer(&world, &words(ROUTER, "5f3e1b0a-64b6-4a39-8d1c-1f6b2f0c7d11", "oi"), 1).await;
    logs.agent(&world, takes("e1", "Ana")).await;
    for turn in 0..4 {
        world.clock.pass(Duration::from_secs(40));
        logs.customer(&world, &words(ROUTER, &format!("c{turn}"), "e o boleto?"), 1).await;
        world.clock.pass(Duration::from_secs(75));
        logs.agent(&world, says(&format!("a{turn}"), "já vejo")).await;
        for event in ["received", "consumed"] {
            let receipt = receipt(&world, &format!("a{turn}"), event);
            // Where the helpdesk shows receipts, the worker passes them on, and says nothing more of them.
            if let Some(record) = logs.accepted(&world, &receipt).await {
                assert_eq!(world.to_helpdesk(vec![record]).await, [""; 0]);
                logs.worked(&world, "to-helpdesk");
            }
        }
    }
    logs.agent(&world, closes("e2", None)).await;
    world.closes(1).await;
    logs.worked(&world, "close-ticket");

    let bytes = logs.bytes();
    assert_eq!(bytes.len(), 5 + 4 + 2);
    let (mut all, mut most) = (0, 0);
    for (id, steps) in &bytes {
        let is_receipt = |step: &StepName| matches!(step, StepName::Received | StepName::Seen);
        let (receipts, path): (Vec<_>, Vec<_>) = steps.iter().partition(|(step, _)| is_receipt(step));
        assert_eq!(path.len(), 2, "{id:?}: an endpoint and a worker: {steps:?}");
        let path: usize = path.iter().map(|(_, bytes)| bytes).sum();
        assert!(path <= MESSAGE, "{path} bytes: {steps:?}");
        assert!(receipts.iter().all(|(_, bytes)| *bytes <= RECEIPT), "{receipts:?}");
        most = most.max(path);
        all += path + receipts.iter().map(|(_, bytes)| bytes).sum::<usize>();
    }
    let mean = all / bytes.len();
    println!("{mean} bytes a message with its receipts, {most} at the most without them");
    assert!(mean <= MESSAGE, "{mean} bytes a message, its receipts among them");
    let of = |id: &str| MessageHash::of_agent(&TicketId::new("T-1"), &SourceId::new(id), &world.key);
    assert_eq!(logs.steps(&of("a0")), [StepName::Accepted, StepName::Delivered, StepName::Received, StepName::Seen]);
    assert_eq!(logs.story(&world).gaps, []);
}

#[tokio::test]
async fn the_trail_names_every_wait_and_every_retry() {
    let (world, mut logs) = (World::new(), Logs::default());
    logs.customer(&world, &words(ROUTER, "0", "oi"), 1).await;
    let asks = Failure::Later { after: Some(Duration::from_mins(10)), why: "the helpdesk asks to wait" };
    let failures = [asks, Failure::Unknown { why: "the helpdesk fails" }, Failure::later("no connection")];
    let mut record = logs.accepted(&world, &words(ROUTER, "1", "está aí?")).await.unwrap();
    let behind = logs.accepted(&world, &words(ROUTER, "2", "alô")).await.unwrap();
    let id = |id: &str| MessageHash::of_customer(&SourceId::new(id), &world.key);
    for (tries, failure) in (1..).zip(failures) {
        world.helpdesk.faults.next([failure.clone()]);
        record.attempts = tries;
        assert_eq!(world.to_helpdesk(vec![record.clone(), behind.clone()]).await.len(), 2);
        logs.worked(&world, "to-helpdesk");
        let told = logs.0.last().unwrap().clone();
        // What the queue was asked for, and what the trail says of it.
        let (ids, wait) = world.queue.postponed.lock().unwrap().last().unwrap().clone();
        assert_eq!((ids.len(), told.line.message), (2, StepName::Waits));
        assert_eq!(told.line.ids, [id("1"), id("2")]);
        assert_eq!((told.line.wait_s, told.line.attempts), (Some(wait.as_secs()), Some(tries)));
        assert_eq!(told.line.reason.as_deref(), Some(failure.to_string().as_str()));
        let story = logs.story(&world);
        assert!(story.now.starts_with("Messages to the helpdesk wait until "), "{}", story.now);
        assert_eq!(story.gaps.len(), 2, "{:?}", story.gaps);
        assert!(story.gaps.iter().all(|gap| gap.words.contains("not yet delivered: waits until ")), "{:?}", story.gaps);
        world.clock.pass(wait + Duration::from_secs(1));
    }
    let waits = world.queue.postponed.lock().unwrap().len();
    let named = logs.0.iter().filter(|told| told.line.message == StepName::Waits).count();
    assert_eq!((named, waits), (3, 3));
    record.attempts = 4;
    assert_eq!(world.to_helpdesk(vec![record, behind]).await, [""; 0]);
    logs.worked(&world, "to-helpdesk");
    let steps = logs.steps(&id("1"));
    assert_eq!(steps.iter().filter(|step| **step == StepName::Delivered).count(), 1, "{steps:?}");
    let story = logs.story(&world);
    assert_eq!((story.gaps.len(), story.now.as_str()), (0, "Nothing waits."));
    let last = story.steps.iter().rfind(|step| step.step == StepName::Delivered && step.messages == [id("1")]).unwrap();
    assert_eq!(last.attempt, 4);
}

#[tokio::test]
async fn what_is_refused_or_parked_is_named() {
    let (world, mut logs) = (World::new(), Logs::default());
    logs.customer(&world, &words(ROUTER, "0", "oi"), 1).await;
    world.helpdesk.faults.next([Failure::Refused { why: "the helpdesk refuses it", status: 422 }]);
    logs.customer(&world, &words(ROUTER, "1", "uma coisa estranha"), 1).await;
    let refused = logs.0.iter().find(|told| told.line.message == StepName::Refused).unwrap();
    assert_eq!(refused.line.status, Some(422));
    let good = logs.accepted(&world, &words(ROUTER, "2", "e agora?")).await.unwrap();
    let later = Record { body: good.body.replacen("\"v\":1", "\"v\":9", 1), ..good };
    assert_eq!(world.to_helpdesk(vec![later]).await, [""; 0]);
    logs.worked(&world, "to-helpdesk");
    let parked = logs.0.last().unwrap();
    assert_eq!(parked.line.message, StepName::Parked);
    assert_eq!(parked.line.ids, [MessageHash::of_customer(&SourceId::new("2"), &world.key)]);
    assert_eq!(logs.story(&world).gaps, [], "a parked message waits for an operator, and for no try");
}

#[tokio::test]
async fn a_known_message_is_delivered_once_in_the_trail() {
    let (world, mut logs) = (World::new(), Logs::default());
    for attempts in [1, 2] {
        logs.customer(&world, &words(ROUTER, "0", "oi"), attempts).await;
    }
    let id = MessageHash::of_customer(&SourceId::new("0"), &world.key);
    assert_eq!(logs.steps(&id), [StepName::Accepted, StepName::Delivered, StepName::Accepted, StepName::Known]);
}

/// How often each figure was told, and its last value.
fn figures(world: &World) -> BTreeMap<&'static str, (usize, u64)> {
    let mut all = BTreeMap::new();
    for (metric, value) in world.journal.figures.lock().unwrap().iter().flat_map(|figures| figures.values.clone()) {
        let one: &mut (usize, u64) = all.entry(metric.name()).or_default();
        *one = (one.0 + 1, value);
    }
    all
}

#[tokio::test]
async fn each_figure_is_told_once_with_its_value() {
    let (world, mut logs) = (World::new(), Logs::default());
    logs.customer(&world, &words(ROUTER, "0", "oi"), 1).await;
    world.clock.pass(Duration::from_secs(30));
    for _ in 0..2 {
        logs.agent(&world, takes("e1", "Ana")).await;
    }
    world.clock.pass(Duration::from_secs(45));
    for _ in 0..2 {
        logs.agent(&world, says("a1", "bom dia")).await;
    }
    world.clock.pass(Duration::from_secs(20));
    logs.customer(&world, &words(ROUTER, "1", "e o boleto?"), 1).await;
    world.clock.pass(Duration::from_secs(10));
    logs.customer(&world, &words(ROUTER, "2", "?"), 1).await;
    world.clock.pass(Duration::from_secs(50));
    logs.agent(&world, says("a2", "segue")).await;
    let answers: Vec<_> = logs.0.iter().filter_map(|told| told.line.waited_s).collect();
    assert_eq!(answers, [60], "from the first word that nobody had answered");
    world.clock.pass(Duration::from_secs(100));
    for _ in 0..2 {
        logs.agent(&world, closes("e2", None)).await;
    }
    world.closes(1).await;
    assert!(matches!(world.conversation(ROUTER).unwrap().state, State::Closed { .. }));
    let bytes: usize = world
        .journal
        .figures
        .lock()
        .unwrap()
        .iter()
        .map(|one| one.embedded("Ponte/ponte", Some("8f5c2a1b")).to_string().len())
        .sum();
    println!("{bytes} bytes of figures");
    // `infra/prices.toml`
    assert!(bytes <= 2500, "{bytes} bytes of figures");
    let told = figures(&world);
    let expected = [
        (Metric::ConversationsOpened, 1),
        (Metric::TimeToAssignment, 30),
        (Metric::TimeToFirstWord, 75),
        (Metric::TimeFromAssignmentToFirstWord, 45),
        (Metric::ConversationsEnded, 1),
        (Metric::HandlingTime, 180),
    ];
    assert_eq!(told, BTreeMap::from(expected.map(|(metric, value)| (metric.name(), (1, value)))));
    let ended = world.journal.figures.lock().unwrap().iter().find(|figures| figures.step == StepName::Ends).cloned();
    let ended = ended.unwrap();
    assert_eq!((ended.reason, ended.stage.map(ponte::trail::Stage::as_str)), (Some("agent"), Some("answered")));
}

#[tokio::test]
async fn a_write_that_failed_tells_nothing_and_its_repetition_tells_once() {
    let (world, mut logs) = (World::new(), Logs::default());
    logs.customer(&world, &words(ROUTER, "0", "oi"), 1).await;
    let taken = world.agent_record("T-1", takes("e1", "Ana"), 1);
    *world.store.unavailable.lock().unwrap() = 1;
    assert_eq!(world.to_blip(vec![taken.clone()]).await.len(), 1);
    let delivered = |line: &Line| line.message != StepName::Waits;
    assert!(!world.journal.lines.lock().unwrap().iter().any(delivered), "nothing is told of what is not written");
    assert_eq!(figures(&world).get("TimeToAssignment"), None);
    assert_eq!(world.to_blip(vec![Record { attempts: 2, ..taken }]).await, [""; 0]);
    assert_eq!(figures(&world).get("TimeToAssignment"), Some(&(1, 0)));
}

/// The moment of a test's clock is the only time that a figure has.
#[tokio::test]
async fn figures_bear_the_time_of_their_write() {
    let world = World::new();
    world.customer(&[words(ROUTER, "0", "oi")]).await;
    let at: Vec<Timestamp> = world.journal.figures.lock().unwrap().iter().map(|figures| figures.at).collect();
    assert_eq!(at, [world.clock.now()]);
}
