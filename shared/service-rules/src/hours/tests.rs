use jiff::{Timestamp, civil::DateTime};

use super::*;

/// Rules that stay, so that their schedules may.
fn rules(json: &str) -> &'static ServiceRules {
    let rules = ServiceRules::from_json(format!(r#"{{"version":1,{json}}}"#).as_bytes()).unwrap();
    Box::leak(Box::new(rules))
}

/// A moment by the clock of a zone; the first of two.
fn at(zone: &str, text: &str) -> i64 {
    let zone = TimeZone::get(zone).unwrap();
    zone.to_ambiguous_timestamp(text.parse::<DateTime>().unwrap()).earlier().unwrap().as_second()
}

fn shown(zone: &str, moment: Option<i64>) -> String {
    let zone = TimeZone::get(zone).unwrap();
    let text =
        |moment: i64| zone.to_datetime(Timestamp::from_second(moment).unwrap()).strftime("%m-%d %H:%M").to_string();
    moment.map_or_else(|| "never".to_owned(), text)
}

const OFFICE: &str = r#""hours":{"week":{"mon-fri":["09:00-12:00","13:00-18:00"],"sat":["09:00-13:00"]},
    "holidays":{"calendar":"BR","also":["07-09"],"not":["11-20"],"optional":["carnival","ash_wednesday"]},
    "open":["2026-12-20 10:00-16:00","2027-01-01 10:00-12:00"],"closed":["2026-12-24 13:00-24:00","12-28 to 01-02"],
    "by_queue":{"duty":{"week":{"mon-sun":["00:00-24:00"]},"holidays":false},
                "night":{"week":{"mon-fri":["22:00-06:00"]},"closed":["2026-12-02"]},
                "west":{"zone":"America/Rio_Branco"}}},
    "queues":{"duty":{"name":"D"},"night":{"name":"N"},"west":{"name":"W"}}"#;

#[test]
fn open_or_closed_and_until_when() {
    let rules = rules(OFFICE);
    let zone = "America/Sao_Paulo";
    for (queue, moment, expected) in [
        // A Monday.
        (None, "2026-11-30T09:00", "open until 11-30 12:00"),
        (None, "2026-11-30T08:59:59", "opens 11-30 09:00"),
        (None, "2026-11-30T11:59:59", "open until 11-30 12:00"),
        (None, "2026-11-30T12:00", "opens 11-30 13:00"),
        (None, "2026-11-30T18:00", "opens 12-01 09:00"),
        (None, "2026-11-28T13:00", "opens 11-30 09:00"),
        // 20 November is taken out of the calendar, 15 November 2027 is not.
        (None, "2026-11-20T10:00", "open until 11-20 12:00"),
        (None, "2027-11-12T18:30", "opens 11-13 09:00"),
        (None, "2027-11-13T15:00", "opens 11-16 09:00"),
        // Carnival, and the afternoon of Ash Wednesday.
        (None, "2027-02-06T13:00", "opens 02-10 14:00"),
        // A holiday of one's own, Christmas Eve, the days between the years, and the extra opening in them.
        (None, "2027-07-09T10:00", "opens 07-10 09:00"),
        (None, "2026-12-24T12:30", "opens 12-26 09:00"),
        (None, "2026-12-20T09:00", "opens 12-20 10:00"),
        (None, "2026-12-28T09:00", "opens 01-01 10:00"),
        (None, "2027-01-01T12:00", "opens 01-04 09:00"),
        // A queue of its own: always, over midnight, in another zone.
        (Some("duty"), "2026-12-25T03:00", "open until never"),
        (Some("night"), "2026-11-30T23:00", "open until 12-01 06:00"),
        (Some("night"), "2026-12-01T05:59", "open until 12-01 06:00"),
        (Some("night"), "2026-12-05T05:59", "open until 12-05 06:00"),
        (Some("night"), "2026-12-05T22:30", "opens 12-07 22:00"),
        // The 2nd is closed: the night before ends at midnight, that of the 2nd does not take place.
        (Some("night"), "2026-12-01T23:00", "open until 12-02 00:00"),
        (Some("night"), "2026-12-02T00:00", "opens 12-03 22:00"),
        (Some("west"), "2026-11-30T10:00", "opens 11-30 11:00"),
        (Some("other"), "2026-11-30T10:00", "open until 11-30 12:00"),
    ] {
        let open = rules.schedule(queue).open_at(at(zone, moment));
        let found = if open.open {
            format!("open until {}", shown(zone, open.until))
        } else {
            format!("opens {}", shown(zone, open.opens_at))
        };
        assert_eq!(found, expected, "{queue:?} {moment}");
        assert!(!(open.open && open.opens_at.is_some()) && (open.open || open.until.is_none()));
    }
}

#[test]
fn the_next_opening_in_words() {
    let rules = rules(OFFICE);
    let says = |queue, moment: &str| rules.says_opening(queue, at("America/Sao_Paulo", moment), Language::Portuguese);
    assert_eq!(says(None, "2026-11-27T19:00").as_deref(), Some("amanhã às 9h"));
    assert_eq!(says(None, "2026-11-28T13:00").as_deref(), Some("segunda-feira às 9h"));
    assert_eq!(says(Some("west"), "2026-11-30T10:00").as_deref(), Some("hoje às 9h"), "by the clock of the queue");
    assert_eq!(says(None, "2026-11-30T10:00"), None);
}

