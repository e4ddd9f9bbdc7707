//! How a conversation ends in the store, and what may come behind its end.

use std::time::Duration;

use ponte::{
    clock::Timestamp,
    conversation::{Desk, Direction, Ending, Placement, State, Timers},
    relay::ports::{ClosedFrom, Progress, Store, StoreError},
};
use service_rules::EndReason;

use super::scenes::{CONFLICT, NOW, claimed, customer, opening, placement, read, ticket, ticketed};

pub(super) async fn all(store: &dyn Store) {
    a_closing_goes_one_way(store).await;
    who_went_back_outside_the_hours_is_called_back_once(store).await;
    who_is_found_with_the_bot_has_left_unless_somebody_wrote(store).await;
    a_rating_is_asked_for_while_it_closes_and_forgotten_with_the_conversation(store).await;
    an_opening_without_a_ticket_may_close(store).await;
}

async fn a_closing_goes_one_way(store: &dyn Store) {
    let (customer, opening, _) = ticketed(store).await;
    let (since, left, at) = (NOW, Timestamp(NOW.0 + 10_000), Timestamp(NOW.0 + 11_000));
    assert_eq!(store.leave(&opening, left).await, CONFLICT, "it is not closing");
    assert_eq!(store.begin_closing(&self::opening(&customer, 9), since, Ending::BY_AGENT).await, CONFLICT);
    assert_eq!(store.begin_closing(&opening, since, Ending::BY_AGENT).await, Ok(()));
    assert_eq!(store.begin_closing(&opening, since, Ending::BY_AGENT).await, CONFLICT, "once");
    assert_eq!(store.leave(&self::opening(&customer, 9), left).await, CONFLICT);
    assert_eq!(store.leave(&opening, left).await, Ok(()));
    let conversation = read(store, &customer).await;
    assert_eq!((conversation.state, conversation.left), (State::Closing { since }, Some(left)));
    let inbound = Direction { sequence: 1, last: NOW, ..Direction::default() };
    let opens = Progress { opens: true, ..Progress::of(&inbound) };
    assert_eq!(store.record_inbound(&opening, &opens).await, CONFLICT, "an opening does not undo it");
    assert_eq!(store.record_inbound(&opening, &Progress::of(&inbound)).await, Ok(()));
    assert_eq!(store.close(&self::opening(&customer, 9), at).await, Err(StoreError::Conflict));
    assert_eq!(store.close(&opening, at).await, Ok(ClosedFrom::Closing));
    let conversation = read(store, &customer).await;
    assert_eq!((conversation.state, conversation.left), (State::Closed { at }, None));
    assert_eq!(store.leave(&opening, left).await, CONFLICT);
    assert_eq!(store.close(&opening, at).await, Ok(ClosedFrom::Closed), "it may be repeated, and says so");
}

/// Outside the hours the customer goes back to the bot, and an agent's answer calls the customer back.
async fn who_went_back_outside_the_hours_is_called_back_once(store: &dyn Store) {
    let customer = customer();
    let opening = opening(&customer, 1);
    store.claim(&claimed(&customer, 1), None, NOW).await.unwrap();
    let called_back = Placement { callback: true, ..placement() };
    store.store_ticket(&opening, &ticket(), &called_back, NOW).await.unwrap();
    let stored = read(store, &customer).await;
    assert_eq!((&stored.placement, stored.timers.callback), (&called_back, true));
    // What the timers remember leaves it there.
    let direction = Direction { sequence: 1, last: NOW, ..Direction::default() };
    let timers = Timers { waits_since: Some(NOW.seconds()), ..stored.timers };
    store.record_inbound(&opening, &Progress { timers: Some(timers), ..Progress::of(&direction) }).await.unwrap();
    assert!(read(store, &customer).await.placement.callback);
    let desk = Desk { queued_at: Some(NOW.seconds()), ..Desk::default() };
    let later = NOW.plus(Duration::from_hours(14));
    assert_eq!(store.call_back(&opening, later, desk).await, CONFLICT, "the customer is here");
    let outside = Ending { reason: EndReason::OutsideHours, ..Ending::BY_AGENT };
    store.begin_closing(&opening, NOW, outside).await.unwrap();
    assert_eq!(store.call_back(&opening, later, desk).await, CONFLICT, "the customer is on the way");
    store.close(&opening, NOW).await.unwrap();
    assert_eq!(store.call_back(&self::opening(&customer, 2), later, desk).await, CONFLICT, "another opening");
    assert_eq!(store.call_back(&opening, later, desk).await, Ok(()));
    let open = read(store, &customer).await;
    assert_eq!((open.state, open.ended, open.desk, open.timers.due_at), (State::Open, None, desk, Some(later)));
    assert_eq!(open.ticket, stored.ticket);
    // It lives as long as any conversation that is open.
    let much_later = later.plus(Duration::from_hours(24 * 300));
    assert!(store.conversation(&customer, much_later).await.unwrap().is_some());
    assert_eq!(store.call_back(&opening, later, desk).await, CONFLICT, "once");
    // After another end nobody is called back.
    store.begin_closing(&opening, later, Ending::BY_AGENT).await.unwrap();
    store.close(&opening, later).await.unwrap();
    assert_eq!(store.call_back(&opening, later, desk).await, CONFLICT);
}

