//! A time of day from and to: `09:00-12:00`, `22:00-06:00`.

use std::fmt;

use super::DAY;

/// A range of wall-clock time. What ends before it begins ends on the next day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeRange {
    /// Minutes after midnight, 0 to 1439.
    pub(crate) start: u16,
    /// Minutes after that same midnight; over 1440 it is the next day.
    pub(crate) end: u16,
}

const RIGHT: &str = "write a range of times such as `09:00-18:00`; `24:00` is the end of the day, and `22:00-06:00` ends on the next one";
const EMPTY: &str = "the range ends when it begins; the whole day is `00:00-24:00`";

impl TimeRange {
    /// The whole day.
    pub const WHOLE_DAY: Self = Self { start: 0, end: DAY };

    /// From and to, as minutes after midnight. `None` when it is no range of a day.
    pub(crate) fn new(start: u16, end: u16) -> Option<Self> {
        let fits = start < DAY && start < end && end < start.saturating_add(DAY);
        (fits || (start, end) == (0, DAY)).then_some(Self { start, end })
    }

    /// Two times with a hyphen between them.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let (start, end) = text.trim().split_once('-').ok_or(RIGHT)?;
        let (start, end) = (minute(start).ok_or(RIGHT)?, minute(end).ok_or(RIGHT)?);
        if start == DAY {
            return Err(RIGHT);
        }
        if start == end {
            return Err(EMPTY);
        }
        Self::new(start, if end < start { end.saturating_add(DAY) } else { end }).ok_or(EMPTY)
    }

    /// Its minutes of the day on which it begins.
    pub(crate) fn today(self) -> (u16, u16) {
        (self.start, self.end.min(DAY))
    }

    /// Its minutes of the next day.
    pub(crate) fn tomorrow(self) -> Option<(u16, u16)> {
        (self.end > DAY).then(|| (0, self.end.saturating_sub(DAY)))
    }
}

/// `9:05` or `09:05`, as minutes.
fn minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.trim().split_once(':')?;
    let number = |text: &str, long: usize| {
        let is_number = (1..=long).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| text.parse::<u16>().ok()).flatten()
    };
    let (hour, minute) = (number(hour, 2)?, number(minute, 2).filter(|_| minute.len() == 2)?);
    let all = hour.checked_mul(60)?.checked_add(minute)?;
    (minute < 60 && all <= DAY).then_some(all)
}

impl fmt::Display for TimeRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = if self.end > DAY { self.end.saturating_sub(DAY) } else { self.end };
        write!(f, "{:02}:{:02}-{:02}:{:02}", self.start / 60, self.start % 60, end / 60, end % 60)
    }
}

written!(
    TimeRange,
    "x-time-range",
    "^[0-9]{1,2}:[0-9]{2}-[0-9]{1,2}:[0-9]{2}$",
    "A range of times, such as 09:00-18:00. 24:00 is the end of the day. A range that ends before it begins ends on the next day.",
    "09:00-18:00"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_written_in_one_spelling() {
        for (text, start, end, again) in [
            ("09:00-12:00", 540, 720, "09:00-12:00"),
            ("9:05-24:00", 545, 1440, "09:05-24:00"),
            ("22:00-06:00", 1320, 1800, "22:00-06:00"),
            ("22:00-00:00", 1320, 1440, "22:00-24:00"),
            ("00:00-24:00", 0, 1440, "00:00-24:00"),
        ] {
            let range = TimeRange::parse(text).unwrap();
            assert_eq!(range, TimeRange { start, end });
            assert_eq!(range.to_string(), again);
            assert_eq!(TimeRange::parse(again), Ok(range));
        }
        for wrong in [
            "",
            "9-18",
            "09:00",
            "09:00–18:00",
            "9h-18h",
            "24:00-25:00",
            "12:60-13:00",
            "-1:00-2:00",
            "09:0-10:00",
            "+9:00-10:00",
        ] {
            assert_eq!(TimeRange::parse(wrong), Err(RIGHT), "{wrong}");
        }
        for wrong in ["09:00-09:00", "00:00-00:00"] {
            assert_eq!(TimeRange::parse(wrong), Err(EMPTY), "{wrong}");
        }
    }
}