#[test]
fn no_hours_are_always_open_and_some_never_open() {
    for json in [r#""queues":{}"#, r#""hours":{"open":["2026-12-20 10:00-16:00"]}"#] {
        let open = rules(json).schedule(None).open_at(0);
        assert_eq!(open, Open { open: true, until: None, opens_at: None });
    }
    let never = rules(r#""hours":{"closed":["2000-01-01 to 2099-12-31"]}"#).schedule(None);
    let now = at("UTC", "2026-11-30T09:00");
    assert_eq!(never.open_at(now), Open { open: false, until: None, opens_at: None });
    assert_eq!((never.first_open(now), never.after_working_time(now, 1)), (None, None));
    assert_eq!(never.working_time(now, now + 1_000_000), 0);
    // The last day on which it is open.
    let last = rules(r#""hours":{"closed":["2026-12-01 to 2099-12-31"]}"#).schedule(None);
    assert_eq!(shown("America/Sao_Paulo", last.open_at(now).until), "12-01 00:00");
    // Beyond the calendar nobody is there.
    for moment in [i64::MIN, i64::MAX] {
        assert!(!never.open_at(moment).open);
        assert_eq!(never.working_time(i64::MIN, moment), 0);
        assert_eq!(rules(OFFICE).schedule(None).after_working_time(moment, 60), None);
    }
}

#[test]
fn working_time_and_back() {
    let office = rules(OFFICE).schedule(None);
    let zone = "America/Sao_Paulo";
    let hours = |from: &str, to: &str| office.working_time(at(zone, from), at(zone, to));
    assert_eq!(hours("2026-11-30T09:00", "2026-11-30T18:00"), 8 * 3_600);
    assert_eq!(hours("2026-11-30T11:50", "2026-11-30T13:10"), 20 * 60);
    assert_eq!(hours("2026-11-27T17:00", "2026-11-30T10:00"), 6 * 3_600, "a Saturday between");
    assert_eq!(hours("2026-11-30T18:00", "2026-11-30T09:00"), 0);
    let after = |from: &str, seconds| shown(zone, office.after_working_time(at(zone, from), seconds));
    assert_eq!(after("2026-11-30T17:50", 600), "11-30 18:00");
    assert_eq!(after("2026-11-30T17:50", 601), "12-01 09:00");
    assert_eq!(after("2026-11-30T20:00", 600), "12-01 09:10");
    assert_eq!(after("2026-11-30T11:55", 600), "11-30 13:05");
    assert_eq!(after("2026-11-30T20:00", 0), "11-30 20:00");
}

/// A worker asks at each timer; the end of a service that never closes is 400 days away.
#[test]
fn whether_it_is_open_is_known_without_its_end() {
    let duty = rules(OFFICE).schedule(Some("duty"));
    let now = at("America/Sao_Paulo", "2026-11-30T03:00");
    let took = |ask: &dyn Fn() -> bool| {
        let begun = std::time::Instant::now();
        assert!((0..50).all(|_| ask()));
        begun.elapsed()
    };
    let (short, long) = (took(&|| duty.is_open(now)), took(&|| duty.open_at(now).open));
    assert!(short * 10 < long, "{short:?} {long:?}");
}

/// Brazil set its clocks at midnight (last in 2018 and 2019), Havana sets them at 1 o'clock, New York at 2, Lord Howe by half an hour.
#[test]
fn clocks_that_are_set() {
    let of = |zone: &str, week: &str| {
        rules(&format!(r#""hours":{{"zone":"{zone}","week":{{"mon-sun":["{week}"]}}}}"#)).schedule(None)
    };
    for (zone, week, from, to, hours) in [
        ("America/Sao_Paulo", "00:00-24:00", "2018-11-03T00:00", "2018-11-05T00:00", 47.0),
        ("America/Sao_Paulo", "00:00-06:00", "2018-11-04T00:00", "2018-11-05T00:00", 5.0),
        ("America/Sao_Paulo", "00:30-06:00", "2018-11-04T00:00", "2018-11-05T00:00", 5.0),
        ("America/Sao_Paulo", "18:00-00:30", "2018-11-03T18:00", "2018-11-04T12:00", 6.0),
        ("America/Sao_Paulo", "00:00-24:00", "2019-02-16T00:00", "2019-02-17T00:00", 25.0),
        ("America/Sao_Paulo", "22:00-02:00", "2019-02-16T12:00", "2019-02-17T12:00", 5.0),
        // Of an hour that comes twice the first counts.
        ("America/Sao_Paulo", "20:00-23:30", "2019-02-16T12:00", "2019-02-17T12:00", 3.5),
        ("America/Sao_Paulo", "23:15-23:45", "2019-02-16T12:00", "2019-02-17T12:00", 0.5),
        ("America/Havana", "18:00-24:00", "2023-11-04T12:00", "2023-11-05T12:00", 6.0),
        ("America/Havana", "00:00-06:00", "2023-11-05T00:00", "2023-11-05T12:00", 7.0),
        ("America/New_York", "01:00-03:00", "2026-03-08T00:00", "2026-03-08T12:00", 1.0),
        ("America/New_York", "00:00-04:00", "2026-11-01T00:00", "2026-11-01T12:00", 5.0),
        ("Australia/Lord_Howe", "00:00-04:00", "2026-10-04T00:00", "2026-10-04T12:00", 3.5),
    ] {
        let found = of(zone, week).working_time(at(zone, from), at(zone, to));
        assert_eq!(
            format!("{:.1}", f64::from(i32::try_from(found).unwrap()) / 3_600.0),
            format!("{hours:.1}"),
            "{zone} {week} {from}"
        );
    }
    // The midnight that never was: it opens when the clock jumps.
    let open = of("America/Sao_Paulo", "00:30-06:00").open_at(at("America/Sao_Paulo", "2018-11-03T23:00"));
    assert_eq!(shown("America/Sao_Paulo", open.opens_at), "11-04 01:00");
}

#[test]
fn the_night() {
    let zone = "America/Sao_Paulo";
    let wakes = |json: &str, queue, moment: &str| shown(zone, rules(json).waking(queue).first_open(at(zone, moment)));
    let none = r#""queues":{}"#;
    assert_eq!(wakes(none, None, "2026-11-30T20:59"), "11-30 20:59");
    assert_eq!(wakes(none, None, "2026-11-30T21:00"), "12-01 08:00");
    assert_eq!(wakes(none, None, "2026-12-01T07:59"), "12-01 08:00");
    assert_eq!(wakes(OFFICE, None, "2026-11-30T18:00"), "12-01 09:00", "outside the hours");
    assert_eq!(wakes(OFFICE, Some("duty"), "2026-11-30T03:00"), "11-30 03:00");
    assert_eq!(wakes(r#""night":"none""#, None, "2026-11-30T03:00"), "11-30 03:00");
    assert_eq!(wakes(r#""night":"23:00-06:30""#, None, "2026-11-30T23:00"), "12-01 06:30");
    assert_eq!(wakes(r#""night":"00:00-06:30""#, None, "2026-11-30T23:59"), "11-30 23:59");
    assert_eq!(wakes(r#""night":"00:00-06:30""#, None, "2026-12-01T00:00"), "12-01 06:30");
    assert_eq!(wakes(r#""night":"12:00-13:00""#, None, "2026-12-01T12:00"), "12-01 13:00");
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(192))]

    /// Around the changes of 2018 and 2019, and in between.
    #[test]
    fn open_and_working_time_agree(
        start in 1_540_000_000_i64..1_552_000_000, first in 0_i64..1_000_000, second in 0_i64..1_000_000,
        zone in proptest::sample::select(vec!["America/Sao_Paulo", "America/Havana", "America/St_Johns", "Australia/Lord_Howe", "UTC"]),
        ranges in proptest::collection::btree_map(0_usize..7, (0_u16..1440, 1_u16..1440), 0..7),
        closed in proptest::bool::ANY,
    ) {
        let week: Vec<String> = ranges.iter().filter_map(|(day, (from, long))| {
            Some(format!(r#""{}":["{}"]"#, Days::one(*day)?, TimeRange::new(*from, from + long)?))
        }).collect();
        let week = if week.is_empty() { r#""mon":["09:00-10:00"]"#.to_owned() } else { week.join(",") };
        let closed = if closed { r#","closed":["2018-11-04","2019-02-16 12:00-02:00"]"# } else { "" };
        let schedule = rules(&format!(r#""hours":{{"zone":"{zone}","week":{{{week}}}{closed}}}"#)).schedule(None);
        let (middle, end) = (start + first, start + first + second);
        let of = |from, to| schedule.working_time(from, to);
        proptest::prop_assert_eq!(of(start, end), of(start, middle) + of(middle, end));
        proptest::prop_assert!(of(start, end) <= end - start);
        let open = schedule.open_at(start);
        proptest::prop_assert_eq!(schedule.is_open(start), open.open);
        proptest::prop_assert_eq!(schedule.first_open(start), if open.open { Some(start) } else { open.opens_at });
        if open.open {
            let until = open.until.unwrap();
            proptest::prop_assert!(until > start && of(start, until) == until - start);
            proptest::prop_assert!(!schedule.open_at(until).open && schedule.open_at(until - 1).open);
        } else {
            let opens = open.opens_at.unwrap();
            proptest::prop_assert!(opens > start && of(start, opens) == 0);
            proptest::prop_assert!(schedule.open_at(opens).open && !schedule.open_at(opens - 1).open);
        }
        match schedule.after_working_time(start, second + 1) {
            Some(due) => {
                proptest::prop_assert_eq!(of(start, due), second + 1);
                proptest::prop_assert!(schedule.open_at(due - 1).open);
            }
            None => proptest::prop_assert!(of(start, start + 399 * 86_400) <= second),
        }
    }
}
