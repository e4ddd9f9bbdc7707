//! A place in the queue that the helpdesk told, and whether the customer is told it.

/// Texts with a place, in one conversation.
const MOST: u8 = 3;
/// Seconds between two of them.
const APART_SECONDS: i64 = 5 * 60;

/// The last place that a customer was told. Of one that was told none: the default.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PlaceTold {
    /// How often.
    pub times: u8,
    /// The place, 1 is next.
    pub place: u32,
    /// When, in Unix seconds.
    pub at: i64,
}

/// The text for a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlaceText {
    /// `queue_position`, with this place.
    Position(u32),
    /// `next_in_line`.
    Next,
}

/// What to tell of a place that the helpdesk told, and what to remember then. The first one; then only one that is better by a third and at
/// least 5 minutes later, 3 in all. The first place is told once in any case. A place that rises is never told. The caller asks only while
/// nobody answered, and not at night.
pub fn place_to_tell(told: PlaceTold, place: u32, now: i64) -> Option<(PlaceText, PlaceTold)> {
    if place == 0 {
        return None;
    }
    let is_better = told.times == 0 || u64::from(place) * 3 <= u64::from(told.place) * 2;
    let is_later = told.times == 0 || now.saturating_sub(told.at) >= APART_SECONDS;
    let is_next = place == 1 && (told.times == 0 || told.place > 1);
    let is_worth_a_text = is_better && is_later && told.times < MOST;
    if !(is_next || is_worth_a_text) {
        return None;
    }
    let text = if place == 1 { PlaceText::Next } else { PlaceText::Position(place) };
    Some((text, PlaceTold { times: told.times.saturating_add(1), place, at: now }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_told_seldom() {
        let mut told = PlaceTold::default();
        let mut texts = Vec::new();
        for (now, place) in [
            (0, 0),
            (0, 12),
            (60, 6),
            (299, 6),
            (300, 9),
            (301, 8),
            (302, 7),
            (601, 6),
            (602, 5),
            (902, 5),
            (1_202, 4),
            (1_203, 1),
            (1_500, 1),
            (2_000, 5),
            (3_000, 1),
        ] {
            if let Some((text, next)) = place_to_tell(told, place, now) {
                texts.push((now, text));
                told = next;
            }
        }
        let position = PlaceText::Position;
        assert_eq!(texts, [(0, position(12)), (301, position(8)), (602, position(5)), (1_203, PlaceText::Next)]);
        assert_eq!(place_to_tell(PlaceTold::default(), 1, 0).unwrap().0, PlaceText::Next);
        assert_eq!(told, PlaceTold { times: 4, place: 1, at: 1_203 });
    }
}
