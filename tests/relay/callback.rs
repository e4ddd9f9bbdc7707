//! Outside the hours the customer goes back to the bot, and the first answer in the ticket calls the customer back.

use std::{sync::Arc, time::Duration};

use ponte::{
    conversation::State,
    message::{AgentEvent, AgentEventKind, SourceId, TicketId},
    queue::Record,
    relay::{Failure, ports::NotDelivered},
};

use super::{
    blip::{MemoryBlip, MemoryRouter},
    helpdesk::{Reopening, Told},
    world::{ROUTER, World, closes, says, takes, words},
};

const MINUTE: Duration = Duration::from_mins(1);
/// From the tests' Tuesday evening, at 19:13 in São Paulo, to Wednesday at 9:13.
pub(super) const NIGHT: Duration = Duration::from_hours(14);
const RULES: &str = r#"
version: 1
agent_identity: agent%40example.com@blip.ai
texts: { pt-BR: { greeting: "Olá!", closing: false } }
queues: { shop: { name: Loja } }
routing: { default: { queue: shop } }
return_service: { default: menu, by_reason: { outside_hours: night } }
hours: { week: { mon-fri: ["09:00-18:00"] }, outside: callback }
silence: { unanswered: { warn_after: 10m, hand_back_after: 30m } }
"#;
pub(super) const CLOSED: &str = "Estamos fora do horário de atendimento. Recebemos a sua mensagem e responderemos por aqui quando voltarmos, \
                      amanhã às 9h.";
pub(super) const AS_TICKET: &str = "Estamos fora do horário de atendimento. Voltamos amanhã às 9h.";

pub(super) fn with_key() -> World {
    let read = service_rules::read(RULES.as_bytes()).expect("the rules are right");
    assert_eq!(read.warnings, [], "a warning");
    let mut world = World::with(read.rules);
    world.blip = Arc::new(MemoryBlip { router: Some(MemoryRouter::default()), ..MemoryBlip::default() });
    world.calls_back = true;
    world
}

/// A customer who wrote at night, and is with the bot in the morning.
pub(super) async fn with_bot() -> World {
    let world = with_key();
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    assert!(world.closes(1).await.is_empty());
    *router(&world).is_elsewhere.lock().unwrap() = true;
    world.clock.pass(NIGHT);
    world
}

pub(super) fn router(world: &World) -> &MemoryRouter {
    world.blip.router.as_ref().unwrap()
}

pub(super) fn called(world: &World) -> Vec<String> {
    router(world).calls.lock().unwrap().clone()
}

pub(super) fn state(world: &World) -> State {
    world.conversation(ROUTER).unwrap().state
}

pub(super) fn set() -> Vec<String> {
    vec![format!("set {ROUTER}")]
}

pub(super) fn again(record: &Record) -> Vec<Record> {
    vec![Record { attempts: record.attempts + 1, ..record.clone() }]
}

pub(super) fn not_delivered(world: &World) -> Vec<NotDelivered> {
    let told = world.told().into_iter();
    told.filter_map(|told| if let Told::NotDelivered { reason, .. } = told { Some(reason) } else { None }).collect()
}

#[tokio::test]
async fn the_first_answer_calls_the_customer_back_and_the_conversation_goes_on() {
    let world = with_bot().await;
    // Nothing but words does.
    world.agent("T-1", [takes("t", "Maria")]).await;
    assert_eq!((called(&world), world.sent().len()), (vec![], 2));
    let opening = world.opening(ROUTER);
    assert!(world.agent("T-1", [says("a", "bom dia"), says("b", "achei o pedido")]).await.is_empty());
    assert_eq!(world.sent()[2..], ["bom dia", "achei o pedido"]);
    assert_eq!(called(&world), set(), "once, before the words, and nobody is asked where the customer is");
    assert_eq!((state(&world), world.opening(ROUTER)), (State::Open, opening));
    world.customer(&[words(ROUTER, "2", "obrigado")]).await;
    assert_eq!(world.said(), ["T-1 oi", "T-1 obrigado"]);
    // The timers begin anew: the night is no wait for an answer.
    world.minutes(60).await;
    assert_eq!((world.sent().len(), state(&world)), (4, State::Open));
    world.agent("T-1", [closes("c", None)]).await;
    assert!(world.closes(1).await.is_empty());
    assert_eq!(world.sent().last().unwrap(), "-> menu");
    // An end like any other: the next words reach nobody.
    world.agent("T-1", [says("d", "mais uma coisa")]).await;
    assert_eq!(not_delivered(&world), [NotDelivered::Closed]);
}

#[tokio::test]
async fn what_waits_after_the_call_is_counted_from_the_call() {
    let world = with_bot().await;
    // The words do not get through for a while after the customer was called.
    world.blip.faults.next([Failure::later("down")]);
    let record = world.agent_record("T-1", says("a", "bom dia"), 1);
    assert_eq!(world.to_blip(vec![record.clone()]).await.len(), 1);
    assert_eq!(state(&world), State::Open);
    world.minutes(9).await;
    assert_eq!(world.sent().len(), 2, "not warned of the night");
    world.minutes(2).await;
    assert_eq!(world.sent().last().unwrap(), "Ainda estamos procurando alguém para atender você.");
    assert!(world.to_blip(again(&record)).await.is_empty());
    world.minutes(60).await;
    assert_eq!((world.sent().last().unwrap().as_str(), called(&world)), ("bom dia", set()));
}

