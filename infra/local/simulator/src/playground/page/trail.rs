//! What passed between the two sides: three lanes, and an arrow for each step.

use maud::{Markup, html};

use super::chat;
use crate::clock;
use crate::playground::view::{Attempt, Reason, Step, Trail, Way};
use crate::playground::words::Words;

/// How many failed tries of a step are shown: the last ones.
const FAILURES: usize = 4;

/// What waits with Ponte now.
pub(super) fn now(trail: Option<&Trail>, words: &Words) -> Markup {
    let Some(trail) = trail.filter(|trail| !trail.steps.is_empty()) else {
        return html! { p.empty { (words.nothing_yet) } };
    };
    let waits = |count: usize, one: &str, many: &str| match count {
        0 => None,
        1 => Some(one.to_owned()),
        more => Some(format!("{more} {many}")),
    };
    let lines = [
        waits(trail.to_agent, words.wait_agent_one, words.wait_agent_many),
        waits(trail.to_customer, words.wait_customer_one, words.wait_customer_many),
    ];
    html! {
        @if trail.since.is_none() { p.calm { (words.all_arrived) } }
        @for line in lines.into_iter().flatten() { p.waits { (line) } }
        @if let Some(since) = trail.since {
            // A screen reader is told what waits, and not each second of it.
            span.small aria-hidden="true" { (words.since) " " ((clock::now_ms() - since) / 1000) " s" }
        }
    }
}

/// The steps, oldest first.
pub(super) fn log(trail: Option<&Trail>, words: &Words) -> Markup {
    let Some(trail) = trail else { return chat::empty() };
    html! {
        @if trail.earlier > 0 {
            (chat::item("t-earlier", "earlier", &html! { (trail.earlier) " " (words.earlier_steps) }))
        }
        @for step in &trail.steps { (draw(step, trail.began, words)) }
    }
}

fn draw(step: &Step, began: i64, words: &Words) -> Markup {
    let (class, from, to) = match step.way {
        Way::BlipToPonte => ("step left onward", words.blip, words.ponte),
        Way::PonteToHelpdesk => ("step right onward", words.ponte, words.helpdesk),
        Way::HelpdeskToPonte => ("step right back", words.helpdesk, words.ponte),
        Way::PonteToBlip => ("step left back", words.ponte, words.blip),
    };
    let quiet = is_quiet(&step.kind);
    let worked = step.tries.last().is_some_and(Attempt::worked);
    let tries = step.tries.len();
    let inner = html! {
        div.what {
            span.hidden { (from) " " (words.to) " " (to) ": " }
            span { (name(step, words)) }
            @if !quiet { code { (short(&step.kind)) } }
            @if step.again { span.chip { (words.again) } }
        }
        div.arrow aria-hidden="true" {}
        div.outcome {
            span.at { "+" (seconds(step.tries.last().map_or(0, |one| one.at) - began, words)) }
            @if tries > 1 { span.chip.warn { (tries) " " (words.tries) } }
            @if worked {
                span.good { (outcome(step.tries.last(), words)) }
            }
        }
        @if tries > 1 || !worked {
            ol.tries {
                @for one in failures(step) {
                    li { "+" (seconds(one.at - began, words)) " " (outcome(Some(one), words)) }
                }
            }
        }
    };
    let mut class = class.to_owned();
    for (more, applies) in [(" failing", !worked), (" quiet", quiet && worked)] {
        class.push_str(if applies { more } else { "" });
    }
    chat::item(&step.key, &class, &inner)
}

/// The last tries that failed, oldest first.
fn failures(step: &Step) -> Vec<&Attempt> {
    let mut failed: Vec<&Attempt> = step.tries.iter().filter(|one| !one.worked()).collect();
    failed.split_off(failed.len().saturating_sub(FAILURES))
}

fn outcome(one: Option<&Attempt>, words: &Words) -> String {
    let Some(one) = one else { return String::new() };
    let status = match (one.status, one.reason) {
        (Some(status), _) => status.to_string(),
        (None, Some(Reason::Down)) => return words.because_down.to_owned(),
        (None, _) => words.no_answer.to_owned(),
    };
    let took = if one.worked() { format!(" · {}", seconds(one.took, words)) } else { String::new() };
    let reason = match one.reason {
        None => String::new(),
        Some(Reason::Down) => format!(" · {}", words.because_down),
        Some(Reason::Wait(None)) => format!(" · {}", words.because_wait),
        Some(Reason::Wait(Some(seconds))) => format!(" · {} {seconds} s", words.because_wait),
        Some(Reason::Slow) => format!(" · {}", words.because_slow),
        Some(Reason::Fails) => format!(" · {}", words.because_fails),
    };
    format!("{status}{took}{reason}")
}

/// What comes with every message, and says little: typing, receipts.
fn is_quiet(kind: &str) -> bool {
    let typing = ["application/vnd.lime.chatstate+json", "customer.typing", "agent.typing"];
    let receipts = ["accepted", "dispatched", "received", "consumed", "message.status"];
    typing.contains(&kind) || receipts.contains(&kind)
}

/// A content type without what all of Blip's have in common.
fn short(kind: &str) -> &str {
    let rest = kind.strip_prefix("application/vnd.lime.").or_else(|| kind.strip_prefix("application/vnd.iris."));
    rest.and_then(|rest| rest.strip_suffix("+json")).unwrap_or(kind)
}

/// Milliseconds as people read them.
fn seconds(ms: i64, words: &Words) -> String {
    let tenths = (ms.max(0) + 50) / 100;
    let point = if words.lang == "en" { '.' } else { ',' };
    format!("{}{point}{} s", tenths / 10, tenths % 10)
}

/// What it is, in words.
fn name(step: &Step, words: &Words) -> &'static str {
    match step.kind.as_str() {
        "text/plain" => words.s_text,
        "application/vnd.lime.media-link+json" => words.s_file,
        "application/vnd.lime.location+json" => words.s_location,
        "application/vnd.lime.select+json" => words.s_choices,
        "application/vnd.lime.web-link+json" => words.s_link,
        "application/vnd.lime.chatstate+json" | "customer.typing" | "agent.typing" => words.s_typing,
        "application/vnd.iris.ticket+json" => words.s_ticket,
        "application/vnd.lime.redirect+json" => words.s_redirect,
        "application/json" => words.s_handed_over,
        "received" => words.s_received,
        "consumed" => words.s_consumed,
        "accepted" => words.s_accepted,
        "dispatched" => words.s_dispatched,
        "failed" | "message.failed" => words.s_failed,
        "conversation.started" => words.s_started,
        "message.created" => words.s_created,
        "message.status" => words.s_status,
        "conversation.ended" => words.s_ended,
        "conversation.rated" => words.s_rated,
        "agent.assigned" => words.s_assigned,
        "agent.message" => words.s_agent_message,
        "conversation.transferred" => words.s_transferred,
        "conversation.closed" => words.s_closed,
        "conversation.queued" => words.s_queued,
        _ => words.s_command,
    }
}
