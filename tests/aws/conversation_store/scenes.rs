//! The scenes. Each takes customers and tickets of its own, so that one store can play them all.

use std::time::Duration;

use ponte::{
    clock::Timestamp,
    conversation::{
        CustomerRecord, Desk, Direction, EarlierTickets, Ending, LastTicket, Partial, Placement, RecentId, State,
        Timers, Who,
    },
    hash::HashKey,
    lime::{Identity, Node},
    message::{ConversationId, CustomerKey, SourceId, TicketId},
    relay::ports::{Progress, Store, StoreError},
};
use service_rules::PlaceTold;

use crate::aws::fresh;

pub(super) const NOW: Timestamp = Timestamp(1_763_640_120_250);
pub(super) const CONFLICT: Result<(), StoreError> = Err(StoreError::Conflict);

/// A customer whom no other scene knows.
pub(super) fn customer() -> CustomerKey {
    let address = format!("{}@tunnel.msging.net", fresh("customer"));
    CustomerKey::of(&Node::parse(&address).unwrap(), &HashKey::new(b"test"))
}

pub(super) fn opening(customer: &CustomerKey, number: u32) -> ConversationId {
    ConversationId::new(format!("{}-{number:012}", customer.as_str()))
}

pub(super) fn ticket() -> TicketId {
    TicketId::new(fresh("T"))
}

pub(super) fn entry(id: &str) -> RecentId {
    RecentId::of("message", &SourceId::new(id), &HashKey::new(b"test"))
}

/// Another one for each opening: of what an opening leaves, the next one keeps nothing.
pub(super) fn who(number: u32) -> Who {
    Who::of(&Identity::parse(&format!("{number}@wa.gw.msging.net")).unwrap(), &HashKey::new(b"test"))
}

pub(super) fn claimed(customer: &CustomerKey, number: u32) -> CustomerRecord {
    CustomerRecord {
        key: customer.clone(),
        opening: opening(customer, number),
        state: State::Claimed,
        opened: Timestamp(NOW.0 + i64::from(number)),
        address: Node::parse("f1a26d54%2Bx@tunnel.msging.net/instance").unwrap(),
        left: None,
        ticket: None,
        agent: None,
        channel: "wa.gw.msging.net".to_owned(),
        who: Some(who(number)),
        placement: Placement::default(),
        rating_asked: None,
        desk: Desk::default(),
        ended: None,
        timers: Timers { due_at: Some(NOW.plus(Duration::from_mins(10))), ..Timers::default() },
        offer: Vec::new(),
        earlier: EarlierTickets::default(),
        last_ticket: None,
        inbound: Direction::default(),
        outbound: Direction::default(),
    }
}

pub(super) async fn read(store: &dyn Store, customer: &CustomerKey) -> CustomerRecord {
    store.conversation(customer, NOW).await.unwrap().unwrap()
}

pub(super) fn placement() -> Placement {
    Placement {
        queue: Some("billing".to_owned()),
        language: Some(ponte::texts::Language::Spanish),
        return_service: Some("survey".to_owned()),
        same_ticket: false,
        callback: false,
    }
}

/// A conversation with a ticket.
pub(super) async fn ticketed(store: &dyn Store) -> (CustomerKey, ConversationId, TicketId) {
    let (customer, ticket) = (customer(), ticket());
    let first = claimed(&customer, 1);
    store.claim(&first, None, NOW).await.unwrap();
    store.store_ticket(&first.opening, &ticket, &placement(), NOW).await.unwrap();
    (customer, first.opening, ticket)
}

