//! When a helpdesk says no: who is told, what is tried again, and where the customer is afterwards.

use std::time::Duration;

use ponte::{
    conversation::State,
    message::SourceId,
    queue::{CloseJob, Record},
    relay::{
        Failure,
        ports::{Author, Line, Spoken, Typed},
    },
    texts::TextKey,
};

use super::{
    helpdesk::Told,
    world::{DESK, ROUTER, World, closes, open, record, ticket, words},
};
use crate::rules::silent;

const BOT: &str = "5531900000000@wa.gw.msging.net";
const REFUSED: Failure = Failure::Refused { why: "the helpdesk refuses the message", status: 422 };
const NOT_OPENED: &str =
    "Não conseguimos abrir o seu atendimento. Por favor, fale conosco por outro canal ou tente de novo mais tarde.";
pub(super) const NOT_READ: &str = "A sua última mensagem chegou quando o atendimento já tinha sido encerrado e pode não ser lida. \
     Se ainda precisar de ajuda, escreva de novo.";

fn is_closed(world: &World, address: &str) -> bool {
    matches!(world.conversation(address).unwrap().state, State::Closed { .. })
}

#[tokio::test]
async fn a_customer_whom_the_helpdesk_refuses_is_told_once_and_goes_back_to_the_bot() {
    for (address, first) in [(ROUTER, words(ROUTER, "1", "oi")), (DESK, ticket("Waiting", Some("oi")))] {
        let world = World::with(silent(&[TextKey::Greeting]));
        world.helpdesk.faults.next([REFUSED]);
        assert!(world.customer(&[first]).await.is_empty(), "{address}: not tried again");
        assert!(world.queue.parked.lock().unwrap().is_empty(), "{address}");
        assert!(matches!(world.conversation(address).unwrap().state, State::Closing { .. }));
        assert!(world.closes(1).await.is_empty());
        assert!(is_closed(&world, address));
        // Nothing of a conversation that was closed: there was none.
        let back = if address == ROUTER { vec![NOT_OPENED, "-> main bot"] } else { vec![NOT_OPENED] };
        assert_eq!(world.sent(), back);
        assert_eq!(world.blip.closed.lock().unwrap().len(), usize::from(address == DESK));
        assert!(!world.told().iter().any(|told| matches!(told, Told::Ended { .. })), "no ticket, no end of it");
    }
}

#[tokio::test]
async fn without_a_bot_the_next_words_try_again_and_the_customer_is_told_once_an_hour() {
    let world = World::new();
    world.helpdesk.faults.next([REFUSED, REFUSED]);
    for number in 1..=2 {
        assert!(world.customer(&[words(BOT, &number.to_string(), "oi")]).await.is_empty());
        assert!(world.closes(1).await.is_empty());
        world.clock.pass(Duration::from_mins(5));
    }
    assert_eq!(world.sent(), [NOT_OPENED]);
    // The helpdesk takes the customer again.
    assert!(world.customer(&[words(BOT, "3", "e agora?")]).await.is_empty());
    assert_eq!(world.said(), ["T-1 e agora?"]);
}

#[tokio::test]
async fn an_outage_is_no_refusal() {
    let failures = [
        Failure::later("no connection"),
        Failure::Unknown { why: "the helpdesk fails" },
        Failure::Unauthorized { why: "the helpdesk refuses the key" },
        Failure::Gone,
    ];
    for failure in failures {
        let world = World::new();
        world.helpdesk.faults.next([failure.clone()]);
        let record = world.customer_record(&words(ROUTER, "1", "oi"), 1).await;
        assert_eq!(world.to_helpdesk(vec![record.clone()]).await.len(), 1, "{failure}");
        assert!(world.sent().is_empty(), "{failure}");
        assert!(world.to_helpdesk(vec![record]).await.is_empty());
        assert_eq!(world.said(), ["T-1 oi"], "{failure}");
    }
}

#[tokio::test]
async fn a_refused_opening_ends_though_the_function_stops_in_the_middle() {
    let world = World::new();
    world.helpdesk.faults.next([REFUSED]);
    let first = world.customer_record(&words(ROUTER, "1", "oi"), 1).await;
    let second = world.customer_record(&words(ROUTER, "2", "alô?"), 1).await;
    *world.queue.unavailable.lock().unwrap() = true;
    assert_eq!(world.to_helpdesk(vec![first.clone(), second.clone()]).await.len(), 2, "the close was not handed on");
    *world.queue.unavailable.lock().unwrap() = false;
    // Both wait for the end, and hand the close on.
    assert_eq!(world.to_helpdesk(vec![first.clone(), second.clone()]).await.len(), 2);
    assert!(world.closes(2).await.is_empty());
    assert!(is_closed(&world, ROUTER));
    assert!(world.to_helpdesk(vec![first, second]).await.is_empty());
    assert_eq!(world.sent(), [NOT_OPENED, "-> main bot"], "once");
    assert!(world.said().is_empty());
}

#[tokio::test]
async fn the_ticket_says_that_a_message_did_not_arrive() {
    let world = open().await;
    let refused = world.customer_record(&words(ROUTER, "1", "⛔"), 1).await;
    for _ in 0..2 {
        assert!(world.to_helpdesk(vec![refused.clone()]).await.is_empty());
    }
    let notes = world.told().iter().filter(|told| **told == Told::Noted { ticket: "T-1".into() }).count();
    assert_eq!(notes, 1);
    assert_eq!(
        world.sent(),
        ["Não conseguimos entregar a sua última mensagem. Por favor, tente enviá-la de outra forma."]
    );
}

