//! A ticket that an agent merges into another one: the conversation goes on there.

use std::time::Duration;

use ponte::{
    conversation::State,
    message::{AgentEvent, AgentEventKind, SourceId, TicketId},
};

use super::world::{ROUTER, World, closes, open, says, words};

const OTHER: &str = "other@tunnel.msging.net";

fn merged(into: &str) -> AgentEvent {
    let kind = AgentEventKind::Merged { into: TicketId::new(into) };
    AgentEvent { id: SourceId::exact(&format!("merged-{into}")), kind }
}

fn ticket(world: &World) -> String {
    world.conversation(ROUTER).unwrap().ticket.unwrap().as_str().to_owned()
}

#[tokio::test]
async fn both_directions_go_on_in_the_ticket_that_lives() {
    let world = open().await;
    // The agent's words are quicker than the news of the merge.
    let early = world.agent_record("M-9", says("a", "olá"), 1);
    assert_eq!(world.to_blip(vec![early.clone()]).await.len(), 1, "an unknown ticket waits");
    assert!(world.agent("T-1", [merged("M-9")]).await.is_empty());
    assert_eq!(ticket(&world), "M-9");
    assert!(world.to_blip(vec![early]).await.is_empty());
    assert_eq!(world.sent(), ["olá"]);
    // Zendesk closes the ticket that was merged: that ends nothing.
    assert!(world.agent("T-1", [merged("M-9"), closes("x", None)]).await.is_empty());
    assert_eq!(world.conversation(ROUTER).unwrap().state, State::Open);
    world.customer(&[words(ROUTER, "1", "e aí?")]).await;
    assert_eq!(world.said(), ["T-1 oi", "M-9 e aí?"]);
    world.agent("M-9", [closes("y", None)]).await;
    assert!(matches!(world.conversation(ROUTER).unwrap().state, State::Closing { .. }));
}

#[tokio::test]
async fn a_merge_that_nobody_told_is_found_when_the_ticket_is_gone() {
    let world = open().await;
    world.helpdesk.merged.lock().unwrap().insert("T-1".into(), "M-9".into());
    assert!(world.customer(&[words(ROUTER, "1", "e aí?")]).await.is_empty());
    assert_eq!((ticket(&world).as_str(), world.said()), ("M-9", vec!["T-1 oi".into(), "M-9 e aí?".into()]));
    world.agent("M-9", [says("a", "aqui")]).await;
    assert_eq!(world.sent(), ["aqui"]);
}

#[tokio::test]
async fn an_earlier_ticket_of_the_same_customer_may_be_the_one_that_lives() {
    let world = open().await;
    world.agent("T-1", [closes("x", None)]).await;
    world.closes(1).await;
    world.clock.pass(Duration::from_hours(1));
    world.customer(&[words(ROUTER, "1", "de novo")]).await;
    assert_eq!(ticket(&world), "T-2");
    world.agent("T-2", [merged("T-1")]).await;
    world.agent("T-1", [says("a", "vi os dois")]).await;
    assert_eq!((ticket(&world).as_str(), world.sent().last().map(String::as_str)), ("T-1", Some("vi os dois")));
}

#[tokio::test]
async fn into_another_customers_ticket_nobody_follows() {
    let world = open().await;
    world.customer(&[words(OTHER, "o1", "sou outra pessoa")]).await;
    assert!(world.agent("T-1", [merged("T-2")]).await.is_empty());
    assert!(matches!(world.conversation(ROUTER).unwrap().state, State::Closing { .. }), "it ends, as its ticket did");
    assert_eq!(ticket(&world), "T-1");
    world.agent("T-2", [says("a", "olá, outra pessoa")]).await;
    let sent = world.blip.sent.lock().unwrap();
    assert_eq!(sent.last().unwrap().to.as_str(), OTHER);
}

#[tokio::test]
async fn a_ticket_that_was_merged_into_itself_or_in_a_circle_is_simply_gone() {
    for into in ["T-1", "M-1"] {
        let world = open().await;
        world.helpdesk.merged.lock().unwrap().extend([("T-1".into(), into.into()), ("M-1".into(), "T-1".into())]);
        let record = world.customer_record(&words(ROUTER, "1", "e aí?"), 1).await;
        for _ in 0..20 {
            if world.to_helpdesk(vec![record.clone()]).await.is_empty() {
                break;
            }
        }
        assert!(world.said().len() <= 2, "{into}");
        let parked = world.queue.parked.lock().unwrap().len();
        assert!(world.said().contains(&"T-2 e aí?".to_owned()) || parked == 1, "{into}: {:?}", world.said());
    }
}