async fn an_opening_is_claimed_once(store: &dyn Store) {
    let customer = customer();
    assert_eq!(store.conversation(&customer, NOW).await, Ok(None));
    let (first, second) = (claimed(&customer, 1), claimed(&customer, 2));
    assert_eq!(store.claim(&first, None, NOW).await, Ok(()));
    assert_eq!(read(store, &customer).await, first);
    assert_eq!(store.claim(&second, None, NOW).await, CONFLICT, "somebody was quicker");
    assert_eq!(store.claim(&second, Some(&first.opening), NOW).await, CONFLICT, "it is not closed");
    store.close(&first.opening, NOW).await.unwrap();
    assert_eq!(store.claim(&second, Some(&opening(&customer, 7)), NOW).await, CONFLICT, "another one was read");
    assert_eq!(store.claim(&second, None, NOW).await, CONFLICT, "none was read, and there is one");
    assert_eq!(store.claim(&second, Some(&first.opening), NOW).await, Ok(()));
    assert_eq!(read(store, &customer).await, second);
}

async fn a_ticket_leads_back_to_one_customer(store: &dyn Store) {
    let (one, two, shared) = (customer(), customer(), ticket());
    assert_eq!(store.conversation_of_ticket(&shared, NOW).await, Ok(None));
    let first = claimed(&one, 1);
    store.claim(&first, None, NOW).await.unwrap();
    assert_eq!(
        store.store_ticket(&opening(&one, 9), &shared, &placement(), NOW).await,
        CONFLICT,
        "not the present opening"
    );
    assert_eq!(store.conversation_of_ticket(&shared, NOW).await, Ok(None), "all of it or nothing");
    assert_eq!(store.store_ticket(&first.opening, &shared, &placement(), NOW).await, Ok(()));
    let conversation = read(store, &one).await;
    assert_eq!((conversation.state, conversation.ticket), (State::Ticketed, Some(shared.clone())));
    assert_eq!(conversation.placement, placement());
    assert_eq!(store.conversation_of_ticket(&shared, NOW).await, Ok(Some(first.opening.clone())));
    assert_eq!(store.store_ticket(&first.opening, &ticket(), &placement(), NOW).await, CONFLICT, "it has one already");
    // Another customer's opening does not get it.
    let other = claimed(&two, 1);
    store.claim(&other, None, NOW).await.unwrap();
    assert_eq!(store.store_ticket(&other.opening, &shared, &placement(), NOW).await, CONFLICT);
    assert_eq!((read(store, &two).await.state, read(store, &two).await.ticket), (State::Claimed, None));
    assert_eq!(store.conversation_of_ticket(&shared, NOW).await, Ok(Some(first.opening.clone())));
    // The same customer's next one does.
    store.close(&first.opening, NOW).await.unwrap();
    let next = claimed(&one, 2);
    store.claim(&next, Some(&first.opening), NOW).await.unwrap();
    assert_eq!(read(store, &one).await.placement, Placement::default(), "the next one is decided anew");
    assert_eq!(store.opening_before(&shared, NOW).await, Ok(None), "it was of one conversation so far");
    assert_eq!(store.store_ticket(&next.opening, &shared, &Placement::default(), NOW).await, Ok(()));
    assert_eq!(store.conversation_of_ticket(&shared, NOW).await, Ok(Some(next.opening)));
    assert_eq!(store.opening_before(&shared, NOW).await, Ok(Some(first.opening)));
}

