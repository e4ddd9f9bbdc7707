//! The timers of silence.

use super::{MAX_NAME, check_channel, name};
use crate::{AgentSilent, CustomerSilent, Period, ServiceRules, Unanswered, path::Path, problem::Faults};

/// The clock looks once a minute.
const SHORT: Period = Period::minutes(1);

pub(super) fn check(rules: &ServiceRules, faults: &mut Faults) {
    let (silence, path) = (&rules.silence, Path::of(&["silence"]));
    unanswered(&silence.unanswered, &path, faults);
    agent(&silence.agent_silent, &path, faults);
    customer(&silence.customer_silent, &path, faults);
    for (channel, own) in &silence.by_channel {
        let path = path.key("by_channel").key(channel);
        check_channel(channel, &path, faults);
        if let Some(timer) = &own.unanswered {
            unanswered(timer, &path, faults);
        }
        if let Some(timer) = &own.agent_silent {
            agent(timer, &path, faults);
        }
        if let Some(timer) = &own.customer_silent {
            customer(timer, &path, faults);
        }
    }
}

fn unanswered(timer: &Unanswered, path: &Path, faults: &mut Faults) {
    let path = path.key("unanswered");
    steps([("warn_after", timer.warn_after), ("hand_back_after", timer.hand_back_after)], &path, faults);
}

fn agent(timer: &AgentSilent, path: &Path, faults: &mut Faults) {
    steps([("note_after", timer.note_after), ("", None)], &path.key("agent_silent"), faults);
}

fn customer(timer: &CustomerSilent, path: &Path, faults: &mut Faults) {
    let path = path.key("customer_silent");
    steps([("warn_after", timer.warn_after), ("close_after", timer.close_after)], &path, faults);
    if timer.warn_after.is_some() && timer.close_after.is_none() {
        faults.error(&path.key("warn_after"), "warns of a closing that never comes; write `close_after`, too");
    }
    if let Some(tag) = &timer.tag {
        name(tag, MAX_NAME, &path.key("tag"), faults);
    }
}

/// Two steps of a timer, the second after the first.
fn steps([first, second]: [(&str, Option<Period>); 2], path: &Path, faults: &mut Faults) {
    for (key, period) in [first, second] {
        if period.is_some_and(|period| period < SHORT) {
            faults.warn(&path.key(key), "is shorter than a minute; the clock looks once a minute");
        }
    }
    if let (Some(one), Some(two)) = (first.1, second.1)
        && two <= one
    {
        faults.error(&path.key(second.0), format!("must be longer than `{}`, which is {one}", first.0));
    }
}
