//! A customer who comes back soon: on in the same ticket, or in a new one.

use std::{sync::Arc, time::Duration};

use ponte::{
    conversation::State,
    message::{AgentEvent, AgentEventKind, SourceId, TicketId},
    queue::CloseJob,
    relay::{Failure, ports::FixedRules},
};
use service_rules::{EndReason, Period, ServiceRules};

use super::{
    helpdesk::{Reopening, Told},
    world::{ROUTER, World, closes, says, words},
};
use crate::rules::{COURSE, silent};

const OTHER: &str = "c0ffee00@tunnel.msging.net";
const MINUTE: Duration = Duration::from_mins(1);

fn within(minutes: Option<u32>) -> ServiceRules {
    let mut rules = silent(&COURSE);
    rules.reopening.within = minutes.map(Period::minutes);
    rules
}

/// A customer whose conversation in `T-1` ended just now, where one who comes back within half an hour goes on in it.
async fn over(reopening: Reopening) -> World {
    over_with(within(Some(30)), reopening).await
}

async fn over_with(rules: ServiceRules, reopening: Reopening) -> World {
    let world = World::with(rules);
    *world.helpdesk.reopening.lock().unwrap() = Some(reopening);
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    world.clock.pass(MINUTE);
    world.agent("T-1", [says("a1", "olá"), closes("c1", None)]).await;
    world.clock.pass(Duration::from_secs(10));
    assert!(world.closes(1).await.is_empty());
    world
}

async fn comes_back(world: &World, after: Duration) {
    world.clock.pass(after);
    assert!(world.customer(&[words(ROUTER, "2", "voltei")]).await.is_empty());
}

fn ticket(world: &World) -> String {
    world.conversation(ROUTER).unwrap().ticket.unwrap().as_str().to_owned()
}

/// How often a ticket was opened, and opened again.
fn opened(world: &World) -> (usize, usize) {
    let told = world.told();
    let count = |of: fn(&Told) -> bool| told.iter().filter(|told| of(told)).count();
    (count(|told| matches!(told, Told::Opened(_))), count(|told| matches!(told, Told::Reopened { .. })))
}

#[tokio::test]
async fn who_comes_back_in_time_goes_on_in_the_same_ticket_and_later_in_a_new_one() {
    for (minutes, after, goes_on) in
        [(None, 1, false), (Some(30), 1, true), (Some(30), 30, true), (Some(30), 31, false)]
    {
        let world = over_with(within(minutes), Reopening::Opens).await;
        comes_back(&world, MINUTE * after).await;
        let (expected, calls) = if goes_on { ("T-1", (1, 1)) } else { ("T-2", (2, 0)) };
        assert_eq!((ticket(&world).as_str(), opened(&world)), (expected, calls), "{minutes:?} {after}");
        assert_eq!(world.said(), ["T-1 oi".to_owned(), format!("{expected} voltei")]);
        let conversation = world.conversation(ROUTER).unwrap();
        assert_eq!((conversation.placement.same_ticket, conversation.last_ticket), (goes_on, None));
        // What the new one is told of the old one is up to the rules, too.
        let previous = world.helpdesk.openings.lock().unwrap().last().unwrap().previous.clone();
        assert_eq!(previous, None, "a new ticket follows none that ended long ago");
    }
}

#[tokio::test]
async fn both_directions_go_on_and_the_second_conversation_ends_by_itself() {
    let world = over(Reopening::Opens).await;
    let first = world.opening(ROUTER);
    comes_back(&world, MINUTE).await;
    assert_ne!(world.opening(ROUTER), first);
    *world.helpdesk.over.lock().unwrap() = true;
    world.clock.pass(MINUTE);
    assert!(world.agent("T-1", [says("a2", "de novo"), closes("c2", None)]).await.is_empty());
    assert!(world.closes(1).await.is_empty());
    assert_eq!(world.sent(), ["olá", "-> main bot", "de novo", "-> main bot"]);
    assert!(matches!(world.conversation(ROUTER).unwrap().state, State::Closed { .. }));
    // And a third time.
    world.clock.pass(MINUTE);
    assert!(world.customer(&[words(ROUTER, "3", "ainda")]).await.is_empty());
    assert_eq!((ticket(&world).as_str(), opened(&world)), ("T-1", (1, 2)));
}

