//! The attendance hours of Blip Desk.
//!
//! `get /attendance-hour-container/{id}` to `postmaster@desk.msging.net` answers with a container of type
//! `application/vnd.iris.desk.attendance-hour-container+json` (seen in Blip's portal, 2026). `timeZoneId` is a Windows name. Off days are the
//! clock's time written as if it were UTC.

use jiff::civil::Date;
use serde_json::Value;

use super::{
    ForeignSchedule, SourceError,
    wire::{add, list, minute, object, text},
    zones,
};
use crate::{
    SourceKind,
    fold::fold,
    written::{ClosedTime, DAY, TimeRange, Week},
};

const EXPECTED: &str = "a container of attendance hours (attendance-hour-container)";

const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// A container of attendance hours, alone or as the `resource` of its command.
pub fn blip_schedule(json: &[u8]) -> Result<ForeignSchedule, SourceError> {
    let container = object(json, "resource", EXPECTED)?;
    let about = container.get("attendanceHour").filter(|about| about.is_object()).ok_or(SourceError::Form(EXPECTED))?;
    let mut week = Week::default();
    for item in list(&container, "attendanceHourScheduleItems")? {
        let day = day(item).ok_or(SourceError::Value("dayOfWeek"))?;
        let start = minute(&text(item, "startTime"), false).ok_or(SourceError::Value("startTime"))?;
        let end = minute(&text(item, "endTime"), true).ok_or(SourceError::Value("endTime"))?;
        let end = if end <= start { end.saturating_add(DAY) } else { end };
        // A day that ends when it begins is open all day.
        let range =
            if end.saturating_sub(start) == DAY { Some(TimeRange::WHOLE_DAY) } else { TimeRange::new(start, end) };
        range.and_then(|range| add(&mut week, day, range)).ok_or(SourceError::Value("startTime"))?;
    }
    if week.is_empty() {
        return Err(SourceError::Empty);
    }
    let mut closed = Vec::new();
    for item in list(&container, "attendanceHourOffItems")? {
        let (first, from) = moment(&text(item, "startDate"), false).ok_or(SourceError::Value("startDate"))?;
        let (last, to) = moment(&text(item, "endDate"), true).ok_or(SourceError::Value("endDate"))?;
        off(first, from, last, to, &mut closed).ok_or(SourceError::Value("endDate"))?;
    }
    Ok(ForeignSchedule {
        from: SourceKind::Blip,
        id: text(about, "id"),
        name: text(about, "title"),
        main: about.get("isMain").and_then(Value::as_bool).unwrap_or_default(),
        zone: zones::of_windows(&text(about, "timeZoneId"))?,
        week,
        closed,
    })
}

/// 0 is Monday. A number is that of .NET, where 0 is Sunday.
fn day(item: &Value) -> Option<usize> {
    match item.get("dayOfWeek")? {
        Value::String(name) => DAYS.iter().position(|day| *day == fold(name)),
        Value::Number(number) => {
            let number = usize::try_from(number.as_u64()?).ok().filter(|number| *number < 7)?;
            Some(number.checked_sub(1).unwrap_or(6))
        }
        _ => None,
    }
}

/// `2026-12-25T23:59:59.000Z` as a date and a minute.
fn moment(text: &str, end: bool) -> Option<(Date, u16)> {
    let (date, time) = text.trim().split_once(['T', ' ']).unwrap_or((text.trim(), if end { "24:00" } else { "00:00" }));
    Some((date.parse().ok()?, minute(time, end)?))
}

