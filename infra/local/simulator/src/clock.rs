//! Wall-clock time as the ledger keeps it: milliseconds since 1970, and as text where a document wants a date.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Now, in milliseconds since 1970.
pub(crate) fn now_ms() -> i64 {
    i64::try_from(OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX)
}

/// Now, in seconds since 1970, as Standard Webhooks stamps its requests.
pub(crate) fn now_seconds() -> i64 {
    OffsetDateTime::now_utc().unix_timestamp()
}

/// The milliseconds since 1970 of a date that [`text`] wrote; 0 for anything else.
pub(crate) fn parse(date: &str) -> i64 {
    let read = OffsetDateTime::parse(date, &Rfc3339).map(|date| date.unix_timestamp_nanos() / 1_000_000);
    read.ok().and_then(|ms| i64::try_from(ms).ok()).unwrap_or(0)
}

/// An RFC 3339 date in UTC, as in `2019-12-04T16:15:34.759Z`.
pub(crate) fn text(ms: i64) -> String {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(ms) * 1_000_000)
        .ok()
        .and_then(|date| date.format(&Rfc3339).ok())
        .unwrap_or_default()
}
