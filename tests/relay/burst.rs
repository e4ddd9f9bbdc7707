//! Words of a customer that wait together, where the helpdesk takes several in one call.

use std::sync::Arc;

use ponte::{message::Capabilities, relay::Failure};
use serde_json::Value;

use super::{
    files::media,
    helpdesk::MemoryHelpdesk,
    world::{ROUTER, World, closes, says, words},
};

/// A helpdesk that takes four messages in one call, and texts of so many characters.
fn four(text: usize) -> World {
    let capabilities = Capabilities { max_batch: 4, ..Capabilities::everything(text) };
    let mut world = World::new();
    world.helpdesk = Arc::new(MemoryHelpdesk::with(capabilities));
    world
}

/// The same, with a conversation that is open and has said `oi`.
async fn open(text: usize) -> World {
    let world = four(text);
    world.customer(&[words(ROUTER, "0", "oi")]).await;
    world
}

fn said(numbers: std::ops::RangeInclusive<usize>) -> Vec<Value> {
    numbers.map(|number| words(ROUTER, &number.to_string(), &number.to_string())).collect()
}

fn bursts(world: &World) -> Vec<usize> {
    world.helpdesk.bursts.lock().unwrap().clone()
}

#[tokio::test]
async fn what_waits_is_posted_in_few_calls_and_in_order() {
    let world = open(60_000).await;
    assert!(world.customer(&said(1..=6)).await.is_empty());
    assert_eq!(bursts(&world), [4, 2]);
    assert_eq!(world.said(), ["T-1 oi", "T-1 1", "T-1 2", "T-1 3", "T-1 4", "T-1 5", "T-1 6"]);
    assert_eq!(world.notified().len(), 7, "{:?}", world.notified());
    // Each is known by itself: in other company, none comes twice.
    assert!(world.customer(&said(3..=7)).await.is_empty());
    assert_eq!(world.said().last().unwrap(), "T-1 7");
    assert_eq!(world.said().len(), 8);
}

#[tokio::test]
async fn one_alone_and_the_first_are_posted_as_ever() {
    let world = open(60_000).await;
    assert!(world.customer(&said(1..=1)).await.is_empty());
    assert_eq!(bursts(&world), [0; 0]);
    let closed = four(60_000);
    // The first opens the conversation; what follows it in the batch waits for that, and then goes together.
    assert!(closed.customer(&said(1..=4)).await.is_empty());
    assert_eq!(bursts(&closed), [3]);
    assert_eq!(closed.said(), ["T-1 1", "T-1 2", "T-1 3", "T-1 4"]);
}

#[tokio::test]
async fn texts_that_do_not_fit_into_one_are_not_put_together() {
    let world = open(200).await;
    let long = "a".repeat(80);
    let messages: Vec<Value> = ["1", "2", "3"].iter().map(|id| words(ROUTER, id, &format!("{long}{id}"))).collect();
    assert!(world.customer(&messages).await.is_empty());
    assert_eq!(bursts(&world), [0; 0]);
    assert_eq!(world.said().len(), 4);
}

#[tokio::test]
async fn a_refusal_is_of_one_and_the_others_arrive() {
    let world = open(60_000).await;
    let mut messages = said(1..=3);
    messages[1] = words(ROUTER, "2", "2 ⛔");
    assert!(world.customer(&messages).await.is_empty());
    assert_eq!(bursts(&world), [3]);
    assert_eq!(world.said(), ["T-1 oi", "T-1 1", "T-1 3"]);
    assert_eq!(world.notified().last().unwrap(), "consumed 3");
    assert!(world.notified().contains(&"failed 101 2".to_owned()), "{:?}", world.notified());
}

#[tokio::test]
async fn a_bug_in_one_parks_that_one() {
    let world = open(60_000).await;
    let mut messages = said(1..=3);
    messages[1] = words(ROUTER, "2", "2 💥");
    assert!(world.customer(&messages).await.is_empty());
    assert_eq!(world.said(), ["T-1 oi", "T-1 1", "T-1 3"]);
    assert_eq!(world.queue.parked.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn what_may_have_arrived_comes_again_as_such_in_whatever_company() {
    let world = open(60_000).await;
    world.helpdesk.faults.next([Failure::Unknown { why: "no answer in time" }]);
    let mut records = Vec::new();
    for message in said(1..=2) {
        records.push(world.customer_record(&message, 1).await);
    }
    assert_eq!(world.to_helpdesk(records.clone()).await.len(), 2);
    assert_eq!(world.said(), ["T-1 oi"]);
    for record in &mut records {
        record.attempts = 2;
    }
    records.push(world.customer_record(&words(ROUTER, "3", "3"), 1).await);
    assert!(world.to_helpdesk(records).await.is_empty());
    assert_eq!(world.said(), ["T-1 oi", "T-1 1", "T-1 2", "T-1 3"]);
    assert_eq!(bursts(&world), [2, 3]);
    assert_eq!(*world.helpdesk.again.lock().unwrap(), [false, true, true, false]);
}

#[tokio::test]
async fn an_agent_who_speaks_or_leaves_in_between_changes_nothing() {
    let world = open(60_000).await;
    world.agent("T-1", [says("a", "bom dia"), closes("c", None)]).await;
    // The conversation is closing: its customer's words wait, and none is posted together.
    assert_eq!(world.customer(&said(1..=2)).await.len(), 2);
    assert_eq!(bursts(&world), [0; 0]);
}

/// Each file is a call of its own to the helpdesk, and many of them more than a function's time.
#[tokio::test]
async fn one_file_goes_with_the_words_around_it() {
    let world = open(60_000).await;
    let file = |id: &str| media(id, &format!("https://m/{id}"), None);
    let messages = [words(ROUTER, "1", "veja"), file("2"), file("3"), words(ROUTER, "4", "e aí?")];
    assert!(world.customer(&messages).await.is_empty());
    assert_eq!(bursts(&world), [2, 2]);
    assert_eq!(world.told().len(), 6, "the opening, and five messages");
}

#[tokio::test]
async fn an_ending_word_among_them_is_not_posted() {
    let read = service_rules::read(
        b"version: 1\nagent_identity: agent%40example.com@blip.ai\nnight: none\n\
          texts: { pt-BR: { greeting: false } }\nleaving: { words: [sair] }\n",
    );
    let mut world = World::with(read.expect("the rules are right").rules);
    world.helpdesk = four(60_000).helpdesk;
    world.customer(&[words(ROUTER, "0", "oi")]).await;
    let messages = ["a", "b", "sair", "sim", "c"].iter().enumerate();
    let messages: Vec<Value> = messages.map(|(at, text)| words(ROUTER, &format!("{}", at + 1), text)).collect();
    assert_eq!(world.customer(&messages).await.len(), 1, "the last waits for the end");
    assert_eq!(bursts(&world), [2]);
    assert_eq!(world.said(), ["T-1 oi", "T-1 a", "T-1 b"]);
    assert_eq!(world.sent()[0], "Quer encerrar o atendimento? Responda SIM para encerrar.");
}
