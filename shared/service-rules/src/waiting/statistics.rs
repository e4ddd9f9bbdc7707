//! How long the last conversations of a queue waited for a person's first word.

use serde::{Deserialize, Serialize};

use crate::Schedule;

/// Below so many conversations nothing is said.
const LEAST: u32 = 20;
/// The weight of a new conversation, once there are ten: about the last twenty count.
const WEIGHT: f64 = 0.1;
/// After so many seconds without an answer nothing is said.
const OLD_SECONDS: i64 = 14 * 24 * 60 * 60;
/// After so many seconds of open hours without an answer nothing is said.
const OLD_OPEN_SECONDS: i64 = 60 * 60;
/// What people call such a time, in seconds and in minutes.
const STEPS: [(f64, u32); 9] = [
    (60.0, 1),
    (120.0, 2),
    (300.0, 5),
    (600.0, 10),
    (900.0, 15),
    (1_200.0, 20),
    (1_800.0, 30),
    (2_700.0, 45),
    (3_600.0, 60),
];

/// Mean and mean deviation of the waits of one queue, in seconds of working time. One small item for each queue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct WaitStatistics {
    /// How many conversations it is made of.
    pub n: u32,
    /// Their mean, in seconds, with the later ones weighing more.
    pub mean_s: f64,
    /// Their mean distance from the mean, in seconds.
    pub dev_s: f64,
    /// When the last of them was answered, in Unix seconds.
    pub at: i64,
}

/// What may be said about the time. It is about the past, and the text says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// Nothing that is known well enough.
    Nothing,
    /// Between these minutes (the text `wait_range`).
    Range {
        /// The lower end, in minutes.
        from: u32,
        /// The upper end, in minutes.
        to: u32,
    },
    /// It may be more than an hour (the text `wait_long`).
    Long,
}

impl WaitStatistics {
    /// A person answered for the first time at `now`, after so many seconds of working time.
    pub fn add(&mut self, waited: i64, now: i64) {
        let waited = seconds(waited);
        self.n = self.n.saturating_add(1);
        self.at = self.at.max(now);
        self.move_to(waited);
    }

    /// A customer left unanswered after so many seconds of working time. The true wait would have been longer, so it counts only as a floor:
    /// where it is above the mean, the mean moves. It is no conversation that was answered.
    pub fn add_abandoned(&mut self, waited: i64) {
        let waited = seconds(waited);
        if self.n > 0 && waited > self.mean_s {
            self.move_to(waited);
        }
    }

    fn move_to(&mut self, waited: f64) {
        // The first ones weigh the same, so that the very first is not believed for long.
        let weight = WEIGHT.max(1.0 / f64::from(self.n.max(1)));
        self.mean_s += weight * (waited - self.mean_s);
        self.dev_s += weight * ((waited - self.mean_s).abs() - self.dev_s);
    }

    /// What may be said to a customer who begins to wait at `now`, in Unix seconds.
    ///
    /// Nothing where the last answer is older than an open hour: the team is away. How many wait meanwhile is not known here, so a shorter
    /// silence says nothing about the team.
    pub fn said(&self, now: i64, schedule: &Schedule<'_>) -> Said {
        // Also for statistics that are no numbers: each comparison with them is false.
        let (lower, upper) = (self.mean_s, self.mean_s + 2.0 * self.dev_s);
        let is_known = self.n >= LEAST && lower >= 60.0 && upper >= lower;
        let is_old =
            now.saturating_sub(self.at) > OLD_SECONDS || schedule.working_time(self.at, now) > OLD_OPEN_SECONDS;
        if !is_known || is_old {
            return Said::Nothing;
        }
        let Some((_, to)) = STEPS.iter().copied().find(|(step, _)| *step >= upper) else {
            return Said::Long;
        };
        // Rounded outwards; a range has two ends.
        let from =
            STEPS.iter().rev().find(|(step, minutes)| *step <= lower && *minutes < to).map(|(_, minutes)| *minutes);
        match from {
            Some(from) => Said::Range { from, to },
            None => Said::Range { from: 1, to: 2 },
        }
    }
}

