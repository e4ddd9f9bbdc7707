//! When somebody is there.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::is_default;
use crate::written::{ClosedTime, DateMark, ExtraOpening, TimeRange, Week};

/// When somebody is there. Without a `week` and without a `source`: always.
///
/// Counted first: `open`; then `closed` and the holidays; then the week. A range that begins on a closed day does not take place, and one
/// that runs into it ends at midnight.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// The time zone, such as `America/Recife`. Absent: `time_zone`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// The times of each day. Absent: always open. With `source`: what counts until the source could be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub week: Option<Week>,
    /// Where the week is kept in place of this document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<HoursSource>,
    /// The days on which nobody is there.
    #[serde(default, skip_serializing_if = "is_default")]
    pub holidays: Holidays,
    /// Extra openings, each a date and a range of times.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub open: Vec<ExtraOpening>,
    /// Closed days, rows of days, and parts of a day.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub closed: Vec<ClosedTime>,
    /// What happens to a conversation that begins outside the hours. Absent: a ticket.
    #[serde(default, skip_serializing_if = "is_default")]
    pub outside: Outside,
    /// What is different for a queue.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub by_queue: BTreeMap<String, QueueHours>,
}

/// The hours of one queue. What is absent is as for all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct QueueHours {
    /// The time zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// The times of each day, in place of those for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub week: Option<Week>,
    /// Where the week is kept in place of this document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<HoursSource>,
    /// false: the holidays and the closed days of all do not count here. Absent: they do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holidays: Option<bool>,
    /// Extra openings of this queue.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub open: Vec<ExtraOpening>,
    /// Closed days of this queue.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub closed: Vec<ClosedTime>,
    /// What happens to a conversation that begins outside the hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outside: Option<Outside>,
}

/// Where the week is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct HoursSource {
    /// The product.
    pub from: SourceKind,
    /// The name of the schedule there. Absent: the main one of Blip, the first one of Zendesk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<String>,
}

/// A product that keeps schedules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// The attendance hours of Blip Desk.
    Blip,
    /// The schedules of Zendesk.
    Zendesk,
}

/// What happens to a conversation that begins outside the hours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Outside {
    /// It is opened as always, and the customer is told when somebody will read it.
    #[default]
    Ticket,
    /// The customer is told, and goes back to the bot at once. There is no ticket.
    Bot,
    /// There is a ticket, and the customer is told and goes back to the bot at once. The first answer calls the customer back. Only behind a
    /// router, and with its key (`BlipRouterKey`); elsewhere as `ticket`.
    Callback,
}

/// The days on which nobody is there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Holidays {
    /// The holidays of a country by law. Absent: none.
    #[serde(default, skip_serializing_if = "is_default")]
    pub calendar: Calendar,
    /// Days of your own: those of the state, of the city, of the company.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<DateMark>,
    /// Days of the calendar on which somebody is there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not: Vec<DateMark>,
    /// Days that the calendar leaves to each employer, and that are free here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub optional: Vec<OptionalDay>,
}

/// The holidays of a country by law.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Calendar {
    /// None.
    #[default]
    #[serde(rename = "none")]
    None,
    /// Brazil's national holidays, and Good Friday.
    #[serde(rename = "BR")]
    Brazil,
}

/// A day that Brazil's calendar leaves to each employer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum OptionalDay {
    /// Monday and Tuesday of carnival.
    Carnival,
    /// The day after carnival, until 14:00.
    AshWednesday,
    /// The Thursday 60 days after Easter.
    CorpusChristi,
    /// 28 October.
    PublicServantsDay,
    /// 24 December.
    ChristmasEve,
    /// 31 December.
    NewYearsEve,
}

/// When nothing is told to a customer on Ponte's own accord.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Night {
    /// No time is night.
    Never(Never),
    /// Between these times.
    Between(TimeRange),
}

/// The word for no time at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Never {
    /// No time at all.
    #[serde(rename = "none")]
    None,
}

impl Hours {
    /// The rules of one queue, if it has any.
    pub(crate) fn of_queue(&self, queue: Option<&str>) -> Option<&QueueHours> {
        self.by_queue.get(queue?)
    }

    /// What happens outside the hours of a queue.
    pub fn outside(&self, queue: Option<&str>) -> Outside {
        self.of_queue(queue).and_then(|queue| queue.outside).unwrap_or(self.outside)
    }

    /// Whether customers are called back anywhere.
    pub fn calls_back(&self) -> bool {
        let of_queues = self.by_queue.values().filter_map(|queue| queue.outside);
        std::iter::once(self.outside).chain(of_queues).any(|outside| outside == Outside::Callback)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_as_json() {
        let json = r#"{"zone":"America/Recife","week":{"mon-fri":["08:00-18:00"]},"source":{"from":"blip","schedule":"Comercial"},"holidays":{"calendar":"BR","also":["07-09"],"not":["11-20"],"optional":["carnival","ash_wednesday","new_years_eve"]},"open":["2026-12-19 09:00-18:00"],"closed":["12-28 to 01-02"],"outside":"bot","by_queue":{"duty":{"week":{"mon-sun":["00:00-24:00"]},"holidays":false,"outside":"ticket"}}}"#;
        let hours: Hours = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&hours).unwrap(), json);
        assert_eq!(hours.outside(None), Outside::Bot);
        assert_eq!(hours.outside(Some("duty")), Outside::Ticket);
        assert_eq!(hours.outside(Some("other")), Outside::Bot);
        assert!(!hours.calls_back());
        for called_back in [r#"{"outside":"callback"}"#, r#"{"by_queue":{"duty":{"outside":"callback"}}}"#] {
            assert!(serde_json::from_str::<Hours>(called_back).unwrap().calls_back(), "{called_back}");
        }
        assert_eq!(serde_json::to_string(&Hours::default()).unwrap(), "{}");
    }

    #[test]
    fn a_night_as_json() {
        for json in [r#""none""#, r#""21:00-08:00""#] {
            let night: Night = serde_json::from_str(json).unwrap();
            assert_eq!(serde_json::to_string(&night).unwrap(), json);
        }
        assert!(serde_json::from_str::<Night>(r#""never""#).is_err());
    }
}
