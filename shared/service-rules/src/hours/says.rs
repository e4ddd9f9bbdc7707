//! The next opening in words, and days as they are written.

use jiff::{
    Timestamp, ToSpan as _,
    civil::{Date, DateTime, date},
    tz::TimeZone,
};

use crate::Language;

/// From which days are counted.
const FIRST_DAY: Date = date(1970, 1, 1);

/// The day of a moment, in days since 1 January 1970.
pub(super) fn day_of(seconds: i64, zone: &TimeZone) -> u16 {
    let day = |at: Timestamp| FIRST_DAY.until(zone.to_datetime(at).date()).ok().map(|span| span.get_days());
    Timestamp::from_second(seconds).ok().and_then(day).and_then(|day| u16::try_from(day).ok()).unwrap_or_default()
}

/// A day as people write it: "29/11/2026", in English "2026-11-29". It is given in days since 1 January 1970.
pub fn says_day(day: u16, language: Language) -> String {
    let Ok(day) = FIRST_DAY.checked_add(i64::from(day).days()) else { return String::new() };
    match language {
        Language::Portuguese | Language::Spanish => format!("{:02}/{:02}/{}", day.day(), day.month(), day.year()),
        Language::English => day.to_string(),
    }
}

/// From so many days on the year is said, too.
const FAR_DAYS: i64 = 300;

/// A moment as a customer reads it after "we are back": "segunda-feira às 9h", "amanhã às 8h30", "hoje às 14h"; from the seventh day on the
/// date. Both moments are Unix seconds; days and times are those of the zone. Empty beyond the calendar.
pub fn says_opens_at(at: i64, now: i64, zone: &TimeZone, language: Language) -> String {
    let shown = |seconds: i64| Some(zone.to_datetime(Timestamp::from_second(seconds).ok()?));
    let (Some(at), Some(now)) = (shown(at), shown(now)) else { return String::new() };
    let days = now.date().until(at.date()).map_or(0, |span| i64::from(span.get_days()));
    let time = time(at, language);
    match language {
        Language::Portuguese => format!("{} {time}", portuguese(at, days)),
        Language::English => format!("{} at {time}", english(at, days)),
        Language::Spanish => format!("{} {time}", spanish(at, days)),
    }
}

