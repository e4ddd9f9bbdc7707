//! What the agent does.

use std::time::Duration;

use ponte::{
    message::{Agent, AgentEventKind, BlipId, Content, SourceId, TicketId},
    relay::{Failure, ports::NotDelivered},
    texts::TextKey,
};
use serde_json::json;

use super::{
    helpdesk::{OWN_USER, Told},
    world::{DESK, ROUTER, World, closes, says, takes, words},
};
use crate::rules::silent;

async fn open() -> World {
    let world = World::new();
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    world
}

#[tokio::test]
async fn words_reach_the_address_unchanged_with_an_id_that_leads_back() {
    let world = open().await;
    world.agent("T-1", [says("a", "Olá!"), says("b", "Em que posso ajudar?"), says("a", "Olá!")]).await;
    assert_eq!(world.sent(), ["Olá!", "Em que posso ajudar?"]);
    let sent = world.blip.sent.lock().unwrap();
    assert_eq!(sent[0].to.as_str(), ROUTER);
    let id = BlipId::parse(sent[0].id.as_deref().unwrap()).unwrap();
    assert_eq!(id, BlipId::agent(&world.opening(ROUTER), &TicketId::new("T-1"), &SourceId::new("a"), 1));
}

#[tokio::test]
async fn an_agent_is_announced_once_and_typing_has_no_id() {
    let world = World::with(silent(&[TextKey::Greeting, TextKey::Closing]));
    world.customer(&[words("visitor@0mn.io", "1", "oi")]).await;
    let mut typing = says("t", "");
    typing.kind = AgentEventKind::Typing { on: true };
    world.agent("T-1", [takes("1", "Ana"), takes("2", "Ana"), typing, takes("3", "Beto"), takes("4", " ")]).await;
    assert_eq!(world.sent(), ["Você está falando com Ana.", "(composing)"]);
    assert_eq!(world.blip.sent.lock().unwrap()[1].id, None);
    world.agent("T-1", [says("b", "olá")]).await;
    assert_eq!(world.sent()[2..], ["Você está falando com Beto.", "olá"]);
}

#[tokio::test]
async fn an_unknown_ticket_is_tried_for_two_minutes_and_then_dropped() {
    let world = World::new();
    let record = world.agent_record("T-9", says("a", "oi"), 1);
    assert_eq!(world.to_blip(vec![record.clone()]).await.len(), 1);
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    world.clock.pass(Duration::from_secs(119));
    assert_eq!(world.to_blip(vec![record.clone()]).await.len(), 1);
    world.clock.pass(Duration::from_secs(2));
    assert!(world.to_blip(vec![record]).await.is_empty());
    assert!(world.sent().is_empty());
}

#[tokio::test]
async fn each_event_of_an_unknown_ticket_has_its_own_two_minutes() {
    let world = World::new();
    let old = world.agent_record("T-1", says("a", "oi"), 1);
    world.clock.pass(Duration::from_secs(100));
    let young = world.agent_record("T-1", says("b", "Olá"), 1);
    world.clock.pass(Duration::from_secs(30));
    assert_eq!(
        world.to_blip(vec![old, young.clone()]).await,
        std::slice::from_ref(&young.id),
        "only the first is let go"
    );
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    assert!(world.to_blip(vec![young]).await.is_empty());
    assert_eq!(world.sent(), ["Olá"]);
}

#[tokio::test]
async fn the_other_side_is_asked_before_a_repetition_and_only_as_far_as_it_knows() {
    let world = open().await;
    let records = |attempts| ["a", "b", "c"].map(|id| world.agent_record("T-1", says(id, id), attempts)).to_vec();
    // The first two were sent, and the function died before it wrote them down.
    *world.store.unavailable.lock().unwrap() = 1;
    assert_eq!(world.to_blip(records(1)[..2].to_vec()).await.len(), 2);
    assert_eq!(world.sent(), ["a", "b"]);
    assert!(world.to_blip(records(2)).await.is_empty());
    assert_eq!(world.sent(), ["a", "b", "c"]);
    assert_eq!(*world.blip.looks.lock().unwrap(), 3, "each record looks until the first that is not there");
}

#[tokio::test]
async fn a_refused_message_is_told_and_holds_nothing_back() {
    let world = open().await;
    world.blip.faults.next([Failure::Refused { why: "", status: 400 }]);
    assert!(world.agent("T-1", [says("a", "?"), says("b", "oi")]).await.is_empty());
    assert_eq!(world.sent(), ["oi"]);
    let reason = NotDelivered::Channel { code: None, description: None };
    let told = Told::NotDelivered { ticket: "T-1".into(), message: SourceId::new("a"), reason };
    assert!(world.told().contains(&told));
}

