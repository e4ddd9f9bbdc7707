//! Dates as Blip writes them: RFC 3339, with as many digits of a second as it likes, so that they do not sort as text.

use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// Puts items into the order of their dates, equal ones as they stand. Where one has no date that can be read, nothing
/// is moved.
pub(super) fn sort_by_date<T>(items: &mut [T], date: impl Fn(&T) -> Option<&str>) {
    let parse = |item: &T| OffsetDateTime::parse(date(item)?, &Rfc3339).ok();
    if items.iter().all(|item| parse(item).is_some()) {
        items.sort_by_key(|item| parse(item));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_of_a_second_do_not_sort_as_text() {
        let check = |dates: &[&str], expected: &[&str]| {
            let mut sorted = dates.to_vec();
            sort_by_date(&mut sorted, |date| Some(date));
            assert_eq!(sorted, expected);
        };
        let (a, b, c) = ("2026-01-01T00:00:40Z", "2026-01-01T00:00:40.1Z", "2026-01-01T00:00:40.123Z");
        check(&[c, b, a], &[a, b, c]);
        check(&[c, "yesterday", a], &[c, "yesterday", a]);
    }
}