async fn who_is_found_with_the_bot_has_left_unless_somebody_wrote(store: &dyn Store) {
    let (customer, opening, _) = ticketed(store).await;
    assert_eq!(store.left(&opening, NOW, (0, 0)).await, CONFLICT, "it is not open yet");
    let direction = Direction { sequence: 1, last: NOW, ..Direction::default() };
    store.record_inbound(&opening, &Progress { opens: true, ..Progress::of(&direction) }).await.unwrap();
    for read in [(0, 0), (2, 0), (1, 1)] {
        assert_eq!(store.left(&opening, NOW, read).await, CONFLICT, "{read:?}");
    }
    assert_eq!(store.left(&self::opening(&customer, 2), NOW, (1, 0)).await, CONFLICT, "another opening");
    assert_eq!(store.left(&opening, NOW, (1, 0)).await, Ok(()));
    let left = read(store, &customer).await;
    let closed = State::Closed { at: NOW };
    assert_eq!((left.state, left.ended, left.timers.due_at), (closed, Some(EndReason::Customer), None));
    assert_eq!(store.left(&opening, NOW, (1, 0)).await, CONFLICT, "once");
    store.claim(&claimed(&customer, 2), Some(&opening), NOW).await.unwrap();
}

async fn a_rating_is_asked_for_while_it_closes_and_forgotten_with_the_conversation(store: &dyn Store) {
    let (customer, opening, _) = ticketed(store).await;
    let until = NOW.plus(Duration::from_mins(10));
    assert_eq!(store.ask(&opening, NOW, None, until).await, CONFLICT, "nobody closed it");
    store.begin_closing(&opening, NOW, Ending::BY_AGENT).await.unwrap();
    store.ask(&opening, NOW, Some("vendas"), until).await.unwrap();
    let asked = read(store, &customer).await;
    assert_eq!((asked.rating_asked, asked.timers.due_at), (Some(NOW), Some(until)));
    assert_eq!(asked.placement.return_service.as_deref(), Some("vendas"));
    assert_eq!(store.ask(&opening, NOW, None, until).await, CONFLICT, "once");
    assert_eq!(read(store, &customer).await.placement.return_service.as_deref(), Some("vendas"), "it stays");
    // The customer's direction says when to look next only until it closes.
    let direction = Direction { sequence: asked.inbound.sequence + 1, ..asked.inbound.clone() };
    let moved = Progress { due_at: Some(NOW), ..Progress::of(&direction) };
    assert_eq!(store.record_inbound(&opening, &moved).await, CONFLICT);
    assert_eq!(store.record_inbound(&opening, &Progress::of(&direction)).await, Ok(()));
    store.close(&opening, NOW).await.unwrap();
    let next = claimed(&customer, 2);
    store.claim(&next, Some(&opening), NOW).await.unwrap();
    let present = read(store, &customer).await;
    assert_eq!((present.rating_asked, present.placement, present.ended), (None, Placement::default(), None));
}

async fn an_opening_without_a_ticket_may_close(store: &dyn Store) {
    let customer = customer();
    let first = claimed(&customer, 1);
    store.claim(&first, None, NOW).await.unwrap();
    assert_eq!(store.begin_closing(&first.opening, NOW, Ending::BY_AGENT).await, Ok(()));
    assert_eq!(read(store, &customer).await.state, State::Closing { since: NOW });
    assert_eq!(store.store_ticket(&first.opening, &ticket(), &placement(), NOW).await, CONFLICT, "too late");
}
