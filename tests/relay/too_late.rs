//! Words of an agent that come too late, and what of them an earlier try had sent: an agent is told that words did not arrive only where they did
//! not.

use std::time::Duration;

use ponte::{
    clock::Clock,
    message::{AgentEvent, AgentEventKind, Content, SourceId},
    queue::Record,
    relay::{
        Failure,
        ports::{FileProblem, NotDelivered},
    },
};
use service_rules::Period;

use super::{
    helpdesk::{Reopening, Told},
    world::{ROUTER, World, closes, open, says, words},
};
use crate::rules::{COURSE, silent};

const SECOND: Duration = Duration::from_secs(1);

/// Of which words the agent was told that they did not arrive, and why.
fn told(world: &World) -> Vec<(String, NotDelivered)> {
    let told = world.told();
    let not_delivered = told.iter().filter_map(|told| match told {
        Told::NotDelivered { message, reason, .. } => Some((message.as_str().to_owned(), reason.clone())),
        _ => None,
    });
    not_delivered.collect()
}

/// A message of several texts.
fn parts(id: &str, count: usize) -> AgentEvent {
    let contents = (1..=count).map(|number| Content::text(format!("parte {number}"))).collect();
    AgentEvent { id: SourceId::new(id), kind: AgentEventKind::Message { contents, agent: None } }
}

async fn ends(world: &World) {
    assert!(world.agent("T-1", [closes("end", None)]).await.is_empty());
    world.clock.pass(10 * SECOND);
    assert!(world.closes(1).await.is_empty());
}

#[tokio::test]
async fn what_is_refused_in_a_run_makes_it_forget_nothing_that_it_knew() {
    let world = open().await;
    let answers: Vec<AgentEvent> = (0..47).map(|number| says(&format!("a{number}"), "oi")).collect();
    assert!(world.agent("T-1", answers.clone()).await.is_empty());
    ends(&world).await;
    // As many as are remembered. A look finds two that are new, which push out the oldest, and those again.
    let found = [says("late-1", "ainda?"), says("late-2", "alô?"), answers[0].clone(), answers[1].clone()];
    let records = found.map(|event| world.polled_record("T-1", event));
    assert!(world.to_blip(records.to_vec()).await.is_empty());
    let closed = |id: &str| (id.to_owned(), NotDelivered::Closed);
    assert_eq!(told(&world), [closed("late-1"), closed("late-2")]);
}

#[tokio::test]
async fn more_parts_than_a_run_can_ask_about_are_asked_about_in_several() {
    let world = open().await;
    let record = world.agent_record("T-1", parts("m", 60), 1);
    // All of it is sent, and cannot be written down.
    world.store.unavailable_after(0);
    assert_eq!(world.to_blip(vec![record.clone()]).await.len(), 1);
    assert_eq!(world.sent().len(), 60);
    ends(&world).await;
    *world.blip.look_takes.lock().unwrap() = Some((world.clock.clone(), SECOND));
    let again = Record { attempts: 2, ..record };
    let mut runs = 1;
    loop {
        let begun = world.clock.now();
        let left = world.to_blip(vec![again.clone()]).await;
        assert!(world.clock.now().since(begun) <= world.limit, "it would be stopped, and begin anew");
        if left.is_empty() {
            break;
        }
        runs += 1;
        assert!(runs < 9, "it never ends");
    }
    assert!(runs > 1);
    assert_eq!(told(&world), []);
}

#[tokio::test]
async fn of_a_file_that_was_lost_among_what_arrived_the_agent_is_told() {
    let file =
        Content::File { url: "https://files.example/a?dead".into(), name: None, mime: None, size: None, caption: None };
    for contents in [vec![Content::text("veja"), file.clone()], vec![file.clone(), Content::text("veja")]] {
        let world = open().await;
        let kind = AgentEventKind::Message { contents, agent: None };
        let record = world.agent_record("T-1", AgentEvent { id: SourceId::new("m"), kind }, 1);
        // The words are sent, and neither what became of them nor of the file is known.
        *world.helpdesk.deaf.lock().unwrap() = Some(Failure::later("503"));
        world.store.unavailable_after(0);
        assert_eq!(world.to_blip(vec![record.clone()]).await.len(), 1);
        world.store.unavailable_after(u32::MAX);
        *world.helpdesk.deaf.lock().unwrap() = None;
        let words_sent = !world.sent().is_empty();
        ends(&world).await;
        let again = Record { attempts: 2, ..record };
        assert!(world.to_blip(vec![again]).await.is_empty());
        let expected = if words_sent { NotDelivered::File(FileProblem::Unavailable) } else { NotDelivered::Closed };
        assert_eq!(told(&world), [("m".to_owned(), expected)]);
    }
}

/// A customer who comes back goes on in the same ticket.
async fn comes_back(world: &World) {
    world.clock.pass(SECOND);
    assert!(world.customer(&[words(ROUTER, "2", "voltei")]).await.is_empty());
    assert_eq!(world.conversation(ROUTER).unwrap().ticket.unwrap().as_str(), "T-1");
}

fn same_ticket() -> World {
    let mut rules = silent(&COURSE);
    rules.reopening.within = Some(Period::minutes(30));
    let world = World::with(rules);
    *world.helpdesk.reopening.lock().unwrap() = Some(Reopening::Opens);
    world
}

#[tokio::test]
async fn words_that_were_sent_before_their_ticket_was_taken_up_again_are_known_by_the_conversation_before() {
    let world = same_ticket();
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    let sent = world.agent_record("T-1", says("sent", "olá"), 1);
    world.store.unavailable_after(0);
    assert_eq!(world.to_blip(vec![sent.clone()]).await.len(), 1);
    ends(&world).await;
    comes_back(&world).await;
    let again = Record { attempts: 2, ..sent };
    assert!(world.to_blip(vec![again]).await.is_empty());
    assert_eq!((told(&world), world.sent().len()), (vec![], 2), "the words, and the way back");
}

#[tokio::test]
async fn an_agent_who_was_told_of_the_end_is_told_once_and_the_words_come_into_no_other_conversation() {
    let world = same_ticket();
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    world.agent("T-1", [closes("end", None)]).await;
    world.clock.pass(8 * SECOND);
    let late = world.agent_record("T-1", says("late", "até logo"), 1);
    // The agent is told, and that cannot be written down.
    world.store.unavailable_after(0);
    assert_eq!(world.to_blip(vec![late.clone()]).await.len(), 1);
    world.clock.pass(2 * SECOND);
    assert!(world.closes(1).await.is_empty());
    comes_back(&world).await;
    let again = Record { attempts: 2, ..late };
    assert!(world.to_blip(vec![again]).await.is_empty());
    assert_eq!(told(&world), [("late".to_owned(), NotDelivered::Closed)]);
    assert_eq!(world.sent(), ["-> main bot"]);
}