#[tokio::test]
async fn a_helpdesk_that_refuses_the_note_too_holds_nothing_up() {
    let world = open().await;
    world.helpdesk.faults.next([REFUSED]);
    assert!(world.customer(&[words(ROUTER, "1", "⛔"), words(ROUTER, "2", "e isto?")]).await.is_empty());
    assert_eq!(world.said(), ["T-1 oi", "T-1 e isto?"]);
}

/// What a customer says while the agent's closing is under way.
async fn crosses(address: &str) -> World {
    let world = World::new();
    let first = if address == DESK { ticket("Waiting", Some("oi")) } else { words(address, "1", "oi") };
    world.customer(&[first]).await;
    world.agent("T-1", [closes("x", None)]).await;
    world.clock.pass(Duration::from_secs(1));
    let waiting = world.customer_record(&words(address, "2", "mais uma coisa"), 1).await;
    assert_eq!(world.to_helpdesk(vec![waiting.clone()]).await.len(), 1);
    world.clock.pass(Duration::from_secs(5));
    world.closes(1).await;
    assert!(world.to_helpdesk(vec![Record { attempts: 4, ..waiting }]).await.is_empty());
    world
}

#[tokio::test]
async fn words_that_cross_the_closing_are_a_note_and_the_customer_is_told_before_the_bot_takes_over() {
    let world = crosses(ROUTER).await;
    assert_eq!(world.said(), ["T-1 oi", "T-1 mais uma coisa (late)"]);
    assert_eq!(world.sent(), [NOT_READ, "-> main bot"]);
    let world = crosses(DESK).await;
    assert_eq!(world.said(), ["T-1 oi", "T-1 mais uma coisa (late)"]);
    assert_eq!(world.sent(), [NOT_READ]);
}

#[tokio::test]
async fn words_that_cross_the_closing_open_the_next_conversation_where_no_bot_is() {
    let world = crosses(BOT).await;
    assert_eq!(world.said(), ["T-1 oi", "T-2 mais uma coisa"]);
    assert!(world.sent().is_empty());
}

#[tokio::test]
async fn a_close_without_a_ticket_is_read_by_whoever_reads_one_with() {
    let world = World::new();
    world.helpdesk.faults.next([REFUSED]);
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    let job = world.queue.sent.lock().unwrap()[0].clone();
    let close: CloseJob = record(&job, 1).job().unwrap();
    assert_eq!((close.ticket, job.body.contains("ticket")), (None, false));
}

fn line(id: Option<&str>, author: Author, text: &str, at: &str) -> Spoken {
    let line = Line { author, text: text.into(), at: Some(format!("2026-11-20T12:00:{at}.000Z")) };
    Spoken { id: id.map(SourceId::new), line }
}

async fn transcript(world: &World, first: serde_json::Value) -> Vec<String> {
    world.customer(&[first]).await;
    let openings = world.helpdesk.openings.lock().unwrap();
    openings[0].transcript.as_ref().unwrap().iter().map(|line| line.text.clone()).collect()
}

#[tokio::test]
async fn what_opens_a_conversation_is_a_message_and_no_line_of_the_transcript() {
    let before = |id: Option<&'static str>| {
        vec![
            line(Some("a"), Author::Customer, "oi", "01"),
            line(Some("b"), Author::Bot, "Vou chamar alguém.", "02"),
            line(id, Author::Customer, "falar com alguém", "03"),
        ]
    };
    for id in [Some("1"), Some("fwd:1"), None] {
        let world = World::new();
        *world.blip.transcript.lock().unwrap() = before(id);
        if id.is_some() {
            world.blip.transcript.lock().unwrap().push(line(Some("2"), Author::Customer, "alô?", "04"));
        }
        let got = transcript(&world, words(ROUTER, "1", "falar com alguém")).await;
        assert_eq!(got, ["oi", "Vou chamar alguém."], "{id:?}");
    }
    // The same words, said before: by another id they are another message.
    let world = World::new();
    *world.blip.transcript.lock().unwrap() = before(Some("0"));
    let got = transcript(&world, words(ROUTER, "1", "falar com alguém")).await;
    assert_eq!(got, ["oi", "Vou chamar alguém.", "falar com alguém"]);
}

#[tokio::test]
async fn what_was_typed_into_a_waiting_ticket_is_no_line_of_the_transcript() {
    let world = World::new();
    *world.blip.transcript.lock().unwrap() =
        vec![line(Some("a"), Author::Customer, "oi", "01"), line(Some("t"), Author::Customer, "olá?", "05")];
    let typed = Typed { id: SourceId::new("t"), document: ponte::lime::Document::text("olá?") };
    world.blip.typed.lock().unwrap().push(typed);
    assert_eq!(transcript(&world, ticket("Waiting", None)).await, ["oi"]);
    assert_eq!(world.said(), ["T-1 olá?"]);
    assert_eq!(*world.blip.readings.lock().unwrap(), 1, "the ticket's messages are read once");
}
