//! A customer who fell back to the main bot is found before an agent's words go nowhere.

use std::{sync::Arc, time::Duration};

use ponte::{
    conversation::State,
    message::{AgentEvent, AgentEventKind, SourceId},
    relay::{
        Failure,
        ports::{EndedBy, NotDelivered},
    },
};

use super::{
    blip::{MemoryBlip, MemoryRouter},
    helpdesk::Told,
    world::{DESK, ROUTER, World, closes, says, takes, ticket, words},
};

const HOUR: Duration = Duration::from_hours(1);
const A_SECOND: Duration = Duration::from_secs(1);
const JUST_BELOW: Duration = Duration::from_secs(60 * 60 - 1);

/// A stack with the router's key and an open conversation, in which nobody said anything for `quiet`.
async fn quiet_for(quiet: Duration, is_elsewhere: bool) -> World {
    let mut world = World::new();
    world.blip = Arc::new(MemoryBlip { router: Some(MemoryRouter::default()), ..MemoryBlip::default() });
    world.customer(&[words(ROUTER, "0", "oi")]).await;
    *router(&world).is_elsewhere.lock().unwrap() = is_elsewhere;
    world.clock.pass(quiet);
    world
}

fn router(world: &World) -> &MemoryRouter {
    world.blip.router.as_ref().unwrap()
}

fn asked(world: &World) -> usize {
    router(world).calls.lock().unwrap().len()
}

fn not_delivered(message: &str, reason: NotDelivered) -> Told {
    Told::NotDelivered { ticket: "T-1".into(), message: SourceId::new(message), reason }
}

fn left() -> Told {
    Told::Ended { ticket: "T-1".into(), by: EndedBy::Customer }
}

fn is_closed(world: &World) -> bool {
    matches!(world.conversation(ROUTER).unwrap().state, State::Closed { .. })
}

#[tokio::test]
async fn words_for_a_customer_who_is_with_another_bot_are_told_and_the_conversation_is_over() {
    let world = quiet_for(HOUR, true).await;
    assert!(world.agent("T-1", [says("a", "bom dia"), says("b", "tudo bem?")]).await.is_empty());
    assert_eq!(world.sent(), [""; 0], "neither words nor a redirect");
    let told = world.told();
    let with_bot = |message| not_delivered(message, NotDelivered::WithBot);
    assert_eq!(told[told.len() - 3..], [with_bot("a"), left(), with_bot("b")]);
    assert!(is_closed(&world));
    assert!(world.queue.sent.lock().unwrap().is_empty(), "nobody sends the customer anywhere");
    assert_eq!(asked(&world), 1);
    // A copy tells nobody anything, and the next words of the customer open the next conversation.
    assert!(world.agent("T-1", [says("a", "bom dia")]).await.is_empty());
    assert_eq!(world.told().len(), told.len());
    world.clock.pass(A_SECOND);
    world.customer(&[words(ROUTER, "1", "voltei")]).await;
    assert_eq!(world.said(), ["T-1 oi", "T-2 voltei"]);
}

#[tokio::test]
async fn the_router_is_asked_once_after_an_hour_and_never_before() {
    let world = quiet_for(JUST_BELOW, true).await;
    world.agent("T-1", [says("a", "bom dia")]).await;
    assert_eq!((world.sent(), asked(&world)), (vec!["bom dia".to_owned()], 0));
    // Either side's words begin the hour anew.
    world.clock.pass(JUST_BELOW);
    world.customer(&[words(ROUTER, "1", "e aí?")]).await;
    world.clock.pass(JUST_BELOW);
    world.agent("T-1", [says("b", "já vejo")]).await;
    assert_eq!(asked(&world), 0);
    let world = quiet_for(HOUR, false).await;
    world.agent("T-1", [says("a", "1"), says("b", "2"), says("c", "3")]).await;
    world.agent("T-1", [says("d", "4")]).await;
    assert_eq!((world.sent().len(), asked(&world)), (4, 1), "one call for all of them");
}

#[tokio::test]
async fn nothing_but_words_is_a_reason_to_ask() {
    let world = quiet_for(HOUR, true).await;
    let typing = AgentEvent { id: SourceId::new("t"), kind: AgentEventKind::Typing { on: true } };
    world.agent("T-1", [takes("x", "Maria"), typing, closes("y", None)]).await;
    assert_eq!(asked(&world), 0);
    // While the conversation closes, either.
    world.agent("T-1", [says("a", "tchau")]).await;
    assert_eq!((world.sent().last().map(String::as_str), asked(&world)), (Some("tchau"), 0));
}

