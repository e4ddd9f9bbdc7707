//! The outbox over a table in memory: items with a time of expiry, conditions, and what was asked of it.

use std::{
    collections::HashMap,
    ops::RangeInclusive,
    sync::{Mutex, MutexGuard},
};

use async_trait::async_trait;
use ponte::{
    clock::Timestamp,
    message::CustomerKey,
    relay::ports::StoreError,
    rest::{Entry, HEAD_KEPT_FOR, Head, KEPT_FOR, KNOWN_FOR, Outbox},
};

/// An item: what is in it, and when it expires.
type Item = (String, Timestamp);

#[derive(Default)]
pub(super) struct MemoryOutbox {
    items: Mutex<HashMap<String, Item>>,
    /// How many writes someone else is quicker with.
    pub(super) conflicts: Mutex<u32>,
    pub(super) unavailable: Mutex<bool>,
    /// How many bytes each write had, all items of a transaction together.
    pub(super) written: Mutex<Vec<usize>>,
    /// How many items were read.
    pub(super) read: Mutex<usize>,
}

impl MemoryOutbox {
    /// What the table does with what has expired, some day.
    pub(super) fn delete_expired(&self, now: Timestamp) {
        self.table().retain(|_, (_, expires)| *expires > now);
    }

    /// What an erase does.
    pub(super) fn erase(&self) {
        self.table().clear();
    }

    /// What the release before left of a sender.
    pub(super) fn left(&self, key: &CustomerKey, head: &Head) {
        let expires = Timestamp(head.until * 1000);
        self.table().insert(head_item(key), (serde_json::to_string(head).unwrap(), expires));
    }

    /// The head's own size.
    pub(super) fn head_size(&self, key: &CustomerKey) -> usize {
        self.table()[&head_item(key)].0.len()
    }

    fn table(&self) -> MutexGuard<'_, HashMap<String, Item>> {
        self.items.lock().unwrap()
    }

    fn get(&self, pk: &str) -> Result<Option<Item>, StoreError> {
        if *self.unavailable.lock().unwrap() {
            return Err(StoreError::Unavailable);
        }
        *self.read.lock().unwrap() += 1;
        Ok(self.table().get(pk).cloned())
    }

    fn put(&self, key: &CustomerKey, read: u64, items: Vec<(String, Item)>) -> Result<(), StoreError> {
        let mut conflicts = self.conflicts.lock().unwrap();
        let mut table = self.table();
        let version = |(head, _): &Item| serde_json::from_str::<Head>(head).unwrap().version;
        if *conflicts > 0 || table.get(&head_item(key)).map_or(0, version) != read {
            *conflicts = conflicts.saturating_sub(1);
            return Err(StoreError::Conflict);
        }
        self.written.lock().unwrap().push(items.iter().map(|(pk, (item, _))| pk.len() + item.len()).sum());
        table.extend(items);
        Ok(())
    }
}

fn head_item(key: &CustomerKey) -> String {
    key.as_str().to_owned()
}

fn message_item(key: &CustomerKey, number: u64) -> String {
    format!("{}#{number}", key.as_str())
}

fn id_item(key: &CustomerKey, id: &str) -> String {
    format!("{}#id#{id}", key.as_str())
}

fn head_of(key: &CustomerKey, head: &Head, now: Timestamp) -> (String, Item) {
    (head_item(key), (serde_json::to_string(head).unwrap(), now.plus(HEAD_KEPT_FOR)))
}

#[async_trait]
impl Outbox for MemoryOutbox {
    async fn head(&self, key: &CustomerKey, _: Timestamp) -> Result<Head, StoreError> {
        Ok(self.get(&head_item(key))?.map(|(head, _)| serde_json::from_str(&head).unwrap()).unwrap_or_default())
    }

    async fn put_head(&self, key: &CustomerKey, read: u64, head: &Head, now: Timestamp) -> Result<(), StoreError> {
        self.put(key, read, vec![head_of(key, head, now)])
    }

    async fn add(
        &self,
        key: &CustomerKey,
        read: u64,
        head: &Head,
        entry: &Entry,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if self.knows(key, &entry.id, now).await? {
            return Err(StoreError::Conflict);
        }
        let message = (serde_json::to_string(entry).unwrap(), now.plus(KEPT_FOR));
        let id = (entry.number.to_string(), now.plus(KNOWN_FOR));
        let items =
            vec![head_of(key, head, now), (message_item(key, entry.number), message), (id_item(key, &entry.id), id)];
        self.put(key, read, items)
    }

    async fn entries(
        &self,
        key: &CustomerKey,
        numbers: RangeInclusive<u64>,
        now: Timestamp,
    ) -> Result<Vec<Entry>, StoreError> {
        let mut entries = Vec::new();
        for number in numbers {
            let kept = self.get(&message_item(key, number))?.filter(|(_, expires)| *expires > now);
            entries.extend(kept.map(|(entry, _)| serde_json::from_str::<Entry>(&entry).unwrap()));
        }
        Ok(entries)
    }

    async fn knows(&self, key: &CustomerKey, id: &str, now: Timestamp) -> Result<bool, StoreError> {
        Ok(self.get(&id_item(key, id))?.is_some_and(|(_, expires)| expires > now))
    }
}
