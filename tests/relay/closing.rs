//! The end of a conversation.

use std::time::Duration;

use ponte::{
    clock::Clock,
    conversation::State,
    relay::{Failure, ports::EndedBy},
    texts::TextKey,
};

use super::{
    helpdesk::Told,
    refused::NOT_READ,
    world::{DESK, ROUTER, World, closes, says, ticket, words},
};
use crate::rules::silent;

const REFUSED: Failure = Failure::Refused { why: "", status: 400 };

async fn open(address: &str) -> World {
    let world = World::new();
    match address {
        DESK => world.customer(&[ticket("Waiting", None)]).await,
        _ => world.customer(&[words(address, "1", "oi")]).await,
    };
    world
}

#[tokio::test]
async fn each_way_ends_in_its_own_manner() {
    for (address, service, sent, closed) in [
        (ROUTER, None, vec!["-> main bot"], vec![]),
        (ROUTER, Some("survey"), vec!["-> survey"], vec![]),
        (DESK, Some("survey"), vec![], vec!["ba11b95c"]),
        ("5531@wa.gw.msging.net", None, vec![], vec![]),
    ] {
        let world = open(address).await;
        assert!(world.agent("T-1", [closes("x", service)]).await.is_empty());
        assert!(matches!(world.conversation(address).unwrap().state, State::Closing { .. }));
        assert!(world.closes(1).await.is_empty());
        assert_eq!(world.sent(), sent, "{address}");
        assert_eq!(*world.blip.closed.lock().unwrap(), closed, "{address}");
        assert!(matches!(world.conversation(address).unwrap().state, State::Closed { .. }));
        assert_eq!(world.told().last(), Some(&Told::Ended { ticket: "T-1".into(), by: EndedBy::Agent }));
    }
}

#[tokio::test]
async fn last_words_pass_for_six_seconds_and_the_customers_wait() {
    let world = open(ROUTER).await;
    world.agent("T-1", [closes("x", None)]).await;
    world.clock.pass(Duration::from_millis(5_900));
    world.agent("T-1", [says("last", "até logo!")]).await;
    let waiting = world.customer_record(&words(ROUTER, "2", "obrigada"), 1).await;
    assert_eq!(world.to_helpdesk(vec![waiting.clone()]).await.len(), 1);
    world.clock.pass(Duration::from_millis(200));
    world.agent("T-1", [says("late", "mais uma coisa")]).await;
    world.clock.pass(Duration::from_secs(4));
    world.closes(1).await;
    assert_eq!(world.sent(), ["até logo!", NOT_READ, "-> main bot"]);
    assert!(world.to_helpdesk(vec![waiting]).await.is_empty());
    assert_eq!(world.said(), ["T-1 oi", "T-1 obrigada (late)"], "said before the end: a note, no new conversation");
    assert!(world.told().iter().any(|told| matches!(told, Told::NotDelivered { .. })));
}

#[tokio::test]
async fn a_look_that_takes_too_long_makes_the_last_words_late() {
    let world = open(ROUTER).await;
    world.agent("T-1", [closes("x", None)]).await;
    world.clock.pass(Duration::from_secs(5));
    *world.blip.look_takes.lock().unwrap() = (world.clock.clone(), Duration::from_secs(2)).into();
    let again = world.agent_record("T-1", says("last", "até logo!"), 2);
    assert!(world.to_blip(vec![again]).await.is_empty());
    assert!(world.sent().is_empty());
    assert!(world.told().iter().any(|told| matches!(told, Told::NotDelivered { .. })));
}

#[tokio::test]
async fn the_closing_text_comes_before_the_redirect() {
    let world = World::with(silent(&[TextKey::Greeting]));
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    world.agent("T-1", [closes("x", None)]).await;
    world.closes(1).await;
    assert_eq!(world.sent(), ["O atendimento foi encerrado. Obrigado pelo contato!", "-> main bot"]);
}

