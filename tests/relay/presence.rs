//! Typing and receipts, and answers by number.

use std::time::Duration;

use ponte::{
    lime::Event,
    message::{AgentEvent, AgentEventKind, BlipId, Content, SourceId, TicketId},
    relay::{Failure, ports::Status},
};
use serde_json::{Value, json};

use super::{
    helpdesk::Told,
    world::{ROUTER, World, open, says, words},
};

fn typing(state: &str) -> Value {
    json!({ "from": ROUTER, "type": "application/vnd.lime.chatstate+json", "content": { "state": state } })
}

fn statuses(world: &World) -> Vec<(String, Status)> {
    let told = world.told().into_iter();
    let statuses = told.filter_map(|told| match told {
        Told::Status { message, status, .. } => Some((message.as_str().to_owned(), status)),
        _ => None,
    });
    statuses.collect()
}

#[tokio::test]
async fn typing_is_shown_and_opens_nothing() {
    let world = World::new();
    world.customer(&[typing("composing")]).await;
    assert!(world.told().is_empty() && world.conversation(ROUTER).is_none());
    world.customer(&[words(ROUTER, "0", "oi"), typing("composing"), typing("paused")]).await;
    let shown: Vec<_> = world.told().into_iter().filter(|told| matches!(told, Told::Typing { .. })).collect();
    let ticket = || "T-1".to_owned();
    assert_eq!(shown, [Told::Typing { ticket: ticket(), on: true }, Told::Typing { ticket: ticket(), on: false }]);
    // An agent who cannot be shown it holds up nobody.
    world.helpdesk.faults.next([Failure::Refused { why: "no", status: 422 }]);
    assert!(world.customer(&[typing("composing"), words(ROUTER, "1", "e aí?")]).await.is_empty());
    assert_eq!(world.said().last().unwrap(), "T-1 e aí?");
}

#[tokio::test]
async fn typing_is_one_job_in_five_seconds() {
    let world = open().await;
    let id = async |state: &str| world.job(&typing(state)).await.deduplication;
    let first = id("composing").await;
    world.clock.pass(Duration::from_secs(4));
    assert_eq!(id("composing").await, first);
    assert_ne!(id("paused").await, first);
    world.clock.pass(Duration::from_secs(1));
    assert_ne!(id("composing").await, first);
    let event = |id: &str, on| AgentEvent { id: SourceId::new(id), kind: AgentEventKind::Typing { on } };
    let ids: Vec<_> =
        [("1", true), ("2", true), ("3", false)].map(|(id, on)| world.agent_record("T-1", event(id, on), 1).id).into();
    assert_eq!(ids[0], ids[1]);
    assert_ne!(ids[0], ids[2]);
}

#[tokio::test]
async fn a_status_moves_forwards_only_and_holds_up_nobody() {
    let world = open().await;
    world.agent("T-1", [says("a", "Olá!"), says("b", "Tudo bem?")]).await;
    let notification = |message: &str, event: Event| {
        let id = BlipId::agent(&world.opening(ROUTER), &TicketId::new("T-1"), &SourceId::new(message), 1).render();
        json!({ "id": id, "from": "postmaster@tunnel.msging.net", "event": event.as_str() })
    };
    let [received, consumed] = [Event::Received, Event::Consumed].map(|event| notification("a", event));
    world.customer(&[received.clone(), consumed.clone(), received.clone()]).await;
    world.customer(&[received]).await;
    assert_eq!(statuses(&world), [("a".to_owned(), Status::Received), ("a".to_owned(), Status::Consumed)]);
    world.customer(&[notification("b", Event::Consumed), notification("b", Event::Received)]).await;
    assert_eq!(statuses(&world)[2..], [("b".to_owned(), Status::Consumed)]);
    world.helpdesk.faults.next([Failure::later("away")]);
    let more = [notification("c", Event::Consumed), words(ROUTER, "1", "e aí?")];
    assert!(world.customer(&more).await.is_empty());
    assert_eq!(world.said().last().unwrap(), "T-1 e aí?");
    assert!(world.notified().iter().all(|line| !line.contains("ponte.")), "no receipt for a receipt");
}

#[tokio::test]
async fn a_number_answers_the_last_question_with_answers() {
    let world = World::new();
    // A channel without anything to tap.
    let sms = "5531999990000@sms.gw.msging.net";
    world.customer(&[words(sms, "0", "oi")]).await;
    let ask = |id: &str| AgentEvent {
        id: SourceId::new(id),
        kind: AgentEventKind::Message {
            contents: vec![Content::Choices { text: "Qual?".into(), options: vec!["Azul".into(), "Verde".into()] }],
            agent: None,
        },
    };
    world.agent("T-1", [ask("a")]).await;
    assert_eq!(world.sent(), ["Qual?\n\n1. Azul\n2. Verde"]);
    world.customer(&[words(sms, "1", " 2. "), words(sms, "2", "9"), words(sms, "3", "o 2")]).await;
    assert_eq!(world.said()[1..], ["T-1 Verde", "T-1 9", "T-1 o 2"]);
    // Once the agent says something else, a number is a number.
    world.agent("T-1", [says("b", "Quantos?")]).await;
    world.customer(&[words(sms, "4", "2")]).await;
    assert_eq!(world.said().last().unwrap(), "T-1 2");
    assert!(world.conversation(sms).unwrap().offer.is_empty());
}

#[tokio::test]
async fn what_is_too_long_for_the_channel_is_cut_in_parts_that_arrive_once() {
    let world = World::new();
    let sms = "5531999990000@sms.gw.msging.net";
    world.customer(&[words(sms, "0", "oi")]).await;
    let text = "palavra ".repeat(300);
    let record = world.agent_record("T-1", says("a", &text), 1);
    world.blip.faults.next([]);
    assert!(world.to_blip(vec![record.clone()]).await.is_empty());
    let sent = world.sent();
    assert!(sent.len() == 3 && sent.iter().all(|part| part.chars().count() <= 1000), "{}", sent.len());
    assert!(world.to_blip(vec![ponte::queue::Record { attempts: 2, ..record }]).await.is_empty());
    assert_eq!(world.sent().len(), 3);
}
