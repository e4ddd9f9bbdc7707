//! Each invariant fails when it is broken: a history that held is doctored in one place, and judged again.

use std::sync::Arc;

use ponte::{
    clock::Timestamp,
    conversation::{CustomerRecord, Desk, Direction, EarlierTickets, Placement, State, Timers},
    lime::Node,
    message::ConversationId,
    queue::{Destination, Job},
    relay::ports::Progress,
    trail::StepName,
};

use super::{
    super::{
        conversation_store::Way,
        fault_plan::FaultPlan,
        helpdesk,
        ledger::{Kind, Ledger, Poison, Seen, Speaker, System, Ticket},
        other_side::UNDER_WAY,
        random::Random,
        world::World,
    },
    judge, trail,
};

pub(super) const SECOND: u64 = 1000;

pub(super) fn seen(at: u64, text: &str, place: usize) -> Seen {
    let text = text.to_owned();
    let named = String::new();
    Seen {
        at: at * SECOND,
        text,
        place,
        late: false,
        lost: false,
        excuse: None,
        call: usize::MAX,
        opening: None,
        named,
    }
}

fn opening(world: &World, chat: usize, number: usize) -> ConversationId {
    ConversationId::parse(&format!("{}-{number:012x}", world.ledger().chats[chat].key.as_str())).unwrap()
}

/// Says something, and puts it into its queue.
pub(super) fn says(world: &World, by: Speaker, kind: Kind, at: u64) -> usize {
    let said = world.ledger().say(by, kind, at * SECOND);
    let (destination, group) = match by {
        Speaker::Agent(ticket) => (Destination::ToCustomer, format!("ticket {ticket}")),
        Speaker::Customer(_) | Speaker::Channel(_) => (Destination::ToHelpdesk, "customer".to_owned()),
    };
    let job = Job { destination, group, deduplication: said.to_string(), body: String::new() };
    world.enters(&job, &[said]);
    let mut ledger = world.ledger();
    ledger.said[said].came = at * SECOND;
    let hash = trail::hash(world, &ledger, &ledger.said[said]);
    ledger.trail.extend(hash.map(|hash| (hash, vec![StepName::Delivered])));
    said
}

/// Opens a conversation of the chat with the helpdesk's next ticket, in the conversation store and in the ledger.
pub(crate) fn opens(world: &World, chat: usize, at: u64) -> ConversationId {
    let ticket = world.ledger().tickets.len();
    let opening = opening(world, chat, ticket + 1);
    let key = world.ledger().chats[chat].key.clone();
    let conversation = CustomerRecord {
        opening: opening.clone(),
        key: key.clone(),
        state: State::Claimed,
        opened: Timestamp(0),
        address: Node::parse(&world.ledger().chats[chat].address).unwrap(),
        left: None,
        ticket: None,
        agent: None,
        channel: String::new(),
        who: None,
        placement: Placement::default(),
        timers: Timers::default(),
        rating_asked: None,
        desk: Desk::default(),
        ended: None,
        offer: Vec::new(),
        earlier: EarlierTickets::default(),
        last_ticket: None,
        inbound: Direction::default(),
        outbound: Direction::default(),
    };
    let previous = world.store.get(&key);
    world.store.claim(&conversation, previous.as_ref().map(|previous| &previous.opening)).unwrap();
    world.store.store_ticket(&opening, &helpdesk::name(ticket), &Placement::default()).unwrap();
    let direction = Direction { sequence: previous.map_or(0, |p| p.inbound.sequence) + 1, ..Direction::default() };
    let progress = Progress { opens: true, ..Progress::of(&direction) };
    world.store.record(Way::In, &opening, &progress).unwrap();
    world.ledger().tickets.push(Ticket {
        opening: opening.clone(),
        chat,
        at: at * SECOND,
        first: None,
        gone: false,
        ended: Vec::new(),
    });
    opening
}

pub(super) fn system(world: &World, opening: &ConversationId, name: &str, at: u64) {
    let seen = seen(at, name, 0);
    world.ledger().system.push(System { opening: opening.clone(), name: name.to_owned(), seen, ended: None });
}

