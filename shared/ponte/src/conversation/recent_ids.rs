//! What a direction of a conversation has already delivered.
//!
//! It is what makes a repetition harmless: short hashes of source ids, the oldest overwritten. It
//! is packed, so that a conversation stays under 1 KB and a write costs one unit, however long it grows. A message takes
//! one place, whatever its parts are, and receipts have a list of their own.
//!
//! What it must reach back to is what may come again without saying so: a hook that the helpdesk repeats, a request of Blip's. All else says
//! that it may be a repetition (it was received before, was replayed, or was found by a look), and then the other side is asked.
//! An entry has 48 bits: of a billion messages, each held against 48 entries, 48 × 10⁹ / 2⁴⁸ = 0.0002 are taken for known that are not.

use crate::{
    hash::HashKey,
    message::{SourceId, TicketId},
};

/// How many messages of the customer are remembered: as many as leave the largest record at 1 KB.
pub const INBOUND_ENTRIES: usize = 29;
/// How many events of the helpdesk are remembered, as `docs/openapi.yaml` promises.
pub const OUTBOUND_ENTRIES: usize = 48;
/// How many receipts are remembered. They only ever move forwards, so that one which comes again does no harm.
pub const RECEIPT_ENTRIES: usize = 6;
const ENTRY: usize = 6;

/// The short hash of one source id: 48 bits, under the stack's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecentId([u8; ENTRY]);

impl RecentId {
    /// The entry of the event `kind` with the source's id `id`.
    pub fn of(kind: &str, id: &SourceId, key: &HashKey) -> Self {
        Self::hashed(&["ring", kind, id.as_str()], key)
    }

    /// The entry of an event of a ticket. A helpdesk may number its messages anew in each, and the recent ids outlive them.
    pub fn of_ticket(ticket: &TicketId, kind: &str, id: &SourceId, key: &HashKey) -> Self {
        Self::hashed(&["ring", kind, ticket.as_str(), id.as_str()], key)
    }

    pub(super) fn from_bytes(bytes: [u8; ENTRY]) -> Self {
        Self(bytes)
    }

    pub(super) fn bytes(self) -> [u8; ENTRY] {
        self.0
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
pub struct RecentIds(Vec<u8>);

impl RecentIds {
    /// Reads packed entries. A rest that is no whole entry is dropped, and of too many the oldest.
    pub fn unpack(bytes: &[u8]) -> Self {
        let mut recent = Self::default();
        for entry in bytes.as_chunks::<ENTRY>().0 {
            recent.push(RecentId(*entry), OUTBOUND_ENTRIES);
        }
        recent
    }

    /// The packed entries, six bytes each.
    pub fn packed(&self) -> &[u8] {
        &self.0
    }

    /// Whether `entry` is remembered, so that its message had its effect already.
    pub fn holds(&self, entry: RecentId) -> bool {
        self.0.as_chunks::<ENTRY>().0.contains(&entry.0)
    }

    /// Whether recent ids of at most `limit` entries may have forgotten something: what is not among fewer never had its effect.
    pub fn is_full(&self, limit: usize) -> bool {
        self.0.len() >= limit * ENTRY
    }

    /// Remembers `entry`, forgetting the oldest beyond `limit`. One that is there already stays where it is.
    pub fn push(&mut self, entry: RecentId, limit: usize) {
        if self.holds(entry) {
            return;
        }
        self.0.extend_from_slice(&entry.0);
        let excess = self.0.len().saturating_sub(limit * ENTRY);
        self.0.drain(..excess);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(n: usize) -> RecentId {
        RecentId::of("message", &SourceId::new(&n.to_string()), &HashKey::new(b"test"))
    }

    #[test]
    fn the_last_ones_are_remembered() {
        for (limit, bytes) in [(INBOUND_ENTRIES, 174), (OUTBOUND_ENTRIES, 288)] {
            let mut recent = RecentIds::default();
            for n in 0..1000 {
                assert_eq!(recent.is_full(limit), n >= limit, "{n}");
                recent.push(entry(n), limit);
                recent.push(entry(n), limit);
            }
            assert_eq!(recent.packed().len(), bytes);
            assert!(!recent.holds(entry(999 - limit)));
            assert!((1000 - limit..1000).all(|n| recent.holds(entry(n))));
            assert_eq!(RecentIds::unpack(recent.packed()), recent);
        }
        assert_eq!(RecentIds::unpack(&[1, 2, 3]), RecentIds::default());
    }

    #[test]
    fn of_what_the_release_before_remembered_the_newest_stay() {
        let packed: Vec<u8> = (0..48).flat_map(|n| entry(n).0).collect();
        let mut recent = RecentIds::unpack(&packed);
        assert!((0..48).all(|n| recent.holds(entry(n))));
        recent.push(entry(48), INBOUND_ENTRIES);
        assert!(!recent.holds(entry(19)) && (20..49).all(|n| recent.holds(entry(n))));
    }

    #[test]
    fn received_and_failed_of_one_message_are_two_events() {
        let key = HashKey::new(b"test");
        let id = SourceId::new("m");
        assert_ne!(RecentId::of("received", &id, &key), RecentId::of("failed", &id, &key));
    }
}
