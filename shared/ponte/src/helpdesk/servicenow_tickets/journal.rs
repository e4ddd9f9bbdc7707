//! Moments as `ServiceNow` writes them: `2026-11-20 12:00:00`, UTC, whole seconds. And what came first within one of them.

use std::cmp::Ordering;

use time::{OffsetDateTime, PrimitiveDateTime, format_description::BorrowedFormatItem, macros::format_description};

const FORMAT: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");

/// Seconds since the epoch. `None` for what is no moment.
pub(super) fn seconds(moment: &str) -> Option<i64> {
    PrimitiveDateTime::parse(moment.trim(), FORMAT).ok().map(|at| at.assume_utc().unix_timestamp())
}

/// The moment so many seconds after the epoch; the epoch for what is outside the calendar.
pub(super) fn moment(seconds: i64) -> String {
    OffsetDateTime::from_unix_timestamp(seconds)
        .unwrap_or(OffsetDateTime::UNIX_EPOCH)
        .format(FORMAT)
        .unwrap_or_default()
}

/// The longest end in which two ids that count differ.
const MAX_COUNT: usize = 8;

/// Which of two rows of one second came first, where their ids tell: they count where only their ends differ. Most are drawn by
/// lot (`sys_id`, 32 hexadecimal digits) and tell nothing.
pub(super) fn counted(one: &str, other: &str) -> Option<Ordering> {
    if one == other {
        return Some(Ordering::Equal);
    }
    let common = one.chars().zip(other.chars()).take_while(|(one, other)| one == other).count();
    let end = |id: &str| {
        let end: String = id.chars().skip(common).collect();
        // Digits that both have before it belong to the number.
        let digits: Vec<char> = id.chars().take(common).collect();
        let shared = digits.iter().rev().take_while(|digit| digit.is_ascii_digit()).count();
        let whole: String = digits.iter().skip(common.saturating_sub(shared)).collect::<String>() + &end;
        (end, whole)
    };
    let ((one, one_whole), (other, other_whole)) = (end(one), end(other));
    let number =
        |text: &str| text.bytes().all(|digit| digit.is_ascii_digit()).then(|| text.parse::<u64>().ok()).flatten();
    if let (Some(one), Some(other)) = (number(&one_whole), number(&other_whole)) {
        return Some(one.cmp(&other));
    }
    let is_count = |end: &str| (1..=MAX_COUNT).contains(&end.len()) && end.bytes().all(|b| b.is_ascii_hexdigit());
    (one.len() == other.len() && is_count(&one) && is_count(&other))
        .then(|| one.to_ascii_lowercase().cmp(&other.to_ascii_lowercase()))
}

/// The order of two rows: by their moments, within one by what their ids tell.
pub(super) fn order(one: (&str, &str), other: (&str, &str)) -> Ordering {
    one.0.cmp(other.0).then_with(|| counted(one.1, other.1).unwrap_or(Ordering::Equal))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_count_tell_what_came_first() {
        use Ordering::{Greater, Less};
        for (one, other, expected) in [
            ("c2", "c10", Some(Less)),
            ("10", "9", Some(Greater)),
            ("2c6420c31b0000506a4a85507e4bcb81", "2c6420c31b0000506a4a85507e4bcb8f", Some(Less)),
            ("0f0000000000000000000000000000a9", "0f0000000000000000000000000000aa", Some(Less)),
            ("2c6420c31b0000506a4a85507e4bcb82", "4db0e8cb1bcccc106a4a85507e4bcba2", None),
            ("", "a", None),
        ] {
            assert_eq!(counted(one, other), expected, "{one} {other}");
            assert_eq!(counted(other, one), expected.map(Ordering::reverse), "{other} {one}");
        }
    }

    #[test]
    fn a_moment_is_read_as_it_is_written() {
        assert_eq!(seconds("2026-11-20 12:00:00"), Some(1_795_176_000));
        assert_eq!(moment(1_795_176_000), "2026-11-20 12:00:00");
        assert_eq!([seconds(""), seconds("2026-11-20"), seconds("2026-13-20 12:00:00")], [None, None, None]);
        assert_eq!(moment(i64::MAX), "1970-01-01 00:00:00");
    }
}
