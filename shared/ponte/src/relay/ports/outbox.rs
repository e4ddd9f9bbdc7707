//! What waits for each sender, and the port to where it is kept.
//!
//! Each message is an item of its own, under its sender and number, and is kept for a day. The head of an outbox holds no words: it
//! knows the newest number, so that a look and a message cost the same however many wait. A number is never given twice, not even
//! after the outbox has expired or was erased: a client's cursor from before would pass over what has its number now. So numbers
//! begin at the clock.

use std::{ops::RangeInclusive, time::Duration};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::StoreError;
use crate::{clock::Timestamp, message::CustomerKey};

/// How long a message is kept, fetched or not.
pub const KEPT_FOR: Duration = Duration::from_hours(24);
/// How long the head is kept after the last write: longer than any message, whatever the clocks of two functions say.
pub const HEAD_KEPT_FOR: Duration = Duration::from_hours(25);
/// How long a message's id is known, so that it is not added again: as long as its job may wait in a queue (SQS: 14 days).
pub const KNOWN_FOR: Duration = Duration::from_hours(14 * 24);
/// The head knows for each hour with which number it began: then nothing is asked for that has expired long ago.
const HOUR: i64 = 3_600;

/// One answer to tap.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Button {
    pub title: String,
    pub payload: String,
}

impl std::fmt::Debug for Button {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Button(…)")
    }
}

/// What waits for a sender, without its `recipient_id`.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Item {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<Button>,
    /// A link to a picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// A link to another file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attachment: Option<String>,
    /// `{"ponte": "closed", "service": …}` when the conversation is over.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub custom: Value,
}

impl std::fmt::Debug for Item {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Item(…)")
    }
}

/// One thing that was sent: a message becomes one item or more.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Grows by one through all of a sender's.
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

/// What is known of a sender's messages without reading one.
///
/// The release before kept all of them here, as `entries`, numbered from 1. They stay until they expire, and what is new begins
/// another numbering. It reads this head, too, and finds nothing in it that it could repeat or lose.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Head {
    /// Changes with every write. 0: there is none yet.
    pub version: u64,
    /// The number of the newest.
    pub last: u64,
    /// Up to which number it was given to a client that names no cursor.
    pub given: u64,
    /// What the release before left.
    #[serde(default)]
    pub entries: Vec<Entry>,
    /// When that expires, in seconds.
    #[serde(default)]
    pub until: i64,
    /// The newest number of that.
    #[serde(default)]
    pub earlier: u64,
    /// The first number of our own. 0: there is none yet.
    #[serde(default)]
    pub first: u64,
    /// Hours since the epoch in which something came, each with its first number, the oldest first: a day of them.
    #[serde(default)]
    pub hours: Vec<(i64, u64)>,
}

impl Head {
    /// Whether the release before left a message with this id.
    pub fn knows(&self, id: &str) -> bool {
        self.entries.iter().any(|entry| entry.id == id)
    }

    /// Takes the number for a message that comes now.
    pub fn next(&mut self, now: Timestamp) -> u64 {
        if self.first == 0 {
            self.earlier = self.last;
            self.first = at(now).max(self.last.saturating_add(1));
            self.last = self.first.saturating_sub(1);
        }
        self.last = self.last.saturating_add(1);
        self.hours.retain(|(hour, _)| may_be_kept(*hour, now));
        if now.seconds() >= self.until {
            self.entries.clear();
        }
        let hour = now.seconds().div_euclid(HOUR);
        if self.hours.last().is_none_or(|(last, _)| *last < hour) {
            self.hours.push((hour, self.last));
        }
        self.changed(now);
        self.last
    }

    /// Remembers that what is up to this number was given. Whether that is new.
    pub fn give(&mut self, number: u64, now: Timestamp) -> bool {
        let new = number > self.given;
        if new {
            self.given = number;
            self.changed(now);
        }
        new
    }

    fn changed(&mut self, now: Timestamp) {
        // One that was made anew is told from the one before.
        self.version = if self.version == 0 { at(now) } else { self.version.saturating_add(1) };
    }

    /// After which number a client is given what waits: one that names a cursor, or none.
    ///
    /// A cursor that we never gave is from an outbox that is gone, with all that it held: then there is nothing that the client has.
    pub fn after(&self, cursor: Option<u64>) -> u64 {
        let Some(cursor) = cursor else { return self.given };
        let between = cursor > self.earlier && cursor.saturating_add(1) < self.first;
        if cursor > self.last || between { 0 } else { cursor }
    }

    /// What the release before left after this number.
    pub fn left_after(&self, number: u64, now: Timestamp) -> impl Iterator<Item = &Entry> {
        let kept = now.seconds() < self.until;
        self.entries.iter().filter(move |entry| kept && entry.number > number)
    }