#[tokio::test]
async fn whatever_fails_on_the_way_back_to_us_each_step_takes_effect_once() {
    // The router, the conversation store, the words, and what was done.
    for step in 0..4 {
        let world = with_bot().await;
        match step {
            0 => router(&world).faults.next([Failure::later("down")]),
            1 => world.store.unavailable_after(0),
            2 => world.blip.faults.next([Failure::later("down")]),
            _ => world.store.unavailable_after(1),
        }
        let record = world.agent_record("T-1", says("a", "bom dia"), 1);
        assert_eq!(world.to_blip(vec![record.clone()]).await.len(), 1, "{step}");
        assert_eq!(world.sent().len(), if step == 3 { 3 } else { 2 }, "{step}: no words before both");
        assert!(world.to_blip(again(&record)).await.is_empty(), "{step}");
        assert_eq!((world.sent()[2..].to_vec(), state(&world)), (vec!["bom dia".to_owned()], State::Open), "{step}");
        let calls = called(&world);
        assert_eq!(calls.len(), if step < 2 { 2 } else { 1 }, "{step}: the router may be told twice");
        assert!(world.to_blip(again(&record)).await.is_empty(), "a copy");
        assert_eq!((world.sent().len(), called(&world)), (3, calls), "{step}");
        assert_eq!(not_delivered(&world), []);
    }
}

#[tokio::test]
async fn a_ticket_that_is_merged_meanwhile_is_answered_in_the_other_one() {
    let merged = |into: &str| AgentEvent {
        id: SourceId::exact("merged"),
        kind: AgentEventKind::Merged { into: TicketId::new(into) },
    };
    let world = with_bot().await;
    assert!(world.agent("T-1", [merged("M-9")]).await.is_empty());
    assert_eq!((world.conversation(ROUTER).unwrap().ticket.unwrap().as_str(), called(&world)), ("M-9", vec![]));
    assert!(world.agent("M-9", [says("a", "bom dia")]).await.is_empty());
    assert_eq!((world.sent().last().unwrap().as_str(), called(&world), state(&world)), ("bom dia", set(), State::Open));
    // Another customer's ticket is none that answers this one.
    let world = with_bot().await;
    world.customer(&[words("c0ffee00@tunnel.msging.net", "o", "sou outra pessoa")]).await;
    assert!(world.agent("T-1", [merged("T-2")]).await.is_empty());
    assert!(matches!(state(&world), State::Closed { .. }));
    assert_eq!(world.conversation(ROUTER).unwrap().ticket.unwrap().as_str(), "T-1");
}

#[tokio::test]
async fn a_copy_of_a_closing_at_night_ends_nothing_in_the_morning() {
    let world = with_bot().await;
    *world.helpdesk.reopening.lock().unwrap() = Some(Reopening::Opens);
    assert!(world.agent("T-1", [closes("c", None)]).await.is_empty());
    world.clock.pass(Duration::from_mins(1));
    // An event may be quicker than what the helpdesk's API says of it.
    let record = world.agent_record("T-1", says("a", "bom dia"), 1);
    assert_eq!(world.to_blip(vec![record.clone()]).await.len(), 1);
    world.clock.pass(Duration::from_secs(11));
    assert!(world.to_blip(again(&record)).await.is_empty());
    assert_eq!((state(&world), world.sent().last().unwrap().as_str()), (State::Open, "bom dia"));
    assert!(world.agent("T-1", [closes("c", None)]).await.is_empty());
    assert_eq!((state(&world), world.queue.sent.lock().unwrap().len()), (State::Open, 0));
}

#[tokio::test]
async fn a_customer_in_a_newer_conversation_is_not_called() {
    let world = with_bot().await;
    world.customer(&[words(ROUTER, "2", "voltei")]).await;
    assert_eq!(world.said(), ["T-1 oi", "T-2 voltei"], "within the hours, as always");
    assert!(world.agent("T-1", [says("a", "bom dia")]).await.is_empty());
    assert_eq!(not_delivered(&world), [NotDelivered::Superseded]);
    assert_eq!((called(&world), world.sent().last().unwrap().as_str()), (vec![], "Olá!"));
    // The customer came back in the moment in which the router was told.
    let world = with_bot().await;
    world.store.interfere_after(0, |conversation| {
        let opening = format!("{}-0123456789ab", conversation.key.as_str());
        conversation.opening = ponte::message::ConversationId::new(opening);
        conversation.state = State::Open;
    });
    assert!(world.agent("T-1", [says("a", "bom dia")]).await.is_empty());
    assert_eq!((not_delivered(&world), world.sent().len()), (vec![NotDelivered::Superseded], 2));
}

