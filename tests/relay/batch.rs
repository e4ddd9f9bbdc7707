//! A batch that spans groups.

use std::time::Duration;

use async_trait::async_trait;
use ponte::{
    clock::Clock,
    lime::{Document, Node},
    message::{AgentEvent, AgentEventKind, BlipId, Content, SourceId, TicketId},
    queue::Record,
    relay::{
        About, Deadline, Failure, RunOutcome, Worker,
        ports::{Journal, NoJournal, Outgoing},
        work,
    },
};

use super::helpdesk::Told;
use super::world::{ROUTER, World, closes, record, says, words};

#[tokio::test]
async fn a_blocked_conversation_holds_back_itself_only() {
    let world = World::new();
    let (one, two) = ("1@tunnel.msging.net", "2@tunnel.msging.net");
    world.customer(&[words(one, "0", "oi")]).await;
    world.customer(&[words(two, "0", "oi")]).await;
    // Whichever group comes first fails; the other does not notice.
    world.helpdesk.faults.next([Failure::later("down")]);
    let failed =
        world.customer(&[words(one, "1", "a"), words(two, "1", "b"), words(one, "2", "c"), words(two, "2", "d")]).await;
    assert_eq!(failed.len(), 2);
    let said = world.said();
    assert!(
        said.ends_with(&["T-2 b".into(), "T-2 d".into()]) || said.ends_with(&["T-1 a".into(), "T-1 c".into()]),
        "{said:?}"
    );
}

#[tokio::test]
async fn what_is_no_job_is_parked_and_the_group_goes_on() {
    let world = World::new();
    let mut records = vec![
        world.customer_record(&words("1@tunnel.msging.net", "1", "a"), 1).await,
        world.customer_record(&words("1@tunnel.msging.net", "2", "b"), 1).await,
        world.customer_record(&words("1@tunnel.msging.net", "3", "c"), 1).await,
    ];
    records[1].body = r#"{"v":9,"what":"a later release's"}"#.into();
    assert!(world.to_helpdesk(records.clone()).await.is_empty());
    assert_eq!(world.said(), ["T-1 a", "T-1 c"]);
    let parked = world.queue.parked.lock().unwrap();
    assert_eq!(parked.len(), 1);
    assert_eq!(parked[0].0, records[1]);
}

#[tokio::test]
async fn a_refused_message_is_told_to_its_sender_once_an_hour_and_the_next_goes_through() {
    let world = World::new();
    world.customer(&[words(ROUTER, "1", "a")]).await;
    let refused = || Failure::Refused { why: "", status: 422 };
    world.helpdesk.faults.next([refused()]);
    world.customer(&[words(ROUTER, "fwd:2", "b"), words(ROUTER, "3", "c")]).await;
    world.helpdesk.faults.next([refused()]);
    world.customer(&[words(ROUTER, "4", "d")]).await;
    let told = "Não conseguimos entregar a sua última mensagem. Por favor, tente enviá-la de outra forma.";
    assert_eq!(world.sent(), [told], "in words once an hour");
    world.clock.pass(Duration::from_hours(1));
    world.helpdesk.faults.next([refused()]);
    world.customer(&[words(ROUTER, "5", "e"), words(ROUTER, "4", "d")]).await;
    assert_eq!(world.sent(), [told, told]);
    assert_eq!(world.said(), ["T-1 a", "T-1 c"]);
    assert!(world.queue.parked.lock().unwrap().is_empty());
    assert_eq!(world.notified(), ["consumed 1", "failed 101 fwd:2", "consumed 3", "failed 101 4", "failed 101 5"]);
}

#[tokio::test]
async fn receipts_go_out_once_the_helpdesk_has_it_and_never_twice() {
    let world = World::new();
    world.helpdesk.faults.next([Failure::later("down")]);
    let record = world.customer_record(&words(ROUTER, "fwd:fwd:1", "a"), 1).await;
    world.to_helpdesk(vec![record.clone()]).await;
    assert!(world.notified().is_empty());
    world.to_helpdesk(vec![record.clone()]).await;
    world.to_helpdesk(vec![record]).await;
    world.customer(&[serde_json::json!({ "from": ROUTER, "type": "text/plain", "content": "no id" })]).await;
    assert_eq!(world.notified(), ["consumed fwd:fwd:1"], "the id unchanged, and none for a message without");
}

#[tokio::test]
async fn the_agent_is_told_of_a_parked_message() {
    let world = World::new();
    world.customer(&[words(ROUTER, "1", "a")]).await;
    world.helpdesk.faults.next([Failure::Broken { why: "a bug" }]);
    world.customer(&[words(ROUTER, "2", "b"), words(ROUTER, "3", "c")]).await;
    assert_eq!(world.queue.parked.lock().unwrap().len(), 1);
    assert!(world.told().contains(&Told::Noted { ticket: "T-1".into() }));
    assert_eq!(world.said(), ["T-1 a", "T-1 c"]);
}