/// Whoever writes by hand as the bridge's own user is told; and nobody is told that they talk to it.
#[tokio::test]
async fn the_bridges_own_user_is_nobody() {
    let world = open().await;
    let by = |id: &str, event: &str| {
        let mut event = says(event, "oi");
        if let AgentEventKind::Message { agent, .. } = &mut event.kind {
            *agent = Some(Agent { id: Some(id.to_owned()), name: Some("Ponte".to_owned()) });
        }
        event
    };
    let mut taken = takes("t", "Ponte");
    taken.kind =
        AgentEventKind::Assigned { agent: Agent { id: Some(OWN_USER.to_owned()), name: Some("Ponte".to_owned()) } };
    world.agent("T-1", [taken, by(OWN_USER, "a"), by("7", "b"), by(OWN_USER, "a")]).await;
    assert_eq!(world.sent(), ["oi"], "of 7 alone");
    let told: Vec<_> = world.told().into_iter().filter(|told| matches!(told, Told::NotDelivered { .. })).collect();
    let reason = NotDelivered::OwnUser;
    assert_eq!(told, [Told::NotDelivered { ticket: "T-1".into(), message: SourceId::new("a"), reason }], "once");
}

#[tokio::test]
async fn a_stopped_group_waits_whole() {
    let world = open().await;
    world.blip.faults.next([Failure::Later { after: Some(Duration::from_mins(2)), why: "" }]);
    let failed = world.agent("T-1", [says("a", "1"), says("b", "2"), says("c", "3")]).await;
    assert_eq!(failed.len(), 3);
    assert!(world.sent().is_empty());
    assert_eq!(*world.queue.postponed.lock().unwrap(), [(failed, Duration::from_mins(2))]);
}

#[tokio::test]
async fn several_contents_are_parts_that_go_on_where_they_stopped() {
    let world = open().await;
    let mut event = says("a", "");
    event.kind = AgentEventKind::Message { contents: vec![Content::text("um"), Content::text("dois")], agent: None };
    world.blip.faults.next([]);
    let record = world.agent_record("T-1", event, 1);
    assert!(world.to_blip(vec![record.clone()]).await.is_empty());
    assert!(world.to_blip(vec![record]).await.is_empty());
    assert_eq!(world.sent(), ["um", "dois"]);
}

#[tokio::test]
async fn words_after_the_end_reach_nobody_and_the_agent_is_told() {
    let world = open().await;
    world.agent("T-1", [closes("x", None)]).await;
    world.closes(1).await;
    world.agent("T-1", [says("late", "ainda aí?"), takes("t", "Ana"), closes("y", None)]).await;
    assert_eq!(world.sent(), ["-> main bot"]);
    let told =
        Told::NotDelivered { ticket: "T-1".into(), message: SourceId::new("late"), reason: NotDelivered::Closed };
    assert_eq!(world.told().last(), Some(&told));
    assert!(world.queue.sent.lock().unwrap().is_empty());
}

#[tokio::test]
async fn the_old_ticket_has_no_effect_on_the_customers_new_conversation() {
    let world = open().await;
    world.agent("T-1", [closes("x", None)]).await;
    world.closes(1).await;
    world.clock.pass(Duration::from_secs(1));
    world.customer(&[words(ROUTER, "2", "voltei")]).await;
    assert_eq!(world.said(), ["T-1 oi", "T-2 voltei"]);

    world.agent("T-1", [says("late", "e então?"), closes("again", None)]).await;
    world.agent("T-2", [says("a", "olá de novo")]).await;
    assert_eq!(world.sent(), ["-> main bot", "olá de novo"]);
    let reason = NotDelivered::Superseded;
    let told = Told::NotDelivered { ticket: "T-1".into(), message: SourceId::new("late"), reason };
    assert!(world.told().contains(&told));
}

#[tokio::test]
async fn blips_failure_is_told_to_the_agent_with_its_reason() {
    let world = open().await;
    world.agent("T-1", [says("a", "oi")]).await;
    let id = world.blip.sent.lock().unwrap()[0].id.clone().unwrap();
    let failed = json!({
        "id": id, "from": "postmaster@msging.net/#1", "event": "failed",
        "reason": { "code": 81, "description": "outside the window" },
    });
    world.customer(&[failed.clone(), failed]).await;
    let reason = NotDelivered::Channel { code: Some(81), description: Some("outside the window".into()) };
    let told: Vec<_> = world.told().into_iter().filter(|told| matches!(told, Told::NotDelivered { .. })).collect();
    assert_eq!(told, [Told::NotDelivered { ticket: "T-1".into(), message: SourceId::new("a"), reason }]);
    assert!(world.conversation(DESK).is_none());
}
