//! The open minutes of one day.

use std::borrow::Cow;

use jiff::civil::Date;

use super::calendar::{Free, free};
use crate::{
    Holidays,
    document::is_default,
    written::{ClosedTime, DAY, ExtraOpening, TimeRange, Week},
};

/// What makes a day: the week and its exceptions, without a zone. The default is always open.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct DayRules<'a> {
    /// The week. `None`: all of each day.
    pub(super) week: Option<Cow<'a, Week>>,
    /// `None`: there are none.
    pub(super) holidays: Option<&'a Holidays>,
    /// Those of all queues, and those of one.
    pub(super) open: [&'a [ExtraOpening]; 2],
    /// Those of all queues, and those of one.
    pub(super) closed: [&'a [ClosedTime]; 2],
}

impl DayRules<'_> {
    /// Whether nothing is ever closed.
    pub(super) fn is_always_open(&self) -> bool {
        self.week.is_none() && self.closed().next().is_none() && self.holidays.is_none_or(is_default)
    }

    fn open(&self) -> impl Iterator<Item = ExtraOpening> + Clone {
        self.open.into_iter().flatten().copied()
    }

    fn closed(&self) -> impl Iterator<Item = ClosedTime> + Clone {
        self.closed.into_iter().flatten().copied()
    }

    fn free(&self, date: Date) -> Free {
        self.holidays.map_or(Free::Not, |holidays| free(holidays, date))
    }
}

/// From and to, in minutes of the day by the clock.
pub(super) type Minutes = (u16, u16);

/// The open minutes of a date, in order, none touching another.
pub(super) fn open_minutes(rules: &DayRules<'_>, date: Date) -> Vec<Minutes> {
    let yesterday = date.yesterday().ok().filter(|yesterday| !is_closed(rules, *yesterday));
    let mut open = Vec::new();
    if !is_closed(rules, date) {
        match &rules.week {
            None => open.push((0, DAY)),
            Some(week) => {
                open.extend(week.of_day(weekday(date)).map(TimeRange::today));
                let late = yesterday.into_iter().flat_map(|yesterday| week.of_day(weekday(yesterday)));
                open.extend(late.filter_map(TimeRange::tomorrow));
            }
        }
        let closed = rules.closed();
        let parts = closed.clone().filter_map(|closed| closed.part_of(date)).map(TimeRange::today);
        let before = date.yesterday().ok();
        let late = closed.filter_map(|closed| closed.part_of(before?)).filter_map(TimeRange::tomorrow);
        let holiday = match rules.free(date) {
            Free::Until(minute) => Some((0, minute)),
            Free::Not | Free::Whole => None,
        };
        for part in parts.chain(late).chain(holiday) {
            open = open.into_iter().flat_map(|span| without(span, part)).collect();
        }
    }
    let extra = rules.open();
    open.extend(extra.clone().filter_map(|extra| extra.part_of(date)).map(TimeRange::today));
    let before = date.yesterday().ok();
    open.extend(extra.filter_map(|extra| extra.part_of(before?)).filter_map(TimeRange::tomorrow));
    joined(open)
}

/// Whether a whole date is closed, but for extra openings.
fn is_closed(rules: &DayRules<'_>, date: Date) -> bool {
    rules.free(date) == Free::Whole || rules.closed().any(|closed| closed.is_all_of(date))
}

/// 0 is Monday.
fn weekday(date: Date) -> usize {
    usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or_default()
}

/// What is left of a span when a part of it is taken out.
fn without((start, end): Minutes, (from, to): Minutes) -> impl Iterator<Item = Minutes> {
    let (before, after) = ((start, end.min(from)), (start.max(to), end));
    [before, after].into_iter().filter(|(start, end)| start < end)
}

fn joined(mut spans: Vec<Minutes>) -> Vec<Minutes> {
    spans.sort_unstable();
    let mut joined: Vec<Minutes> = Vec::with_capacity(spans.len());
    for (start, end) in spans {
        match joined.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => joined.push((start, end)),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_cut_and_joined() {
        let cut = |span, part| without(span, part).collect::<Vec<_>>();
        assert_eq!(cut((10, 20), (12, 15)), [(10, 12), (15, 20)]);
        assert_eq!(cut((10, 20), (0, 15)), [(15, 20)]);
        assert_eq!(cut((10, 20), (15, 30)), [(10, 15)]);
        assert_eq!(cut((10, 20), (0, 30)), []);
        assert_eq!(cut((10, 20), (20, 30)), [(10, 20)]);
        assert_eq!(cut((10, 20), (0, 10)), [(10, 20)]);
        assert_eq!(joined(vec![(30, 40), (10, 20), (20, 25), (12, 13)]), [(10, 25), (30, 40)]);
    }
}
