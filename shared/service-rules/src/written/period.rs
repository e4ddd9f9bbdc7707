//! A length of time: `10m`, `22h`, `1h30m`.

use std::{fmt, time::Duration};

/// The longest period: 30 days.
const MAX: u32 = 30 * 24 * 60 * 60;

/// A length of time in whole seconds, from 1 second to 30 days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period(u32);

/// The units, the largest first.
const UNITS: [(char, u32); 4] = [('d', 24 * 60 * 60), ('h', 60 * 60), ('m', 60), ('s', 1)];

const RIGHT: &str = "write a time such as `45s`, `10m`, `22h` or `1h30m`, of 30 days at most";

impl Period {
    /// So many minutes; more than 30 days are 30 days, none is one second.
    pub const fn minutes(minutes: u32) -> Self {
        let seconds = minutes.saturating_mul(60);
        Self(if seconds > MAX {
            MAX
        } else if seconds == 0 {
            1
        } else {
            seconds
        })
    }

    /// Numbers with their units, the largest unit first, each at most once.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let (mut seconds, mut number, mut units) = (0_u32, None::<u32>, UNITS.iter());
        for letter in text.trim().chars() {
            if let Some(digit) = letter.to_digit(10) {
                number = number.unwrap_or_default().checked_mul(10).and_then(|number| number.checked_add(digit));
                if number.is_none() {
                    return Err(RIGHT);
                }
                continue;
            }
            let (_, unit) = units.find(|(unit, _)| *unit == letter).ok_or(RIGHT)?;
            let part = number.take().and_then(|number| number.checked_mul(*unit)).ok_or(RIGHT)?;
            seconds = seconds.checked_add(part).ok_or(RIGHT)?;
        }
        if number.is_none() && (1..=MAX).contains(&seconds) { Ok(Self(seconds)) } else { Err(RIGHT) }
    }

    /// Its seconds.
    pub fn seconds(self) -> i64 {
        i64::from(self.0)
    }

    /// The same, as a program counts it.
    pub fn duration(self) -> Duration {
        Duration::from_secs(u64::from(self.0))
    }

    /// What is left of it after another one; zero seconds when nothing is.
    pub(crate) fn seconds_after(self, other: Self) -> i64 {
        i64::from(self.0.saturating_sub(other.0))
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut left = self.0;
        for (letter, unit) in UNITS {
            // 22h and 36h read better than days and hours.
            let whole = left / unit;
            if whole > 0 && (letter != 'd' || left.is_multiple_of(unit)) {
                write!(f, "{whole}{letter}")?;
                left %= unit;
            }
        }
        Ok(())
    }
}

written!(
    Period,
    "x-period",
    "^([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?$",
    "A length of time: numbers with d, h, m or s, such as 45s, 10m, 22h or 1h30m.",
    "10m"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_is_written_in_one_spelling() {
        for (text, seconds, again) in [
            ("10m", 600, "10m"),
            ("45s", 45, "45s"),
            ("1h30m", 5_400, "1h30m"),
            ("90m", 5_400, "1h30m"),
            ("24h", 86_400, "1d"),
            ("36h", 129_600, "36h"),
            (" 2d ", 172_800, "2d"),
            ("30d", 2_592_000, "30d"),
        ] {
            let period = Period::parse(text).unwrap();
            assert_eq!((period.seconds(), period.to_string().as_str()), (seconds, again));
            assert_eq!(Period::parse(again), Ok(period));
        }
        for wrong in ["", "0m", "10", "m", "10 m", "10min", "1m1h", "1m1m", "31d", "-1m", "99999999999m", "4294967296s"]
        {
            assert_eq!(Period::parse(wrong), Err(RIGHT), "{wrong}");
        }
        assert_eq!(Period::minutes(10), Period::parse("10m").unwrap());
        assert_eq!(Period::minutes(u32::MAX).seconds(), 2_592_000);
    }
}
