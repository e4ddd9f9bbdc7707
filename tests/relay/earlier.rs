//! The customer's earlier tickets, for an agent who does not see them in the helpdesk.

use std::time::Duration;

use ponte::texts::TextKey;
use service_rules::{ServiceRules, texts::OwnText};

use super::world::{ROUTER, World, closes, says, words};
use crate::rules::{COURSE, saying, silent};

const DAY: Duration = Duration::from_hours(24);

fn telling(tickets: u8) -> ServiceRules {
    let mut rules = silent(&COURSE);
    rules.context.earlier_tickets = Some(tickets);
    rules
}

/// A conversation from its first words to its end, a day after the one before.
async fn talks(world: &World, number: usize) {
    world.clock.pass(DAY);
    world.customer(&[words(ROUTER, &format!("{number}"), "oi")]).await;
    let ticket = format!("T-{number}");
    world.agent(&ticket, [says(&format!("a{number}"), "olá"), closes(&format!("b{number}"), None)]).await;
    world.closes(1).await;
}

/// The lines about earlier tickets that the agents of each conversation read.
fn told(world: &World) -> Vec<String> {
    let openings = world.helpdesk.openings.lock().unwrap();
    let of = |notes: &[String]| notes.iter().filter(|note| note.contains("ticket T-")).cloned().collect::<String>();
    openings.iter().map(|opening| of(&opening.route_notes)).collect()
}

#[tokio::test]
async fn the_agent_reads_the_last_tickets_with_their_days() {
    let world = World::with(telling(2));
    for number in 1..=4 {
        talks(&world, number).await;
    }
    // The clock of the tests begins on 14 November 2023.
    assert_eq!(
        told(&world),
        [
            "",
            "Tickets anteriores do cliente: ticket T-1 (15/11/2023).",
            "Tickets anteriores do cliente: ticket T-2 (16/11/2023), ticket T-1 (15/11/2023).",
            "Tickets anteriores do cliente: ticket T-3 (17/11/2023), ticket T-2 (16/11/2023).",
        ]
    );
}

#[tokio::test]
async fn it_costs_no_read_and_no_write() {
    let mut calls = Vec::new();
    for tickets in [0, 5] {
        let world = World::with(telling(tickets));
        for number in 1..=3 {
            talks(&world, number).await;
        }
        assert_eq!(told(&world).iter().filter(|told| !told.is_empty()).count(), if tickets == 0 { 0 } else { 2 });
        calls.push((*world.store.reads.lock().unwrap(), *world.store.writes.lock().unwrap()));
    }
    assert_eq!(calls[0], calls[1]);
}

#[tokio::test]
async fn nothing_is_kept_or_told_where_agents_see_them_or_the_rules_name_none() {
    for (tickets, shows) in [(0, false), (5, true)] {
        let world = World::with(telling(tickets));
        *world.helpdesk.shows_tickets.lock().unwrap() = shows;
        talks(&world, 1).await;
        talks(&world, 2).await;
        assert_eq!(told(&world), ["", ""]);
        assert_eq!(world.conversation(ROUTER).unwrap().earlier.all().count(), 0);
    }
    // Once the rules name some, the last one is known.
    let mut world = World::with(telling(0));
    talks(&world, 1).await;
    world.rules = World::with(telling(5)).rules;
    talks(&world, 2).await;
    assert_eq!(told(&world)[1], "Tickets anteriores do cliente: ticket T-1 (15/11/2023).");
}

#[tokio::test]
async fn an_opening_that_is_tried_again_still_knows_them() {
    let world = World::with(telling(5));
    talks(&world, 1).await;
    world.clock.pass(DAY);
    // The helpdesk has the ticket, and the store does not hear of it.
    world.store.unavailable_after(0);
    let again = world.customer(&[words(ROUTER, "2", "oi")]).await;
    assert_eq!(again.len(), 1);
    let known = || world.conversation(ROUTER).unwrap().earlier.all().map(|earlier| earlier.day).collect::<Vec<_>>();
    // 15 November 2023.
    assert_eq!((world.conversation(ROUTER).unwrap().ticket, known()), (None, vec![19_676]));
    world.clock.pass(Duration::from_mins(1));
    let record = world.customer_record(&words(ROUTER, "2", "oi"), 2).await;
    assert!(world.to_helpdesk(vec![record]).await.is_empty());
    assert_eq!(told(&world), ["", "Tickets anteriores do cliente: ticket T-1 (15/11/2023)."]);
    assert_eq!(known(), [19_676]);
    assert_eq!(world.conversation(ROUTER).unwrap().ticket.map(|ticket| ticket.as_str().to_owned()), Some("T-2".into()));
}

#[tokio::test]
async fn the_text_may_be_the_companys_own_or_off() {
    let own = OwnText::Words("Antes: {tickets}".to_owned());
    for (own, expected) in [(own, "Antes: ticket T-1 (15/11/2023)"), (OwnText::Off, "")] {
        let course = COURSE.map(|key| (key, OwnText::Off));
        let mut rules = saying(course.into_iter().chain([(TextKey::NoteEarlierTickets, own)]));
        rules.context.earlier_tickets = Some(1);
        let world = World::with(rules);
        talks(&world, 1).await;
        talks(&world, 2).await;
        assert_eq!(told(&world)[1], expected);
    }
}
