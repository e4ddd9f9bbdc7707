//! What is due in a conversation, by the service rules, and what becomes of it.

use std::time::Duration;

use ponte::{
    clock::{Clock, Timestamp},
    conversation::State,
    relay::{Failure, ports::EndedBy},
};
use service_rules::ServiceRules;

use super::{
    helpdesk::Told,
    world::{DESK, ROUTER, World, says, takes, ticket, words},
};

const RULES: &str = r"
version: 1
agent_identity: agent%40example.com@blip.ai
night: none
texts: { pt-BR: { greeting: false, agent_joined: false } }
return_service: { default: menu, by_reason: { no_agent: later } }
silence:
  unanswered: { warn_after: 10m, hand_back_after: 30m }
  agent_silent: { note_after: 15m }
  customer_silent: { warn_after: 22h, close_after: 23h, tag: inatividade }
";
pub(super) const STILL_SEARCHING: &str = "Ainda estamos procurando alguém para atender você.";
pub(super) const NO_AGENT: &str = "Não conseguimos ninguém agora. Você pode tentar de novo mais tarde.";
pub(super) const STILL_THERE: &str = "Você ainda está aí? A conversa será encerrada em 60 minutos.";
const INACTIVE: &str = "Encerramos a conversa por falta de resposta.";
const MINUTE: Duration = Duration::from_mins(1);

fn a_year_from(opened: Timestamp) -> Timestamp {
    opened.plus(Duration::from_hours(365 * 24))
}

fn rules() -> ServiceRules {
    let read = service_rules::read(RULES.as_bytes()).expect("the rules are right");
    assert_eq!(read.warnings, [], "a warning");
    read.rules
}

pub(super) fn world() -> World {
    World::with(rules())
}

#[tokio::test]
async fn nobody_answers() {
    let world = world();
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    world.minutes(9).await;
    assert_eq!(world.sent(), [""; 0]);
    world.minutes(3).await;
    assert_eq!(world.sent(), [STILL_SEARCHING]);
    assert_eq!(world.notes(), 1, "the team is told, too");
    world.customer(&[words(ROUTER, "2", "alô?")]).await;
    world.minutes(30).await;
    assert_eq!(world.sent(), [STILL_SEARCHING, NO_AGENT, "-> later"], "the warning, then its remaining distance");
    assert!(matches!(world.conversation(ROUTER).unwrap().state, State::Closed { .. }));
    assert_eq!(world.told().last(), Some(&Told::Ended { ticket: "T-1".into(), by: EndedBy::NoAgent }));
    let redirect = world.blip.sent.lock().unwrap().last().unwrap().document.content();
    assert_eq!(redirect["context"]["value"], serde_json::json!({ "ponte": { "ended": "no_agent" } }));
    world.minutes(100).await;
    assert_eq!(world.sent().len(), 3);
    // The next words open the next conversation.
    world.customer(&[words(ROUTER, "3", "voltei")]).await;
    assert_eq!(world.said(), ["T-1 oi", "T-1 alô?", "T-2 voltei"]);
}

#[tokio::test]
async fn a_word_of_an_agent_ends_the_search() {
    let world = world();
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    world.minutes(12).await;
    world.agent("T-1", [says("a", "bom dia")]).await;
    world.minutes(120).await;
    assert_eq!(world.sent(), [STILL_SEARCHING, "bom dia"]);
    assert_eq!(world.conversation(ROUTER).unwrap().state, State::Open);
}

#[tokio::test]
async fn an_agent_who_says_nothing_is_noted_once_and_the_customer_reads_nothing() {
    let world = world();
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    world.agent("T-1", [takes("t", "Maria"), says("a", "bom dia")]).await;
    world.minutes(1).await;
    world.customer(&[words(ROUTER, "2", "e o pedido?")]).await;
    world.minutes(1).await;
    world.customer(&[words(ROUTER, "3", "alguém?")]).await;
    world.minutes(60).await;
    assert_eq!(world.notes(), 1);
    world.minutes(200).await;
    assert_eq!((world.notes(), world.sent()), (1, vec!["bom dia".to_owned()]));
    world.agent("T-1", [says("b", "já vejo")]).await;
    world.customer(&[words(ROUTER, "4", "ok")]).await;
    world.minutes(90).await;
    assert_eq!(world.notes(), 2, "another silence is another note");
}