#[tokio::test]
async fn a_ticket_that_cannot_be_opened_again_is_followed_by_a_new_one_and_nothing_is_lost() {
    for reopening in [Reopening::Cannot, Reopening::Refuses, Reopening::Gone, Reopening::MayNot] {
        let world = over(reopening).await;
        comes_back(&world, MINUTE).await;
        assert_eq!((ticket(&world).as_str(), opened(&world)), ("T-2", (2, 0)), "{reopening:?}");
        assert_eq!(world.said(), ["T-1 oi", "T-2 voltei"]);
        assert!(!world.conversation(ROUTER).unwrap().placement.same_ticket);
        let openings = world.helpdesk.openings.lock().unwrap();
        assert_eq!(openings[1].previous.as_ref().map(TicketId::as_str), Some("T-1"));
    }
    // A helpdesk that has no such thing is told which one it was.
    let world = over(Reopening::Opens).await;
    *world.helpdesk.reopening.lock().unwrap() = None;
    comes_back(&world, MINUTE).await;
    assert_eq!((ticket(&world).as_str(), opened(&world)), ("T-2", (2, 0)));
    assert_eq!(world.helpdesk.openings.lock().unwrap()[1].previous.as_ref().map(TicketId::as_str), Some("T-1"));
}

#[tokio::test]
async fn an_outage_opens_no_other_ticket() {
    let world = over(Reopening::Opens).await;
    world.helpdesk.faults.next([Failure::later("503")]);
    world.clock.pass(MINUTE);
    let again = world.customer(&[words(ROUTER, "2", "voltei")]).await;
    assert_eq!((again.len(), opened(&world)), (1, (1, 0)));
    let last = world.conversation(ROUTER).unwrap().last_ticket.unwrap();
    assert_eq!(last.ticket.as_str(), "T-1", "the next try knows it, although the time may be over by then");
    world.clock.pass(MINUTE * 60);
    let record = world.customer_record(&words(ROUTER, "2", "voltei"), 2).await;
    assert!(world.to_helpdesk(vec![record]).await.is_empty());
    assert_eq!((ticket(&world).as_str(), opened(&world)), ("T-1", (1, 1)));
}

#[tokio::test]
async fn an_opening_that_is_tried_again_opens_the_ticket_once() {
    for (reopening, expected) in [(Reopening::Opens, ("T-1", (1, 1))), (Reopening::Cannot, ("T-2", (2, 0)))] {
        let world = over(reopening).await;
        world.clock.pass(MINUTE);
        // The helpdesk did it, and the store does not hear of it.
        world.store.unavailable_after(0);
        assert_eq!(world.customer(&[words(ROUTER, "2", "voltei")]).await.len(), 1);
        assert_eq!(world.conversation(ROUTER).unwrap().ticket, None);
        // By now it would do otherwise.
        let other = if reopening == Reopening::Opens { Reopening::Cannot } else { Reopening::Opens };
        *world.helpdesk.reopening.lock().unwrap() = Some(other);
        let record = world.customer_record(&words(ROUTER, "2", "voltei"), 2).await;
        assert!(world.to_helpdesk(vec![record]).await.is_empty());
        assert_eq!((ticket(&world).as_str(), opened(&world)), expected, "{reopening:?}");
        assert_eq!(world.said(), ["T-1 oi".to_owned(), format!("{} voltei", expected.0)]);
    }
}