/// A wait as a number; a negative one is none, and none is longer than 68 years.
fn seconds(waited: i64) -> f64 {
    f64::from(u32::try_from(waited.max(0)).unwrap_or(u32::MAX / 2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ServiceRules;

    const NOW: i64 = 1_796_040_000;

    fn schedule(json: &str) -> Schedule<'static> {
        Box::leak(Box::new(ServiceRules::from_json(json.as_bytes()).unwrap())).schedule(None)
    }

    fn always() -> Schedule<'static> {
        schedule(r#"{"version":1}"#)
    }

    fn of(n: u32, mean: f64, dev: f64, ago: i64) -> WaitStatistics {
        WaitStatistics { n, mean_s: mean, dev_s: dev, at: NOW - ago }
    }

    #[test]
    fn what_is_said_and_when_nothing_is() {
        let range = |from, to| Said::Range { from, to };
        for (statistics, expected) in [
            (of(20, 240.0, 100.0, 60), range(2, 10)),
            (of(19, 240.0, 100.0, 60), Said::Nothing),
            (of(20, 300.0, 0.0, 60), range(2, 5)),
            (of(20, 301.0, 0.0, 60), range(5, 10)),
            (of(20, 60.0, 0.0, 60), range(1, 2)),
            (of(20, 59.9, 500.0, 60), Said::Nothing),
            (of(20, 3_600.0, 0.0, 60), range(45, 60)),
            (of(20, 600.0, 1_500.0, 60), range(10, 60)),
            // It may be over an hour where the upper end is.
            (of(20, 3_600.0, 1.0, 60), Said::Long),
            (of(20, 3_601.0, 0.0, 60), Said::Long),
            (of(20, 600.0, 1_501.0, 60), Said::Long),
            // Old: an hour of open time, which is all the time here. A quiet time that is shorter is none.
            (of(20, 240.0, 100.0, 900), range(2, 10)),
            (of(20, 240.0, 100.0, 3_600), range(2, 10)),
            (of(20, 240.0, 100.0, 3_601), Said::Nothing),
            (of(20, 4_000.0, 100.0, 3_600), Said::Long),
            (of(20, 4_000.0, 100.0, 3_601), Said::Nothing),
            (of(20, f64::NAN, 1.0, 60), Said::Nothing),
            (of(20, f64::INFINITY, 1.0, 60), Said::Long),
            (of(20, 600.0, f64::INFINITY, 60), Said::Long),
        ] {
            assert_eq!(statistics.said(NOW, &always()), expected, "{statistics:?}");
        }
    }

    #[test]
    fn a_night_makes_no_answer_old_and_two_weeks_do() {
        // 9 o'clock on Monday, 30 November 2026, in São Paulo; the last answer was on Friday at 17:30.
        let office = schedule(r#"{"version":1,"hours":{"week":{"mon-fri":["09:00-18:00"]}}}"#);
        let friday = of(20, 240.0, 100.0, (2 * 24 + 15) * 3_600 + 1_800);
        assert_eq!(friday.said(NOW, &office), Said::Range { from: 2, to: 10 });
        assert_eq!(friday.said(NOW + 1_801, &office), Said::Nothing);
        let holidays = schedule(r#"{"version":1,"hours":{"closed":["2026-11-01 to 2026-11-29"]}}"#);
        // At the end of the holidays, which are no open hours.
        let (ago, before) = (9 * 3_600 + 60, 14 * 86_400);
        let last = |seconds: i64| of(20, 240.0, 100.0, ago + seconds).said(NOW - ago, &holidays);
        assert_eq!(last(before), Said::Range { from: 2, to: 10 });
        assert_eq!(last(before + 1), Said::Nothing);
    }

    #[test]
    fn the_mean_follows_the_last_conversations() {
        let mut statistics = WaitStatistics::default();
        for (at, waited) in (0..).zip([100, 200, 300, 400]) {
            statistics.add(waited, NOW + at);
        }
        assert!((statistics.mean_s - 250.0).abs() < 0.001);
        assert_eq!((statistics.n, statistics.at), (4, NOW + 3));
        for _ in 0..40 {
            statistics.add(600, NOW);
        }
        assert!((statistics.mean_s - 600.0).abs() < 10.0 && statistics.dev_s < 20.0);
        let before = statistics;
        statistics.add_abandoned(10);
        assert_eq!(statistics, before, "one who left early says nothing");
        statistics.add_abandoned(1_600);
        assert!(statistics.mean_s > before.mean_s + 90.0);
        assert_eq!((statistics.n, statistics.at), (before.n, before.at));
        statistics.add(i64::MIN, i64::MIN);
        statistics.add(i64::MAX, i64::MAX);
        assert!(statistics.mean_s.is_finite());
        let json = serde_json::to_string(&of(20, 240.5, 100.0, 0)).unwrap();
        assert_eq!(json, r#"{"n":20,"mean_s":240.5,"dev_s":100.0,"at":1796040000}"#);
        assert_eq!(serde_json::from_str::<WaitStatistics>(&json).unwrap(), of(20, 240.5, 100.0, 0));
    }

    proptest::proptest! {
        #[test]
        fn a_range_is_a_range(n in 0_u32..40, mean in 0.0_f64..5_000.0, dev in 0.0_f64..2_000.0, ago in 0_i64..4_000) {
            if let Said::Range { from, to } = of(n, mean, dev, ago).said(NOW, &always()) {
                proptest::prop_assert!(from < to && to <= 60);
                proptest::prop_assert!(f64::from(from) * 60.0 <= mean && f64::from(to) * 60.0 >= mean);
            }
        }
    }
}
