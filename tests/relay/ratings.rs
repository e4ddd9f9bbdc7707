//! Where a customer's rating is kept, and the helpdesk's own survey.

use std::time::Duration;

use ponte::{
    job::Record,
    message::{AgentEvent, AgentEventKind, Content, SourceId},
    relay::Failure,
};
use serde_json::{Value, json};

use super::{
    helpdesk::{Reopening, Told},
    world::{ROUTER, World, closes, says, words},
};

const MINUTE: Duration = Duration::from_mins(1);
const RULES: &str = r"
version: 1
night: none
texts: { pt-BR: { greeting: false, agent_joined: false } }
return_service: { default: menu }
rating: { asked_by: bridge, field: CSAT }
";
const CLOSED: &str = "O atendimento foi encerrado. Obrigado pelo contato!";
const HOW_WAS_IT: &str = "De 1 a 5, como foi o atendimento?";
const THANKS: &str = "Obrigado pela avaliação!";
const SURVEY: &str = "Avalie: https://desk.test.invalid/survey/responses/1";

/// A conversation that an agent answered, in a helpdesk that sends surveys.
async fn answered(rules: &str) -> World {
    let read = service_rules::read(rules.as_bytes()).expect("the rules are right");
    let world = World::with(read.rules);
    *world.helpdesk.surveys.lock().unwrap() = true;
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    world.agent("T-1", [says("a", "bom dia")]).await;
    world.clock.pass(MINUTE);
    world
}

/// The same, closed and asked.
async fn asked() -> World {
    let world = answered(RULES).await;
    world.agent("T-1", [closes("x", None)]).await;
    world.closes(1).await;
    world.clock.pass(MINUTE);
    world
}

fn surveys(id: &str) -> AgentEvent {
    AgentEvent { id: SourceId::new(id), kind: AgentEventKind::Survey { contents: vec![Content::text(SURVEY)] } }
}

fn rated(world: &World) -> Vec<Told> {
    world.told().into_iter().filter(|told| matches!(told, Told::Rated { .. })).collect()
}

fn kept(field: Option<&str>) -> [Told; 1] {
    [Told::Rated { ticket: "T-1".into(), score: 4, field: field.map(str::to_owned) }]
}

/// What the bot got with the customer.
fn context(world: &World) -> Value {
    world.blip.sent.lock().unwrap().last().unwrap().document.content()["context"]["value"].clone()
}

#[tokio::test]
async fn a_rating_is_a_note_and_in_the_field_that_the_rules_name() {
    let world = asked().await;
    world.customer(&[words(ROUTER, "2", "4")]).await;
    assert_eq!((rated(&world).as_slice(), world.notes()), (&kept(Some("CSAT"))[..], 1));
    let world = answered(&RULES.replace(", field: CSAT", "")).await;
    world.agent("T-1", [closes("x", None)]).await;
    world.closes(1).await;
    world.clock.pass(MINUTE);
    world.customer(&[words(ROUTER, "2", "4")]).await;
    assert_eq!(rated(&world), kept(None), "a tag needs no name");
}

#[tokio::test]
async fn a_field_that_is_refused_loses_neither_the_note_nor_the_way_back() {
    let refused = Failure::Refused { why: "the helpdesk has no field of this name", status: 404 };
    for failure in [refused, Failure::Unauthorized { why: "403" }, Failure::Gone] {
        let world = asked().await;
        world.helpdesk.keeps_no_rating.lock().unwrap().push_back(failure.clone());
        assert_eq!(world.customer(&[words(ROUTER, "2", "4")]).await, [""; 0], "{failure}");
        world.closes(1).await;
        assert_eq!((rated(&world).len(), world.notes()), (0, 1), "{failure}");
        assert_eq!(world.sent(), ["bom dia", HOW_WAS_IT, THANKS, CLOSED, "-> menu"], "{failure}");
        assert_eq!(context(&world), json!({ "ponte": { "ended": "agent", "rating": 4 } }), "{failure}");
    }
}

#[tokio::test]
async fn what_may_pass_is_tried_again_and_then_given_up() {
    let world = asked().await;
    world.helpdesk.keeps_no_rating.lock().unwrap().extend([Failure::later("503"), Failure::Unknown { why: "" }]);
    let mut record = world.customer_record(&words(ROUTER, "2", "4"), 1).await;
    for attempts in 1..=2 {
        record = Record { attempts, ..record };
        assert_eq!(world.to_helpdesk(vec![record.clone()]).await.len(), 1, "{attempts}");
    }
    assert_eq!(world.to_helpdesk(vec![Record { attempts: 3, ..record }]).await, [""; 0]);
    assert_eq!((rated(&world).as_slice(), world.notes()), (&kept(Some("CSAT"))[..], 1));
    world.closes(1).await;
    assert_eq!(world.sent(), ["bom dia", HOW_WAS_IT, THANKS, CLOSED, "-> menu"]);
    // One that lasts holds nobody.
    let world = asked().await;
    world.helpdesk.keeps_no_rating.lock().unwrap().push_back(Failure::later("503"));
    let record = world.customer_record(&words(ROUTER, "2", "4"), 3).await;
    assert_eq!(world.to_helpdesk(vec![record]).await, [""; 0]);
    assert_eq!((rated(&world).len(), world.notes()), (0, 1));
}

fn by_helpdesk() -> String {
    RULES.replace("bridge, field: CSAT", "helpdesk")
}