/// Two customers. The first says `c0` and `c2` and is answered `a1` and `a3`; all arrive. Its agent closes (`4`), says `a5`
/// too late, and is told so. The second says `c6`, and is with its agent still.
fn held() -> Arc<World> {
    let mut random = Random::new(1);
    let world = World::under(FaultPlan::calm(&mut random), random, None, false);
    for chat in 0..2 {
        world.ledger().chat(&format!("customer{chat}@tunnel.msging.net"), None, &world.key);
    }
    let first = opens(&world, 0, 1);
    for (by, at) in
        [(Speaker::Customer(0), 1), (Speaker::Agent(0), 2), (Speaker::Customer(0), 3), (Speaker::Agent(0), 4)]
    {
        says(&world, by, Kind::Words(1), at);
    }
    says(&world, Speaker::Agent(0), Kind::Close, 5);
    says(&world, Speaker::Agent(0), Kind::Words(1), 20);
    opens(&world, 1, 30);
    says(&world, Speaker::Customer(1), Kind::Words(1), 30);
    world.store.close(&first, State::Closed { at: Timestamp(0) }).unwrap();
    system(&world, &first, "redirect", 15);
    let mut ledger = world.ledger();
    ledger.at_helpdesk = vec![seen(1, "c0", 0), seen(3, "c2", 0), seen(30, "c6", 1)];
    ledger.at_blip = vec![seen(2, "a1", 0), seen(4, "a3", 0)];
    ledger.notices = vec![seen(20, "a5", 0)];
    ledger.tickets[0].ended.push(15 * SECOND);
    ledger.closings.push((5 * SECOND, first));
    drop(ledger);
    world
}

pub(super) fn violations(doctor: impl FnOnce(&World)) -> Vec<String> {
    let world = held();
    doctor(&world);
    judge(&world, true).violations
}

/// The doctored history breaks exactly this.
pub(super) fn found(expected: &str, doctor: impl FnOnce(&World)) {
    assert_eq!(violations(doctor), [expected]);
}

/// The same, where only the ledger is doctored.
pub(super) fn told(expected: &str, doctor: impl FnOnce(&mut Ledger)) {
    found(expected, |world| doctor(&mut world.ledger()));
}

#[test]
fn a_history_that_held_is_not_found_guilty() {
    assert_eq!(violations(|_| {}), [""; 0]);
    assert_eq!(judge(&held(), false).violations, ["the queues did not drain"]);
    told("said at the moment", |ledger| ledger.wrong.push("said at the moment".to_owned()));
}

#[test]
fn what_the_customer_said() {
    told("lost: c2 of chat 0", |ledger| drop(ledger.at_helpdesk.remove(1)));
    told("repeated: c2 at the helpdesk", |ledger| ledger.at_helpdesk.insert(2, seen(4, "c2", 0)));
    told("repeated: c2 at the helpdesk, after it was done", |ledger| {
        ledger.said[2].done = Some(3 * SECOND);
        ledger.at_helpdesk.insert(2, Seen { excuse: Some("no key"), ..seen(4, "c2", 0) });
    });
    told("the trail of c2 has no end: None", |ledger| {
        ledger.said[2].done = Some(3 * SECOND);
        ledger.trail.clear();
    });
    told("crossed: c2 of chat 0 is on T-2", |ledger| ledger.at_helpdesk[1].place = 1);
    told("out of order: c0 after c2", |ledger| ledger.at_helpdesk.swap(0, 1));
    told("silence: c2 was refused, and the customer was not told", |ledger| {
        ledger.said[2].poison = Some(Poison::Whole);
        ledger.at_helpdesk.remove(1);
    });
    found("c2 is of a conversation that ended at 15000, and came into the next", |world| {
        opens(world, 0, 40);
        world.ledger().at_helpdesk[1] = seen(50, "c2", 2);
    });
    assert_eq!(
        violations(|world| {
            opens(world, 0, 40);
            world.ledger().at_helpdesk[1] = Seen { late: true, ..seen(50, "c2", 2) };
        }),
        [""; 0],
        "the agent was told that it is of an earlier one"
    );
}

