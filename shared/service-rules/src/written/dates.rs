//! Dates: `2026-12-24`, `12-24` in each year, closed times and extra openings.

use std::fmt;

use jiff::civil::Date;

use super::TimeRange;

/// A day: of one year, or of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct DateMark {
    year: Option<i16>,
    month: i8,
    day: i8,
}

const RIGHT: &str = "write a date such as `2026-12-24`, or `12-24` for each year";

impl DateMark {
    /// `2026-12-24` or `12-24`.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let text = text.trim();
        let number = |text: &str, long: usize| {
            let is_number = text.len() == long && text.bytes().all(|byte| byte.is_ascii_digit());
            is_number.then(|| text.parse::<i16>().ok()).flatten()
        };
        let parts: Vec<&str> = text.split('-').collect();
        let (year, month, day) = match parts.as_slice() {
            [month, day] => (None, *month, *day),
            [year, month, day] => (Some(number(year, 4).ok_or(RIGHT)?), *month, *day),
            _ => return Err(RIGHT),
        };
        let small = |text: &str| number(text, 2).and_then(|number| i8::try_from(number).ok()).ok_or(RIGHT);
        let (month, day) = (small(month)?, small(day)?);
        // In a year with a 29th of February each day of any year is known.
        Date::new(year.unwrap_or(2024), month, day).map_err(|_| "there is no such day in the calendar")?;
        Ok(Self { year, month, day })
    }

    /// The mark of a date.
    pub(crate) fn of(date: Date) -> Self {
        Self { year: Some(date.year()), month: date.month(), day: date.day() }
    }

    /// Whether it is of one year.
    fn has_year(self) -> bool {
        self.year.is_some()
    }

    /// Whether a date is this day.
    pub fn is(self, date: Date) -> bool {
        self.year.is_none_or(|year| year == date.year()) && (self.month, self.day) == (date.month(), date.day())
    }

    /// Its date; where it has no year, its dates in these years.
    pub(crate) fn dates(self, years: std::ops::RangeInclusive<i16>) -> impl Iterator<Item = Date> {
        let years = self.year.map_or(years, |year| year..=year);
        years.filter_map(move |year| Date::new(year, self.month, self.day).ok())
    }

    /// Where a date stands to it: in the year where it has none.
    fn place(self, date: Date) -> std::cmp::Ordering {
        let year = self.year.unwrap_or(date.year());
        (date.year(), date.month(), date.day()).cmp(&(year, self.month, self.day))
    }
}

impl fmt::Display for DateMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(year) = self.year {
            write!(f, "{year:04}-")?;
        }
        write!(f, "{:02}-{:02}", self.month, self.day)
    }
}

written!(
    DateMark,
    "x-date",
    "^([0-9]{4}-)?[0-9]{2}-[0-9]{2}$",
    "A date such as 2026-12-24, or 12-24 for each year.",
    "2026-12-24"
);

/// A time in which nobody is there: a day, several days, or a part of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClosedTime {
    from: DateMark,
    to: DateMark,
    hours: Option<TimeRange>,
}

const CLOSED: &str =
    "write a date (`2026-12-24`), dates (`2026-12-28 to 2027-01-02`) or a part of a day (`2026-12-24 13:00-24:00`)";

impl ClosedTime {
    /// `2026-12-24`, `2026-12-28 to 2027-01-02`, or `2026-12-24 13:00-24:00`; each without the year, too.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let text = text.trim();
        if let Some((from, to)) = text.split_once(" to ") {
            let (from, to) = (DateMark::parse(from)?, DateMark::parse(to)?);
            if from.has_year() != to.has_year() {
                return Err("write both dates with the year, or both without");
            }
            return if from.has_year() && from > to {
                Err("the last day is before the first")
            } else {
                Ok(Self { from, to, hours: None })
            };
        }
        match text.split_once(' ') {
            None => DateMark::parse(text).map(Self::day).map_err(|error| if error == RIGHT { CLOSED } else { error }),
            Some((day, hours)) => {
                let day = DateMark::parse(day).map_err(|error| if error == RIGHT { CLOSED } else { error })?;
                Ok(Self { from: day, to: day, hours: Some(TimeRange::parse(hours)?) })
            }
        }
    }

    /// A whole day.
    pub(crate) fn day(day: DateMark) -> Self {
        Self { from: day, to: day, hours: None }
    }

    /// Whole days, from the first to the last. `None` when the last is before the first.
    pub(crate) fn days(first: Date, last: Date) -> Option<Self> {
        (first <= last).then(|| Self { from: DateMark::of(first), to: DateMark::of(last), hours: None })
    }

    /// A part of a day.
    pub(crate) fn part(day: Date, hours: TimeRange) -> Self {
        let day = DateMark::of(day);
        Self { from: day, to: day, hours: Some(hours) }
    }

    /// Whether the whole of a date is closed by it.
    pub(crate) fn is_all_of(self, date: Date) -> bool {
        self.hours.is_none() && self.has(date)
    }

    /// The part of a date that it closes from its beginning there.
    pub(crate) fn part_of(self, date: Date) -> Option<TimeRange> {
        self.hours.filter(|_| self.has(date))
    }

    fn has(self, date: Date) -> bool {
        let (after, before) = (self.from.place(date).is_ge(), self.to.place(date).is_le());
        // Without a year, `12-28 to 01-02` goes over the new year.
        if self.from > self.to { after || before } else { after && before }
    }
}

