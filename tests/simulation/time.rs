//! Time in a history about silence: its service rules, where in the year it begins, and when its clock stands still.

use std::sync::Arc;

use ponte::relay::ports::FixedRules;

use super::{
    desk,
    fault_plan::{FaultPlan, HOUR, LostWays, Side},
    harsh::Harsh,
    random::Random,
};

const MINUTE: u64 = 60_000;
/// An evening in November, in Unix milliseconds.
const EVENING: i64 = 1_700_000_000_000;
/// The hours before a change of a clock's offset: New York's in spring and in autumn, Lisbon's in spring.
const CHANGES: [(&str, i64); 3] = [
    ("America/New_York", 1_710_054_000_000),
    ("America/New_York", 1_699_164_000_000),
    ("Europe/Lisbon", 1_711_846_800_000),
];

/// The periods of one set of rules, in seconds.
struct Periods {
    warn: u64,
    hand_back: u64,
    note: u64,
    ask: u64,
    close: u64,
}

const SECONDS: Periods = Periods { warn: 45, hand_back: 150, note: 90, ask: 120, close: 200 };
const MINUTES: Periods = Periods { warn: 300, hand_back: 720, note: 240, ask: 600, close: 900 };
const HOURS: Periods = Periods { warn: 3600, hand_back: 3 * 3600, note: 7200, ask: 22 * 3600, close: 23 * 3600 };

/// What a history about silence has of its own.
#[derive(Debug)]
pub(crate) struct Time {
    /// When it begins, in Unix milliseconds.
    pub epoch: i64,
    /// The rules of both releases, as they are written.
    rules: [String; 2],
    /// How long after what begins it each timer is due, in milliseconds: people act near that.
    pub periods: [u64; 5],
    /// So long after the last words and the last fault everything that is due is done.
    pub settles: u64,
    /// From when until when the clock stands still.
    pub away: (u64, u64),
}

impl Time {
    fn any(random: &mut Random, calm: u64, desk: bool) -> Self {
        let (zone, epoch) = if random.chance(300) {
            let at = usize::try_from(random.below(3)).unwrap();
            let (zone, change) = CHANGES[at];
            (zone, change - i64::try_from(random.below(3 * HOUR)).unwrap())
        } else {
            let zone = if random.chance(500) { "America/Sao_Paulo" } else { "America/New_York" };
            (zone, EVENING + i64::try_from(random.below(24 * HOUR)).unwrap())
        };
        let (of, new) = (periods(random), periods(random));
        let rules = [written(random, zone, of, desk), written(random, zone, new, desk)];
        let from = random.below(calm);
        let away = if random.chance(300) { (from, from + random.between(10 * MINUTE, 5 * HOUR)) } else { (0, 0) };
        let long = of.close.max(new.close) > 3600;
        // Where nothing waits for the morning, all is due within hours.
        let waits = |rules: &String| rules.contains("hours:") || !rules.contains("night: none");
        let settles = match (long, rules.iter().any(waits)) {
            (true, _) => 54 * HOUR,
            (false, true) => 34 * HOUR,
            (false, false) => 9 * HOUR,
        };
        let periods = [of.warn, of.hand_back, of.note, of.ask, of.close].map(|seconds| seconds * 1000);
        Self { epoch, rules, periods, settles, away }
    }

    /// These rules, from this time on.
    pub(crate) fn of(epoch: i64, rules: &str) -> Self {
        let rules = [rules, rules].map(str::to_owned);
        Self { epoch, rules, periods: [60_000; 5], settles: 0, away: (0, 0) }
    }

    /// The rules of both releases.
    pub(crate) fn rules(&self) -> [Arc<FixedRules>; 2] {
        self.rules.each_ref().map(|written| {
            let read = service_rules::read(written.as_bytes()).expect("the rules are right");
            Arc::new(FixedRules(Arc::new(read.rules)))
        })
    }
}

fn periods(random: &mut Random) -> &'static Periods {
    match random.below(10) {
        0..=2 => &SECONDS,
        3..=6 => &MINUTES,
        _ => &HOURS,
    }
}

fn written(random: &mut Random, zone: &str, of: &Periods, desk: bool) -> String {
    let mut some = |of_thousand: u64, written: String| if random.chance(of_thousand) { written } else { String::new() };
    let hours = some(400, "hours: { week: { mon-sun: [\"09:00-12:00\", \"13:00-18:00\"] } }\n".to_owned());
    let night = some(500, "night: none\n".to_owned());
    let night = if night.is_empty() { some(300, "night: 23:30-00:30\n".to_owned()) } else { night };
    let night = if night.is_empty() { some(500, "night: 21:00-08:00\n".to_owned()) } else { night };
    let warn = some(700, format!("warn_after: {}s, ", of.warn));
    let count = some(500, "count: clock, ".to_owned());
    let unanswered = some(800, format!("hand_back_after: {}s", of.hand_back));
    let note = some(700, format!("note_after: {}s", of.note));
    let ask = some(700, format!("warn_after: {}s, ", of.ask));
    let ask_count = some(200, "count: open_hours, ".to_owned());
    // Who is asked is told when it will be closed.
    let often = if ask.is_empty() { 800 } else { 1000 };
    let close = some(often, format!("close_after: {}s, tag: silence", of.close));
    let greeting = some(500, "greeting: false, ".to_owned());
    let hours = if desk { desk::rules(&hours) } else { hours };
    format!(
        "version: 1\nagent_identity: agent%40example.com@blip.ai\ntime_zone: {zone}\n{hours}{night}\
         texts: {{ pt-BR: {{ {greeting}agent_joined: false, note_agent_silent: \"{NOTE_SILENT}\" }} }}\n\
         silence:\n  unanswered: {{ {warn}{count}{unanswered} }}\n  agent_silent: {{ {count}{note} }}\n  \
         customer_silent: {{ {ask}{ask_count}{close} }}\n"
    )
}

/// How the note begins that an agent says nothing.
pub(crate) const NOTE_SILENT: &str = "The agent says nothing.";

/// Makes a plan one about silence. What an accident keeps from the bridge, it cannot count.
pub(crate) fn over(plan: &mut FaultPlan, random: &mut Random) {
    let time = Time::any(random, plan.calm, plan.harsh == Some(Harsh::Desk));
    (plan.bugs, plan.suspends, plan.lost_ways) = (0, false, LostWays::None);
    let near = time.periods[usize::try_from(random.below(5)).unwrap()].min(3 * HOUR);
    plan.calm = plan.calm.max(2 * near);
    if random.chance(400) {
        let side = if random.chance(500) { Side::Blip } else { Side::Helpdesk };
        let from = near.saturating_sub(random.below(2 * MINUTE));
        let until = from + random.between(MINUTE, 2 * HOUR);
        plan.outages.push((side, from, until));
        plan.calm = plan.calm.max(until);
    }
    plan.time = Some(time);
}