#[tokio::test]
async fn another_queue_is_another_ticket() {
    for (to, expected) in [("sales", "T-1"), ("billing", "T-2")] {
        let rules = r#"{"version":1,"reopening":{"within":"30m"},"queues":{"sales":{"name":"Vendas"},"billing":{"name":"Financeiro"}},
            "routing":{"routes":[{"id":"b","when":{"context.subject":"boleto"},"then":{"queue":"billing"}},{"id":"s","then":{"queue":"sales"}}]}}"#;
        let world = over_with(ServiceRules::from_json(rules.as_bytes()).unwrap(), Reopening::Opens).await;
        world.clock.pass(MINUTE);
        let text = if to == "billing" { "boleto" } else { "voltei" };
        assert!(world.customer(&[words(ROUTER, "2", text)]).await.is_empty());
        let conversation = world.conversation(ROUTER).unwrap();
        assert_eq!((ticket(&world).as_str(), conversation.placement.queue.as_deref()), (expected, Some(to)));
        let openings = world.helpdesk.openings.lock().unwrap();
        let previous = openings.last().unwrap().previous.as_ref().map(|ticket| ticket.as_str().to_owned());
        assert_eq!(previous.as_deref(), (expected == "T-2").then_some("T-1"));
    }
}

#[tokio::test]
async fn where_the_routes_name_no_queue_the_ticket_stays_in_its_own() {
    let rules = |routing: &str| {
        let json = format!(
            r#"{{"version":1,"reopening":{{"within":"30m"}},"queues":{{"sales":{{"name":"Vendas"}}}},"routing":{{"routes":[{routing}]}}}}"#
        );
        ServiceRules::from_json(json.as_bytes()).unwrap()
    };
    let mut world = over_with(rules(r#"{"id":"s","then":{"queue":"sales"}}"#), Reopening::Opens).await;
    world.rules = Arc::new(FixedRules(Arc::new(rules(""))));
    comes_back(&world, MINUTE).await;
    let conversation = world.conversation(ROUTER).unwrap();
    assert_eq!((ticket(&world).as_str(), conversation.placement.queue.as_deref()), ("T-1", Some("sales")));
}

#[tokio::test]
async fn a_closing_that_is_late_is_none_of_the_conversation_that_goes_on() {
    let world = over(Reopening::Opens).await;
    comes_back(&world, MINUTE).await;
    // The helpdesk tells once more, under another id, that the first one was closed.
    world.clock.pass(Duration::from_secs(5));
    let late = || world.agent_record("T-1", closes("c1-again", None), 1);
    let first = late();
    // An event may be quicker than the API: the ticket is looked at again before that is believed.
    assert_eq!(world.to_blip(vec![first.clone()]).await.len(), 1);
    assert_eq!(*world.helpdesk.asked.lock().unwrap(), 1);
    world.clock.pass(Duration::from_secs(11));
    assert!(world.to_blip(vec![first]).await.is_empty());
    assert_eq!(world.conversation(ROUTER).unwrap().state, State::Open);
    assert_eq!(*world.helpdesk.asked.lock().unwrap(), 2);
    // The same once it was looked into: it is known.
    assert!(world.to_blip(vec![late()]).await.is_empty());
    assert_eq!(*world.helpdesk.asked.lock().unwrap(), 2);
    // Nobody is asked for a conversation that did not go on in its ticket.
    let world = over_with(within(None), Reopening::Opens).await;
    comes_back(&world, MINUTE).await;
    assert!(world.agent("T-2", [closes("c2", None)]).await.is_empty());
    assert!(matches!(world.conversation(ROUTER).unwrap().state, State::Closing { .. }));
    assert_eq!(*world.helpdesk.asked.lock().unwrap(), 0);
}

#[tokio::test]
async fn what_the_agent_said_before_the_customer_came_back_is_not_said_in_the_next_conversation() {
    let world = over(Reopening::Opens).await;
    // Received in time, and worked when the customer is back.
    let late = [says("a2", "até logo"), closes("c1-again", None)].map(|event| world.agent_record("T-1", event, 1));
    *world.helpdesk.over.lock().unwrap() = true;
    comes_back(&world, Duration::from_secs(20)).await;
    assert!(world.to_blip(late.into()).await.is_empty());
    assert_eq!(world.sent(), ["olá", "-> main bot"]);
    assert!(world.told().iter().any(|told| matches!(told, Told::NotDelivered { ticket, .. } if ticket == "T-1")));
    assert_eq!(world.conversation(ROUTER).unwrap().state, State::Open);
}

/// A customer who left, and whose end the helpdesk could not be told before they came back.
#[tokio::test]
async fn a_close_job_that_is_late_does_not_close_the_ticket_under_the_customer() {
    for goes_on in [true, false] {
        let world = over(if goes_on { Reopening::Opens } else { Reopening::Cannot }).await;
        let first = world.conversation(ROUTER).unwrap();
        comes_back(&world, MINUTE).await;
        *world.helpdesk.keyless.lock().unwrap() = true;
        let job = CloseJob { ended: Some(EndReason::Inactive), ..CloseJob::new(first.opening, first.ticket) };
        world.queue.sent.lock().unwrap().push(job.addressed(&world.key));
        assert!(world.closes(2).await.is_empty());
        let ended =
            world.told().iter().filter(|told| matches!(told, Told::Ended { by, .. } if by.closes_ticket())).count();
        assert_eq!(ended, usize::from(!goes_on));
        assert_eq!(world.conversation(ROUTER).unwrap().state, State::Open);
    }
}

/// The ticket goes on, and is then merged into one of somebody else: that is not a closing that could be of the conversation before.
#[tokio::test]
async fn a_ticket_that_goes_on_and_is_merged_into_anothers_ends() {
    let world = over(Reopening::Opens).await;
    comes_back(&world, MINUTE).await;
    world.customer(&[words(OTHER, "o1", "sou outra pessoa")]).await;
    let kind = AgentEventKind::Merged { into: TicketId::new("T-2") };
    world.clock.pass(MINUTE);
    assert!(world.agent("T-1", [AgentEvent { id: SourceId::exact("merged"), kind }]).await.is_empty());
    assert!(matches!(world.conversation(ROUTER).unwrap().state, State::Closing { .. }));
    assert_eq!(*world.helpdesk.asked.lock().unwrap(), 0);
}

#[tokio::test]
async fn a_ticket_that_is_found_gone_is_not_opened_again() {
    let world = over(Reopening::Opens).await;
    comes_back(&world, MINUTE).await;
    *world.helpdesk.gone.lock().unwrap() = true;
    world.clock.pass(MINUTE);
    world.customer(&[words(ROUTER, "3", "e agora?")]).await;
    // Every ticket of this helpdesk is gone, and none of them is opened again.
    let (new, again) = opened(&world);
    assert!(new > 1 && again == 1, "{new} {again}");
}

#[tokio::test]
async fn it_costs_no_read_and_no_write() {
    let mut costs = Vec::new();
    for minutes in [None, Some(30)] {
        let world = over_with(within(minutes), Reopening::Opens).await;
        comes_back(&world, MINUTE).await;
        assert!(world.agent(&ticket(&world), [says("a2", "de novo")]).await.is_empty());
        costs.push((*world.store.reads.lock().unwrap(), *world.store.writes.lock().unwrap()));
    }
    assert_eq!(costs[0], costs[1]);
}

#[tokio::test]
async fn the_agents_note_names_no_ticket_as_its_own_past() {
    let cases = [(Reopening::Opens, 5), (Reopening::Cannot, 5), (Reopening::Opens, 0), (Reopening::Cannot, 0)];
    for (reopening, tickets) in cases {
        // Of a customer who comes back soon the last one is named, whether or not the rules name others.
        let mut rules = within(Some(30));
        rules.context.earlier_tickets = Some(tickets);
        let world = over_with(rules, reopening).await;
        comes_back(&world, MINUTE).await;
        let (openings, reopened) = (world.helpdesk.openings.lock().unwrap(), world.helpdesk.reopened.lock().unwrap());
        let notes = |opening: &ponte::relay::ports::NewConversation| opening.route_notes.join(" ");
        match reopening {
            Reopening::Opens => assert!(reopened.len() == 1 && !notes(&reopened[0]).contains("T-1")),
            _ => assert!(notes(&openings[1]).contains("ticket T-1"), "{}", notes(&openings[1])),
        }
    }
}