#[tokio::test]
async fn a_customer_who_says_nothing_is_warned_and_then_the_conversation_is_closed() {
    for address in [ROUTER, DESK] {
        let world = world();
        let first = if address == DESK { ticket("Waiting", None) } else { words(address, "1", "oi") };
        world.customer(&[first]).await;
        world.agent("T-1", [says("a", "qual o pedido?")]).await;
        world.minutes(22 * 60 - 1).await;
        assert_eq!(world.sent(), ["qual o pedido?"]);
        world.minutes(2).await;
        assert_eq!(world.sent(), ["qual o pedido?", STILL_THERE]);
        world.minutes(61).await;
        let mut sent = vec!["qual o pedido?", STILL_THERE, INACTIVE];
        sent.extend((address == ROUTER).then_some("-> menu"));
        assert_eq!(world.sent(), sent);
        assert_eq!(world.told().last(), Some(&Told::Ended { ticket: "T-1".into(), by: EndedBy::Inactive }));
        assert!(matches!(world.conversation(address).unwrap().state, State::Closed { .. }));
        assert_eq!(
            world.blip.tags.lock().unwrap().as_slice(),
            if address == DESK { &["inatividade"][..] } else { &[] }
        );
    }
}

#[tokio::test]
async fn nothing_is_closed_while_the_customer_waits() {
    let world = world();
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    world.agent("T-1", [says("a", "qual o pedido?")]).await;
    world.minutes(22 * 60 + 1).await;
    world.customer(&[words(ROUTER, "2", "77-1020")]).await;
    world.minutes(48 * 60).await;
    assert_eq!(world.sent(), ["qual o pedido?", STILL_THERE]);
    assert_eq!(world.conversation(ROUTER).unwrap().state, State::Open);
    // A new silence of the customer's is counted from the agent's new word.
    world.agent("T-1", [says("b", "achei, e agora?")]).await;
    world.minutes(22 * 60 + 2).await;
    assert_eq!(world.sent().last().unwrap(), STILL_THERE);
}

#[tokio::test]
async fn a_clock_that_stood_still_does_what_is_due_now() {
    let world = world();
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    world.clock.pass(5 * 60 * MINUTE);
    world.tick(1).await;
    assert_eq!(world.sent(), [STILL_SEARCHING], "not the end as well");
    world.minutes(19).await;
    assert_eq!(world.sent(), [STILL_SEARCHING]);
    world.minutes(2).await;
    assert_eq!(world.sent(), [STILL_SEARCHING, NO_AGENT, "-> later"]);
}

#[tokio::test]
async fn what_the_channel_refuses_holds_nothing_up() {
    let world = world();
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    world.clock.pass(11 * MINUTE);
    world.blip.faults.next([Failure::Refused { why: "the window is closed", status: 400 }]);
    world.tick(1).await;
    assert_eq!(world.sent(), [""; 0]);
    world.minutes(25).await;
    assert_eq!(world.sent(), [NO_AGENT, "-> later"], "it is not said later, either");
}

#[tokio::test]
async fn without_rules_nothing_is_ever_due() {
    let world = World::with(crate::rules::silent(&crate::rules::COURSE));
    world.store.interfere_after(1, |claimed| assert_eq!(claimed.timers.due_at, Some(a_year_from(claimed.opened))));
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    // As it was claimed: what does not change costs nothing in the index.
    let conversation = world.conversation(ROUTER).unwrap();
    assert_eq!(conversation.timers.due_at, Some(a_year_from(conversation.opened)));
    let (reads, writes) = (*world.store.reads.lock().unwrap(), *world.store.writes.lock().unwrap());
    world.minutes(3 * 24 * 60).await;
    assert_eq!((*world.store.reads.lock().unwrap(), *world.store.writes.lock().unwrap()), (reads, writes));
    assert_eq!(world.sent(), [""; 0]);
}

#[tokio::test]
async fn a_timer_costs_one_write_and_a_message_none_more() {
    let world = world();
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    world.agent("T-1", [says("a", "bom dia")]).await;
    let before = *world.store.writes.lock().unwrap();
    world.customer(&[words(ROUTER, "2", "tudo bem?")]).await;
    assert_eq!(*world.store.writes.lock().unwrap(), before + 1);
    world.clock.pass(16 * MINUTE);
    world.tick(1).await;
    assert_eq!(*world.store.writes.lock().unwrap(), before + 2);
}

#[tokio::test]
async fn a_timer_that_fired_is_looked_at_again_when_the_next_is_due() {
    let world = world();
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    world.clock.pass(11 * MINUTE);
    world.tick(1).await;
    assert_eq!(world.sent(), [STILL_SEARCHING]);
    let due_at = world.conversation(ROUTER).unwrap().timers.due_at.unwrap();
    assert!(due_at > world.clock.now());
    let (reads, writes) = (*world.store.reads.lock().unwrap(), *world.store.writes.lock().unwrap());
    world.minutes(5).await;
    assert_eq!((*world.store.reads.lock().unwrap(), *world.store.writes.lock().unwrap()), (reads, writes));
}
