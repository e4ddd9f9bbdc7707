//! Events that the helpdesk only names.

use std::time::Duration;

use ponte::{
    message::{Agent, AgentEvent, AgentEventKind, Content, SourceId, TicketId},
    relay::Failure,
};

use super::world::{ROUTER, World, says, words};

fn named(id: &str) -> AgentEvent {
    AgentEvent { id: SourceId::new(id), kind: AgentEventKind::NeedsFetch }
}

fn message(text: &str) -> AgentEventKind {
    AgentEventKind::Message { contents: vec![Content::text(text)], agent: None }
}

/// An open conversation, in whose helpdesk these events are.
async fn open(events: &[(&str, Vec<AgentEventKind>)]) -> World {
    let world = World::new();
    world.customer(&[words(ROUTER, "0", "oi")]).await;
    *world.helpdesk.named.lock().unwrap() =
        events.iter().map(|(id, kinds)| ((*id).to_owned(), kinds.clone())).collect();
    world
}

fn read(world: &World) -> Vec<String> {
    std::mem::take(&mut *world.helpdesk.read.lock().unwrap())
}

#[tokio::test]
async fn it_is_read_and_told_once() {
    let world = open(&[("1", vec![message("bom dia")]), ("2", vec![])]).await;
    assert!(world.agent("T-1", [named("1"), named("1"), named("2")]).await.is_empty());
    assert_eq!((world.sent(), read(&world)), (vec!["bom dia".to_owned()], vec!["1".to_owned(), "2".to_owned()]));
    // What was told is not even read again; what was nothing is.
    assert!(world.agent("T-1", [named("1"), named("2")]).await.is_empty());
    assert_eq!((world.sent().len(), read(&world)), (1, vec!["2".to_owned()]));
    // Should the helpdesk say it itself, it is the same.
    assert!(world.agent("T-1", [says("1", "bom dia")]).await.is_empty());
    assert_eq!(world.sent().len(), 1);
}

#[tokio::test]
async fn one_that_stands_for_several_is_told_whole() {
    let ana = Agent { id: None, name: Some("Ana".into()) };
    let kinds = vec![AgentEventKind::Assigned { agent: ana }, message("um"), AgentEventKind::Closed { service: None }];
    let world = open(&[("1", kinds)]).await;
    // Blip is away once the name was said: what follows is told when it is back, and the name is not said again.
    world.blip.faults.next([Failure::later("down")]);
    assert_eq!(world.agent("T-1", [named("1")]).await.len(), 1);
    assert!(world.agent("T-1", [named("1")]).await.is_empty());
    assert_eq!(world.sent(), ["um"]);
    assert_eq!(world.queue.sent.lock().unwrap().len(), 1, "the close was handed on");
    read(&world);
    assert!(world.agent("T-1", [named("1")]).await.is_empty());
    assert_eq!((world.sent().len(), read(&world)), (1, vec![]));
}

#[tokio::test]
async fn what_was_missed_before_it_is_told_before_it() {
    let events = ["1", "2", "3"].map(|id| (id, vec![message(id)]));
    let world = open(&events).await;
    *world.helpdesk.missed.lock().unwrap() = ["1", "2", "3"].map(SourceId::new).to_vec();
    assert!(world.agent("T-1", [named("1")]).await.is_empty());
    // The hook of 2 was lost. When it is found in the end, it is known.
    assert!(world.agent("T-1", [named("3")]).await.is_empty());
    assert!(world.agent("T-1", [named("2")]).await.is_empty());
    assert_eq!(world.sent(), ["1", "2", "3"]);
    assert_eq!(read(&world), ["1", "2", "3"]);
}

#[tokio::test]
async fn a_helpdesk_that_does_not_answer_is_asked_again_and_what_came_before_is_told() {
    let world = open(&[("1", vec![message("um")])]).await;
    world.helpdesk.faults.next([Failure::Unauthorized { why: "" }]);
    assert_eq!(world.agent("T-1", [says("0", "zero"), named("1"), says("2", "dois")]).await.len(), 2);
    assert_eq!(world.sent(), ["zero"]);
    assert!(world.agent("T-1", [named("1"), says("2", "dois")]).await.is_empty());
    assert_eq!(world.sent(), ["zero", "um", "dois"]);
    // What is gone by now cannot be told, and holds up nothing.
    world.helpdesk.faults.next([Failure::Gone]);
    assert!(world.agent("T-1", [named("4"), says("5", "cinco")]).await.is_empty());
    assert_eq!(world.sent().last().unwrap(), "cinco");
}

/// Reading takes calls: what was read is told before the function's time is up, and the rest is read next time.
#[tokio::test]
async fn a_helpdesk_that_answers_slowly_holds_up_no_more_than_its_time() {
    let events = ["1", "2", "3", "4"].map(|id| (id, vec![message(id)]));
    let world = open(&events).await;
    *world.helpdesk.read_takes.lock().unwrap() = Some((world.clock.clone(), Duration::from_secs(9)));
    let records = || ["1", "2", "3", "4"].map(|id| world.agent_record("T-1", named(id), 1)).to_vec();
    assert_eq!(world.to_blip(records()).await.len(), 2);
    assert_eq!(
        (world.sent(), read(&world)),
        (vec!["1".to_owned(), "2".to_owned()], vec!["1".to_owned(), "2".to_owned()])
    );
    assert!(world.to_blip(records()).await.is_empty());
    assert_eq!(
        (world.sent(), read(&world)),
        (["1", "2", "3", "4"].map(str::to_owned).to_vec(), vec!["3".to_owned(), "4".to_owned()])
    );
}

#[tokio::test]
async fn what_it_told_of_the_ticket_is_not_read_again() {
    let kinds = [
        AgentEventKind::Transferred { queue: None, unassigned: true, by: None },
        AgentEventKind::OnHold { on: true },
        AgentEventKind::Merged { into: TicketId::new("T-1") },
    ];
    for kind in kinds {
        let world = open(&[("1", vec![kind.clone()])]).await;
        assert!(world.agent("T-1", [named("1")]).await.is_empty());
        assert_eq!(read(&world), ["1"]);
        assert!(world.agent("T-1", [named("1")]).await.is_empty());
        assert_eq!(read(&world), [""; 0], "{kind:?}");
    }
}