async fn a_direction_is_written_by_whoever_read_it_last(store: &dyn Store) {
    let (customer, opened, _) = ticketed(store).await;
    let mut direction = Direction { sequence: 1, last: NOW, ..Direction::default() };
    direction.recent_ids.push(entry("a"), 32);
    assert_eq!(store.record_inbound(&opening(&customer, 9), &Progress::of(&direction)).await, CONFLICT);
    assert_eq!(store.record_inbound(&opened, &Progress::of(&direction)).await, Ok(()));
    assert_eq!(read(store, &customer).await.inbound, direction);
    assert_eq!(read(store, &customer).await.outbound, Direction::default(), "the other one is another's");
    assert_eq!(store.record_inbound(&opened, &Progress::of(&direction)).await, CONFLICT, "read before the last write");
    let skipping = Direction { sequence: 3, ..direction.clone() };
    assert_eq!(store.record_inbound(&opened, &Progress::of(&skipping)).await, CONFLICT, "a write was not read");
    direction.sequence = 2;
    direction.last_notice_at = NOW;
    direction.receipts.push(entry("seen"), 6);
    direction.under_way.put(Partial { through: 70_000, tries: 2, openings: 1, ..Partial::of(entry("b")) });
    assert_eq!(store.record_inbound(&opened, &Progress::of(&direction)).await, Ok(()));
    assert_eq!(read(store, &customer).await.inbound, direction);
    direction.sequence = 3;
    direction.under_way.remove(entry("b"));
    assert_eq!(store.record_inbound(&opened, &Progress::of(&direction)).await, Ok(()));
    assert_eq!(read(store, &customer).await.inbound, direction, "nothing is under way any more");
    let mut outbound = Direction { sequence: 1, last: NOW, ..Direction::default() };
    outbound.recent_ids.push(entry("x"), 48);
    assert_eq!(store.record_outbound(&opened, &Progress::of(&outbound)).await, Ok(()));
    let conversation = read(store, &customer).await;
    assert_eq!((conversation.inbound, conversation.outbound), (direction, outbound));
}

async fn a_run_may_open_name_an_agent_and_offer_answers(store: &dyn Store) {
    let (customer, opening, _) = ticketed(store).await;
    let mut direction = Direction { sequence: 1, last: NOW, ..Direction::default() };
    let offer = ["Sim".to_owned(), "Não".to_owned()];
    let all = Progress { agent: Some("Ana"), offer: Some(&offer), ..Progress::of(&direction) };
    assert_eq!(store.record_outbound(&opening, &all).await, Ok(()));
    let conversation = read(store, &customer).await;
    assert_eq!(conversation.agent.as_deref(), Some("Ana"));
    assert_eq!((conversation.offer.as_slice(), conversation.state), (&offer[..], State::Ticketed));
    direction.sequence = 2;
    assert_eq!(store.record_outbound(&opening, &Progress::of(&direction)).await, Ok(()));
    assert_eq!(read(store, &customer).await.offer, offer, "it said nothing");
    direction.sequence = 3;
    let said = Progress { offer: Some(&[]), ..Progress::of(&direction) };
    assert_eq!(store.record_outbound(&opening, &said).await, Ok(()));
    let conversation = read(store, &customer).await;
    assert_eq!((conversation.offer, conversation.agent.as_deref()), (Vec::new(), Some("Ana")));
    let inbound = Direction { sequence: 1, last: NOW, ..Direction::default() };
    let opens = Progress { opens: true, ..Progress::of(&inbound) };
    assert_eq!(store.record_inbound(&opening, &opens).await, Ok(()));
    assert_eq!(read(store, &customer).await.state, State::Open);
    let inbound = Direction { sequence: 2, ..inbound };
    let opens = Progress { opens: true, ..Progress::of(&inbound) };
    assert_eq!(store.record_inbound(&opening, &opens).await, CONFLICT, "it is open");
}

async fn what_was_done_outlives_a_conversation_and_what_was_said_of_it_does_not(store: &dyn Store) {
    let (customer, first, _) = ticketed(store).await;
    let mut inbound = Direction { sequence: 1, last: NOW, last_notice_at: NOW, ..Direction::default() };
    inbound.recent_ids.push(entry("a"), 32);
    inbound.under_way.put(Partial { through: 3, ..Partial::of(entry("b")) });
    store.record_inbound(&first, &Progress::of(&inbound)).await.unwrap();
    let outbound = Direction { sequence: 1, last: NOW, ..Direction::default() };
    let offer = ["Sim".to_owned()];
    let all = Progress { agent: Some("Ana"), offer: Some(&offer), ..Progress::of(&outbound) };
    store.record_outbound(&first, &all).await.unwrap();
    store.begin_closing(&first, NOW, Ending::BY_AGENT).await.unwrap();
    store.leave(&first, NOW).await.unwrap();
    store.close(&first, NOW).await.unwrap();
    let (inbound, outbound) = (inbound.of_next_opening(), outbound.of_next_opening());
    let next = CustomerRecord { inbound, outbound, ..claimed(&customer, 2) };
    store.claim(&next, Some(&first), NOW).await.unwrap();
    assert_eq!(read(store, &customer).await, next);
}