fn name<const N: usize>(names: [&'static str; N], index: i8) -> &'static str {
    usize::try_from(index).ok().and_then(|index| names.get(index).copied()).unwrap_or_default()
}

fn month<const N: usize>(names: [&'static str; N], at: DateTime) -> &'static str {
    name(names, at.month().saturating_sub(1))
}

fn weekday(names: [&'static str; 7], at: DateTime) -> &'static str {
    name(names, at.weekday().to_monday_zero_offset())
}

fn portuguese(at: DateTime, days: i64) -> String {
    const DAYS: [&str; 7] =
        ["segunda-feira", "terça-feira", "quarta-feira", "quinta-feira", "sexta-feira", "sábado", "domingo"];
    const MONTHS: [&str; 12] = [
        "janeiro",
        "fevereiro",
        "março",
        "abril",
        "maio",
        "junho",
        "julho",
        "agosto",
        "setembro",
        "outubro",
        "novembro",
        "dezembro",
    ];
    match days {
        0 => "hoje".to_owned(),
        1 => "amanhã".to_owned(),
        2..=6 => weekday(DAYS, at).to_owned(),
        _ => {
            let first = if at.day() == 1 { "º" } else { "" };
            let year = if days >= FAR_DAYS { format!(" de {}", at.year()) } else { String::new() };
            format!("dia {}{first} de {}{year}", at.day(), month(MONTHS, at))
        }
    }
}

fn english(at: DateTime, days: i64) -> String {
    const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    match days {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        2..=6 => format!("on {}", weekday(DAYS, at)),
        _ => {
            let year = if days >= FAR_DAYS { format!(", {},", at.year()) } else { String::new() };
            format!("on {} {}{year}", month(MONTHS, at), at.day())
        }
    }
}

fn spanish(at: DateTime, days: i64) -> String {
    const DAYS: [&str; 7] = ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"];
    const MONTHS: [&str; 12] = [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ];
    match days {
        0 => "hoy".to_owned(),
        1 => "mañana".to_owned(),
        2..=6 => format!("el {}", weekday(DAYS, at)),
        _ => {
            let year = if days >= FAR_DAYS { format!(" de {}", at.year()) } else { String::new() };
            format!("el {} de {}{year}", at.day(), month(MONTHS, at))
        }
    }
}

fn time(at: DateTime, language: Language) -> String {
    let (hour, minute) = (at.hour(), at.minute());
    match language {
        Language::Portuguese => {
            // "à 1h", and "à 0h" as it is read: zero hora.
            let before = if hour <= 1 { "à" } else { "às" };
            if minute == 0 { format!("{before} {hour}h") } else { format!("{before} {hour}h{minute:02}") }
        }
        Language::English => {
            let (half, of_half) = if hour < 12 { ("am", hour) } else { ("pm", hour.saturating_sub(12)) };
            let shown = if of_half == 0 { 12 } else { of_half };
            match (hour, minute) {
                (0, 0) => "midnight".to_owned(),
                (12, 0) => "noon".to_owned(),
                (_, 0) => format!("{shown} {half}"),
                _ => format!("{shown}:{minute:02} {half}"),
            }
        }
        Language::Spanish => {
            let before = if hour == 1 { "a la" } else { "a las" };
            format!("{before} {hour}:{minute:02}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Moments as `2026-11-30T09:00`, by the clock of São Paulo.
    fn said(now: &str, at: &str, language: Language) -> String {
        let zone = TimeZone::get("America/Sao_Paulo").unwrap();
        let second = |text: &str| zone.to_timestamp(text.parse::<DateTime>().unwrap()).unwrap().as_second();
        says_opens_at(second(at), second(now), &zone, language)
    }

    #[test]
    fn the_next_opening_in_three_languages() {
        // 27 November 2026 is a Friday.
        for (now, at, portuguese, english, spanish) in [
            ("2026-11-27T08:00", "2026-11-27T14:00", "hoje às 14h", "today at 2 pm", "hoy a las 14:00"),
            ("2026-11-27T23:59", "2026-11-28T08:30", "amanhã às 8h30", "tomorrow at 8:30 am", "mañana a las 8:30"),
            ("2026-11-27T19:00", "2026-11-30T09:00", "segunda-feira às 9h", "on Monday at 9 am", "el lunes a las 9:00"),
            (
                "2026-11-27T19:00",
                "2026-12-03T12:00",
                "quinta-feira às 12h",
                "on Thursday at noon",
                "el jueves a las 12:00",
            ),
            (
                "2026-11-27T19:00",
                "2026-12-04T01:00",
                "dia 4 de dezembro à 1h",
                "on December 4 at 1 am",
                "el 4 de diciembre a la 1:00",
            ),
            (
                "2026-11-27T19:00",
                "2027-03-01T12:05",
                "dia 1º de março às 12h05",
                "on March 1 at 12:05 pm",
                "el 1 de marzo a las 12:05",
            ),
            (
                "2026-11-27T19:00",
                "2027-11-29T00:00",
                "dia 29 de novembro de 2027 à 0h",
                "on November 29, 2027, at midnight",
                "el 29 de noviembre de 2027 a las 0:00",
            ),
            ("2026-11-26T19:00", "2026-11-28T09:00", "sábado às 9h", "on Saturday at 9 am", "el sábado a las 9:00"),
        ] {
            assert_eq!(said(now, at, Language::Portuguese), portuguese);
            assert_eq!(said(now, at, Language::English), english);
            assert_eq!(said(now, at, Language::Spanish), spanish);
        }
        assert_eq!(says_opens_at(i64::MAX, 0, &TimeZone::UTC, Language::English), "");
    }

    #[test]
    fn a_day_is_written_as_people_write_it_and_is_the_companys_own() {
        let zone = TimeZone::get("America/Sao_Paulo").unwrap();
        // 28 November 2026, 23:30 in Sao Paulo, when it is the 29th in UTC.
        let late = 1_795_919_400;
        let day = day_of(late, &zone);
        let says = |day| Language::ALL.map(|language| says_day(day, language));
        assert_eq!(says(day), ["28/11/2026", "2026-11-28", "28/11/2026"]);
        assert_eq!(says(day_of(late, &TimeZone::UTC))[0], "29/11/2026");
        assert_eq!([day_of(0, &TimeZone::UTC), day_of(-1, &TimeZone::UTC), day_of(i64::MAX, &TimeZone::UTC)], [0; 3]);
        assert_eq!(says(u16::MAX)[1], "2149-06-06");
    }
}
