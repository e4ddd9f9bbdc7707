//! What people do in the harsh histories.

use std::sync::Arc;

use ponte::message::AgentEventKind;
use serde_json::json;

use super::{
    endpoints,
    harsh::Harsh,
    ledger::{Kind, Poison, Speaker},
    people::{self, MINUTE, does},
    world::World,
};

/// The most parts of a message.
const PARTS: u64 = 60;
/// What the bridge remembers of words in a direction, and a few more.
const MANY: u64 = 60;

/// How many parts new words have.
pub(crate) fn parts(world: &World) -> usize {
    let parts = match world.plan.harsh {
        Some(Harsh::Parts) if world.chance(200) => world.between(20, PARTS),
        Some(Harsh::Slow) if world.chance(400) => world.between(3, 14),
        Some(Harsh::Files) if world.chance(600) => world.between(2, 7),
        Some(Harsh::Refusals) if world.chance(500) => 3,
        _ if world.chance(100) => 3,
        _ => 1,
    };
    usize::try_from(parts).unwrap()
}

/// What of new words the helpdesk or Blip refuses.
pub(crate) fn poison(world: &World, parts: usize) -> Option<Poison> {
    let one = world.plan.harsh == Some(Harsh::Refusals) && parts > 1 && world.chance(600);
    if one {
        return Some(Poison::Part(usize::try_from(world.between(1, 3)).unwrap()));
    }
    world.chance(20).then_some(Poison::Whole)
}

/// Whether the helpdesk has no ticket for new words. One message of a history: nobody could tell the openings of two apart.
pub(crate) fn cursed(world: &World) -> bool {
    world.plan.harsh == Some(Harsh::Gone) && world.chance(200) && world.ledger().said.iter().all(|said| !said.cursed)
}

/// How many customers there are.
pub(crate) fn customers(world: &World) -> u64 {
    match world.plan.harsh {
        Some(Harsh::Answers | Harsh::Receipts) => 1,
        Some(Harsh::Parts | Harsh::Files | Harsh::Copies) => world.between(1, 2),
        Some(Harsh::Slow) => world.between(2, 5),
        _ => world.between(1, 4),
    }
}

/// What happens to a new ticket beside what its agent does. Says whether the agent does as always.
pub(crate) fn ticket_opened(world: &Arc<World>, ticket: usize) -> bool {
    let there = world.clone();
    match world.plan.harsh {
        Some(Harsh::Gone) if world.chance(300) => {
            world.spawn(async move {
                there.wait(0, 20 * MINUTE).await;
                there.ledger().tickets[ticket].gone = true;
                there.tell(|| format!("T-{} is deleted", ticket + 1));
            });
            true
        }
        Some(Harsh::Answers | Harsh::Receipts) if ticket == 0 => {
            world.spawn(async move { many_answers(&there, ticket).await });
            false
        }
        _ => true,
    }
}

/// A long talk: fifty answers and more within minutes, or some of a text and pictures.
async fn many_answers(world: &Arc<World>, ticket: usize) {
    world.wait(0, 10_000).await;
    let pictures = world.plan.harsh == Some(Harsh::Answers) && world.chance(400);
    let mut left = if pictures { world.between(9, 12) } else { world.between(45, MANY) };
    let parts = if pictures { 6 } else { 1 };
    while left > 0 {
        let together = left.min(world.between(1, 8));
        left -= together;
        let answer = || (Kind::Words(parts), AgentEventKind::Message { contents: Vec::new(), agent: None });
        does(world, ticket, (0..together).map(|_| answer()).collect()).await;
        world.wait(0, 20_000).await;
    }
    if world.plan.harsh == Some(Harsh::Receipts) {
        return all_is_read(world, ticket).await;
    }
    if world.chance(500) {
        world.wait(0, 2 * MINUTE).await;
        does(world, ticket, vec![(Kind::Close, AgentEventKind::Closed { service: None })]).await;
    }
}

/// The customer reads all answers at once, and later Blip repeats the customer's last words.
async fn all_is_read(world: &Arc<World>, ticket: usize) {
    let chat = world.ledger().tickets[ticket].chat;
    let last =
        world.ledger().said.iter().rfind(|said| said.by == Speaker::Customer(chat) && said.stored).map(|s| s.number);
    world.wait(MINUTE, 5 * MINUTE).await;
    let shown = std::mem::take(&mut *world.blip.shown.lock().unwrap());
    for (chat, id) in shown {
        let from = world.ledger().chats[chat].address.clone();
        endpoints::post(world, &json!({ "id": id, "from": from, "event": "consumed" }), &[]).await;
    }
    let Some(last) = last else { return };
    world.wait(6 * MINUTE, 20 * MINUTE).await;
    let envelope = people::envelope(world, chat, last);
    endpoints::post(world, &envelope, &[last]).await;
}