async fn earlier_tickets_stay_as_far_as_there_is_room(store: &dyn Store) {
    let (customer, first, last) = ticketed(store).await;
    store.close(&first, NOW).await.unwrap();
    let before = read(store, &customer).await.earlier;
    assert_eq!(before, EarlierTickets::default());
    // Nothing fits beside a long conversation: it is there until the opening has its ticket.
    let once = before.of_next_opening(Some(&last), 20_000, 5, 0);
    let next = CustomerRecord { earlier: once.clone(), ..claimed(&customer, 2) };
    store.claim(&next, Some(&first), NOW).await.unwrap();
    assert_eq!(read(store, &customer).await.earlier, once);
    store.store_ticket(&next.opening, &ticket(), &placement(), NOW).await.unwrap();
    let read_back = read(store, &customer).await;
    assert_eq!((read_back.earlier, read_back.placement), (EarlierTickets::default(), placement()));
    store.close(&next.opening, NOW).await.unwrap();
    // What fits stays.
    let kept = before.of_next_opening(Some(&TicketId::new("4711")), 20_001, 5, 40);
    let third = CustomerRecord { earlier: kept.clone(), ..claimed(&customer, 3) };
    store.claim(&third, Some(&next.opening), NOW).await.unwrap();
    store.store_ticket(&third.opening, &ticket(), &placement(), NOW).await.unwrap();
    assert_eq!(read(store, &customer).await.earlier, kept);
    store.close(&third.opening, NOW).await.unwrap();
    // The next opening says what stays, and it may be nothing.
    let fourth = claimed(&customer, 4);
    store.claim(&fourth, Some(&third.opening), NOW).await.unwrap();
    assert_eq!(read(store, &customer).await.earlier, EarlierTickets::default());
}

async fn the_last_ticket_is_known_until_there_is_one_again(store: &dyn Store) {
    let (customer, first, ticket) = ticketed(store).await;
    store.close(&first, NOW).await.unwrap();
    let last = LastTicket { ticket: ticket.clone(), queue: Some("billing".to_owned()) };
    let next = CustomerRecord { last_ticket: Some(last), ..claimed(&customer, 2) };
    store.claim(&next, Some(&first), NOW).await.unwrap();
    assert_eq!(read(store, &customer).await, next);
    let same = Placement { same_ticket: true, ..placement() };
    store.store_ticket(&next.opening, &ticket, &same, NOW).await.unwrap();
    let stored = read(store, &customer).await;
    assert_eq!((stored.last_ticket, &stored.placement, &stored.ticket), (None, &same, &Some(ticket)));
    // What the timers remember leaves it there.
    let direction = Direction { sequence: 1, last: NOW, ..Direction::default() };
    let timers = Timers { waits_since: Some(NOW.seconds()), ..stored.timers };
    let progress = Progress { opens: true, timers: Some(timers), ..Progress::of(&direction) };
    store.record_inbound(&next.opening, &progress).await.unwrap();
    assert!(read(store, &customer).await.placement.same_ticket);
    // The next one begins anew.
    store.close(&next.opening, NOW).await.unwrap();
    let third = claimed(&customer, 3);
    store.claim(&third, Some(&next.opening), NOW).await.unwrap();
    let stored = read(store, &customer).await;
    assert_eq!((stored.last_ticket, stored.placement, stored.timers), (None, Placement::default(), third.timers));
}

