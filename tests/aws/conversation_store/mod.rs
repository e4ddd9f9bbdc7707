//! What the conversation store promises, as scenes that each store plays: DynamoDB's expressions on the emulator, the store in memory, and
//! the simulation's.

mod due;
mod endings;
mod scenes;
mod simulated;

use std::time::Duration;

use aws_sdk_dynamodb::{
    Client,
    types::{
        AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection, ProjectionType,
        ScalarAttributeType,
    },
};
use ponte::{
    clock::Timestamp,
    hash::HashKey,
    relay::ports::{ClosedFrom, Cursors, Store, StoreError},
    store::DynamoStore,
};

use super::{Emulator, fresh};
use crate::relay::ports::MemoryStore;

use self::{
    scenes::{CONFLICT, NOW, claimed, customer, placement, ticket, ticketed},
    simulated::Simulated,
};

fn later(days: u64) -> Timestamp {
    NOW.plus(Duration::from_hours(24 * days))
}

/// A table as the template has it.
pub(super) async fn table(client: &Client) -> String {
    let name = fresh("table");
    let attribute =
        |name: &str, kind| AttributeDefinition::builder().attribute_name(name).attribute_type(kind).build().unwrap();
    let key = |name: &str, kind| KeySchemaElement::builder().attribute_name(name).key_type(kind).build().unwrap();
    let index = GlobalSecondaryIndex::builder()
        .index_name("by-due")
        .key_schema(key("due", KeyType::Hash))
        .key_schema(key("due_at", KeyType::Range))
        .projection(Projection::builder().projection_type(ProjectionType::KeysOnly).build());
    let create = client.create_table().table_name(&name).billing_mode(BillingMode::PayPerRequest);
    let create = create
        .attribute_definitions(attribute("pk", ScalarAttributeType::S))
        .attribute_definitions(attribute("due", ScalarAttributeType::S))
        .attribute_definitions(attribute("due_at", ScalarAttributeType::N))
        .key_schema(key("pk", KeyType::Hash))
        .global_secondary_indexes(index.build().unwrap());
    create.send().await.unwrap();
    name
}

async fn all(store: &dyn Store) {
    scenes::all(store).await;
    endings::all(store).await;
}

#[tokio::test]
async fn the_store_in_memory_plays_every_scene() {
    all(&MemoryStore::default()).await;
}

#[tokio::test]
async fn the_simulations_store_plays_every_scene() {
    all(&Simulated::default()).await;
}

#[tokio::test]
async fn dynamodb_plays_every_scene() {
    let emulator = Emulator::start().await;
    let client = Client::new(&emulator.config());
    let table = table(&client).await;
    let store = DynamoStore::new(client.clone(), table.clone(), "memory".to_owned(), HashKey::new(b"test"));
    all(&store).await;
    what_expires(&store).await;
    cursors(&store, &client, &table).await;
    let absent = DynamoStore::new(client, "no-such-table".to_owned(), "memory".to_owned(), HashKey::new(b"test"));
    let first = claimed(&customer(), 1);
    let away = Err(StoreError::Unavailable);
    assert_eq!(absent.claim(&first, None, NOW).await, away);
    assert_eq!(absent.store_ticket(&first.opening, &ticket(), &placement(), NOW).await, away);
    assert_eq!(absent.conversation(&first.key, NOW).await, Err(StoreError::Unavailable));
}

async fn what_expires(store: &DynamoStore) {
    let (customer, opened, ticket) = ticketed(store).await;
    assert!(store.conversation(&customer, later(364)).await.unwrap().is_some());
    assert!(store.conversation(&customer, later(366)).await.unwrap().is_none());
    assert!(store.conversation_of_ticket(&ticket, later(424)).await.unwrap().is_some());
    assert!(store.conversation_of_ticket(&ticket, later(426)).await.unwrap().is_none());
    // What has expired is as if it were not there, whether or not it is deleted yet.
    let next = claimed(&customer, 2);
    assert_eq!(store.claim(&next, None, later(364)).await, CONFLICT);
    assert_eq!(store.claim(&next, None, later(366)).await, Ok(()));
    assert_eq!(store.close(&next.opening, later(366)).await, Ok(ClosedFrom::Live));
    assert!(store.conversation(&customer, later(366 + 29)).await.unwrap().is_some());
    assert!(store.conversation(&customer, later(366 + 31)).await.unwrap().is_none());
    // A way back that has expired is free for another customer.
    let other = claimed(&scenes::customer(), 1);
    store.claim(&other, None, later(424)).await.unwrap();
    assert_eq!(store.store_ticket(&other.opening, &ticket, &placement(), later(424)).await, CONFLICT);
    assert_eq!(store.store_ticket(&other.opening, &ticket, &placement(), later(426)).await, Ok(()));
    assert_ne!(opened, other.opening);
}

/// Each helpdesk has a cursor of its own, and tickets of its own.
async fn cursors(store: &DynamoStore, client: &Client, table: &str) {
    let other = DynamoStore::new(client.clone(), table.to_owned(), "other".to_owned(), HashKey::new(b"test"));
    assert_eq!(store.cursor().await, Ok(None));
    store.store_cursor("12").await.unwrap();
    store.store_cursor("13").await.unwrap();
    assert_eq!(store.cursor().await, Ok(Some("13".to_owned())));
    assert_eq!(other.cursor().await, Ok(None));
    let (_, _, ticket) = ticketed(store).await;
    assert_eq!(other.conversation_of_ticket(&ticket, NOW).await, Ok(None));
}
