//! The same for silence: each invariant fails where a history about it is doctored.

use std::sync::Arc;

use ponte::{
    conversation::{Direction, State},
    message::ConversationId,
    relay::ports::Progress,
};
use service_rules::EndReason;

use super::{
    super::{
        conversation_store::Way,
        fault_plan::FaultPlan,
        harsh::Harsh,
        ledger::{Kind, Ledger, Seen, Speaker, System},
        other_side::UNDER_WAY,
        random::Random,
        time::Time,
        world::World,
    },
    judge,
    tests::{SECOND, opens, says, seen},
};

/// Noon of a day in November, in São Paulo.
const NOON: i64 = 1_700_060_400_000;
const HOUR: i64 = 3_600_000;
const NOTHING: &str = "version: 1\nnight: none\n";
const NIGHT: &str = "version: 1\nnight: 21:00-08:00\n";

/// A history that begins at this time. The customer says `c0` and is answered `a1`.
fn held(rules: &str, epoch: i64) -> Arc<World> {
    let mut random = Random::new(1);
    let mut plan = FaultPlan::calm(&mut random);
    Harsh::Silence.over(&mut plan, &mut random);
    let time = Some(Time::of(epoch, rules));
    let plan = FaultPlan { releases: None, skew: 0, keyless: false, outages: Vec::new(), calm: 0, time, ..plan };
    let world = World::under(plan, random, None, false);
    world.ledger().chat("customer0@tunnel.msging.net", None, &world.key);
    opens(&world, 0, 1);
    says(&world, Speaker::Customer(0), Kind::Words(1), 1);
    says(&world, Speaker::Agent(0), Kind::Words(1), 2);
    {
        let mut ledger = world.ledger();
        let opening = Some(ledger.tickets[0].opening.clone());
        ledger.said[0].copies = 1;
        ledger.said[1].done = Some(3 * SECOND);
        ledger.at_helpdesk = vec![seen(1, "c0", 0)];
        ledger.at_blip = vec![Seen { opening, ..seen(2, "a1", 0) }];
    }
    // Both words are written down.
    let key = world.ledger().chats[0].key.clone();
    let opening = of(&world.ledger());
    let stored = world.store.get(&key).unwrap();
    for (way, side, at) in [(Way::In, stored.inbound, 1), (Way::Out, stored.outbound, 2)] {
        let direction = Direction { sequence: side.sequence + 1, last: world.at(at * SECOND), ..side };
        let progress = Progress::of(&direction);
        world.store.record(way, &opening, &progress).unwrap();
    }
    world
}

fn text(ledger: &mut Ledger, name: &str, seen: Seen) {
    let opening = ledger.tickets[0].opening.clone();
    ledger.system.push(System { opening, name: name.to_owned(), seen, ended: None });
}

fn violations(world: &Arc<World>) -> Vec<String> {
    judge(world, true).violations
}

fn told(rules: &str, epoch: i64, doctor: impl FnOnce(&mut Ledger)) -> Vec<String> {
    let world = held(rules, epoch);
    doctor(&mut world.ledger());
    violations(&world)
}

fn of(ledger: &Ledger) -> ConversationId {
    ledger.tickets[0].opening.clone()
}

#[tokio::test(start_paused = true)]
async fn one_text_for_one_silence() {
    let twice = |kinds: [&'static str; 2], excuse| {
        told(NOTHING, NOON, |ledger| {
            text(ledger, kinds[0], seen(60, "", 0));
            text(ledger, kinds[1], Seen { excuse, ..seen(120, "", 0) });
        })
    };
    assert_eq!(twice(["inactive-warning-1", "still-searching-1"], None), [""; 0]);
    let searching = "the customer of T-1 read 2 texts (still-searching) for one silence";
    assert_eq!(twice(["still-searching-1", "still-searching-2"], None), [searching]);
    assert_eq!(twice(["still-searching-1", "still-searching-2"], Some("Blip could not be asked")), [""; 0]);
    let ends = "the customer of T-1 read 2 texts (end) for one silence";
    assert_eq!(twice(["no-agent-now", "inactive-closed"], None), [ends]);
    assert_eq!(
        twice(["inactive-warning-1", "inactive-warning-2"], None),
        ["the customer of T-1 was asked twice for one silence"]
    );
    let answered = told(NOTHING, NOON, |ledger| {
        text(ledger, "inactive-warning-1", seen(60, "", 0));
        text(ledger, "inactive-warning-2", seen(120, "", 0));
        ledger.said[1].done = Some(80 * SECOND);
        ledger.at_blip[0].at = 80 * SECOND;
    });
    assert_eq!(answered, [""; 0], "an answer begins another silence");
}

#[tokio::test(start_paused = true)]
async fn nothing_at_night() {
    let at = |name: &'static str, epoch, excuse| {
        told(NIGHT, epoch, |ledger| text(ledger, name, Seen { excuse, ..seen(60, "", 0) }))
    };
    let asks = "inactive-warning-1";
    assert_eq!(at(asks, NOON, None), [""; 0]);
    assert_eq!(at(asks, NOON + 10 * HOUR, None), ["chat 0 read inactive-warning-1 at night"]);
    assert_eq!(at("greeting", NOON + 10 * HOUR, None), [""; 0], "the customer did something");
    assert_eq!(at(asks, NOON + 10 * HOUR, Some(UNDER_WAY)), [""; 0]);
    // The night began 10 seconds before, and 30.
    assert_eq!(at(asks, NOON + 9 * HOUR - 50_000, None), [""; 0]);
    assert_eq!(at(asks, NOON + 9 * HOUR - 30_000, None), ["chat 0 read inactive-warning-1 at night"]);
}

