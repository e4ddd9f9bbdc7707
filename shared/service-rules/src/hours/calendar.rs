//! Holidays by law, those that move with Easter included.
//!
//! Brazil: laws 662/1949 and 10.607/2002 (1 January, 21 April, 1 May, 7 September, 2 and 15 November, 25 December), 6.802/1980 (12 October)
//! and 14.759/2023 (20 November, from 2024). Good Friday is left to the cities by law 9.093/1995 and free in practice everywhere.

use jiff::{ToSpan as _, civil::Date};

use crate::{Calendar, Holidays, OptionalDay, written::DateMark};

/// How much of a day is a holiday.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Free {
    /// Nothing.
    Not,
    /// From midnight until this minute.
    Until(u16),
    /// All of it.
    Whole,
}

/// Month and day of the national holidays of Brazil that do not move, and the first year of each.
const BRAZIL: [(i8, i8, i16); 9] = [
    (1, 1, i16::MIN),
    (4, 21, i16::MIN),
    (5, 1, i16::MIN),
    (9, 7, i16::MIN),
    (10, 12, i16::MIN),
    (11, 2, i16::MIN),
    (11, 15, i16::MIN),
    (11, 20, 2024),
    (12, 25, i16::MIN),
];

/// Ash Wednesday is free until 14:00 where it is free (the yearly decree on optional days of the federal offices).
const ASH_WEDNESDAY_ENDS: u16 = 14 * 60;

/// The Sunday of Easter in the Gregorian calendar (Meeus, Jones and Butcher). `None` before the year 1583, when there was none.
pub fn easter(year: i16) -> Option<Date> {
    if year < 1583 {
        return None;
    }
    let year_number = i32::from(year);
    let (golden, century, of_century) = (year_number % 19, year_number / 100, year_number % 100);
    let correction = (century + 8) / 25;
    let epact = (19 * golden + century - century / 4 - (century - correction + 1) / 3 + 15) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (of_century / 4) - epact - of_century % 4) % 7;
    let late = (golden + 11 * epact + 22 * weekday) / 451;
    let days = epact + weekday - 7 * late + 114;
    Date::new(year, i8::try_from(days / 31).ok()?, i8::try_from(days % 31 + 1).ok()?).ok()
}

/// How much of a day is a holiday by these rules.
pub(super) fn free(holidays: &Holidays, date: Date) -> Free {
    if holidays.also.iter().any(|day| day.is(date)) {
        return Free::Whole;
    }
    if holidays.calendar == Calendar::None || holidays.not.iter().any(|day| day.is(date)) {
        return Free::Not;
    }
    let optional = || holidays.optional.iter().map(|day| optional(*day, date)).find(|free| *free != Free::Not);
    if is_national(date) { Free::Whole } else { optional().unwrap_or(Free::Not) }
}

/// Whether a day is a holiday of the calendar in its year; of each year, in one of this century.
pub(crate) fn is_ever_free(holidays: &Holidays, day: DateMark) -> bool {
    let Holidays { calendar, optional, .. } = holidays;
    let of_law = Holidays { calendar: *calendar, optional: optional.clone(), ..Holidays::default() };
    day.dates(2000..=2099).any(|date| free(&of_law, date) != Free::Not)
}

fn is_national(date: Date) -> bool {
    let fixed =
        BRAZIL.iter().any(|(month, day, since)| (*month, *day) == (date.month(), date.day()) && date.year() >= *since);
    fixed || is_from_easter(date, -2)
}

fn optional(day: OptionalDay, date: Date) -> Free {
    let whole = |is: bool| if is { Free::Whole } else { Free::Not };
    let on = |month: i8, day: i8| whole((date.month(), date.day()) == (month, day));
    match day {
        OptionalDay::Carnival => whole(is_from_easter(date, -48) || is_from_easter(date, -47)),
        OptionalDay::AshWednesday if is_from_easter(date, -46) => Free::Until(ASH_WEDNESDAY_ENDS),
        OptionalDay::AshWednesday => Free::Not,
        OptionalDay::CorpusChristi => whole(is_from_easter(date, 60)),
        OptionalDay::PublicServantsDay => on(10, 28),
        OptionalDay::ChristmasEve => on(12, 24),
        OptionalDay::NewYearsEve => on(12, 31),
    }
}

