//! A helpdesk that answers in the call itself: its answer goes the way that callbacks go.

use ponte::{
    message::{AgentEvent, AgentEventKind, Content, SourceId},
    queue::{Destination, ToCustomerJob},
    relay::Failure,
};

use super::world::{ROUTER, World, record, words};

fn answer(id: &str, text: &str) -> AgentEvent {
    let kind = AgentEventKind::Message { contents: vec![Content::text(text)], agent: None };
    AgentEvent { id: SourceId::exact(id), kind }
}

/// The jobs that wait for the other worker.
fn jobs(world: &World) -> Vec<ToCustomerJob> {
    let sent = world.queue.sent.lock().unwrap();
    let other = sent.iter().filter(|job| job.destination == Destination::ToCustomer);
    other.map(|job| serde_json::from_str(&job.body).unwrap()).collect()
}

#[tokio::test]
async fn an_answer_is_queued_with_its_ticket_in_order() {
    let world = World::new();
    world.helpdesk.answers.lock().unwrap().push_back(vec![answer("m/1", "um"), answer("m/2", "dois")]);
    assert!(world.customer(&[words(ROUTER, "0", "oi"), words(ROUTER, "1", "e aí")]).await.is_empty());
    let jobs = jobs(&world);
    assert_eq!(jobs.len(), 1, "no answer is no job");
    assert_eq!((jobs[0].ticket.as_str(), jobs[0].events.len()), ("T-1", 2));
    assert!(jobs[0].opening.is_some());
    let record = record(&world.queue.sent.lock().unwrap()[0], 1);
    assert!(world.to_blip(vec![record]).await.is_empty());
    assert_eq!(world.sent(), ["um", "dois"]);
}

#[tokio::test]
async fn words_whose_answer_could_not_be_kept_come_again() {
    let world = World::new();
    world.customer(&[words(ROUTER, "0", "oi")]).await;
    world.helpdesk.answers.lock().unwrap().extend([vec![answer("m/1", "um")], vec![answer("m/1", "um")]]);
    let record = world.customer_record(&words(ROUTER, "1", "e aí"), 1).await;
    *world.queue.unavailable.lock().unwrap() = true;
    assert_eq!(world.to_helpdesk(vec![record.clone()]).await.len(), 1);
    assert!(jobs(&world).is_empty());
    *world.queue.unavailable.lock().unwrap() = false;
    assert!(world.to_helpdesk(vec![record]).await.is_empty());
    assert_eq!(jobs(&world).len(), 1);
    // What cannot be said gets no answer, and asks for none.
    world.helpdesk.faults.next([Failure::later("busy")]);
    let record = world.customer_record(&words(ROUTER, "2", "?"), 1).await;
    assert_eq!(world.to_helpdesk(vec![record.clone()]).await, [record.id]);
    assert_eq!(jobs(&world).len(), 1);
}

#[tokio::test]
async fn an_answer_of_any_size_is_asked_for_once_and_arrives_whole() {
    // Many short ones, and one long one: more than the queue takes in one message.
    let many: Vec<AgentEvent> =
        (1..=30).map(|n| answer(&format!("m/{n}"), &format!("{n} {}", "x".repeat(10_000)))).collect();
    let long = vec![answer("m/1", &"palavra ".repeat(40_000))];
    for said in [many, long] {
        let world = World::new();
        let text = |event: &AgentEvent| match &event.kind {
            AgentEventKind::Message { contents, .. } => match &contents[0] {
                Content::Text { text } => text.clone(),
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        };
        let expected: String = said.iter().map(text).collect();
        world.helpdesk.answers.lock().unwrap().push_back(said);
        assert!(world.customer(&[words(ROUTER, "0", "oi")]).await.is_empty(), "it is asked again");
        let records: Vec<_> = world.queue.sent.lock().unwrap().iter().map(|job| record(job, 1)).collect();
        assert!(records.len() > 1);
        let told: String = jobs(&world).iter().flat_map(|job| &job.events).map(text).collect();
        assert_eq!(told, expected);
        for record in records {
            assert!(world.to_blip(vec![record]).await.is_empty());
        }
        let squeezed = |text: &str| text.split_whitespace().collect::<String>();
        assert_eq!(squeezed(&world.sent().concat()), squeezed(&expected), "all of it reaches the customer, in order");
    }
}
