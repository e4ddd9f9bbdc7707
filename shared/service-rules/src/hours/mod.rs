//! Hours as a function of time: open or closed, how much working time there is between two moments, and how the next opening is said.
//!
//! A moment is in Unix seconds. Days and times are those of the zone's clock, changes of its offset included. It must never do I/O; the zones
//! are compiled in. The silence timers and the wait times are counted by it.

mod calendar;
mod day;
mod says;
mod schedule;

use std::borrow::Cow;

use jiff::tz::TimeZone;

pub use calendar::easter;
pub(crate) use calendar::is_ever_free;
pub use says::{says_day, says_opens_at};
pub use schedule::{LOOK_AHEAD_DAYS, Open, Schedule};

use crate::{
    DEFAULT_TIME_ZONE, Language, Night, Outside, ServiceRules,
    written::{Days, TimeRange, Week},
};
use day::DayRules;

/// The night where there are no hours: nobody wants a telephone to buzz then.
const NIGHT: TimeRange = TimeRange { start: 21 * 60, end: (24 + 8) * 60 };

impl ServiceRules {
    /// The name of the zone of a queue's hours: its own, that of all hours, that of the document.
    pub fn hours_zone(&self, queue: Option<&str>) -> &str {
        let own = self.hours.of_queue(queue).and_then(|own| own.zone.as_deref());
        own.or(self.hours.zone.as_deref()).unwrap_or_else(|| self.zone())
    }

    /// The day of a moment in the company's zone, in days since 1 January 1970. A moment before that, or beyond the calendar, is that day.
    pub fn day_of(&self, seconds: i64) -> u16 {
        let zone = TimeZone::get(self.zone()).unwrap_or(TimeZone::UTC);
        says::day_of(seconds, &zone)
    }

    /// When somebody is there for a queue; `None` is a conversation without one.
    pub fn schedule(&self, queue: Option<&str>) -> Schedule<'_> {
        let (all, own) = (&self.hours, self.hours.of_queue(queue));
        let counts = own.and_then(|own| own.holidays).unwrap_or(true);
        let days = DayRules {
            week: own.and_then(|own| own.week.as_ref()).or(all.week.as_ref()).map(Cow::Borrowed),
            holidays: Some(&all.holidays).filter(|_| counts),
            open: [&all.open, own.map_or(&[], |own| &own.open)],
            closed: [if counts { &all.closed } else { &[] }, own.map_or(&[], |own| &own.closed)],
        };
        Schedule::new(self.zone_of(queue), days)
    }

    /// When customers of a queue may be told something on Ponte's own accord: outside the night.
    pub fn waking(&self, queue: Option<&str>) -> Schedule<'_> {
        let zone = self.zone_of(queue);
        let between = |zone: TimeZone, night: TimeRange| {
            let week = Some(Cow::Owned(Week([(Days::ALL, without(night))].into())));
            Schedule::new(zone, DayRules { week, ..DayRules::default() })
        };
        let has_hours = self.hours.week.is_some() || self.hours.of_queue(queue).is_some_and(|own| own.week.is_some());
        match self.night {
            Some(Night::Never(_)) => Schedule::new(zone, DayRules::default()),
            Some(Night::Between(night)) => between(zone, night),
            None if has_hours => self.schedule(queue),
            None => between(zone, NIGHT),
        }
    }

    /// The next opening of a queue in words, for `{opens_at}`. `None` while it is open, and where it does not open in time that anybody waits.
    pub fn says_opening(&self, queue: Option<&str>, now: i64, language: Language) -> Option<String> {
        let schedule = self.schedule(queue);
        let opens_at = schedule.first_open(now).filter(|opens_at| *opens_at > now)?;
        Some(says_opens_at(opens_at, now, schedule.zone(), language))
    }

    /// What happens to a conversation that begins outside the hours of its queue.
    pub fn outside(&self, queue: Option<&str>) -> Outside {
        self.hours.outside(queue)
    }

    fn zone_of(&self, queue: Option<&str>) -> TimeZone {
        // A document with a zone that nobody knows is refused before it comes here.
        let known = |name: &str| TimeZone::get(name).ok();
        known(self.hours_zone(queue)).or_else(|| known(DEFAULT_TIME_ZONE)).unwrap_or(TimeZone::UTC)
    }
}

/// The parts of each day without this range.
fn without(night: TimeRange) -> Vec<TimeRange> {
    let (start, end) = night.today();
    match night.tomorrow() {
        Some((_, morning)) => TimeRange::new(morning, start).into_iter().collect(),
        None => [TimeRange::new(0, start), TimeRange::new(end, crate::written::DAY)].into_iter().flatten().collect(),
    }
}

#[cfg(test)]
mod tests;
