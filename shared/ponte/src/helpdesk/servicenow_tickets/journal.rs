//! Moments as `ServiceNow` writes them: `2026-11-20 12:00:00`, UTC, whole seconds.

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_read_as_it_is_written() {
        assert_eq!(seconds("2026-11-20 12:00:00"), Some(1_795_176_000));
        assert_eq!(moment(1_795_176_000), "2026-11-20 12:00:00");
        assert_eq!([seconds(""), seconds("2026-11-20"), seconds("2026-13-20 12:00:00")], [None, None, None]);
        assert_eq!(moment(i64::MAX), "1970-01-01 00:00:00");
    }
}
