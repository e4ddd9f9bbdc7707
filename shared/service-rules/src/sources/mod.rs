//! Schedules that another product keeps, made into ours. Pure: the JSON was fetched elsewhere.
//!
//! The readers are tolerant: keys they do not know are passed over. What they cannot make sense of is an error with a reason in plain words,
//! because a schedule that is half read would send customers away.

mod blip;
mod wire;
mod zendesk;
mod zones;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use blip::blip_schedule;
pub use zendesk::{zendesk_holidays, zendesk_schedules};

use crate::{
    Hours, HoursSource, ServiceRules, SourceKind,
    fold::same,
    written::{ClosedTime, Week},
};

/// A schedule of another product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForeignSchedule {
    /// The product.
    pub from: SourceKind,
    /// Its id there: Zendesk's holidays are fetched by it.
    pub id: String,
    /// Its name there.
    pub name: String,
    /// Whether it is the main one. Of several in Zendesk the first.
    #[serde(default)]
    pub main: bool,
    /// The zone, by its IANA name.
    pub zone: String,
    /// The week.
    pub week: Week,
    /// Its closed days.
    #[serde(default)]
    pub closed: Vec<ClosedTime>,
}

/// The schedules of a product, each read by itself: one that cannot be read takes no other away.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadSchedules {
    /// Those that could be read.
    pub schedules: Vec<ForeignSchedule>,
    /// The others: the id there, and why.
    pub unread: Vec<(String, SourceError)>,
}

/// Why a schedule of another product is not taken. It holds nothing of a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceError {
    /// It is no JSON, or not of the form that the product documents: what was looked for.
    Form(&'static str),
    /// A time zone that the table does not have, cut to 60 characters.
    Zone(String),
    /// A value that is no time, no day or no date: the key.
    Value(&'static str),
    /// Its week has no times. Nobody keeps a service that never opens, so it was not filled in.
    Empty,
}

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form(expected) => write!(f, "the answer is not {expected}"),
            Self::Zone(name) => write!(f, "there is no time zone `{name}` in the table"),
            Self::Value(key) => write!(f, "`{key}` has a value that cannot be read"),
            Self::Empty => f.write_str("the schedule has no times"),
        }
    }
}

impl std::error::Error for SourceError {}

impl ServiceRules {
    /// The rules with the schedules that their sources name, and the sources that none of the schedules is. Their own week stays there.
    #[must_use]
    pub fn with_schedules(&self, schedules: &[ForeignSchedule]) -> (Self, Vec<HoursSource>) {
        let mut rules = self.clone();
        let mut missing = Vec::new();
        let mut find = |source: &Option<HoursSource>| {
            let source = source.as_ref()?;
            let found = schedules.iter().find(|schedule| is_meant(schedule, source));
            if found.is_none() {
                missing.push(source.clone());
            }
            found
        };
        let Hours { zone, week, source, closed, by_queue, .. } = &mut rules.hours;
        if let Some(found) = find(source) {
            take(found, zone, week, closed);
        }
        for queue in by_queue.values_mut() {
            if let Some(found) = find(&queue.source) {
                take(found, &mut queue.zone, &mut queue.week, &mut queue.closed);
            }
        }
        (rules, missing)
    }

    /// The products that schedules must be fetched from.
    pub fn hours_sources(&self) -> std::collections::BTreeSet<SourceKind> {
        let of_queues = self.hours.by_queue.values().filter_map(|queue| queue.source.as_ref());
        self.hours.source.iter().chain(of_queues).map(|source| source.from).collect()
    }
}

/// One without times is none: an earlier release kept such.
fn is_meant(schedule: &ForeignSchedule, source: &HoursSource) -> bool {
    let is_one = schedule.from == source.from && !schedule.week.is_empty();
    is_one && source.schedule.as_ref().map_or(schedule.main, |name| same(name, &schedule.name))
}

/// A zone that the document names counts before that of the schedule.
fn take(schedule: &ForeignSchedule, zone: &mut Option<String>, week: &mut Option<Week>, closed: &mut Vec<ClosedTime>) {
    zone.get_or_insert_with(|| schedule.zone.clone());
    *week = Some(schedule.week.clone());
    closed.extend(&schedule.closed);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_filled_by_their_names() {
        let json = r#"{"version":1,"queues":{"a":{"name":"A"},"b":{"name":"B"}},"hours":{"source":{"from":"blip"},"closed":["12-24"],
            "by_queue":{"a":{"source":{"from":"blip","schedule":"plantão"},"zone":"America/Recife"},"b":{"source":{"from":"zendesk"},"week":{"mon":["09:00-10:00"]}}}}}"#;
        let rules = ServiceRules::from_json(json.as_bytes()).unwrap();
        assert_eq!(rules.hours_sources().len(), 2);
        let schedule = |name: &str, main, week: &str| ForeignSchedule {
            from: SourceKind::Blip,
            id: name.to_owned(),
            name: name.to_owned(),
            main,
            zone: "America/Manaus".to_owned(),
            week: serde_json::from_str(week).unwrap(),
            closed: vec![ClosedTime::parse("2026-12-25").unwrap()],
        };
        let schedules = [
            schedule("Plantao", false, r#"{"mon":["00:00-24:00"]}"#),
            schedule("Main", true, r#"{"tue":["08:00-18:00"]}"#),
        ];
        let (filled, missing) = rules.with_schedules(&schedules);
        assert_eq!(missing, [HoursSource { from: SourceKind::Zendesk, schedule: None }]);
        assert_eq!(filled.hours.week, Some(schedules[1].week.clone()));
        assert_eq!((filled.hours_zone(None), filled.hours_zone(Some("a"))), ("America/Manaus", "America/Recife"));
        assert_eq!(filled.hours.closed.len(), 2);
        assert_eq!(filled.hours.by_queue["a"].week, Some(schedules[0].week.clone()));
        assert_eq!(filled.hours.by_queue["b"], rules.hours.by_queue["b"]);
        let empty = [schedule("Main", true, r#"{"mon":[]}"#)];
        let (own, missing) = rules.with_schedules(&empty);
        assert_eq!((own.hours.week, missing.len()), (None, 3), "a week without times is not always closed");
        let stored = serde_json::to_string(&schedules[0]).unwrap();
        assert_eq!(serde_json::from_str::<ForeignSchedule>(&stored).unwrap(), schedules[0]);
    }
}
