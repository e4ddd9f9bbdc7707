//! What the helpdesk told of a conversation beside words: its queue, its place there, and whether it is on hold.

use service_rules::PlaceTold;

use super::moments;
use crate::clock::Timestamp;

/// Written by the direction from the helpdesk to the customer only.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Desk {
    /// When the ticket last went to another queue.
    pub queued_at: Option<i64>,
    /// The customer was not told of that, since nothing was known that could be said.
    pub move_untold: bool,
    /// Since when the ticket is on hold, where it is.
    pub held_at: Option<i64>,
    /// When the last hold ended.
    pub resumed_at: Option<i64>,
    /// The last place in the queue that the customer was told.
    pub place: PlaceTold,
    /// A hash of the name of the agent whom the customer knows, while another one has the ticket and has not written yet.
    pub known_agent: Option<u32>,
    /// When an agent had the ticket for the first time.
    pub assigned_at: Option<i64>,
    /// When an agent's first word was delivered.
    pub first_word_at: Option<i64>,
}

/// The bit of [`Desk::move_untold`], beside those of the moments.
const MOVE_UNTOLD: u8 = 1 << 7;

impl Desk {
    /// How it is stored: which moments follow, each of those in 4 bytes (the hash of a name stands last among them), and the last place with how
    /// often one was told. All moments are Unix seconds. Empty where nothing was told.
    pub fn packed(&self) -> Vec<u8> {
        let told_at = (self.place.times > 0).then_some(self.place.at);
        let (present, moments) = moments::pack([
            self.queued_at,
            self.held_at,
            self.resumed_at,
            told_at,
            self.known_agent.map(i64::from),
            self.assigned_at,
            self.first_word_at,
        ]);
        if present == 0 {
            return Vec::new();
        }
        let mut packed = vec![if self.move_untold { present | MOVE_UNTOLD } else { present }];
        packed.extend(moments);
        if told_at.is_some() {
            packed.push(self.place.times);
            packed.extend(self.place.place.to_be_bytes());
        }
        packed
    }

    /// Reads what is stored. Nothing, of what an earlier release wrote.
    pub fn unpack(packed: &[u8]) -> Self {
        let Some((&first, rest)) = packed.split_first() else { return Self::default() };
        let (present, move_untold) = (first & !MOVE_UNTOLD, first & MOVE_UNTOLD != 0);
        let [queued_at, held_at, resumed_at, told_at, known_agent, assigned_at, first_word_at] =
            moments::unpack(present, rest);
        let stored = usize::try_from(present.count_ones()).unwrap_or(0).saturating_mul(4);
        let place = told_at.and_then(|at| {
            let (times, place) = rest.get(stored..)?.split_first()?;
            Some(PlaceTold { times: *times, place: u32::from_be_bytes(place.try_into().ok()?), at })
        });
        let known_agent = known_agent.and_then(|hash| u32::try_from(hash).ok());
        let place = place.unwrap_or_default();
        Self { queued_at, move_untold, held_at, resumed_at, place, known_agent, assigned_at, first_word_at }
    }

    /// The ticket went to another queue at `now`, and the customer was told so or not: no place in it was told yet, and nobody has it on hold.
    pub fn moved(&mut self, now: Timestamp, told: bool) {
        let Self { known_agent, assigned_at, first_word_at, .. } = *self;
        let queued_at = Some(now.seconds());
        *self = Self { queued_at, move_untold: !told, known_agent, assigned_at, first_word_at, ..Self::default() };
    }

    /// The ticket went from the agent `from` to the agent `to`, both by the hashes of their names. The customer learns it once the new one
    /// writes, and never of one who gives it back before.
    pub fn handed_over(&mut self, from: u32, to: u32) {
        let known = self.known_agent.unwrap_or(from);
        self.known_agent = Some(known).filter(|known| *known != to);
    }

    /// The ticket is on hold from `now` on, or goes on.
    pub fn holds(&mut self, on: bool, now: Timestamp) {
        match (on, self.held_at) {
            // The end of the hold before this one may not have been told.
            (true, _) => self.held_at = Some(now.seconds()),
            (false, Some(_)) => (self.held_at, self.resumed_at) = (None, Some(now.seconds())),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_small_and_read_back() {
        assert_eq!(Desk::default().packed(), Vec::<u8>::new());
        let mut desk = Desk::default();
        desk.moved(Timestamp(1_796_040_000_000), false);
        assert_eq!((desk.packed().len(), Desk::unpack(&desk.packed())), (5, desk));
        desk.moved(Timestamp(1_796_040_000_000), true);
        assert_eq!((desk.packed().len(), Desk::unpack(&desk.packed())), (5, desk));
        desk.holds(true, Timestamp(1_796_040_001_000));
        desk.holds(true, Timestamp(1_796_040_002_000));
        assert_eq!(desk.held_at, Some(1_796_040_002));
        assert_eq!(Desk::unpack(&desk.packed()), desk);
        desk.holds(false, Timestamp(1_796_040_003_000));
        desk.holds(false, Timestamp(1_796_040_004_000));
        assert_eq!((desk.held_at, desk.resumed_at), (None, Some(1_796_040_003)));
        desk.place = PlaceTold { times: 3, place: 1_234, at: 1_796_040_005 };
        assert_eq!(Desk::unpack(&desk.packed()), desk);
        assert_eq!(desk.packed().len(), 18);
        desk.known_agent = Some(u32::MAX);
        assert_eq!(Desk::unpack(&desk.packed()), desk);
        assert_eq!(desk.packed().len(), 22);
        (desk.assigned_at, desk.first_word_at) = (Some(1_796_040_006), Some(1_796_040_007));
        assert_eq!(Desk::unpack(&desk.packed()), desk);
        assert_eq!(desk.packed().len(), 30);
        desk.moved(Timestamp(1_796_040_008_000), true);
        assert_eq!((desk.assigned_at, desk.first_word_at), (Some(1_796_040_006), Some(1_796_040_007)));
        for broken in [&[255][..], &[15, 1, 2], &[8, 0, 0, 0, 1, 3], &[127, 0, 0]] {
            assert_eq!(Desk::unpack(broken).place, PlaceTold::default(), "{broken:?}");
        }
    }

    #[test]
    fn an_agent_who_gives_the_ticket_back_before_writing_was_never_there() {
        let mut desk = Desk::default();
        desk.handed_over(1, 2);
        assert_eq!(desk.known_agent, Some(1));
        desk.handed_over(2, 3);
        assert_eq!(desk.known_agent, Some(1), "of the two, the customer knows the first");
        desk.moved(Timestamp(0), true);
        assert_eq!(desk.known_agent, Some(1), "a team and its agent come as two events");
        desk.handed_over(3, 1);
        assert_eq!(desk, Desk { queued_at: Some(0), ..Desk::default() });
    }
}
