//! The schedules of Zendesk.
//!
//! `GET /api/v2/business_hours/schedules.json` and `…/schedules/{id}/holidays.json` (developer.zendesk.com, Schedules, 2026). Intervals are in
//! minutes since Sunday 00:00. `time_zone` is a name of Rails ("Brasilia").

use jiff::civil::Date;
use serde_json::Value;

use super::{
    ForeignSchedule, ReadSchedules, SourceError,
    wire::{add, list, object, text},
    zones,
};
use crate::{
    SourceKind,
    written::{ClosedTime, DAY, TimeRange, Week},
};

const SCHEDULES: &str = "a list of schedules (business_hours/schedules.json)";
const HOLIDAYS: &str = "a list of holidays (holidays.json)";
/// Minutes of a week.
const WEEK: u16 = 7 * DAY;

/// All schedules of an account, without their holidays. The first is the main one.
pub fn zendesk_schedules(json: &[u8]) -> Result<ReadSchedules, SourceError> {
    let answer = object(json, "", SCHEDULES)?;
    answer.get("schedules").and_then(Value::as_array).ok_or(SourceError::Form(SCHEDULES))?;
    let mut read = ReadSchedules::default();
    for (index, schedule) in list(&answer, "schedules")?.iter().enumerate() {
        match one(schedule, index == 0) {
            Ok(schedule) => read.schedules.push(schedule),
            Err(error) => read.unread.push((text(schedule, "id"), error)),
        }
    }
    Ok(read)
}

fn one(schedule: &Value, main: bool) -> Result<ForeignSchedule, SourceError> {
    let mut week = Week::default();
    for interval in list(schedule, "intervals")? {
        let number = |key: &'static str| {
            let number = interval.get(key).and_then(Value::as_u64);
            number
                .and_then(|number| u16::try_from(number).ok())
                .filter(|number| *number <= WEEK)
                .ok_or(SourceError::Value(key))
        };
        let (start, end) = (number("start_time")?, number("end_time")?);
        if start >= end {
            return Err(SourceError::Value("end_time"));
        }
        split(start, end, &mut week).ok_or(SourceError::Value("start_time"))?;
    }
    let zone = zones::of_rails(&text(schedule, "time_zone"))?;
    if week.is_empty() {
        return Err(SourceError::Empty);
    }
    Ok(ForeignSchedule {
        from: SourceKind::Zendesk,
        id: text(schedule, "id"),
        name: text(schedule, "name"),
        main,
        zone,
        week,
        closed: Vec::new(),
    })
}

/// The holidays of one schedule, for its `closed`.
pub fn zendesk_holidays(json: &[u8]) -> Result<Vec<ClosedTime>, SourceError> {
    let answer = object(json, "", HOLIDAYS)?;
    answer.get("holidays").and_then(Value::as_array).ok_or(SourceError::Form(HOLIDAYS))?;
    let mut closed = Vec::new();
    for holiday in list(&answer, "holidays")? {
        let date = |key: &'static str| text(holiday, key).parse::<Date>().map_err(|_| SourceError::Value(key));
        closed.push(ClosedTime::days(date("start_date")?, date("end_date")?).ok_or(SourceError::Value("end_date"))?);
    }
    Ok(closed)
}

