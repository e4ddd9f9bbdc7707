//! The index of what is due, and the waits of queues, on the emulator.

use aws_sdk_dynamodb::Client;
use ponte::{
    clock::Timestamp,
    conversation::{Direction, Ending, Timers},
    hash::HashKey,
    relay::ports::{Due, DueIndex, Progress, Store, StoreError, Waits},
    store::{DueTable, DynamoStore, WaitsTable},
};
use service_rules::WaitStatistics;

use super::{
    Emulator,
    scenes::{CONFLICT, NOW, claimed, customer},
    table,
};

#[tokio::test]
async fn a_conversation_is_in_the_index_until_it_is_closed() {
    let emulator = Emulator::start().await;
    let client = Client::new(&emulator.config());
    let table = table(&client).await;
    let store = DynamoStore::new(client.clone(), table.clone(), "memory".to_owned(), HashKey::new(b"test"));
    let index = DueTable::new(client.clone(), table);
    let at = |seconds: i64| Timestamp(NOW.0 + seconds * 1000);
    let mut due = Vec::new();
    for number in [3, 1, 2] {
        let customer = customer();
        let mut first = claimed(&customer, 1);
        first.timers.due_at = Some(at(number));
        store.claim(&first, None, NOW).await.unwrap();
        due.push(Due { at: at(number), customer });
    }
    due.sort();
    assert_eq!(index.due_by(at(0), None).await, Ok(Vec::new()));
    assert_eq!(index.due_by(at(2), None).await.as_deref(), Ok(&due[..2]), "in its order, and no more than is due");
    assert_eq!(index.due_by(at(9), Some(&due[0])).await.as_deref(), Ok(&due[1..]), "after the last one");
    assert_eq!(index.due_by(at(9), Some(&due[2])).await, Ok(Vec::new()));
    // A timer moves with the write of its run.
    let opening = store.conversation(&due[0].customer, NOW).await.unwrap().unwrap().opening;
    let direction = Direction { sequence: 1, ..Direction::default() };
    let timers = Timers { waits_since: Some(NOW.seconds()), ..Timers::default() };
    let moved = Progress { timers: Some(timers), due_at: Some(at(20)), ..Progress::of(&direction) };
    store.record_inbound(&opening, &moved).await.unwrap();
    assert_eq!(index.due_by(at(9), None).await.as_deref(), Ok(&due[1..]));
    let read = store.conversation(&due[0].customer, NOW).await.unwrap().unwrap().timers;
    assert_eq!(read, Timers { due_at: Some(at(20)), ..timers });
    // While it closes it is still there; then no write brings it back.
    store.begin_closing(&opening, NOW, Ending::BY_AGENT).await.unwrap();
    assert_eq!(index.due_by(at(20), None).await.map(|due| due.len()), Ok(3));
    store.close(&opening, NOW).await.unwrap();
    let direction = Direction { sequence: 2, ..Direction::default() };
    assert_eq!(store.record_inbound(&opening, &Progress { direction: &direction, ..moved.clone() }).await, CONFLICT);
    assert_eq!(index.due_by(at(99), None).await.as_deref(), Ok(&due[1..]));
    let words = Progress { direction: &direction, due_at: None, ..moved };
    assert_eq!(store.record_inbound(&opening, &words).await, Ok(()), "words do not depend on it");
    assert_eq!(index.due_by(at(99), None).await.as_deref(), Ok(&due[1..]));
    let absent = DueTable::new(client, "no-such-table".to_owned());
    assert_eq!(absent.due_by(NOW, None).await, Err(StoreError::Unavailable));
}

#[tokio::test]
async fn the_waits_of_a_queue_are_changed_by_whoever_read_them_last() {
    let emulator = Emulator::start().await;
    let client = Client::new(&emulator.config());
    let table = table(&client).await;
    let store = WaitsTable::new(client, table);
    for queue in [None, Some("billing"), Some("Cobran\u{e7}a #1")] {
        assert_eq!(store.waits(queue).await, Ok(None));
        let mut known = WaitStatistics::default();
        known.add(90, NOW.seconds());
        store.store_waits(queue, None, &known).await.unwrap();
        assert_eq!(store.store_waits(queue, None, &known).await, CONFLICT);
        assert_eq!(store.waits(queue).await, Ok(Some(known)));
        let mut next = known;
        next.add(200, NOW.seconds() + 5);
        store.store_waits(queue, Some(&known), &next).await.unwrap();
        assert_eq!(store.store_waits(queue, Some(&known), &next).await, CONFLICT);
        let read = store.waits(queue).await.unwrap().unwrap();
        assert!((read.mean_s - next.mean_s).abs() < 0.01 && (read.dev_s - next.dev_s).abs() < 0.01, "{read:?}");
    }
}
