//! The same for what a helpdesk tells beside words: each invariant fails where a history about it is doctored.

use std::sync::Arc;

use service_rules::EndReason;

use super::{
    super::{
        conversation_store::Way,
        fault_plan::FaultPlan,
        harsh::Harsh,
        ledger::{Call, Kind, Ledger, Seen, Speaker, System},
        random::Random,
        time::Time,
        world::World,
    },
    judge,
    tests::{SECOND, opens, says, seen},
};
use ponte::{conversation::Direction, relay::ports::Progress};

const RULES: &str = "version: 1\nnight: none\n";
const NOON: i64 = 1_700_060_400_000;

fn move_to(into: &'static str) -> Kind {
    Kind::Moves { into: Some(into), unassigned: false }
}

/// A customer says `c0` and is answered `a1`. Then the agent does these, each a minute after the one before, and Ponte is done with each a second
/// later. The conversation is in this queue.
fn held(does: &[Kind], queue: Option<&str>) -> Arc<World> {
    let mut random = Random::new(1);
    let mut plan = FaultPlan::calm(&mut random);
    Harsh::Desk.over(&mut plan, &mut random);
    let time = Some(Time::of(NOON, RULES));
    let plan = FaultPlan { skew: 0, keyless: false, outages: Vec::new(), calm: 0, time, ..plan };
    let world = World::under(plan, random, None, false);
    world.ledger().chat("customer0@tunnel.msging.net", None, &world.key);
    let opening = opens(&world, 0, 1);
    says(&world, Speaker::Customer(0), Kind::Words(1), 1);
    says(&world, Speaker::Agent(0), Kind::Words(1), 2);
    for (minute, kind) in (1..).zip(does) {
        says(&world, Speaker::Agent(0), *kind, 60 * minute);
    }
    let mut ledger = world.ledger();
    for said in &mut ledger.said {
        (said.copies, said.done) = (1, Some(said.at + SECOND));
    }
    ledger.at_helpdesk = vec![seen(1, "c0", 0)];
    ledger.at_blip = vec![Seen { opening: Some(opening.clone()), ..seen(2, "a1", 0) }];
    drop(ledger);
    let key = world.ledger().chats[0].key.clone();
    let stored = world.store.get(&key).unwrap();
    for (way, side, at) in [(Way::In, stored.inbound, 1), (Way::Out, stored.outbound, 2)] {
        let direction = Direction { sequence: side.sequence + 1, last: world.at(at * SECOND), ..side };
        let queue = queue.filter(|_| way == Way::Out);
        world.store.record(way, &opening, &Progress { queue, ..Progress::of(&direction) }).unwrap();
    }
    world
}

fn text(ledger: &mut Ledger, name: &str, words: &str, at: u64) {
    let opening = ledger.tickets[0].opening.clone();
    ledger.system.push(System { opening, name: name.to_owned(), seen: seen(at, words, 0), ended: None });
}

/// What is wrong with that history once it is doctored. The customer is told of the first transfer, unless the doctor tells of one.
fn told(does: &[Kind], queue: Option<&str>, doctor: impl FnOnce(&mut Ledger)) -> Vec<String> {
    let world = held(does, queue);
    doctor(&mut world.ledger());
    if let Some(first) = (1..).zip(does).find_map(|(minute, kind)| super::desk::is_move(kind).then_some(60 * minute)) {
        let mut ledger = world.ledger();
        if !ledger.system.iter().any(|system| system.name.starts_with("transferred")) {
            text(&mut ledger, "transferred-first", "Você foi encaminhado.", first);
        }
    }
    judge(&world, true).violations
}

#[tokio::test(start_paused = true)]
async fn a_transfer_is_told_where_somebody_had_answered() {
    let judged = |does: &[Kind], queue: &str, doctor: fn(&mut Ledger)| {
        let world = held(does, Some(queue));
        doctor(&mut world.ledger());
        judge(&world, true).violations
    };
    let untold = ["T-1 was transferred, and the customer was not told"];
    assert_eq!(judged(&[move_to("day")], "day", |_| {}), untold);
    assert_eq!(judged(&[move_to("day")], "day", |ledger| text(ledger, "transferred-1", "", 60)), [""; 0]);
    assert_eq!(
        judged(&[move_to("day")], "day", |ledger| ledger.at_blip[0].at = 50 * SECOND),
        [""; 0],
        "its answer is too near"
    );
}

#[tokio::test(start_paused = true)]
async fn a_transfer_is_told_once_and_the_last_queue_counts() {
    let moves = [move_to("day"), move_to("night")];
    let texts = |at: &[u64]| {
        told(&moves, Some("night"), |ledger| {
            for at in at {
                text(ledger, &format!("transferred-{at}"), "Você foi encaminhado.", *at);
            }
        })
    };
    assert_eq!(texts(&[60, 120]), [""; 0]);
    assert_eq!(texts(&[60, 81]), ["the customer of T-1 read of two transfers within 21000 ms"]);
    assert_eq!(texts(&[60, 120, 180]), ["the customer of T-1 read of 3 transfers, of 2"]);
    assert_eq!(told(&moves, Some("day"), |_| {}), ["T-1 went to night, and its conversation is in Some(\"day\")"]);
    let aside = told(&moves, Some("day"), |ledger| ledger.said[3].set_aside = true);
    assert_eq!(aside, [""; 0], "its turn is another");
}