/// An interval of the week, by its days. It is said to end within its day; one that does not is cut at midnight.
fn split(start: u16, end: u16, week: &mut Week) -> Option<()> {
    for day in 0..7_u16 {
        let (first, last) = (day.checked_mul(DAY)?, day.checked_add(1)?.checked_mul(DAY)?);
        let (from, to) = (start.max(first), end.min(last));
        if from < to {
            // Ours begins with Monday, theirs with Sunday.
            let day = usize::from(day).checked_sub(1).unwrap_or(6);
            add(week, day, TimeRange::new(from.checked_sub(first)?, to.checked_sub(first)?)?)?;
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_of_an_account() {
        let json = r#"{"schedules":[{"id":360000001,"name":"Comercial","time_zone":"Brasilia","intervals":[{"start_time":1980,"end_time":2520},
            {"start_time":0,"end_time":1440},{"start_time":10020,"end_time":10080},{"start_time":4200,"end_time":4440}]},
            {"id":2,"name":"Norte","time_zone":"America/Manaus","intervals":[{"start_time":1980,"end_time":2520}]}],"url":"x"}"#;
        let ReadSchedules { schedules, unread } = zendesk_schedules(json.as_bytes()).unwrap();
        assert_eq!(unread, []);
        let first = &schedules[0];
        assert_eq!((first.id.as_str(), first.zone.as_str(), first.main), ("360000001", "America/Sao_Paulo", true));
        assert_eq!(
            serde_json::to_string(&first.week).unwrap(),
            r#"{"mon":["09:00-18:00"],"tue":["22:00-24:00"],"wed":["00:00-02:00"],"sat":["23:00-24:00"],"sun":["00:00-24:00"]}"#
        );
        assert_eq!((schedules[1].zone.as_str(), schedules[1].main), ("America/Manaus", false));
    }

    #[test]
    fn holidays_of_a_schedule() {
        let json = r#"{"holidays":[{"id":1,"name":"Natal","start_date":"2026-12-25","end_date":"2026-12-25"},
            {"id":2,"name":"Férias","start_date":"2026-12-28","end_date":"2027-01-02"}]}"#;
        let closed: Vec<String> = zendesk_holidays(json.as_bytes()).unwrap().iter().map(ToString::to_string).collect();
        assert_eq!(closed, ["2026-12-25", "2026-12-28 to 2027-01-02"]);
    }

    #[test]
    fn what_cannot_be_read_is_told() {
        for wrong in ["", "[]", "{}", r#"{"schedules":7}"#, r#"{"error":"RecordNotFound"}"#] {
            let told = zendesk_schedules(wrong.as_bytes()).unwrap_err().to_string();
            assert_eq!(told, format!("the answer is not {SCHEDULES}"), "{wrong}");
        }
        let told = |json: &str| {
            let read = zendesk_schedules(json.as_bytes()).unwrap();
            assert_eq!((read.schedules.len(), read.unread.len()), (0, 1), "{json}");
            read.unread[0].1.to_string()
        };
        let interval =
            |interval: &str| format!(r#"{{"schedules":[{{"time_zone":"Brasilia","intervals":[{interval}]}}]}}"#);
        assert_eq!(
            told(&interval(r#"{"start_time":-5,"end_time":7}"#)),
            "`start_time` has a value that cannot be read"
        );
        assert_eq!(
            told(&interval(r#"{"start_time":5,"end_time":99999999}"#)),
            "`end_time` has a value that cannot be read"
        );
        assert_eq!(told(&interval(r#"{"start_time":5,"end_time":5}"#)), "`end_time` has a value that cannot be read");
        assert_eq!(
            told(r#"{"schedules":[{"time_zone":"Atlantis"}]}"#),
            "there is no time zone `Atlantis` in the table"
        );
        assert_eq!(told(r#"{"schedules":[{}]}"#), "there is no time zone `` in the table");
        let empty = r#"{"schedules":[{"id":1,"time_zone":"Brasilia","intervals":[]}]}"#;
        assert_eq!(told(empty), "the schedule has no times", "it is not always closed");
        for wrong in [
            "{}",
            r#"{"holidays":[{"start_date":"2026-12-25"}]}"#,
            r#"{"holidays":[{"start_date":"2026-12-25","end_date":"2026-12-24"}]}"#,
        ] {
            assert!(zendesk_holidays(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn one_that_cannot_be_read_takes_no_other_away_and_leaves_no_other_the_main_one() {
        let json = r#"{"schedules":[{"id":1,"name":"Comercial","time_zone":"Brasilia","intervals":[]},
            {"id":2,"name":"Norte","time_zone":"America/Manaus","intervals":[{"start_time":1980,"end_time":2520}]}]}"#;
        let read = zendesk_schedules(json.as_bytes()).unwrap();
        assert_eq!(read.unread, [("1".to_owned(), SourceError::Empty)]);
        let others: Vec<_> = read.schedules.iter().map(|one| (one.name.as_str(), one.main)).collect();
        assert_eq!(others, [("Norte", false)]);
    }

    proptest::proptest! {
        #[test]
        fn no_answer_is_too_much(json in "\\PC{0,60}", start in proptest::num::i64::ANY, end in 0_u32..20_000) {
            let _ = zendesk_schedules(json.as_bytes());
            let interval = format!(r#"{{"schedules":[{{"time_zone":"Brasilia","intervals":[{{"start_time":{start},"end_time":{end}}}]}}]}}"#);
            let _ = zendesk_schedules(interval.as_bytes());
            let _ = zendesk_holidays(json.as_bytes());
            let _ = super::super::blip_schedule(json.as_bytes());
        }
    }
}