    /// The numbers after this one under which something may be kept.
    pub fn numbers_after(&self, number: u64, now: Timestamp) -> RangeInclusive<u64> {
        let kept = self.hours.iter().find(|(hour, _)| may_be_kept(*hour, now));
        let oldest = kept.map_or(self.last.saturating_add(1), |(_, first)| *first);
        oldest.max(number.saturating_add(1))..=self.last
    }
}

/// Whether anything that came in this hour is younger than a day.
fn may_be_kept(hour: i64, now: Timestamp) -> bool {
    let ends = Timestamp(hour.saturating_add(1).saturating_mul(HOUR).saturating_mul(1000));
    ends.plus(KEPT_FOR) > now
}

/// The clock as a number: milliseconds. No outbox takes as many.
fn at(now: Timestamp) -> u64 {
    u64::try_from(now.0).unwrap_or(0).max(1)
}

/// Where what waits is kept.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// Reads the head, consistently.
    async fn head(&self, key: &CustomerKey, now: Timestamp) -> Result<Head, StoreError>;
    /// Writes the head, if the version that was read is still there.
    async fn put_head(&self, key: &CustomerKey, read: u64, head: &Head, now: Timestamp) -> Result<(), StoreError>;
    /// The same, together with a message. A conflict as well when its id is known.
    async fn add(
        &self,
        key: &CustomerKey,
        read: u64,
        head: &Head,
        entry: &Entry,
        now: Timestamp,
    ) -> Result<(), StoreError>;
    /// Reads the messages under these numbers, consistently and in order. What has expired is not there.
    async fn entries(
        &self,
        key: &CustomerKey,
        numbers: RangeInclusive<u64>,
        now: Timestamp,
    ) -> Result<Vec<Entry>, StoreError>;
    /// Whether a message with this id was added.
    async fn knows(&self, key: &CustomerKey, id: &str, now: Timestamp) -> Result<bool, StoreError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_700_000_000_000);

    fn later(hours: u64) -> Timestamp {
        NOW.plus(Duration::from_hours(hours))
    }

    #[test]
    fn a_number_is_never_given_twice_even_after_the_outbox_is_gone() {
        let mut head = Head::default();
        assert_eq!([head.next(NOW), head.next(NOW)], [1_700_000_000_000, 1_700_000_000_001]);
        let mut anew = Head::default();
        assert!(anew.next(NOW.plus(Duration::from_secs(1))) > head.last);
        assert!(anew.version > head.version, "a write on what was read before must not pass");
        // A cursor of the one before gets all of the new one.
        assert_eq!(anew.numbers_after(anew.after(Some(head.last)), later(1)), anew.first..=anew.last);
    }

    #[test]
    fn what_has_expired_is_not_asked_for_and_the_head_stays_small() {
        let mut head = Head::default();
        for hour in 0..100 {
            for _ in 0..50 {
                head.next(later(hour));
            }
        }
        let asked = head.numbers_after(0, later(99));
        assert_eq!(asked.end() - asked.start() + 1, 25 * 50, "a day, and the hour that it began in");
        assert!(serde_json::to_string(&head).unwrap().len() < 1_000, "one unit of a write");
        assert!(head.numbers_after(0, later(200)).is_empty());
        assert_eq!(head.numbers_after(head.last - 1, later(99)), head.last..=head.last);
        assert!(head.numbers_after(head.last, later(99)).is_empty());
    }

    #[test]
    fn what_the_release_before_left_is_there_until_it_expires() {
        let entry = |number| Entry { number, id: number.to_string(), items: Vec::new() };
        let entries: Vec<Entry> = (31..=50).map(entry).collect();
        let until = later(5).seconds();
        let mut head = Head { version: 7, last: 50, given: 40, entries, until, ..Head::default() };
        let left =
            |head: &Head, number, now| head.left_after(number, now).map(|entry| entry.number).collect::<Vec<_>>();
        // Before anything new came, and after.
        for _ in 0..2 {
            assert_eq!((head.after(None), head.after(Some(48)), head.after(Some(77))), (40, 48, 0));
            assert_eq!((left(&head, 48, NOW), left(&head, 50, NOW)), (vec![49, 50], vec![]));
            assert!(left(&head, 0, later(5)).is_empty());
            head.next(later(1));
        }
        assert_eq!((head.earlier, head.first, head.version), (50, 1_700_003_600_000, 9));
        assert!(head.knows("31") && !head.knows("77"));
        head.next(later(5));
        assert!(!head.knows("31") && head.entries.is_empty());
    }
}
