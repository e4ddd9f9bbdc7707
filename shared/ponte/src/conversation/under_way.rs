//! How far a message has come that is not through yet: its parts that arrived, and what was tried for it in vain.
//!
//! A message of many parts takes one place here, and none among the recent ids: what came before it stays known, however many parts there
//! are. Few messages are under way at once, since those of a group wait for one another: the one that is worked, and those that
//! were parked in the middle and may be replayed.

use super::RecentId;

/// How many messages of a direction may be under way. Of more the oldest is forgotten: its replay asks the other side.
pub const UNDER_WAY_ENTRIES: usize = 4;
const ENTRY: usize = 12;

/// A message that is not through yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Partial {
    /// The entry that the message takes among the recent ids once it is through.
    pub entry: RecentId,
    /// The position of its last part that is done ([`Position`]); 0 when none is.
    pub through: u32,
    /// How often its files were asked for in vain, or [`Partial::FILES_DECIDED`].
    pub tries: u8,
    /// How many conversations were opened for it whose ticket was gone at once.
    pub openings: u8,
}

impl Partial {
    /// Instead of [`Partial::tries`]: each file is had or lost by now, and no host is asked again.
    pub const FILES_DECIDED: u8 = u8::MAX;

    /// Nothing of it is done.
    pub fn of(entry: RecentId) -> Self {
        Self { entry, through: 0, tries: 0, openings: 0 }
    }

    /// Remembers that the part at `position` is done.
    pub fn is_through(&mut self, position: u32) {
        self.through = self.through.max(position);
    }
}

/// The messages of a direction that are under way, the one that moved last at the end.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UnderWay(Vec<Partial>);

impl UnderWay {
    /// Reads packed messages, 12 bytes each: the entry, `through` in four bytes with the highest first, tries, openings. A rest
    /// that is no whole message is dropped, and of too many the oldest.
    pub fn unpack(bytes: &[u8]) -> Self {
        let mut under_way = Self::default();
        for packed in bytes.as_chunks::<ENTRY>().0 {
            let [entry @ .., _, _, _, _, _, _] = *packed;
            let [_, _, _, _, _, _, through @ .., tries, openings] = *packed;
            let (entry, through) = (RecentId::from_bytes(entry), u32::from_be_bytes(through));
            under_way.put(Partial { entry, through, tries, openings });
        }
        under_way
    }

    /// The packed messages, at most 48 bytes.
    pub fn packed(&self) -> Vec<u8> {
        let packed = |partial: &Partial| {
            let mut bytes = partial.entry.bytes().to_vec();
            bytes.extend(partial.through.to_be_bytes());
            bytes.extend([partial.tries, partial.openings]);
            bytes
        };
        self.0.iter().flat_map(packed).collect()
    }

    /// Whether nothing is under way.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How far the message `entry` is: not at all, where nothing is known of it.
    pub fn of(&self, entry: RecentId) -> Partial {
        self.0.iter().find(|partial| partial.entry == entry).copied().unwrap_or(Partial::of(entry))
    }

    /// Remembers how far a message is.
    pub fn put(&mut self, partial: Partial) {
        self.remove(partial.entry);
        self.0.push(partial);
        let excess = self.0.len().saturating_sub(UNDER_WAY_ENTRIES);
        self.0.drain(..excess);
    }

    /// The message is through. Whether it was here.
    pub fn remove(&mut self, entry: RecentId) -> bool {
        let before = self.0.len();
        self.0.retain(|partial| partial.entry != entry);
        self.0.len() < before
    }

    /// Takes over what another writer knows, where it is further.
    pub fn merge(&mut self, others: &[Partial]) {
        for other in others {
            let own = self.of(other.entry);
            self.put(Partial {
                entry: own.entry,
                through: own.through.max(other.through),
                tries: own.tries.max(other.tries),
                openings: own.openings.max(other.openings),
            });
        }
    }
}

/// Where a part stands in its message: content by content, and of a content that was cut, piece by piece. It is the same in every
/// try, whatever became of the files before it, and grows from part to part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The number of the content in its message, from 1.
    pub content: usize,
    /// The number of the piece of a content that was split, from 0.
    pub piece: usize,
}

