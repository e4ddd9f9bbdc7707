//! Hours, the night, and what those who wait are told.

use super::{MAX_NAME, check_zone, name, queue_exists};
use crate::{
    Calendar, Hours, HoursSource, Night, ServiceRules, TimeRange, Week, hours::is_ever_free, path::Path,
    problem::Faults, written::NAMES_OF_DAYS,
};

pub(super) fn check(rules: &ServiceRules, faults: &mut Faults) {
    let (hours, path) = (&rules.hours, Path::of(&["hours"]));
    if let Some(zone) = &hours.zone {
        check_zone(zone, &path.key("zone"), faults);
    }
    week(hours.week.as_ref(), &path, faults);
    source(hours.source.as_ref(), &path, faults);
    without_week(hours, &path, faults);
    let holidays = &hours.holidays;
    for (index, day) in holidays.not.iter().enumerate() {
        // Without a calendar it is an error already.
        if holidays.calendar != Calendar::None && !is_ever_free(holidays, *day) {
            let message = "is no holiday of the calendar, so it changes nothing; take a day of your own out of `also`";
            faults.warn(&path.key("holidays").key("not").index(index), message);
        }
    }
    if holidays.calendar == Calendar::None {
        for (key, is_empty) in [("optional", holidays.optional.is_empty()), ("not", holidays.not.is_empty())] {
            if !is_empty {
                faults.error(&path.key("holidays").key(key), "counts only with `calendar: BR`");
            }
        }
    }
    for (queue, own) in &hours.by_queue {
        let path = path.key("by_queue").key(queue);
        queue_exists(rules, queue, &path, faults);
        if let Some(zone) = &own.zone {
            check_zone(zone, &path.key("zone"), faults);
        }
        week(own.week.as_ref(), &path, faults);
        source(own.source.as_ref(), &path, faults);
    }
    if rules.night == Some(Night::Between(TimeRange::WHOLE_DAY)) {
        faults.error(&Path::of(&["night"]), "the whole day is night, so that nothing would ever be told");
    }
    for queue in rules.waiting.by_queue.keys() {
        queue_exists(rules, queue, &Path::of(&["waiting", "by_queue"]).key(queue), faults);
    }
}

/// Hours that are open day and night, which nobody needs to write.
fn without_week(hours: &Hours, path: &Path, faults: &mut Faults) {
    let queues = hours.by_queue.values();
    if *hours != Hours::default()
        && hours.week.is_none()
        && hours.source.is_none()
        && queues.clone().all(|queue| queue.week.is_none() && queue.source.is_none())
    {
        let message = "has no `week`, so it is open day and night but for what is closed; write the times, or `mon-sun: [\"00:00-24:00\"]` if you mean that";
        faults.warn(path, message);
    }
    let is_alone = |week: &Option<Week>, source: &Option<HoursSource>| week.is_none() && source.is_some();
    let message =
        "has no `week` beside it: until it was read, and where it has no such schedule, it is open day and night";
    if is_alone(&hours.week, &hours.source) {
        faults.warn(&path.key("source"), message);
    }
    for (id, queue) in &hours.by_queue {
        if hours.week.is_none() && is_alone(&queue.week, &queue.source) {
            faults.warn(&path.key("by_queue").key(id).key("source"), message);
        }
    }
}

fn week(week: Option<&Week>, path: &Path, faults: &mut Faults) {
    let Some(week) = week else { return };
    let path = path.key("week");
    if week.is_empty() {
        faults.error(&path, "has no times; write some, or take `week` away for a service that is always open");
    }
    for (number, day) in NAMES_OF_DAYS.iter().enumerate() {
        let mut with = week.0.keys().filter(|days| days.has(number));
        if let (Some(first), Some(second)) = (with.next(), with.next()) {
            faults
                .error(&path.key(second.to_string()), format!("`{day}` stands in `{first}`, too; write each day once"));
        }
    }
    for (days, ranges) in &week.0 {
        let mut sorted = ranges.clone();
        sorted.sort_unstable();
        let meets = sorted.iter().zip(sorted.iter().skip(1)).find(|(one, next)| next.start < one.end);
        if let Some((one, next)) = meets {
            faults.error(&path.key(days.to_string()), format!("`{one}` and `{next}` overlap"));
        }
    }
}

fn source(source: Option<&HoursSource>, path: &Path, faults: &mut Faults) {
    if let Some(schedule) = source.and_then(|source| source.schedule.as_ref()) {
        name(schedule, MAX_NAME, &path.key("source").key("schedule"), faults);
    }
}