impl fmt::Display for ClosedTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.from)?;
        if self.from != self.to {
            write!(f, " to {}", self.to)?;
        }
        match self.hours {
            Some(hours) => write!(f, " {hours}"),
            None => Ok(()),
        }
    }
}

written!(
    ClosedTime,
    "x-closed",
    "^([0-9]{4}-)?[0-9]{2}-[0-9]{2}( to ([0-9]{4}-)?[0-9]{2}-[0-9]{2}| +[0-9]{1,2}:[0-9]{2}-[0-9]{1,2}:[0-9]{2})?$",
    "A day (2026-12-24), several (2026-12-28 to 2027-01-02), or a part of a day (2026-12-24 13:00-24:00). Without the year: in each year.",
    "2026-12-24 13:00-24:00"
);

/// A time in which somebody is there although the week or a holiday says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExtraOpening {
    day: DateMark,
    hours: TimeRange,
}

impl ExtraOpening {
    /// `2026-12-19 09:00-18:00`, or without the year.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let (day, hours) =
            text.trim().split_once(' ').ok_or("write a date and a range of times, such as `2026-12-19 09:00-18:00`")?;
        Ok(Self { day: DateMark::parse(day)?, hours: TimeRange::parse(hours)? })
    }

    /// Its hours, if it begins on this date.
    pub(crate) fn part_of(self, date: Date) -> Option<TimeRange> {
        self.day.is(date).then_some(self.hours)
    }
}

impl fmt::Display for ExtraOpening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.day, self.hours)
    }
}

written!(
    ExtraOpening,
    "x-open",
    "^([0-9]{4}-)?[0-9]{2}-[0-9]{2} +[0-9]{1,2}:[0-9]{2}-[0-9]{1,2}:[0-9]{2}$",
    "A date and a range of times, such as 2026-12-19 09:00-18:00. Without the year: in each year.",
    "2026-12-19 09:00-18:00"
);

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn dates_as_people_write_them() {
        for text in ["2026-12-24", "12-24", "02-29"] {
            assert_eq!(DateMark::parse(text).unwrap().to_string(), text);
        }
        for wrong in ["", "24/12/2026", "2026-1-2", "26-12-24", "12", "2026-12-24T00:00", "+012-12-24"] {
            assert_eq!(DateMark::parse(wrong), Err(RIGHT), "{wrong}");
        }
        for wrong in ["2026-02-29", "02-30", "13-01", "00-10"] {
            assert_eq!(DateMark::parse(wrong), Err("there is no such day in the calendar"), "{wrong}");
        }
    }

    #[test]
    fn closed_times() {
        let closed = |text: &str, year, month, day| ClosedTime::parse(text).unwrap().is_all_of(date(year, month, day));
        assert!(closed("2026-12-24", 2026, 12, 24));
        assert!(!closed("2026-12-24", 2027, 12, 24));
        assert!(closed("12-24", 2031, 12, 24));
        assert!(closed("2026-12-28 to 2027-01-02", 2027, 1, 2));
        assert!(!closed("2026-12-28 to 2027-01-02", 2027, 1, 3));
        assert!(closed("12-28 to 01-02", 2030, 1, 2));
        assert!(closed("12-28 to 01-02", 2030, 12, 28));
        assert!(!closed("12-28 to 01-02", 2030, 6, 1));
        assert!(!closed("2026-12-24 13:00-24:00", 2026, 12, 24), "only a part of it");
        for text in ["2026-12-24", "12-28 to 01-02", "2026-12-24 13:00-24:00"] {
            assert_eq!(ClosedTime::parse(text).unwrap().to_string(), text);
        }
        for wrong in
            ["2027-01-02 to 2026-12-28", "2026-12-28 to 01-02", "tomorrow", "2026-12-24 noon", "2026-12-24 to", ""]
        {
            assert!(ClosedTime::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn extra_openings() {
        assert_eq!(ExtraOpening::parse("2026-12-19  9:00-18:00").unwrap().to_string(), "2026-12-19 09:00-18:00");
        for wrong in ["2026-12-19", "09:00-18:00", "2026-12-19 9h"] {
            assert!(ExtraOpening::parse(wrong).is_err(), "{wrong}");
        }
    }
}
