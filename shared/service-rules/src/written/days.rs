//! Days of the week: `mon`, `mon-fri`, and a week of them.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use super::TimeRange;

/// One day of the week, or a row of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Days {
    /// The first, 0 is Monday.
    first: usize,
    /// The last, which is the first of a single day. It may be before the first: `sat-mon`.
    last: usize,
}

pub(crate) const NAMES_OF_DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

const RIGHT: &str =
    "write days such as `mon`, `mon-fri` or `sat-sun`; the days are `mon`, `tue`, `wed`, `thu`, `fri`, `sat` and `sun`";

impl Days {
    /// A day's name, or two with a hyphen between them.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let day = |name: &str| NAMES_OF_DAYS.iter().position(|known| *known == name).ok_or(RIGHT);
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        Ok(Self { first: day(first)?, last: day(last)? })
    }

    /// One day, 0 is Monday; `None` of more than 6.
    pub(crate) fn one(day: usize) -> Option<Self> {
        (day < NAMES_OF_DAYS.len()).then_some(Self { first: day, last: day })
    }

    /// Monday to Sunday.
    pub(crate) const ALL: Self = Self { first: 0, last: 6 };

    /// Whether a day is one of them, 0 is Monday.
    pub(crate) fn has(self, day: usize) -> bool {
        if self.first <= self.last {
            (self.first..=self.last).contains(&day)
        } else {
            day >= self.first || day <= self.last
        }
    }
}

impl fmt::Display for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |day: usize| NAMES_OF_DAYS.get(day).copied().unwrap_or_default();
        f.write_str(name(self.first))?;
        if self.first == self.last { Ok(()) } else { write!(f, "-{}", name(self.last)) }
    }
}

written!(
    Days,
    "x-days",
    "^(mon|tue|wed|thu|fri|sat|sun)(-(mon|tue|wed|thu|fri|sat|sun))?$",
    "Days of the week.",
    "mon-fri"
);

/// A week: the times of each day. A day that is not here is closed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Week(pub BTreeMap<Days, Vec<TimeRange>>);

impl Week {
    /// Whether it has no times at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.values().all(Vec::is_empty)
    }

    /// The ranges that begin on a day, 0 is Monday.
    pub(crate) fn of_day(&self, day: usize) -> impl Iterator<Item = TimeRange> {
        self.0.iter().filter(move |(days, _)| days.has(day)).flat_map(|(_, ranges)| ranges.iter().copied())
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Week {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Week".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let days = Days::json_schema(generator).to_value();
        let ranges = <Vec<TimeRange>>::json_schema(generator).to_value();
        schemars::json_schema!({
            "type": "object",
            "description": "The times of each day. A day that is not here is closed.",
            "propertyNames": days,
            "additionalProperties": ranges
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_what_is_none() {
        let of = |text: &str| {
            let days = Days::parse(text).unwrap();
            assert_eq!(days.to_string(), text);
            (0..7).filter(|day| days.has(*day)).collect::<Vec<_>>()
        };
        assert_eq!(of("mon-fri"), [0, 1, 2, 3, 4]);
        assert_eq!(of("sun"), [6]);
        assert_eq!(of("sat-mon"), [0, 5, 6]);
        for wrong in ["", "Mon", "monday", "seg", "mon-", "mon - fri", "mon-fri-sat", "8"] {
            assert_eq!(Days::parse(wrong), Err(RIGHT), "{wrong}");
        }
    }

    #[test]
    fn a_week_as_json() {
        let json = r#"{"mon-fri":["09:00-12:00","13:00-18:00"],"sat":["09:00-13:00"]}"#;
        let week: Week = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&week).unwrap(), json);
        assert_eq!(week.of_day(4).count(), 2);
        assert_eq!(week.of_day(6).count(), 0);
        assert!(serde_json::from_str::<Week>(r#"{"weekend":[]}"#).is_err());
    }
}
