//! What waits for each sender, and the port to where it is kept.

use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::wire::Item;
use crate::{clock::Timestamp, message::ConversationKey, relay::ports::StoreError};

/// How long what nobody fetches is kept.
pub const KEPT_FOR: Duration = Duration::from_hours(24);
/// How many messages are kept for one sender, fetched or not, and how many characters of them: an item of the table has 400 KB.
const MOST: usize = 200;
const MOST_CHARACTERS: usize = 80_000;

/// One thing that was sent: a message becomes one item or more.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Counted from 1, through all of a sender's.
    pub number: u64,
    /// The message's own id: under the same one it is there already.
    pub id: String,
    pub items: Vec<Item>,
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Entry({})", self.number)
    }
}

/// All that is kept for one sender, the oldest first.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Waiting {
    /// Changes with every write.
    pub version: u64,
    /// The number of the newest.
    pub last: u64,
    /// Up to which number it was given to a client that names no cursor.
    pub given: u64,
    pub entries: Vec<Entry>,
}

impl Waiting {
    /// Whether a message with this id is there, or was.
    pub fn knows(&self, id: &str) -> bool {
        self.entries.iter().any(|entry| entry.id == id)
    }

    /// Adds a message. `false` when it is there already.
    pub fn add(&mut self, id: &str, items: Vec<Item>) -> bool {
        if self.knows(id) {
            return false;
        }
        self.last += 1;
        self.version += 1;
        self.entries.push(Entry { number: self.last, id: id.to_owned(), items });
        let length = |entry: &Entry| serde_json::to_string(entry).map_or(0, |text| text.chars().count());
        let mut characters: usize = self.entries.iter().map(length).sum();
        while self.entries.len() > MOST || (characters > MOST_CHARACTERS && self.entries.len() > 1) {
            let oldest = self.entries.remove(0);
            characters -= length(&oldest);
            if oldest.number > self.given {
                tracing::warn!("a message was dropped that nobody fetched: too many wait for one sender");
            }
        }
        true
    }

    /// What comes after `cursor`.
    pub fn after(&self, cursor: u64) -> &[Entry] {
        let at = self.entries.partition_point(|entry| entry.number <= cursor);
        self.entries.get(at..).unwrap_or_default()
    }
}

/// Where what waits is kept.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// Reads it, consistently. What has expired is not there.
    async fn waiting(&self, key: &ConversationKey, now: Timestamp) -> Result<Waiting, StoreError>;
    /// Writes it, if the version that was read is still there.
    async fn put(&self, key: &ConversationKey, read: u64, waiting: &Waiting, now: Timestamp) -> Result<(), StoreError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(text: &str) -> Vec<Item> {
        vec![Item { text: Some(text.to_owned()), ..Item::default() }]
    }

    #[test]
    fn what_comes_twice_is_there_once_and_the_oldest_goes_first() {
        let mut waiting = Waiting::default();
        assert!(waiting.add("a", item("um")) && waiting.add("b", item("dois")) && !waiting.add("a", item("um")));
        assert_eq!(waiting.after(0).len(), 2);
        assert_eq!(waiting.after(1).iter().map(|entry| entry.number).collect::<Vec<_>>(), [2]);
        assert!(waiting.after(2).is_empty() && waiting.after(99).is_empty());
        for number in 0..MOST {
            waiting.add(&number.to_string(), item("x"));
        }
        assert_eq!((waiting.entries.len(), waiting.last, waiting.version), (MOST, 202, 202));
        assert_eq!(waiting.after(0)[0].number, 3);
        waiting.add("long", item(&"x".repeat(MOST_CHARACTERS * 2)));
        assert_eq!(waiting.entries.len(), 1, "a long one alone stays");
    }
}