#[tokio::test(start_paused = true)]
async fn a_place_that_rises_is_not_told() {
    let places = |does: &[Kind], texts: &[(u64, &str)]| {
        told(does, does.first().map(|_| "day"), |ledger| {
            for (at, words) in texts {
                text(ledger, &format!("place-{at}"), words, *at);
            }
        })
    };
    let number = |place: u64| format!("Você é o número {place} da fila.");
    let fall = [(100, &*number(12)), (500, &*number(8)), (900, "Você é o próximo.")];
    assert_eq!(places(&[], &fall), [""; 0]);
    let rose = [(100, &*number(8)), (500, &*number(9))];
    assert_eq!(places(&[], &rose), ["the customer of T-1 read of a place that rose, from 8 to 9"]);
    assert_eq!(places(&[move_to("day")], &[(30, &*number(8)), (500, &*number(9))]), [""; 0], "of another queue");
    let many: Vec<_> = (1..=5).map(|at| (at * 400, number(20 - at))).collect();
    let many: Vec<_> = many.iter().map(|(at, words)| (*at, &**words)).collect();
    assert_eq!(places(&[], &many), ["the customer of T-1 read 5 places"]);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_due_during_a_hold() {
    let hold = [Kind::Holds(true), Kind::Holds(false)];
    let asked = |does: &[Kind], at: u64| {
        let queue = does.iter().any(super::desk::is_move).then_some("day");
        told(does, queue, |ledger| text(ledger, "inactive-warning-1", "", at))
    };
    assert_eq!(asked(&hold, 110), ["T-1 was on hold since 61000, and inactive-warning came at 110000"]);
    assert_eq!(asked(&hold, 130), [""; 0], "it goes on");
    assert_eq!(asked(&hold, 70), [""; 0], "it was under way");
    assert_eq!(asked(&[Kind::Holds(true), move_to("day")], 130), [""; 0], "a transfer ends it");
    let ended = told(&hold[..1], None, |ledger| {
        let opening = ledger.tickets[0].opening.clone();
        ledger.notes_of_silence.push((200 * SECOND, opening.clone()));
        ledger.endings.push((300 * SECOND, opening, EndReason::NoAgent));
    });
    assert!(
        ended.contains(&"T-1 was on hold since 61000, and a note of silence came at 200000".to_owned()),
        "{ended:?}"
    );
    assert!(ended.contains(&"T-1 was on hold since 61000, and no-agent-now came at 300000".to_owned()), "{ended:?}");
    let said = told(&hold[..1], None, |ledger| {
        ledger.at_helpdesk.push(seen(90, "c0", 0));
        text(ledger, "inactive-warning-1", "", 110);
    });
    assert!(!said.iter().any(|wrong| wrong.contains("on hold")), "a word ends it: {said:?}");
}

#[tokio::test(start_paused = true)]
async fn what_was_taken_back_in_time_does_not_arrive() {
    let back = [Kind::Withdraws(1)];
    let note = |ledger: &mut Ledger, at| ledger.notes_of_withdrawn.push((1, seen(at, "a1", 0)));
    assert_eq!(told(&back, None, |ledger| note(ledger, 61)), [""; 0]);
    assert_eq!(
        told(&back, None, |_| {}),
        ["a1 was withdrawn, and the agent was not told that the customer still has it"]
    );
    let twice = told(&back, None, |ledger| (61..63).for_each(|at| note(ledger, at)));
    assert_eq!(twice, ["the agent was told 2 times that the customer has a1"]);
    // The call that sent it had what takes it back in its batch.
    let together = told(&back, None, |ledger| {
        note(ledger, 61);
        ledger.calls.push(Call { by: 7, begun: 2 * SECOND, answered: None });
        ledger.batches.insert(7, vec![1, 2]);
        ledger.at_blip[0].call = 0;
    });
    assert_eq!(together, ["a1 reached the customer, and had been withdrawn before it was sent"]);
    let in_vain = told(&back, None, |ledger| {
        note(ledger, 61);
        ledger.at_blip.clear();
        ledger.said[1].done = Some(70 * SECOND);
    });
    assert_eq!(in_vain, ["the agent was told on T-1 that the customer has a1, and it never came"]);
    let in_time = told(&back, None, |ledger| {
        ledger.at_blip.clear();
        ledger.said[1].done = Some(70 * SECOND);
    });
    assert_eq!(in_time, [""; 0], "it is not lost");
    assert_eq!(told(&back, None, |ledger| ledger.at_blip.clear()), ["lost: a1 of T-1"]);
    assert_eq!(told(&[], None, |ledger| ledger.at_blip.clear()), ["lost: a1 of T-1"]);
}