#[test]
fn what_the_agent_said() {
    told("lost: a3 of T-1", |ledger| drop(ledger.at_blip.remove(1)));
    told("lost: a5 of T-1", |ledger| ledger.notices.clear());
    told("repeated: a3 at Blip", |ledger| ledger.at_blip.push(seen(5, "a3", 0)));
    told("crossed: a3 of T-1 reached another customer", |ledger| ledger.at_blip[1].place = 1);
    told("out of order: a1 after a3", |ledger| ledger.at_blip.swap(0, 1));
    told("a3 came 5000 ms after the customer had left", |ledger| ledger.at_blip[1].at = 20 * SECOND);
    told("2 notices about a5", |ledger| ledger.notices.push(seen(21, "a5", 0)));
    told("a3 was delivered, and its agent was told that it was not", |ledger| ledger.notices.push(seen(5, "a3", 0)));
    found("silence: the channel refused a3, and its agent was not told", |world| {
        says(world, Speaker::Channel(3), Kind::Failed, 6);
    });
    assert_eq!(
        violations(|world| {
            world.ledger().at_blip[1] = Seen { excuse: Some(UNDER_WAY), ..seen(20, "a3", 0) };
        }),
        [""; 0],
        "nobody could call it back"
    );
}

#[test]
fn how_conversations_end() {
    found("half-open: chat 1 is Some(Ticketed)", |world| {
        let second = world.ledger().tickets[1].opening.clone();
        let mut ticketed = world.store.get(&second.conversation()).unwrap();
        world.store.close(&second, State::Closed { at: Timestamp(0) }).unwrap();
        (ticketed.opening, ticketed.ticket) = (opening(world, 1, 9), None);
        world.store.claim(&ticketed, Some(&second)).unwrap();
        world.store.store_ticket(&ticketed.opening, &helpdesk::name(8), &Placement::default()).unwrap();
        says(world, Speaker::Agent(1), Kind::Close, 35);
        world.ledger().tickets[1].ended.push(40 * SECOND);
        system(world, &second, "redirect", 40);
    });
    found("T-3 was opened while T-2 was open", |world| {
        let second = world.ledger().tickets[1].opening.clone();
        world.store.close(&second, State::Closed { at: Timestamp(0) }).unwrap();
        opens(world, 1, 40);
        says(world, Speaker::Agent(1), Kind::Close, 55);
        world.ledger().tickets[1].ended.push(60 * SECOND);
        system(world, &second, "redirect", 60);
    });
    found("T-2 was closed by its agent, and its conversation is open", |world| {
        says(world, Speaker::Agent(1), Kind::Close, 40);
    });
    found("the customer of T-2 left, and the conversation is open", |world| {
        says(world, Speaker::Customer(1), Kind::Ended, 40);
    });
    told("the helpdesk was not told of the end of T-1", |ledger| ledger.tickets[0].ended.clear());
    told("the helpdesk was told twice of the end of T-1", |ledger| ledger.tickets[0].ended.push(16 * SECOND));
    told("the customer of T-1 was never sent back", |ledger| ledger.system.clear());
    found("the customer of T-1 was sent back twice", |world| {
        let first = world.ledger().tickets[0].opening.clone();
        system(world, &first, "redirect", 16);
    });
    told("the customer was sent away 2000 ms after the closing was written", |ledger| {
        ledger.closings[0].0 = 13 * SECOND;
    });
    found("Blip's ticket of T-1 was left open", |world| {
        world.ledger().chats[0].desk = Some("desk".to_owned());
        world.blip.desk.lock().unwrap().entry("desk".to_owned()).or_default();
    });
}

#[test]
fn how_parked_messages_go_back() {
    let replay = |order: [usize; 2]| {
        violations(|world| {
            let queue = world.queues.to(Destination::ToCustomer);
            let copies = queue.receive(0, 10, SECOND).unwrap();
            for copy in copies {
                assert!(queue.park(0, &copy.record));
            }
            let parked = world.queues.parked().find(|parked| parked.left() > 0).unwrap();
            let copies = parked.receive(0, 10, SECOND).unwrap();
            for copy in order {
                parked.sent_back(&copies[copy].record);
            }
        })
    };
    assert_eq!(replay([0, 1]), [""; 0]);
    let first = "parked ToCustomer-2 was sent back before parked ToCustomer-1, which had been parked before it";
    assert_eq!(replay([1, 0])[0], first);
}