pub(super) async fn all(store: &dyn Store) {
    an_opening_is_claimed_once(store).await;
    a_ticket_leads_back_to_one_customer(store).await;
    a_direction_is_written_by_whoever_read_it_last(store).await;
    a_run_may_open_name_an_agent_and_offer_answers(store).await;
    a_conversation_moves_into_the_ticket_that_its_own_was_merged_into(store).await;
    what_was_done_outlives_a_conversation_and_what_was_said_of_it_does_not(store).await;
    earlier_tickets_stay_as_far_as_there_is_room(store).await;
    the_last_ticket_is_known_until_there_is_one_again(store).await;
    what_the_helpdesk_tells_of_its_queue_is_kept_until_the_next_opening(store).await;
}

async fn a_conversation_moves_into_the_ticket_that_its_own_was_merged_into(store: &dyn Store) {
    let (one, opened, from) = ticketed(store).await;
    let (into, never) = (ticket(), ticket());
    assert_eq!(store.move_ticket(&opening(&one, 9), &from, &into, NOW).await, CONFLICT, "another opening");
    assert_eq!(store.move_ticket(&opened, &never, &into, NOW).await, CONFLICT, "it is in another ticket");
    assert_eq!(store.conversation_of_ticket(&into, NOW).await, Ok(None), "all of it or nothing");
    assert_eq!(store.move_ticket(&opened, &from, &into, NOW).await, Ok(()));
    assert_eq!(read(store, &one).await.ticket, Some(into.clone()));
    for ticket in [&from, &into] {
        assert_eq!(store.conversation_of_ticket(ticket, NOW).await, Ok(Some(opened.clone())), "both lead back");
    }
    assert_eq!(store.move_ticket(&opened, &from, &into, NOW).await, CONFLICT, "once");
    let (other, others, theirs) = ticketed(store).await;
    assert_eq!(store.move_ticket(&others, &theirs, &into, NOW).await, CONFLICT, "it is another customer's");
    assert_eq!(read(store, &other).await.ticket, Some(theirs));
    store.close(&opened, NOW).await.unwrap();
    assert_eq!(store.move_ticket(&opened, &into, &from, NOW).await, CONFLICT, "it is over");
}

async fn what_the_helpdesk_tells_of_its_queue_is_kept_until_the_next_opening(store: &dyn Store) {
    let (customer, first, _) = ticketed(store).await;
    let direction = Direction { sequence: 1, ..Direction::default() };
    let place = PlaceTold { times: 2, place: 5, at: NOW.seconds() };
    let (queued_at, resumed_at) = (Some(NOW.seconds()), Some(NOW.seconds() + 60));
    let known_agent = Some(7);
    let desk = Desk { queued_at, move_untold: true, resumed_at, place, known_agent, ..Desk::default() };
    let moved = Progress { queue: Some("support"), desk: Some(desk), due_at: Some(NOW), ..Progress::of(&direction) };
    store.record_outbound(&first, &moved).await.unwrap();
    let stored = read(store, &customer).await;
    assert_eq!((stored.desk, stored.timers.due_at), (desk, Some(NOW)));
    assert_eq!(stored.placement, Placement { queue: Some("support".to_owned()), ..placement() });
    let words = Direction { sequence: 2, ..direction };
    store.record_outbound(&first, &Progress::of(&words)).await.unwrap();
    assert_eq!(read(store, &customer).await.desk, desk, "words leave it as it is");
    store.begin_closing(&first, NOW, Ending::BY_AGENT).await.unwrap();
    let late = Direction { sequence: 3, ..words.clone() };
    let moved = Progress { due_at: Some(NOW), ..Progress::of(&late) };
    assert_eq!(store.record_outbound(&first, &moved).await, CONFLICT, "whoever closes it says when to look again");
    store.close(&first, NOW).await.unwrap();
    store.claim(&claimed(&customer, 2), Some(&first), NOW).await.unwrap();
    let next = read(store, &customer).await;
    assert_eq!((next.desk, next.placement), (Desk::default(), Placement::default()));
}
