//! Who answers: the first agent is named at once, a later one when that agent writes.

use ponte::{
    message::{Agent, AgentEvent, AgentEventKind, Content, DeskQueue, SourceId},
    relay::Failure,
};

use super::world::{ROUTER, World, says, takes, words};

const RULES: &str = "version: 1\nagent_identity: agent%40example.com@blip.ai\n\
    texts: { pt-BR: { greeting: false, agent_joined: \"{agent} atende.\", transferred: \"Agora em {queue}.\" } }\n";

async fn opened() -> World {
    let world = World::with(service_rules::read(RULES.as_bytes()).expect("the rules are right").rules);
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    world
}

/// Words that say who writes.
fn writes(id: &str, name: &str, text: &str) -> AgentEvent {
    let agent = Some(Agent { id: None, name: Some(name.to_owned()) });
    AgentEvent { id: SourceId::new(id), kind: AgentEventKind::Message { contents: vec![Content::text(text)], agent } }
}

fn moves(id: &str) -> AgentEvent {
    let queue = Some(DeskQueue { id: None, name: Some("Financeiro".to_owned()) });
    AgentEvent { id: SourceId::new(id), kind: AgentEventKind::Transferred { queue, unassigned: false, by: None } }
}

#[tokio::test]
async fn a_later_agent_is_named_with_the_first_words_and_once() {
    let world = opened().await;
    world.agent("T-1", [takes("1", "Ana"), writes("2", "Ana", "bom dia")]).await;
    assert_eq!(world.sent(), ["Ana atende.", "bom dia"]);
    world.agent("T-1", [takes("3", "Bia")]).await;
    assert_eq!(world.sent().len(), 2, "nobody has written yet");
    world.agent("T-1", [writes("4", "Bia", "sou eu agora"), writes("5", "Bia", "pois não?")]).await;
    assert_eq!(world.sent()[2..], ["Bia atende.", "sou eu agora", "pois não?"]);
    // Words that do not say whose they are, are those of whoever has the ticket.
    world.agent("T-1", [takes("6", "Caio")]).await;
    world.agent("T-1", [says("7", "olá")]).await;
    assert_eq!(world.sent()[5..], ["Caio atende.", "olá"]);
}

#[tokio::test]
async fn who_gives_it_back_before_writing_and_who_only_helps_are_not_named() {
    let world = opened().await;
    world.agent("T-1", [takes("1", "Ana"), writes("2", "Ana", "bom dia")]).await;
    world.agent("T-1", [takes("3", "Bia")]).await;
    world.agent("T-1", [takes("4", "Ana"), writes("5", "Ana", "um momento")]).await;
    assert_eq!(world.sent()[2..], ["um momento"]);
    world.agent("T-1", [takes("6", "Bia"), writes("7", "Ana", "até já"), writes("8", "Bia", "olá")]).await;
    assert_eq!(world.sent()[3..], ["até já", "Bia atende.", "olá"]);
}

#[tokio::test]
async fn a_team_and_its_agent_in_either_order_are_a_transfer_and_a_name() {
    for is_team_first in [true, false] {
        let world = opened().await;
        world.agent("T-1", [takes("1", "Ana"), writes("2", "Ana", "bom dia")]).await;
        let mut pair = [moves("3"), takes("4", "Bia")];
        if !is_team_first {
            pair.reverse();
        }
        world.agent("T-1", pair).await;
        assert_eq!(world.sent()[2..], ["Agora em Financeiro."]);
        world.agent("T-1", [writes("5", "Bia", "olá")]).await;
        assert_eq!(world.sent()[3..], ["Bia atende.", "olá"]);
    }
}

#[tokio::test]
async fn a_name_whose_words_failed_is_told_once_when_they_come_again() {
    let world = opened().await;
    world.agent("T-1", [takes("1", "Ana"), writes("2", "Ana", "bom dia"), takes("3", "Bia")]).await;
    let record = |attempts| vec![world.agent_record("T-1", writes("4", "Bia", "olá"), attempts)];
    // The name is sent, the words are not.
    world.blip.faults.next_after(1, [Failure::later("down")]);
    assert_eq!(world.to_blip(record(1)).await.len(), 1);
    // All is sent, and nothing of it written down.
    *world.store.unavailable.lock().unwrap() = 1;
    assert_eq!(world.to_blip(record(2)).await.len(), 1);
    assert!(world.to_blip(record(3)).await.is_empty());
    assert_eq!(world.sent()[2..], ["Bia atende.", "olá"]);
    assert_eq!(world.conversation(ROUTER).unwrap().agent.as_deref(), Some("Bia"));
}
