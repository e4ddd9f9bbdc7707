//! What happens to a ticket beside what its agent says: it goes to another queue, or back to it, has a place there, is on hold and goes on, and the
//! agent takes words back.

use std::sync::Arc;

use ponte::message::{AgentEventKind, DeskQueue, SourceId};

use super::{
    endpoints,
    harsh::Harsh,
    ledger::{Kind, Speaker},
    people::{self, MINUTE, does, pause},
    world::World,
};

/// The queues of the helpdesk: the id in the service rules, and the name in the helpdesk. The rules do not have the last one.
pub(crate) const QUEUES: [(&str, &str); 3] = [("day", "Dia"), ("night", "Noite"), ("Ouvidoria", "Ouvidoria")];

/// The queues as the service rules have them, and the hours of the second one beside these.
pub(crate) fn rules(hours: &str) -> String {
    let hours = hours.trim_end().strip_suffix('}').map_or(String::new(), |hours| {
        format!("{hours}, by_queue: {{ night: {{ week: {{ mon-sun: [\"00:00-24:00\"] }} }} }} }}\n")
    });
    format!("{hours}queues: {{ day: {{ name: Dia }}, night: {{ name: Noite }} }}\n")
}

/// A new ticket.
pub(crate) fn ticket_opened(world: &Arc<World>, ticket: usize) {
    if world.plan.harsh == Some(Harsh::Desk) {
        let there = world.clone();
        world.spawn(async move { happens(&there, ticket).await });
    }
}

async fn happens(world: &Arc<World>, ticket: usize) {
    world.wait(0, 20_000).await;
    let mut at = None;
    for _ in 0..world.between(1, 5) {
        match world.between(0, 9) {
            0..=2 => moves(world, ticket, &mut at).await,
            3 | 4 => holds(world, ticket).await,
            5 | 6 => places(world, ticket).await,
            _ => withdraws(world, ticket).await,
        }
        pause(world).await;
    }
}

/// To another queue, sometimes to two within half a minute, or back to the one where it is.
async fn moves(world: &Arc<World>, ticket: usize, at: &mut Option<usize>) {
    for _ in 0..if world.chance(400) { 2 } else { 1 } {
        if world.chance(250) {
            let named = at.filter(|_| world.chance(500)).map(|at| QUEUES[at]);
            transfer(world, ticket, named, true).await;
        } else {
            let other = |at: usize| (at + 1 + usize::try_from(world.between(0, 1)).unwrap()) % QUEUES.len();
            let into = at.map_or_else(|| usize::try_from(world.between(0, 2)).unwrap(), other);
            *at = Some(into);
            transfer(world, ticket, Some(QUEUES[into]), false).await;
        }
        world.wait(0, 40_000).await;
    }
}

async fn transfer(world: &Arc<World>, ticket: usize, into: Option<(&'static str, &str)>, unassigned: bool) {
    let queue = into.map(|(_, name)| DeskQueue { id: None, name: Some(name.to_owned()) });
    let kind = Kind::Moves { into: into.map(|(id, _)| id), unassigned };
    does(world, ticket, vec![(kind, AgentEventKind::Transferred { queue, unassigned, by: None })]).await;
}

/// On hold, and mostly off again.
async fn holds(world: &Arc<World>, ticket: usize) {
    does(world, ticket, vec![(Kind::Holds(true), AgentEventKind::OnHold { on: true })]).await;
    pause(world).await;
    if world.chance(800) {
        does(world, ticket, vec![(Kind::Holds(false), AgentEventKind::OnHold { on: false })]).await;
    }
}

/// Places that fall and rise.
async fn places(world: &Arc<World>, ticket: usize) {
    let mut place = world.between(1, 15);
    for _ in 0..world.between(1, 6) {
        let position = u32::try_from(place).unwrap();
        does(world, ticket, vec![(Kind::Place(position), AgentEventKind::Queued { position })]).await;
        place = if world.chance(700) { world.between(0, place) } else { place + world.between(0, 5) };
        world.wait(0, 7 * MINUTE).await;
    }
}

/// The agent takes words back: such as are just said, such as nobody has yet, or old ones; sometimes twice.
async fn withdraws(world: &Arc<World>, ticket: usize) {
    let mut message = old_words(world, ticket);
    match world.between(0, 9) {
        0..=2 if world.may_speak() => {
            let (words, said) = people::says(world, ticket, Kind::Words(1), people::words());
            let (back, taken) = people::says(world, ticket, Kind::Withdraws(words), withdrawal(world, words));
            endpoints::call_back(world, ticket, vec![said, taken], vec![words, back]).await;
            message = Some(words);
        }
        3..=5 if world.may_speak() => {
            let (words, said) = people::says(world, ticket, Kind::Words(1), people::words());
            let (back, taken) = people::says(world, ticket, Kind::Withdraws(words), withdrawal(world, words));
            // What takes them back overtakes them.
            endpoints::call_back(world, ticket, vec![taken], vec![back]).await;
            world.wait(0, 3000).await;
            endpoints::call_back(world, ticket, vec![said], vec![words]).await;
            message = Some(words);
        }
        6 | 7 if world.may_speak() => {
            let (words, said) = people::says(world, ticket, Kind::Words(1), people::words());
            endpoints::call_back(world, ticket, vec![said], vec![words]).await;
            world.wait(0, 3000).await;
            takes_back(world, ticket, words).await;
            message = Some(words);
        }
        _ => {
            if let Some(words) = message {
                takes_back(world, ticket, words).await;
            }
        }
    }
    if let Some(words) = message.filter(|_| world.chance(300)) {
        world.wait(0, 10 * MINUTE).await;
        takes_back(world, ticket, words).await;
    }
}

async fn takes_back(world: &Arc<World>, ticket: usize, words: usize) {
    does(world, ticket, vec![(Kind::Withdraws(words), withdrawal(world, words))]).await;
}

fn withdrawal(world: &World, words: usize) -> AgentEventKind {
    let message = SourceId::new(&world.ledger().said[words].source);
    AgentEventKind::Withdrawn { message, partly: false }
}

/// Some words that were said on this ticket.
fn old_words(world: &World, ticket: usize) -> Option<usize> {
    let said: Vec<_> = {
        let ledger = world.ledger();
        let here = ledger.said.iter().filter(|said| said.by == Speaker::Agent(ticket) && said.parts() > 0);
        here.map(|said| said.number).collect()
    };
    let most = u64::try_from(said.len()).unwrap().checked_sub(1)?;
    said.get(usize::try_from(world.between(0, most)).unwrap()).copied()
}