/// A content is cut into fewer pieces than this: a job has 256 KiB at most, and no channel takes less than 200 bytes at once.
const PIECES: u32 = 1 << 12;
/// From this number on, a content's own number does not tell it from a piece of another.
const FEW: usize = 1000;

impl Position {
    /// As it is remembered: greater for each part that comes later.
    pub fn order(self) -> u32 {
        let content = u32::try_from(self.content).unwrap_or(u32::MAX);
        let piece = u32::try_from(self.piece).unwrap_or(u32::MAX).min(PIECES - 1);
        content.min(u32::MAX / PIECES).saturating_mul(PIECES).saturating_add(piece)
    }

    /// As it is remembered when its content is done, whatever the number of its pieces.
    pub fn complete(self) -> u32 {
        Self { piece: usize::MAX, ..self }.order()
    }

    /// As it stands in ids: content *n* is *n*, and what it was cut into *n* + 1000, *n* + 2000, … From content 1000 on the
    /// pieces are counted below a million instead, since 1001 is a piece of the first.
    pub fn number(self) -> usize {
        if self.content < FEW {
            self.content.saturating_add(self.piece.saturating_mul(FEW))
        } else {
            self.content.saturating_mul(1_000_000).saturating_add(self.piece)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::{hash::HashKey, message::SourceId};

    fn entry(n: usize) -> RecentId {
        RecentId::of("message", &SourceId::new(&n.to_string()), &HashKey::new(b"test"))
    }

    #[test]
    fn few_messages_are_under_way_and_are_read_back() {
        let mut under_way = UnderWay::default();
        for n in 0..6 {
            under_way.put(Partial { entry: entry(n), through: 0x0102_0304 + 1, tries: 2, openings: 3 });
        }
        assert_eq!(under_way.packed().len(), 48);
        assert_eq!(under_way.of(entry(1)), Partial::of(entry(1)), "the oldest are forgotten");
        assert_eq!(under_way.of(entry(2)).through, 0x0102_0305);
        assert_eq!(UnderWay::unpack(&under_way.packed()), under_way);
        assert_eq!(UnderWay::unpack(&[1; 11]), UnderWay::default());
        assert!(under_way.remove(entry(5)) && !under_way.remove(entry(5)));
    }

    #[test]
    fn of_two_writers_the_one_that_is_further_is_right() {
        let at = |through, tries, openings| Partial { entry: entry(1), through, tries, openings };
        for (own, other, merged) in [
            (at(3, 1, 0), at(5, 0, 2), at(5, 1, 2)),
            (at(5, 0, 2), at(3, 2, 0), at(5, 2, 2)),
            (at(5, 1, 0), at(5, 2, 1), at(5, 2, 1)),
        ] {
            let mut under_way = UnderWay::default();
            under_way.put(own);
            under_way.merge(&[other]);
            assert_eq!(under_way.of(entry(1)), merged);
        }
    }

    #[test]
    fn a_message_only_moves_forwards() {
        let mut partial = Partial { entry: entry(1), through: 4, tries: 2, openings: 1 };
        partial.is_through(3);
        assert_eq!(partial.through, 4);
        partial.is_through(5);
        assert_eq!((partial.through, partial.tries, partial.openings), (5, 2, 1));
    }

    #[test]
    fn positions_grow_and_numbers_are_told_apart() {
        let all = (1..3000).flat_map(|content| (0..5).map(move |piece| Position { content, piece }));
        let all: Vec<Position> = all.collect();
        assert!(all.iter().map(|position| position.order()).is_sorted_by(|a, b| a < b));
        assert!(all.iter().all(|position| position.order() <= position.complete()));
        let next = Position { content: 3, piece: 0 };
        assert!(Position { content: 2, piece: 0 }.complete() < next.order());
        let numbers: HashSet<usize> = all.iter().map(|position| position.number()).collect();
        assert_eq!(numbers.len(), all.len());
        assert_eq!(Position { content: 2, piece: 3 }.number(), 3002, "as in ids that Blip knows already");
    }
}
