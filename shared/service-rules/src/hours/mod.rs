//! Hours as a function of time: open or closed, how much working time there is between two moments, and how the next opening is said.
//!
//! A moment is in Unix seconds. Days and times are those of the zone's clock, changes of its offset included. It must never do I/O; the zones
//! are compiled in. The silence timers and the wait times are counted by it.

mod calendar;
mod day;
mod says;
mod schedule;

use jiff::tz::TimeZone;

pub use calendar::easter;
pub use says::says_opens_at;
pub use schedule::{LOOK_AHEAD_DAYS, Open, Schedule};

use crate::{
    DEFAULT_TIME_ZONE, Night, Outside, ServiceRules,
    written::{Days, TimeRange, Week},
};

/// The night where there are no hours: nobody wants a telephone to buzz then.
const NIGHT: TimeRange = TimeRange { start: 21 * 60, end: (24 + 8) * 60 };

impl ServiceRules {
    /// The name of the zone of a queue's hours: its own, that of all hours, that of the document.
    pub fn hours_zone(&self, queue: Option<&str>) -> &str {
        let own = self.hours.of_queue(queue).and_then(|own| own.zone.as_deref());
        own.or(self.hours.zone.as_deref()).unwrap_or_else(|| self.zone())
    }

    /// When somebody is there for a queue; `None` is a conversation without one.
    pub fn schedule(&self, queue: Option<&str>) -> Schedule {
        let (all, own) = (&self.hours, self.hours.of_queue(queue));
        let counts = own.and_then(|own| own.holidays).unwrap_or(true);
        let mut schedule = Schedule::always(self.zone_of(queue));
        schedule.week = own.and_then(|own| own.week.clone()).or_else(|| all.week.clone());
        if counts {
            schedule.holidays = all.holidays.clone();
        }
        schedule.open = all.open.iter().chain(own.iter().flat_map(|own| &own.open)).copied().collect();
        let of_all = all.closed.iter().filter(|_| counts);
        schedule.closed = of_all.chain(own.iter().flat_map(|own| &own.closed)).copied().collect();
        schedule
    }

    /// When customers of a queue may be told something on Ponte's own accord: outside the night.
    pub fn waking(&self, queue: Option<&str>) -> Schedule {
        let between = |night: TimeRange| {
            let mut waking = Schedule::always(self.zone_of(queue));
            waking.week = Some(Week([(Days::ALL, without(night))].into()));
            waking
        };
        match self.night {
            Some(Night::Never(_)) => Schedule::always(self.zone_of(queue)),
            Some(Night::Between(night)) => between(night),
            None => {
                let schedule = self.schedule(queue);
                if schedule.week.is_some() { schedule } else { between(NIGHT) }
            }
        }
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
