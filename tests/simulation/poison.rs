//! What one conversation with poison messages costs the others.

use std::{sync::Arc, time::Duration};

use super::{
    bug::Bug,
    endpoints,
    fault_plan::FaultPlan,
    ledger::{Kind, Speaker},
    people,
    random::Random,
    source,
    sqs::EVERY,
    world::World,
};

const CONVERSATIONS: usize = 20;
const MESSAGES: usize = 30;
/// Of the poisoned conversation, each third message.
const POISON: usize = 3;

/// Each customer writes every half second. Returns the longest delay among all but the first, and how much was parked.
fn longest_delay(poison: bool) -> (u64, usize) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let mut random = Random::new(1);
        let plan = FaultPlan { mended: u64::MAX, agents: false, ..FaultPlan::calm(&mut random) };
        let world = World::under(plan, random, None, false);
        for of in EVERY {
            tokio::spawn(source::poll(world.clone(), of));
        }
        for number in 0..CONVERSATIONS {
            let there = world.clone();
            world.spawn(async move { write(&there, poison && number == 0).await });
        }
        while !world.main_queues_rest() {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        let ledger = world.ledger();
        let others: Vec<_> = ledger.said.iter().filter(|said| said.by != Speaker::Customer(0)).collect();
        assert_eq!(others.len(), (CONVERSATIONS - 1) * MESSAGES);
        let delay = |name: &str, at: u64| ledger.at_helpdesk.iter().find(|seen| seen.text == name).unwrap().at - at;
        let longest = others.iter().map(|said| delay(&said.name, said.at)).max().unwrap();
        (longest, world.queues.parked().map(super::sqs::Fifo::left).sum())
    })
}

async fn write(world: &Arc<World>, poison: bool) {
    let number = world.ledger().chats.len();
    let chat = world.ledger().chat(&format!("customer{number}@tunnel.msging.net"), None, &world.key);
    for message in 0..MESSAGES {
        let said = world.ledger().say(Speaker::Customer(chat), Kind::Words(1), world.now());
        world.ledger().said[said].bug = (poison && message % POISON == 0).then_some(Bug::Before);
        let envelope = people::envelope(world, chat, said);
        endpoints::post(world, &envelope, &[said]).await;
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

#[test]
fn poison_in_one_conversation_does_not_hold_up_the_others() {
    let (without, nothing) = longest_delay(false);
    let (with, parked) = longest_delay(true);
    println!("longest delay among the other {}: {with} ms (without the poison: {without} ms)", CONVERSATIONS - 1);
    assert_eq!((nothing, parked), (0, MESSAGES / POISON), "each poison message is parked, and nothing else");
    assert!(with <= without + 1000, "{with} ms with the poison, {without} ms without");
}