/// Whether a date is so many days after Easter of its year.
fn is_from_easter(date: Date, days: i64) -> bool {
    easter(date.year()).and_then(|easter| easter.checked_add(days.days()).ok()) == Some(date)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn easter_in_many_years() {
        // The Astronomical Applications Department of the U.S. Naval Observatory, "The Date of Easter"; the earliest and the latest, too.
        for (year, month, day) in [
            (1818, 3, 22),
            (1943, 4, 25),
            (2000, 4, 23),
            (2019, 4, 21),
            (2023, 4, 9),
            (2024, 3, 31),
            (2025, 4, 20),
            (2026, 4, 5),
            (2027, 3, 28),
            (2028, 4, 16),
            (2029, 4, 1),
            (2030, 4, 21),
            (2038, 4, 25),
            (2285, 3, 22),
        ] {
            assert_eq!(easter(year), Some(date(year, month, day)));
        }
        assert_eq!(easter(1582), None);
        for year in 1583..=9999 {
            let found = easter(year).unwrap();
            assert_eq!(found.weekday(), jiff::civil::Weekday::Sunday);
            assert!(found >= date(year, 3, 22) && found <= date(year, 4, 25));
        }
    }

    #[test]
    fn a_day_that_is_never_a_holiday() {
        let own = holidays(r#"{"calendar":"BR","optional":["carnival"],"also":["07-09"],"not":["11-20"]}"#);
        for (day, expected) in [
            ("11-20", true),
            ("2026-11-20", true),
            ("2023-11-20", false),
            ("2026-11-21", false),
            ("07-09", false),
            ("2026-04-03", true),
            ("2026-04-02", false),
            // Good Friday of some year, and Carnival of others.
            ("04-02", true),
            ("02-29", true),
            ("02-02", false),
            ("05-27", false),
        ] {
            assert_eq!(is_ever_free(&own, DateMark::parse(day).unwrap()), expected, "{day}");
        }
    }

    fn holidays(json: &str) -> Holidays {
        serde_json::from_str(json).unwrap()
    }

    fn days(holidays: &Holidays, year: i16) -> Vec<String> {
        let first = date(year, 1, 1);
        let all = first.series(1.day()).take_while(|day| day.year() == year);
        all.filter(|day| free(holidays, *day) != Free::Not).map(|day| day.strftime("%m-%d").to_string()).collect()
    }

    #[test]
    fn the_calendar_of_brazil() {
        let law = holidays(r#"{"calendar":"BR"}"#);
        assert_eq!(
            days(&law, 2027),
            ["01-01", "03-26", "04-21", "05-01", "09-07", "10-12", "11-02", "11-15", "11-20", "12-25"]
        );
        assert_eq!(days(&law, 2026)[1], "04-03");
        assert_eq!(days(&law, 2023).len(), 9, "20 November is one since 2024");
        assert_eq!(days(&law, 2024).len(), 10);
        let all = holidays(
            r#"{"calendar":"BR","optional":["carnival","ash_wednesday","corpus_christi","public_servants_day","christmas_eve","new_years_eve"]}"#,
        );
        let optional =
            |year| days(&all, year).into_iter().filter(|day| !days(&law, year).contains(day)).collect::<Vec<_>>();
        assert_eq!(optional(2027), ["02-08", "02-09", "02-10", "05-27", "10-28", "12-24", "12-31"]);
        assert_eq!(optional(2026), ["02-16", "02-17", "02-18", "06-04", "10-28", "12-24", "12-31"]);
        assert_eq!(optional(2025)[..4], ["03-03", "03-04", "03-05", "06-19"]);
        assert_eq!(free(&all, date(2027, 2, 10)), Free::Until(840));
        assert_eq!(free(&all, date(2027, 2, 9)), Free::Whole);
    }

    #[test]
    fn days_of_ones_own() {
        let own = holidays(
            r#"{"calendar":"BR","also":["07-09","2027-02-10"],"not":["11-20","2027-05-01","07-09"],"optional":["ash_wednesday"]}"#,
        );
        let of_2027 = days(&own, 2027);
        assert!(of_2027.contains(&"07-09".to_owned()), "a day of one's own counts before `not`");
        assert!(!of_2027.contains(&"11-20".to_owned()) && !of_2027.contains(&"05-01".to_owned()));
        assert!(days(&own, 2028).contains(&"05-01".to_owned()));
        assert_eq!(free(&own, date(2027, 2, 10)), Free::Whole, "the whole day, where one's own list has it");
        assert_eq!(days(&holidays(r#"{"also":["07-09"],"optional":["carnival"]}"#), 2027), ["07-09"]);
    }
}
