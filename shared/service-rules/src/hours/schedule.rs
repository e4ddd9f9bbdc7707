//! A schedule walked along in time.

use jiff::{
    Timestamp,
    civil::{Date, Time},
    tz::{AmbiguousOffset, TimeZone},
};

use super::day::{DayRules, open_minutes};
use crate::written::DAY;

/// How far a schedule is walked. One that does not open within this time counts as closed for ever.
pub const LOOK_AHEAD_DAYS: usize = 400;

/// Whether somebody is there, and until when. Moments are Unix seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Open {
    /// Whether somebody is there.
    pub open: bool,
    /// While open: the end of it. `None` when it is closed, or does not end within [`LOOK_AHEAD_DAYS`].
    pub until: Option<i64>,
    /// While closed: the next opening. `None` when it is open, or does not open within [`LOOK_AHEAD_DAYS`].
    pub opens_at: Option<i64>,
}

/// When somebody is there: a week in a zone, with its exceptions. It borrows them from the rules.
#[derive(Debug, Clone)]
pub struct Schedule<'a> {
    zone: TimeZone,
    days: DayRules<'a>,
}

impl<'a> Schedule<'a> {
    pub(super) fn new(zone: TimeZone, days: DayRules<'a>) -> Self {
        Self { zone, days }
    }

    /// The zone of its clock.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// Whether somebody is there at a moment, and until when. [`Self::is_open`] answers sooner.
    pub fn open_at(&self, at: i64) -> Open {
        if self.days.is_always_open() {
            return Open { open: true, until: None, opens_at: None };
        }
        let mut until = None;
        for (start, end) in self.spans(at).filter(|(_, end)| *end > at) {
            match until {
                None if start > at => return Open { open: false, until: None, opens_at: Some(start) },
                None => until = Some(end),
                Some(so_far) if start <= so_far => until = Some(end),
                Some(_) => return Open { open: true, until, opens_at: None },
            }
        }
        // The walk ended: what is open does not end in time that anybody asks about, or has its last end here.
        let ends = until.filter(|until| self.open_minutes_at(*until).is_some_and(|open| !open));
        Open { open: until.is_some(), until: ends, opens_at: None }
    }

    /// The first moment from `at` on at which somebody is there: `at` itself while it is open. `None`: not within [`LOOK_AHEAD_DAYS`].
    pub fn first_open(&self, at: i64) -> Option<i64> {
        if self.days.is_always_open() {
            return Some(at);
        }
        // The end of what is open does not matter, and may be far away.
        self.spans(at).find(|(_, end)| *end > at).map(|(start, _)| start.max(at))
    }

    /// Whether somebody is there at a moment.
    pub fn is_open(&self, at: i64) -> bool {
        self.first_open(at) == Some(at)
    }

    /// The seconds between two moments in which somebody is there. Counted up to [`LOOK_AHEAD_DAYS`] after `from`; 0 when `to` is not after it.
    pub fn working_time(&self, from: i64, to: i64) -> i64 {
        if to <= from {
            return 0;
        }
        if self.days.is_always_open() {
            return to.saturating_sub(from);
        }
        let spans = self.spans(from).take_while(|(start, _)| *start < to);
        spans.map(|(start, end)| end.min(to).saturating_sub(start.max(from)).max(0)).sum()
    }

    /// The moment at which so many seconds with somebody there have passed since `from`. `None`: not within [`LOOK_AHEAD_DAYS`].
    pub fn after_working_time(&self, from: i64, seconds: i64) -> Option<i64> {
        if seconds <= 0 {
            return Some(from);
        }
        if self.days.is_always_open() {
            return Some(from.saturating_add(seconds));
        }
        let mut left = seconds;
        for (start, end) in self.spans(from).filter(|(_, end)| *end > from) {
            let start = start.max(from);
            let long = end.saturating_sub(start);
            if long >= left {
                return Some(start.saturating_add(left));
            }
            left = left.saturating_sub(long);
        }
        None
    }

    /// The open spans from the day before a moment on, in order, none over midnight.
    fn spans(&self, from: i64) -> impl Iterator<Item = (i64, i64)> {
        // Where a clock is set back at midnight, the date of a moment may come a second time.
        let first = self.date(from).map(|date| date.yesterday().unwrap_or(date));
        let dates = std::iter::successors(first, |date| date.tomorrow().ok()).take(LOOK_AHEAD_DAYS.saturating_add(2));
        let of_date = move |date: Date| {
            let minutes = open_minutes(&self.days, date).into_iter();
            minutes.filter_map(move |(start, end)| Some((self.moment(date, start)?, self.moment(date, end)?)))
        };
        dates.flat_map(of_date).filter(|(start, end)| start < end)
    }

    /// Whether the minute after a moment is open; `None` beyond the calendar.
    fn open_minutes_at(&self, at: i64) -> Option<bool> {
        let date = self.date(at)?;
        let spans = open_minutes(&self.days, date).into_iter();
        let mut moments = spans.filter_map(|(start, end)| Some((self.moment(date, start)?, self.moment(date, end)?)));
        Some(moments.any(|(start, end)| (start..end).contains(&at)))
    }

    /// The date at a moment; `None` beyond the calendar.
    fn date(&self, at: i64) -> Option<Date> {
        Some(self.zone.to_datetime(Timestamp::from_second(at).ok()?).date())
    }

    /// The moment at which the clock of a date first shows this minute, or jumps over it.
    fn moment(&self, date: Date, minute: u16) -> Option<i64> {
        let (date, minute) = if minute >= DAY { (date.tomorrow().ok()?, 0) } else { (date, minute) };
        let time = Time::new(i8::try_from(minute / 60).ok()?, i8::try_from(minute % 60).ok()?, 0, 0).ok()?;
        let shown = self.zone.to_ambiguous_timestamp(date.to_datetime(time));
        let is_gap = matches!(shown.offset(), AmbiguousOffset::Gap { .. });
        let first = shown.earlier().ok()?;
        let jump = is_gap.then(|| self.zone.following(first).next().map(|jump| jump.timestamp())).flatten();
        Some(jump.unwrap_or(first).as_second())
    }
}