/// A time off, over one day or several.
fn off(first: Date, from: u16, last: Date, to: u16, closed: &mut Vec<ClosedTime>) -> Option<()> {
    // What ends at midnight ends with the day before.
    let (last, to) = if to == 0 { (last.yesterday().ok()?, DAY) } else { (last, to) };
    if first > last || (first == last && from >= to) {
        return None;
    }
    if first == last && (from, to) != (0, DAY) {
        closed.push(ClosedTime::part(first, TimeRange::new(from, to)?));
        return Some(());
    }
    let (mut whole_from, mut whole_to) = (first, last);
    if from > 0 {
        closed.push(ClosedTime::part(first, TimeRange::new(from, DAY)?));
        whole_from = first.tomorrow().ok()?;
    }
    if to < DAY {
        closed.push(ClosedTime::part(last, TimeRange::new(0, to)?));
        whole_to = last.yesterday().ok()?;
    }
    closed.extend(ClosedTime::days(whole_from, whole_to));
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn container(hours: &str, items: &str, off: &str) -> String {
        format!(
            r#"{{"type":"application/vnd.iris.desk.attendance-hour-container+json","method":"get","status":"success","id":"2","resource":{{
            "attendanceHour":{hours},"attendanceHourScheduleItems":{items},"attendanceHourOffItems":{off},
            "queues":[{{"id":"q1","description":"Financeiro"}}],"attendants":[]}}}}"#
        )
    }

    const HOURS: &str = r#"{"id":"h1","title":"Comercial","description":"","isMain":true,"timeZoneId":"E. South America Standard Time"}"#;

    fn read(items: &str, off: &str) -> Result<ForeignSchedule, SourceError> {
        blip_schedule(container(HOURS, items, off).as_bytes())
    }

    #[test]
    fn a_container_becomes_a_schedule() {
        let items = r#"[{"id":"a2","dayOfWeek":"Monday","startTime":"13:00:00","endTime":"18:00:00"},
            {"id":"a1","dayOfWeek":"Monday","startTime":"09:00:00","endTime":"12:00:00"},
            {"id":"a3","dayOfWeek":"Saturday","startTime":"00:00:00","endTime":"23:59:59"},
            {"id":"a4","dayOfWeek":"Sunday","startTime":"22:00:00","endTime":"06:00:00"},
            {"id":"a5","dayOfWeek":3,"startTime":"10:00","endTime":"00:00:00"}]"#;
        let off = r#"[{"id":"b1","reason":"Natal","startDate":"2026-12-25T00:00:00.000Z","endDate":"2026-12-25T23:59:59.000Z"},
            {"startDate":"2026-12-24T13:00:00.000Z","endDate":"2026-12-24T23:59:00.000Z"},
            {"startDate":"2026-12-30T12:00:00Z","endDate":"2027-01-02T10:00:00Z"},
            {"startDate":"2027-02-08T00:00:00Z","endDate":"2027-02-10T00:00:00Z"}]"#;
        let schedule = read(items, off).unwrap();
        assert_eq!(
            (schedule.name.as_str(), schedule.zone.as_str(), schedule.main),
            ("Comercial", "America/Sao_Paulo", true)
        );
        assert_eq!(
            serde_json::to_string(&schedule.week).unwrap(),
            r#"{"mon":["09:00-12:00","13:00-18:00"],"wed":["10:00-24:00"],"sat":["00:00-24:00"],"sun":["22:00-06:00"]}"#
        );
        let closed: Vec<String> = schedule.closed.iter().map(ToString::to_string).collect();
        assert_eq!(
            closed,
            [
                "2026-12-25",
                "2026-12-24 13:00-24:00",
                "2026-12-30 12:00-24:00",
                "2027-01-02 00:00-10:00",
                "2026-12-31 to 2027-01-01",
                "2027-02-08 to 2027-02-09",
            ]
        );
        // The container alone, without its command.
        let alone = format!(r#"{{"attendanceHour":{HOURS},"attendanceHourScheduleItems":{items}}}"#);
        assert_eq!(blip_schedule(alone.as_bytes()).unwrap().week, schedule.week);
    }

    #[test]
    fn what_cannot_be_read_is_told() {
        let told = |items: &str, off: &str| read(items, off).unwrap_err().to_string();
        assert_eq!(
            told(r#"[{"dayOfWeek":"Segunda","startTime":"09:00","endTime":"10:00"}]"#, "[]"),
            "`dayOfWeek` has a value that cannot be read"
        );
        assert_eq!(
            told(r#"[{"dayOfWeek":"Monday","startTime":"9h","endTime":"10:00"}]"#, "[]"),
            "`startTime` has a value that cannot be read"
        );
        assert_eq!(
            told(r#"[{"dayOfWeek":"Monday","startTime":"09:00","endTime":"25:00"}]"#, "[]"),
            "`endTime` has a value that cannot be read"
        );
        assert_eq!(told("7", "[]"), "`attendanceHourScheduleItems` has a value that cannot be read");
        assert_eq!(told("[null]", "[]"), "`dayOfWeek` has a value that cannot be read");
        let day = r#"[{"dayOfWeek":"Monday","startTime":"09:00","endTime":"10:00"}]"#;
        assert_eq!(
            told(day, r#"[{"startDate":"25/12/2026","endDate":"2026-12-25"}]"#),
            "`startDate` has a value that cannot be read"
        );
        assert_eq!(
            told(day, r#"[{"startDate":"2026-12-25","endDate":"2026-12-24"}]"#),
            "`endDate` has a value that cannot be read"
        );
        assert_eq!(told("[]", "[]"), "the schedule has no times", "it is not always closed");
        let none = format!(r#"{{"attendanceHour":{HOURS}}}"#);
        assert_eq!(blip_schedule(none.as_bytes()), Err(SourceError::Empty));
        let zone = container(r#"{"timeZoneId":"Mars Standard Time"}"#, day, "[]");
        assert_eq!(
            blip_schedule(zone.as_bytes()).unwrap_err().to_string(),
            "there is no time zone `Mars Standard Time` in the table"
        );
        for wrong in ["", "[]", "null", "{}", r#"{"resource":[]}"#, r#"{"attendanceHour":7}"#, "\u{0}"] {
            assert_eq!(blip_schedule(wrong.as_bytes()), Err(SourceError::Form(EXPECTED)), "{wrong}");
        }
    }
}