#[tokio::test]
async fn the_helpdesks_own_survey_reaches_the_customer_behind_the_closing_and_once() {
    let world = answered(&by_helpdesk()).await;
    world.agent("T-1", [closes("x", Some("vendas"))]).await;
    world.clock.pass(Duration::from_secs(10));
    world.closes(1).await;
    assert_eq!(world.sent(), ["bom dia"], "nobody asks, and the customer is still ours");
    world.clock.pass(Duration::from_secs(20));
    world.agent("T-1", [surveys("s"), surveys("s")]).await;
    world.agent("T-1", [surveys("s")]).await;
    world.closes(1).await;
    assert_eq!(world.sent(), ["bom dia", SURVEY, CLOSED, "-> vendas"]);
    assert_eq!(context(&world), json!({ "ponte": { "ended": "agent", "asked_by": "helpdesk" } }));
    // What comes later does not go, and the agent needs not know.
    world.agent("T-1", [surveys("s2")]).await;
    world.minutes(10).await;
    assert_eq!((world.sent().len(), world.notes()), (4, 0));
    assert!(!world.told().iter().any(|told| matches!(told, Told::NotDelivered { .. })));
}

/// A copy of it in the next conversation, in the same ticket, finds it known.
#[tokio::test]
async fn a_survey_that_somebody_missed_does_not_come_in_the_next_conversation() {
    let world = answered(&format!("{}reopening: {{ within: 30m }}\n", by_helpdesk())).await;
    *world.helpdesk.reopening.lock().unwrap() = Some(Reopening::Opens);
    world.agent("T-1", [closes("x", None)]).await;
    world.closes(1).await;
    world.minutes(3).await;
    world.agent("T-1", [surveys("s")]).await;
    assert_eq!(world.sent(), ["bom dia", CLOSED, "-> menu"], "too late");
    world.customer(&[words(ROUTER, "2", "voltei")]).await;
    assert!(world.conversation(ROUTER).unwrap().placement.same_ticket);
    world.agent("T-1", [says("b", "olá de novo"), surveys("s")]).await;
    assert!(!world.sent().contains(&SURVEY.to_owned()), "{:?}", world.sent());
}

#[tokio::test]
async fn a_survey_that_comes_with_the_closing_or_before_it_holds_nobody() {
    for first in [true, false] {
        let world = answered(&by_helpdesk()).await;
        let events = if first { [surveys("s"), closes("x", None)] } else { [closes("x", None), surveys("s")] };
        world.agent("T-1", events).await;
        world.clock.pass(Duration::from_secs(10));
        world.closes(1).await;
        assert_eq!(world.sent(), ["bom dia", SURVEY, CLOSED, "-> menu"], "{first}");
        assert_eq!(context(&world), json!({ "ponte": { "ended": "agent", "asked_by": "helpdesk" } }), "{first}");
    }
}

#[tokio::test]
async fn a_survey_that_does_not_come_is_waited_for_two_minutes() {
    let world = answered(&by_helpdesk()).await;
    world.agent("T-1", [closes("x", None)]).await;
    world.closes(1).await;
    world.minutes(1).await;
    assert_eq!(world.sent(), ["bom dia"]);
    world.minutes(2).await;
    assert_eq!(world.sent(), ["bom dia", CLOSED, "-> menu"]);
    assert_eq!(context(&world), Value::Null, "the bot may ask");
    // Too late by the time that it takes to send it.
    let world = answered(&by_helpdesk()).await;
    world.agent("T-1", [closes("x", None)]).await;
    world.closes(1).await;
    world.clock.pass(Duration::from_secs(116));
    world.agent("T-1", [surveys("s")]).await;
    assert_eq!(world.sent(), ["bom dia"]);
}

#[tokio::test]
async fn what_the_customer_writes_ends_the_wait_for_a_survey_and_is_no_rating() {
    let world = answered(&by_helpdesk()).await;
    world.agent("T-1", [closes("x", None)]).await;
    world.closes(1).await;
    world.clock.pass(Duration::from_secs(5));
    let words = world.customer_record(&words(ROUTER, "2", "5"), 1).await;
    assert_eq!(world.to_helpdesk(vec![words.clone()]).await.len(), 1, "it waits for the end");
    // The customer may be on the way back.
    world.agent("T-1", [surveys("s")]).await;
    world.closes(1).await;
    assert_eq!(world.to_helpdesk(vec![Record { attempts: 2, ..words }]).await, [""; 0]);
    assert_eq!(world.said(), ["T-1 oi", "T-1 5 (late)"]);
    assert_eq!((rated(&world).len(), world.notes()), (0, 0));
    assert!(!world.sent().contains(&SURVEY.to_owned()) && world.sent().contains(&"-> menu".to_owned()));
}

#[tokio::test]
async fn nobody_is_asked_twice_and_no_survey_follows_another_end() {
    // Ponte asks, or the bot may.
    for rules in [RULES.to_owned(), RULES.replace("bridge, field: CSAT", "nobody")] {
        let world = answered(&rules).await;
        world.agent("T-1", [surveys("s"), closes("x", None), surveys("s2")]).await;
        assert_eq!(world.sent(), ["bom dia"], "{rules}");
    }
    // Nobody was there to be asked about.
    let silent = format!("{}silence: {{ customer_silent: {{ close_after: 1h }} }}\n", by_helpdesk());
    let world = answered(&silent).await;
    world.minutes(62).await;
    world.agent("T-1", [closes("x", None), surveys("s")]).await;
    world.closes(1).await;
    assert!(!world.sent().contains(&SURVEY.to_owned()), "{:?}", world.sent());
    // A helpdesk without surveys holds nobody.
    let world = answered(&by_helpdesk()).await;
    *world.helpdesk.surveys.lock().unwrap() = false;
    world.agent("T-1", [closes("x", None)]).await;
    world.closes(1).await;
    assert_eq!(world.sent(), ["bom dia", CLOSED, "-> menu"]);
}
