//! One direction of a conversation: how far it is, and what it has already delivered.
//!
//! The ring is what makes a repetition harmless: 48 short hashes of source ids, the oldest overwritten. It
//! is packed (288 bytes), so that a conversation stays under 1 KB and a write costs one unit, however long it grows.

use crate::{
    clock::Timestamp,
    hash::HashKey,
    message::{SourceId, TicketId},
};

/// How many delivered ids a direction remembers.
pub const RING_ENTRIES: usize = 48;
const ENTRY: usize = 6;

/// The short hash of one source id: 48 bits, under the stack's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RingEntry([u8; ENTRY]);

impl RingEntry {
    /// The entry of the event `kind` with the source's id `id`.
    pub fn of(kind: &str, id: &SourceId, key: &HashKey) -> Self {
        Self::hashed(&["ring", kind, id.as_str()], key)
    }

    /// The entry of an event of a ticket. A helpdesk may number its messages anew in each, and the ring outlives them.
    pub fn of_ticket(ticket: &TicketId, kind: &str, id: &SourceId, key: &HashKey) -> Self {
        Self::hashed(&["ring", kind, ticket.as_str(), id.as_str()], key)
    }

    fn hashed(parts: &[&str], key: &HashKey) -> Self {
        let mut entry = [0; ENTRY];
        for (to, from) in entry.iter_mut().zip(key.bytes(parts)) {
            *to = from;
        }
        Self(entry)
    }
}

/// The last delivered ids, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ring(Vec<u8>);

impl Ring {
    /// Reads packed entries. A rest that is no whole entry is dropped, and of too many the oldest.
    pub fn unpack(bytes: &[u8]) -> Self {
        let mut ring = Self::default();
        for entry in bytes.as_chunks::<ENTRY>().0 {
            ring.push(RingEntry(*entry));
        }
        ring
    }

    /// The packed entries, at most 288 bytes.
    pub fn packed(&self) -> &[u8] {
        &self.0
    }

    /// Whether `entry` was delivered.
    pub fn holds(&self, entry: RingEntry) -> bool {
        self.0.as_chunks::<ENTRY>().0.contains(&entry.0)
    }

    /// Remembers `entry`, forgetting the oldest when full. One that is there already stays where it is.
    pub fn push(&mut self, entry: RingEntry) {
        if self.holds(entry) {
            return;
        }
        self.0.extend_from_slice(&entry.0);
        let excess = self.0.len().saturating_sub(RING_ENTRIES * ENTRY);
        self.0.drain(..excess);
    }
}

/// One direction of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Direction {
    /// How many runs have written this direction: the condition of the next write.
    pub sequence: u64,
    /// When it last delivered something.
    pub last: Timestamp,
    /// When the customer was last told that something was not delivered: at most once an hour.
    pub told: Timestamp,
    pub ring: Ring,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ring_remembers_the_last_ones_in_288_bytes() {
        let key = HashKey::new(b"test");
        let entry = |n: usize| RingEntry::of("message", &SourceId::new(&n.to_string()), &key);
        let mut ring = Ring::default();
        for n in 0..1000 {
            ring.push(entry(n));
            ring.push(entry(n));
        }
        assert_eq!(ring.packed().len(), 288);
        assert!(!ring.holds(entry(951)));
        assert!((952..1000).all(|n| ring.holds(entry(n))));
        assert_eq!(Ring::unpack(ring.packed()), ring);
        assert_eq!(Ring::unpack(&[1, 2, 3]), Ring::default());
    }

    #[test]
    fn received_and_failed_of_one_message_are_two_events() {
        let key = HashKey::new(b"test");
        let id = SourceId::new("m");
        assert_ne!(RingEntry::of("received", &id, &key), RingEntry::of("failed", &id, &key));
    }
}
