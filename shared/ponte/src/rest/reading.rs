//! Reads what waits in an outbox: a part at a time, and no more than fits into one answer.

use std::ops::RangeInclusive;

use super::{Entry, Head, Outbox};
use crate::{clock::Timestamp, message::CustomerKey, relay::ports::StoreError};

/// How many messages are read at once.
const AT_ONCE: u64 = 25;
/// How many messages one answer holds.
const MAX_ITEMS: usize = 1_000;
/// How many bytes of them, as JSON. Lambda takes answers of 6 MB, in which the body is written as a text: quotes and backslashes
/// become two or three times as many. One message, the last, may go over it, by what a queue takes (256 KiB).
const MAX_BYTES: usize = 1024 * 1024;

/// What one answer holds of an outbox.
#[derive(Default)]
struct Filled {
    entries: Vec<Entry>,
    bytes: usize,
}

impl Filled {
    fn is_full(&self) -> bool {
        self.entries.len() >= MAX_ITEMS || self.bytes >= MAX_BYTES
    }

    fn add(&mut self, entry: Entry) {
        if !self.is_full() {
            self.bytes += serde_json::to_string(&entry).map_or(0, |text| text.len());
            self.entries.push(entry);
        }
    }
}

/// What waits after a number: the oldest first, as much as one answer holds.
pub(super) async fn after(
    outbox: &dyn Outbox,
    key: &CustomerKey,
    head: &Head,
    number: u64,
    now: Timestamp,
) -> Result<Vec<Entry>, StoreError> {
    let mut filled = Filled::default();
    head.left_after(number, now).for_each(|entry| filled.add(entry.clone()));
    for some in parts(head.numbers_after(number, now)) {
        if filled.is_full() {
            break;
        }
        outbox.entries(key, some, now).await?.into_iter().for_each(|entry| filled.add(entry));
    }
    Ok(filled.entries)
}

/// The newest of all that is kept: the oldest first, as much as one answer holds.
pub(super) async fn newest(
    outbox: &dyn Outbox,
    key: &CustomerKey,
    head: &Head,
    now: Timestamp,
) -> Result<Vec<Entry>, StoreError> {
    let mut filled = Filled::default();
    let mut all: Vec<_> = parts(head.numbers_after(0, now)).collect();
    while let Some(some) = all.pop().filter(|_| !filled.is_full()) {
        outbox.entries(key, some, now).await?.into_iter().rev().for_each(|entry| filled.add(entry));
    }
    let mut left: Vec<_> = head.left_after(0, now).collect();
    while let Some(entry) = left.pop() {
        filled.add(entry.clone());
    }
    filled.entries.reverse();
    Ok(filled.entries)
}

/// A range in ranges of [`AT_ONCE`].
fn parts(numbers: RangeInclusive<u64>) -> impl Iterator<Item = RangeInclusive<u64>> {
    let (first, last) = numbers.into_inner();
    let begins = std::iter::successors(Some(first), |begin| begin.checked_add(AT_ONCE));
    begins.take_while(move |begin| *begin <= last).map(move |begin| begin..=last.min(begin.saturating_add(AT_ONCE - 1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_read_in_parts_that_are_the_whole() {
        let all = |range| parts(range).flatten().collect::<Vec<u64>>();
        for last in [7, 8, 31, 32, 33, 56, 57, 58, 1_000] {
            assert_eq!(all(8..=last), (8..=last).collect::<Vec<_>>());
            assert!(parts(8..=last).all(|part| part.count() <= 25));
        }
        assert_eq!(all(u64::MAX - 30..=u64::MAX).len(), 31);
    }
}