#[tokio::test]
async fn a_failing_redirect_is_repeated_and_never_parked() {
    let world = open(ROUTER).await;
    world.agent("T-1", [closes("x", None)]).await;
    let job = world.queue.sent.lock().unwrap().clone();
    world.blip.faults.next([Failure::Unauthorized { why: "" }, Failure::later("down")]);
    for attempts in 1..=2 {
        assert_eq!(world.closes(attempts).await.len(), 1);
        assert!(matches!(world.conversation(ROUTER).unwrap().state, State::Closing { .. }));
        *world.queue.sent.lock().unwrap() = job.clone();
    }
    assert!(world.closes(3).await.is_empty());
    assert_eq!(world.sent(), ["-> main bot"]);
    assert!(world.queue.parked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_service_that_the_router_does_not_have_leads_to_the_main_bot() {
    let world = open(ROUTER).await;
    world.agent("T-1", [closes("x", Some("no such service"))]).await;
    world.blip.faults.next([REFUSED]);
    assert!(world.closes(1).await.is_empty());
    assert_eq!(world.sent(), ["-> main bot"]);
    assert!(matches!(world.conversation(ROUTER).unwrap().state, State::Closed { .. }));
    assert!(!world.told().iter().any(|told| matches!(told, Told::Noted { .. })));
}

#[tokio::test]
async fn a_customer_whom_blip_never_takes_back_is_told_of_and_not_silenced() {
    for (address, refusals) in [(ROUTER, 2), (DESK, 1)] {
        let world = open(address).await;
        world.agent("T-1", [closes("x", Some("no such service"))]).await;
        world.blip.faults.next(vec![REFUSED; refusals]);
        assert!(world.closes(1).await.is_empty(), "{address}");
        assert!(world.told().contains(&Told::Noted { ticket: "T-1".into() }), "{address}");
        assert!(matches!(world.conversation(address).unwrap().state, State::Closed { .. }));
    }
    // The next words are heard in a new conversation.
    let world = open(ROUTER).await;
    world.agent("T-1", [closes("x", None)]).await;
    world.blip.faults.next([REFUSED]);
    world.closes(1).await;
    world.clock.pass(Duration::from_secs(1));
    world.customer(&[words(ROUTER, "2", "alguém aí?")]).await;
    assert_eq!(world.said(), ["T-1 oi", "T-2 alguém aí?"]);
}

#[tokio::test]
async fn a_blip_ticket_that_is_closed_already_is_no_failure() {
    let world = open(DESK).await;
    world.agent("T-1", [closes("x", None)]).await;
    world.blip.faults.next([Failure::Gone]);
    assert!(world.closes(1).await.is_empty());
    assert!(matches!(world.conversation(DESK).unwrap().state, State::Closed { .. }));
}

/// The redirect goes out, and then the conversation store does not take the write. What the customer says some time later is worked when the close
/// was repeated, a minute after it.
async fn says_after_a_lost_write(later: Duration) -> Vec<String> {
    let world = open(ROUTER).await;
    world.agent("T-1", [closes("x", None)]).await;
    let job = world.queue.sent.lock().unwrap().clone();
    // The first write says that the customer is about to leave.
    world.store.unavailable_after(1);
    assert_eq!(world.closes(1).await.len(), 1);
    assert_eq!(world.sent(), ["-> main bot"]);
    world.clock.pass(later);
    let record = world.customer_record(&words(ROUTER, "2", "quero falar com alguém"), 1).await;
    world.clock.pass(Duration::from_mins(1));
    *world.queue.sent.lock().unwrap() = job;
    assert!(world.closes(2).await.is_empty());
    assert!(world.to_helpdesk(vec![record]).await.is_empty());
    assert_eq!(world.sent(), ["-> main bot"], "once");
    world.said()
}

#[tokio::test]
async fn who_was_sent_back_is_heard_in_the_next_conversation_15_s_later() {
    for seconds in [15, 30, 59] {
        let said = says_after_a_lost_write(Duration::from_secs(seconds)).await;
        assert_eq!(said, ["T-1 oi", "T-2 quero falar com alguém"], "{seconds} s");
    }
    let said = says_after_a_lost_write(Duration::from_secs(1)).await;
    assert_eq!(said, ["T-1 oi", "T-1 quero falar com alguém (late)"], "while the redirect was on its way");
}

#[tokio::test]
async fn a_redirect_that_was_sent_before_the_crash_is_not_sent_again() {
    let world = open(ROUTER).await;
    world.agent("T-1", [closes("x", None)]).await;
    let job = world.queue.sent.lock().unwrap().clone();
    *world.store.unavailable.lock().unwrap() = 1;
    assert_eq!(world.closes(1).await.len(), 1);
    *world.queue.sent.lock().unwrap() = job;
    assert!(world.closes(2).await.is_empty());
    assert_eq!(world.sent(), ["-> main bot"]);
}

#[tokio::test]
async fn a_close_that_was_written_but_not_handed_on_is_handed_on() {
    let world = open(ROUTER).await;
    *world.queue.unavailable.lock().unwrap() = true;
    let record = world.agent_record("T-1", closes("x", None), 1);
    assert_eq!(world.to_blip(vec![record.clone()]).await.len(), 1);
    assert!(matches!(world.conversation(ROUTER).unwrap().state, State::Closing { .. }));
    *world.queue.unavailable.lock().unwrap() = false;
    assert!(world.to_blip(vec![record]).await.is_empty());
    assert_eq!(world.queue.sent.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_close_of_an_earlier_opening_does_not_send_todays_customer_away() {
    let world = open(ROUTER).await;
    world.agent("T-1", [closes("x", None)]).await;
    let old = world.queue.sent.lock().unwrap().clone();
    world.closes(1).await;
    world.clock.pass(Duration::from_secs(1));
    world.customer(&[words(ROUTER, "2", "voltei")]).await;
    *world.queue.sent.lock().unwrap() = old;
    assert!(world.closes(2).await.is_empty());
    assert_eq!(world.sent(), ["-> main bot"]);
    assert_eq!(world.conversation(ROUTER).unwrap().state, State::Open);
}

#[tokio::test]
async fn an_agent_who_closes_during_the_opening_is_not_undone_by_it() {
    let world = World::new();
    // The first write is the ticket's; the second, the run's own, meets the agent's close.
    let since = world.clock.now();
    world.store.interfere_after(1, move |c| c.state = State::Closing { since });
    assert!(world.customer(&[words(ROUTER, "1", "oi")]).await.is_empty());
    assert!(matches!(world.conversation(ROUTER).unwrap().state, State::Closing { .. }));
    assert_eq!(world.conversation(ROUTER).unwrap().inbound.sequence, 1);
    assert_eq!(world.said(), ["T-1 oi"]);
}

#[tokio::test]
async fn what_comes_back_from_an_earlier_conversation_is_told_and_not_delivered() {
    let world = open(ROUTER).await;
    let parked = world.customer_record(&words(ROUTER, "old", "da outra vez"), 1).await;
    world.agent("T-1", [closes("x", None)]).await;
    world.closes(1).await;
    world.clock.pass(Duration::from_hours(2));
    world.customer(&[words(ROUTER, "2", "voltei")]).await;
    world.to_helpdesk(vec![parked]).await;
    assert_eq!(world.said(), ["T-1 oi", "T-2 voltei", "T-2 da outra vez (late)"]);
}

#[tokio::test]
async fn a_replay_is_told_from_an_earlier_conversation_that_ended_within_the_minute() {
    let world = open(ROUTER).await;
    let mut parked = world.customer_record(&words(ROUTER, "old", "da outra vez"), 1).await;
    parked.body = ponte_cli::parked::replayed(&parked.body).unwrap();
    world.agent("T-1", [closes("x", None)]).await;
    world.closes(1).await;
    world.clock.pass(Duration::from_secs(15));
    world.customer(&[words(ROUTER, "2", "voltei")]).await;
    world.to_helpdesk(vec![parked]).await;
    assert_eq!(world.said(), ["T-1 oi", "T-2 voltei", "T-2 da outra vez (late)"]);
}

#[tokio::test]
async fn a_customer_who_left_is_gone_even_if_the_helpdesk_refuses_to_hear_it() {
    let world = open(DESK).await;
    world.helpdesk.faults.next([Failure::Refused { why: "", status: 422 }]);
    assert!(world.customer(&[ticket("ClosedClient", None)]).await.is_empty());
    assert!(matches!(world.conversation(DESK).unwrap().state, State::Closed { .. }));
    assert!(world.queue.parked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_note_for_a_ticket_that_is_gone_opens_nothing() {
    let world = open(ROUTER).await;
    let waiting = world.customer_record(&words(ROUTER, "2", "obrigada"), 1).await;
    world.agent("T-1", [closes("x", None)]).await;
    world.closes(1).await;
    world.helpdesk.faults.next([Failure::Gone]);
    assert!(world.to_helpdesk(vec![waiting]).await.is_empty());
    assert_eq!(world.helpdesk.openings.lock().unwrap().len(), 1);
}
