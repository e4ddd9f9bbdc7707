//! The timers of silence.

use super::{MAX_NAME, check_channel, name};
use crate::{
    AgentSilent, ChannelNames, CustomerSilent, Period, ServiceRules, Unanswered, document::of_channel, fold::same,
    path::Path, problem::Faults,
};

/// Keys of a timer with their times.
type Steps = [(&'static str, Option<Period>); 2];

/// The clock looks once a minute.
pub(super) const SHORT: Period = Period::minutes(1);
/// What is wrong with a shorter time.
pub(super) const TOO_SHORT: &str = "is shorter than a minute; the clock looks once a minute";
/// After the customer's last word WhatsApp takes no free text any more (Meta, "Customer service windows").
const WINDOW: Period = Period::minutes(24 * 60);
const WHATSAPP: ChannelNames<'static> = ChannelNames { name: "whatsapp", domain: "wa.gw.msging.net" };

pub(super) fn check(rules: &ServiceRules, faults: &mut Faults) {
    let (silence, path) = (&rules.silence, Path::of(&["silence"]));
    unanswered(&silence.unanswered, &path, faults);
    agent(&silence.agent_silent, &path, faults);
    customer(&silence.customer_silent, &path, faults);
    let on_whatsapp = of_channel(&silence.by_channel, Some(WHATSAPP));
    if on_whatsapp.is_none_or(|own| own.unanswered.is_none()) {
        window(unanswered_texts(&silence.unanswered), &path.key("unanswered"), faults);
    }
    if on_whatsapp.is_none_or(|own| own.customer_silent.is_none()) {
        window(customer_texts(&silence.customer_silent), &path.key("customer_silent"), faults);
    }
    for (channel, own) in &silence.by_channel {
        let path = path.key("by_channel").key(channel);
        if same(channel, WHATSAPP.name) || same(channel, WHATSAPP.domain) {
            own.unanswered.iter().for_each(|own| window(unanswered_texts(own), &path.key("unanswered"), faults));
            own.customer_silent
                .iter()
                .for_each(|own| window(customer_texts(own), &path.key("customer_silent"), faults));
        }
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
    steps(unanswered_texts(timer), &path, faults);
}

fn agent(timer: &AgentSilent, path: &Path, faults: &mut Faults) {
    steps([("note_after", timer.note_after), ("", None)], &path.key("agent_silent"), faults);
}

fn customer(timer: &CustomerSilent, path: &Path, faults: &mut Faults) {
    let path = path.key("customer_silent");
    steps(customer_texts(timer), &path, faults);
    if timer.warn_after.is_some() && timer.close_after.is_none() {
        faults.error(&path.key("warn_after"), "warns of a closing that never comes; write `close_after`, too");
    }
    if let Some(tag) = &timer.tag {
        name(tag, MAX_NAME, &path.key("tag"), faults);
    }
}

/// The steps at which the customer is told something.
fn unanswered_texts(timer: &Unanswered) -> Steps {
    [("warn_after", timer.warn_after), ("hand_back_after", timer.hand_back_after)]
}

/// The steps at which the customer is told something.
fn customer_texts(timer: &CustomerSilent) -> Steps {
    [("warn_after", timer.warn_after), ("close_after", timer.close_after)]
}

/// A text that WhatsApp does not take any more. In open hours the time is longer still.
fn window(steps: Steps, path: &Path, faults: &mut Faults) {
    for (key, period) in steps {
        if period.is_some_and(|period| period >= WINDOW) {
            let message = "is too late on WhatsApp, which takes no text 24 hours after the customer's last word; write less than 24h, or another time for it under `by_channel`";
            faults.warn(&path.key(key), message);
        }
    }
}

/// Two steps of a timer, the second after the first.
fn steps([first, second]: Steps, path: &Path, faults: &mut Faults) {
    for (key, period) in [first, second] {
        if period.is_some_and(|period| period < SHORT) {
            faults.warn(&path.key(key), TOO_SHORT);
        }
    }
    if let (Some(one), Some(two)) = (first.1, second.1)
        && two <= one
    {
        faults.error(&path.key(second.0), format!("must be longer than `{}`, which is {one}", first.0));
    }
}