#[tokio::test(start_paused = true)]
async fn nobody_who_waits_is_closed() {
    let closed = |said: u64, at: u64| {
        told(NOTHING, NOON, |ledger| {
            ledger.said[0].came = said * SECOND;
            let opening = of(ledger);
            ledger.endings.push((at * SECOND, opening, EndReason::Inactive));
        })
    };
    assert_eq!(closed(1, 600), [""; 0], "it was answered");
    assert_eq!(closed(500, 600), ["T-1 was closed for silence, and its customer had said c0 100000 ms before"]);
    assert_eq!(closed(590, 600), [""; 0], "it crossed the end");
}

#[tokio::test(start_paused = true)]
async fn who_was_answered_is_not_handed_back() {
    let handed_back = |done| {
        told(NOTHING, NOON, |ledger| {
            ledger.said[1].done = done;
            let opening = of(ledger);
            ledger.endings.push((600 * SECOND, opening, EndReason::NoAgent));
        })
    };
    assert_eq!(handed_back(Some(3 * SECOND)), ["T-1 was handed back, and a1 had answered"]);
    assert_eq!(handed_back(Some(601 * SECOND)), [""; 0], "the bridge did not know it yet");
}

#[tokio::test(start_paused = true)]
async fn who_was_sent_back_may_come_again_before_the_helpdesk_knows() {
    let again = |sent_back: u64, told: u64| {
        let world = held(NOTHING, NOON);
        let first = of(&world.ledger());
        world.store.close(&first, State::Closed { at: world.at(600 * SECOND) }).unwrap();
        opens(&world, 0, 700);
        {
            let mut ledger = world.ledger();
            ledger.endings.push((590 * SECOND, first, EndReason::Inactive));
            text(&mut ledger, "redirect", seen(sent_back, "", 0));
            ledger.tickets[0].ended = vec![told * SECOND];
        }
        violations(&world).into_iter().filter(|wrong| wrong.contains("was opened")).collect::<Vec<_>>()
    };
    let open = "T-2 was opened while T-1 was open";
    assert_eq!(again(600, 900), [""; 0]);
    assert_eq!(again(600, 4201), [open], "it is told too late");
    assert_eq!(again(701, 900), [open], "it was not over");
}

#[tokio::test(start_paused = true)]
async fn a_redirect_has_a_reason() {
    let redirect = |ended: Option<&str>, really| {
        told(NOTHING, NOON, |ledger| {
            text(ledger, "redirect", seen(600, "", 0));
            ledger.system[0].ended = ended.map(str::to_owned);
            let opening = of(ledger);
            ledger.endings.push((590 * SECOND, opening, really));
        })
    };
    assert_eq!(redirect(None, EndReason::Inactive), ["chat 0 was sent back without a reason, and no agent closed"]);
    assert_eq!(redirect(Some("inactive"), EndReason::Inactive), [""; 0]);
    assert_eq!(
        redirect(Some("no_agent"), EndReason::Inactive),
        ["chat 0 was sent back for no_agent, and that did not end it"]
    );
    let world = held(NOTHING, NOON);
    says(&world, Speaker::Agent(0), Kind::Close, 590);
    text(&mut world.ledger(), "redirect", seen(600, "", 0));
    assert!(!violations(&world).iter().any(|wrong| wrong.contains("reason")));
}

#[tokio::test(start_paused = true)]
async fn what_is_due_is_done_at_last() {
    let late = async |timers: &str, doctor: fn(&mut Ledger)| {
        let world = held(&format!("{NOTHING}silence: {{ {timers} }}\n"), NOON);
        tokio::time::sleep(std::time::Duration::from_hours(3)).await;
        doctor(&mut world.ledger());
        let of_ledger = |wrong: &String| !wrong.contains('[');
        violations(&world).into_iter().filter(of_ledger).collect::<Vec<_>>()
    };
    let unanswered: fn(&mut Ledger) = |ledger| ledger.at_blip.clear();
    let starts = |wrong: Vec<String>, what: &str| assert!(wrong.iter().any(|wrong| wrong == what), "{what}: {wrong:?}");
    starts(
        late("unanswered: { hand_back_after: 10m }", unanswered).await,
        "due and undone: T-1: nobody answered, and the customer was not handed back",
    );
    starts(
        late("unanswered: { warn_after: 10m }", unanswered).await,
        "due and undone: T-1: nobody answered, and the customer was not told",
    );
    let silent: fn(&mut Ledger) = |ledger| ledger.at_blip[0].at = 3600 * SECOND;
    starts(
        late("customer_silent: { close_after: 10m }", silent).await,
        "due and undone: T-1: the customer says nothing, and it was not closed",
    );
    let waits: fn(&mut Ledger) = |ledger| ledger.at_helpdesk[0].at = 3600 * SECOND;
    starts(
        late("agent_silent: { note_after: 10m }", waits).await,
        "due and undone: T-1: the agent says nothing, and nobody was told",
    );
}