#[tokio::test]
async fn what_the_router_does_not_say_holds_no_words_up() {
    for failure in [
        Failure::Refused { why: "no", status: 400 },
        Failure::Unauthorized { why: "401" },
        Failure::later("down"),
        Failure::Gone,
    ] {
        let world = quiet_for(HOUR, true).await;
        router(&world).faults.next([failure]);
        assert!(world.agent("T-1", [says("a", "bom dia")]).await.is_empty());
        assert_eq!((world.sent(), is_closed(&world)), (vec!["bom dia".to_owned()], false));
    }
}

#[tokio::test(start_paused = true)]
async fn a_router_that_keeps_silent_costs_three_seconds() {
    let world = quiet_for(HOUR, true).await;
    *router(&world).is_silent.lock().unwrap() = true;
    let began = tokio::time::Instant::now();
    assert!(world.agent("T-1", [says("a", "bom dia")]).await.is_empty());
    assert_eq!((world.sent(), began.elapsed().as_secs()), (vec!["bom dia".to_owned()], 3));
}

#[tokio::test]
async fn without_the_key_and_on_the_other_ways_nobody_is_asked() {
    let world = super::world::open().await;
    world.clock.pass(HOUR);
    world.agent("T-1", [says("a", "bom dia")]).await;
    assert_eq!(world.sent(), ["bom dia"]);
    for address in [DESK, "5531999990001@wa.gw.msging.net"] {
        let mut world = World::new();
        world.blip = Arc::new(MemoryBlip { router: Some(MemoryRouter::default()), ..MemoryBlip::default() });
        let first = if address == DESK { ticket("Waiting", None) } else { words(address, "1", "oi") };
        world.customer(&[first]).await;
        *router(&world).is_elsewhere.lock().unwrap() = true;
        world.clock.pass(HOUR);
        world.agent("T-1", [says("a", "bom dia")]).await;
        assert_eq!((world.sent(), asked(&world)), (vec!["bom dia".to_owned()], 0), "{address}");
    }
}

#[tokio::test]
async fn a_customer_who_writes_in_the_same_moment_stays() {
    let world = quiet_for(HOUR, true).await;
    world.store.interfere_after(0, |conversation| conversation.inbound.sequence += 1);
    assert!(world.agent("T-1", [says("a", "bom dia")]).await.is_empty());
    assert_eq!((world.sent(), is_closed(&world)), (vec!["bom dia".to_owned()], false));
    assert!(!world.told().contains(&left()));
}

#[tokio::test]
async fn an_end_that_could_not_be_told_is_told_by_the_next_try_with_the_same_reason() {
    // The agent could not be told, then the ticket.
    for (after, told_before) in [(0, 0), (1, 1)] {
        let world = quiet_for(HOUR, true).await;
        let before = world.told().len();
        if after == 0 {
            *world.helpdesk.deaf.lock().unwrap() = Some(Failure::later("down"));
        } else {
            world.helpdesk.faults.next_after(1, [Failure::later("down")]);
        }
        let record = world.agent_record("T-1", says("a", "bom dia"), 1);
        assert_eq!(world.to_blip(vec![record.clone()]).await.len(), 1);
        assert!(is_closed(&world), "that is written");
        assert_eq!(world.told().len(), before + told_before);
        *world.helpdesk.deaf.lock().unwrap() = None;
        let again = ponte::queue::Record { attempts: 2, ..record };
        assert!(world.to_blip(vec![again]).await.is_empty());
        let told = world.told();
        assert!(told.contains(&left()), "{told:?}");
        assert!(told.contains(&not_delivered("a", NotDelivered::WithBot)), "{told:?}");
        assert_eq!(world.sent(), [""; 0]);
    }
}

#[tokio::test]
async fn words_that_an_earlier_try_sent_are_not_asked_about() {
    let world = quiet_for(HOUR, false).await;
    world.store.unavailable_after(0);
    let record = world.agent_record("T-1", says("a", "bom dia"), 1);
    assert_eq!(world.to_blip(vec![record.clone()]).await.len(), 1, "sent, and not written down");
    *router(&world).is_elsewhere.lock().unwrap() = true;
    let again = ponte::queue::Record { attempts: 2, ..record };
    assert!(world.to_blip(vec![again]).await.is_empty());
    assert_eq!((world.sent(), asked(&world), is_closed(&world)), (vec!["bom dia".to_owned()], 1, false));
}