#[tokio::test]
async fn who_closes_without_a_word_closes_nothing_for_the_customer() {
    let world = with_bot().await;
    assert!(world.agent("T-1", [closes("c", None)]).await.is_empty());
    assert!(world.queue.sent.lock().unwrap().is_empty());
    assert_eq!((called(&world), world.sent().len()), (vec![], 2));
    assert!(matches!(state(&world), State::Closed { .. }));
}

#[tokio::test]
async fn a_closing_that_is_told_before_its_words_follows_them() {
    for (asked, over, ends) in [(false, true, true), (true, true, true), (true, false, false)] {
        let world = with_bot().await;
        *world.helpdesk.reopening.lock().unwrap() = asked.then_some(Reopening::Opens);
        *world.helpdesk.over.lock().unwrap() = over;
        assert!(world.agent("T-1", [closes("c", None)]).await.is_empty());
        let records = [says("a", "resolvido!"), says("b", "até logo")].map(|event| world.agent_record("T-1", event, 1));
        // That it is not over is not believed at once: the words may be quicker than the API.
        let looks_again = !over;
        assert_eq!(world.to_blip(records.to_vec()).await.is_empty(), !looks_again);
        if looks_again {
            world.clock.pass(Duration::from_secs(11));
            assert!(world.to_blip(records.iter().flat_map(again).collect()).await.is_empty());
        }
        assert_eq!(world.sent()[2..], ["resolvido!", "até logo"]);
        assert_eq!(matches!(state(&world), State::Closing { .. }), ends, "{asked} {over}");
        assert!(world.closes(1).await.is_empty());
        assert_eq!(world.sent().last().unwrap(), if ends { "-> menu" } else { "até logo" });
        // Later words of a conversation that goes on ask nobody any more.
        let before = *world.helpdesk.asked.lock().unwrap();
        assert_eq!(before, usize::from(asked) + usize::from(looks_again), "{asked} {over}");
        world.agent("T-1", [says("d", "e mais")]).await;
        assert_eq!(*world.helpdesk.asked.lock().unwrap(), before);
    }
}

#[tokio::test]
async fn a_closing_behind_the_words_that_was_not_handed_on_is_handed_on() {
    let world = with_bot().await;
    assert!(world.agent("T-1", [closes("c", None)]).await.is_empty());
    *world.queue.unavailable.lock().unwrap() = true;
    let record = world.agent_record("T-1", says("a", "resolvido!"), 1);
    assert_eq!(world.to_blip(vec![record.clone()]).await.len(), 1);
    assert_eq!(world.sent()[2..], ["resolvido!"]);
    *world.queue.unavailable.lock().unwrap() = false;
    world.clock.pass(MINUTE);
    assert!(world.to_blip(again(&record)).await.is_empty());
    assert!(world.closes(1).await.is_empty());
    assert_eq!(world.sent()[2..], ["resolvido!", "-> menu"]);
    assert_eq!(not_delivered(&world), []);
}

#[tokio::test]
async fn words_with_nothing_for_the_customer_call_nobody() {
    let world = with_bot().await;
    let file = ponte::message::AgentEvent {
        id: SourceId::new("f"),
        kind: ponte::message::AgentEventKind::Message {
            contents: vec![ponte::message::Content::File {
                url: "https://desk.example/a.exe?program".into(),
                name: Some("a.exe".into()),
                mime: None,
                size: None,
                caption: None,
            }],
            agent: None,
        },
    };
    assert!(world.agent("T-1", [file]).await.is_empty());
    assert_eq!((called(&world), not_delivered(&world).len(), world.sent().len()), (vec![], 1, 2));
}

#[tokio::test]
async fn where_the_router_will_not_the_agent_is_told() {
    let world = with_bot().await;
    router(&world).faults.next([Failure::Refused { why: "no", status: 400 }]);
    assert!(world.agent("T-1", [says("a", "bom dia")]).await.is_empty());
    assert_eq!((not_delivered(&world), world.sent().len()), (vec![NotDelivered::WithBot], 2));
    assert!(matches!(state(&world), State::Closed { .. }));
    // The next answer tries it again; a key that is not accepted is waited for.
    router(&world).faults.next([Failure::Unauthorized { why: "401" }]);
    let record = world.agent_record("T-1", says("b", "alô?"), 1);
    assert_eq!(world.to_blip(vec![record.clone()]).await.len(), 1);
    assert!(world.to_blip(again(&record)).await.is_empty());
    assert_eq!(world.sent()[2..], ["alô?"]);
    // A key that was taken away.
    let mut world = with_bot().await;
    let sent = std::mem::take(&mut *world.blip.sent.lock().unwrap());
    world.blip = Arc::new(MemoryBlip { sent: std::sync::Mutex::new(sent), ..MemoryBlip::default() });
    assert!(world.agent("T-1", [says("a", "bom dia")]).await.is_empty());
    assert_eq!((not_delivered(&world), world.sent().len()), (vec![NotDelivered::Closed], 2));
}