#[tokio::test]
async fn the_agent_is_told_that_words_of_his_own_or_a_close_were_parked() {
    let world = World::new();
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    let noted = || world.told().iter().filter(|told| **told == Told::Noted { ticket: "T-1".into() }).count();
    let broken = |record: &Record| Record { body: record.body.replacen("\"v\":1", "\"v\":2", 1), ..record.clone() };
    let later = ["a", "b"].map(|id| broken(&world.agent_record("T-1", says(id, id), 1)));
    assert!(world.to_blip(later.to_vec()).await.is_empty());
    assert_eq!((noted(), world.queue.parked.lock().unwrap().len()), (2, 2));
    world.agent("T-1", [closes("x", None)]).await;
    for job in &mut *world.queue.sent.lock().unwrap() {
        job.body = job.body.replacen("\"v\":1", "\"v\":2", 1);
    }
    world.closes(1).await;
    assert_eq!((noted(), world.queue.parked.lock().unwrap().len()), (3, 3));
    // A gesture is nothing that anybody waits for, and a message of the customer's is told whatever its version.
    let joins = AgentEventKind::Typing { on: true };
    let gesture = broken(&world.agent_record("T-1", AgentEvent { id: SourceId::new("t"), kind: joins }, 1));
    world.to_blip(vec![gesture]).await;
    assert_eq!(noted(), 3);
    world.to_helpdesk(vec![broken(&world.customer_record(&words(ROUTER, "2", "b"), 1).await)]).await;
    assert_eq!(noted(), 4);
}

#[tokio::test]
async fn groups_and_deduplication_ids_say_nothing_and_tell_events_apart() {
    let world = World::new();
    let one = world.job(&words("5531999@wa.gw.msging.net", "m", "oi")).await;
    let again = world.job(&words("5531999@WA.gw.msging.net/instance", "fwd:m", "oi")).await;
    let other = world.job(&words("5531888@wa.gw.msging.net", "m", "oi")).await;
    assert_eq!((&one.group, &one.deduplication), (&again.group, &again.deduplication));
    assert_ne!(one.group, other.group);
    assert_ne!(one.deduplication, other.deduplication);
    for word in ["5531999", "oi", "msging"] {
        assert!(!format!("{one:?}").contains(word) && !one.group.contains(word));
    }
    assert!(!format!("{:?}", record(&one, 1)).contains("oi\""));
}

#[tokio::test]
async fn a_panic_parks_one_message_and_repeats_none() {
    let world = World::new();
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    *world.blip.panics_at.lock().unwrap() = Some("b");
    let records = ["a", "b", "c"].map(|id| world.agent_record("T-1", says(id, id), 1)).to_vec();
    assert!(world.to_blip(records.clone()).await.is_empty());
    assert_eq!(world.sent(), ["a", "c"]);
    let parked = world.queue.parked.lock().unwrap();
    assert_eq!(parked.len(), 1);
    assert_eq!(parked[0].0.body, records[1].body);
}

#[tokio::test]
async fn what_arrived_before_a_panic_is_known_to_a_copy() {
    let world = World::new();
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    *world.blip.panics_at.lock().unwrap() = Some("c");
    let contents = ["a", "b", "c"].map(Content::text).to_vec();
    let event = AgentEvent { id: SourceId::new("m"), kind: AgentEventKind::Message { contents, agent: None } };
    assert!(world.to_blip(vec![world.agent_record("T-1", event.clone(), 1)]).await.is_empty());
    *world.blip.panics_at.lock().unwrap() = None;
    // The helpdesk sends it once more, while the first is parked.
    assert!(world.to_blip(vec![world.agent_record("T-1", event, 1)]).await.is_empty());
    assert_eq!(world.sent(), ["a", "b", "c"]);
}

#[tokio::test]
async fn a_copy_of_what_was_parked_looks_before_it_repeats() {
    let world = World::new();
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    // The release to come sent it and died; this one meets the same job in a version that it does not know.
    let id = BlipId::agent(&world.opening(ROUTER), &TicketId::new("T-1"), &SourceId::new("m"), 1).render();
    let (to, document) = (Node::parse(ROUTER).unwrap(), Document::text("a"));
    world.blip.sent.lock().unwrap().push(Outgoing { id: Some(id), to, document });
    let mut record = world.agent_record("T-1", says("m", "a"), 1);
    record.body = record.body.replace(r#""v":1"#, r#""v":2"#);
    assert!(world.to_blip(vec![record]).await.is_empty());
    assert_eq!(world.queue.parked.lock().unwrap().len(), 1);
    // The helpdesk sends it once more, as new.
    assert!(world.agent("T-1", [says("m", "a"), says("n", "b")]).await.is_empty());
    assert_eq!(world.sent(), ["a", "b"]);
}

/// A worker whose bug is in the reading of a record, which telling of it needs too.
struct Reads;

fn read(record: &Record) {
    assert_ne!(record.body, "poison", "a bug");
}

#[async_trait]
impl Worker for Reads {
    fn name(&self) -> &'static str {
        "reads"
    }

    fn journal(&self) -> &dyn Journal {
        &NoJournal
    }

    fn about(&self, record: &Record) -> About {
        read(record);
        About::default()
    }

    async fn parked(&self, record: &Record) {
        read(record);
    }

    async fn run(&self, records: &[Record], _: Deadline) -> RunOutcome {
        records.iter().for_each(read);
        RunOutcome { done: records.len(), failure: None }
    }
}

#[tokio::test]
async fn a_panic_while_telling_of_a_parked_message_costs_no_other() {
    let world = World::new();
    let record = |id: &str, group: &str, body: &str| {
        let [id, group, body] = [id, group, body].map(str::to_owned);
        Record { id, receipt: "r".to_owned(), group, attempts: 1, body }
    };
    let records = vec![record("1", "a", "poison"), record("2", "a", "fine"), record("3", "b", "fine")];
    let deadline = Deadline(world.clock.now().plus(Duration::from_secs(30)));
    assert!(work(&Reads, &*world.queue, &*world.clock, records, deadline).await.is_empty());
    let parked = world.queue.parked.lock().unwrap();
    assert_eq!(parked.iter().map(|(record, _)| record.id.as_str()).collect::<Vec<_>>(), ["1"]);
}
