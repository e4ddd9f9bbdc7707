//! The trail of a conversation, told: the lines of the log in their order, each in words, what is missing between them, and why it waits now.
//!
//! Pure. Whoever reads the log (the operator's tool, the console) gives the lines, and shows what comes of them.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use serde::{Serialize, Serializer};
use serde_json::Value;

use super::{Line, MessageHash, StepName, Toward};
use crate::clock::Timestamp;

/// What was accepted is with the other side within this time, where nothing is in its way.
const ON_ITS_WAY: Duration = Duration::from_secs(30);
/// A try comes this much later than it was to come, at most: a run before it, and SQS.
const LATE: Duration = Duration::from_mins(1);

/// A line of the log, as it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    pub at: Timestamp,
    /// The function whose log it is in.
    pub function: String,
    pub line: Line,
    /// The figures in it.
    figures: Value,
}

impl Told {
    /// Reads a line. `None` when it is no step.
    pub fn parse(at: Timestamp, function: &str, text: &str) -> Option<Self> {
        let figures: Value = serde_json::from_str(text.trim()).ok()?;
        let line = serde_json::from_value(figures.clone()).ok()?;
        Some(Self { at, function: function.to_owned(), line, figures })
    }

    fn figure(&self, name: &str) -> Option<String> {
        match self.figures.get(name)? {
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        }
    }

    fn messages(&self) -> impl Iterator<Item = &MessageHash> {
        self.line.id.iter().chain(&self.line.ids)
    }

    fn next_try(&self) -> Timestamp {
        self.at.plus(Duration::from_secs(self.line.wait_s.unwrap_or_default()))
    }

    /// The side that it goes to. An endpoint's line does not say so: its function does.
    fn toward(&self) -> Option<Toward> {
        self.line.to.or(match self.function.as_str() {
            "to-helpdesk" => Some(Toward::Helpdesk),
            "blip-webhook" | "rest-channel" if self.line.message == StepName::Accepted => Some(Toward::Helpdesk),
            "blip-webhook" | "helpdesk-callback" | "sweep" | "to-blip" => Some(Toward::Customer),
            _ => None,
        })
    }
}

/// One step, in words and in fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    #[serde(serialize_with = "moment")]
    pub at: Timestamp,
    pub step: StepName,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Toward>,
    /// The messages that it is about; none of a step of the whole conversation.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub messages: Vec<MessageHash>,
    /// What it was, if not words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    pub attempt: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since_accepted_ms: Option<u64>,
    /// What the other side answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "moment_if_any")]
    pub next_try: Option<Timestamp>,
    /// One sentence, without a word of anybody.
    pub words: String,
    /// Lambda's request id, as far as the line has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    pub function: String,
}

/// What was accepted and has no end in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Gap {
    pub message: MessageHash,
    #[serde(serialize_with = "moment")]
    pub accepted: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Toward>,
    pub words: String,
}

/// A trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Story {
    /// Why the conversation waits, or that it does not: the answer to what is asked most.
    pub now: String,
    pub steps: Vec<Step>,
    pub gaps: Vec<Gap>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn moment<S: Serializer>(at: &Timestamp, to: S) -> Result<S::Ok, S::Error> {
    at.rfc3339().serialize(to)
}

#[allow(clippy::ref_option, reason = "serde's signature")]
fn moment_if_any<S: Serializer>(at: &Option<Timestamp>, to: S) -> Result<S::Ok, S::Error> {
    at.map(Timestamp::rfc3339).serialize(to)
}

/// The story of these lines. `waits_since` is since when the customer waits for an agent's word, in Unix seconds, where one does.
pub fn story(mut lines: Vec<Told>, now: Timestamp, waits_since: Option<i64>) -> Story {
    lines.sort_by_key(|told| (told.at, rank(told.line.message)));
    // A log group may be read twice, by id and by group.
    lines.dedup();
    let gaps = gaps(&lines, now);
    Story { now: present(&lines, &gaps, now, waits_since), steps: lines.iter().map(step).collect(), gaps }
}

/// The order of steps of the same millisecond.
fn rank(step: StepName) -> u8 {
    match step {
        StepName::Accepted => 0,
        StepName::Opened | StepName::Assigned => 1,
        StepName::Received => 3,
        StepName::Seen => 4,
        StepName::Waits | StepName::Parked => 5,
        StepName::Done | StepName::Ends | StepName::Asked | StepName::Left => 6,
        _ => 2,
    }
}

/// Whether nothing more is to come of a message.
fn is_end(step: StepName) -> bool {
    matches!(
        step,
        StepName::Delivered
            | StepName::Known
            | StepName::Refused
            | StepName::Ignored
            | StepName::Withdrawn
            | StepName::Handled
            | StepName::Parked
    )
}

fn step(told: &Told) -> Step {
    let line = &told.line;
    Step {
        at: told.at,
        step: line.message,
        to: told.toward(),
        messages: told.messages().cloned().collect(),
        event: line.event.clone(),
        attempt: line.attempts.unwrap_or(1),
        since_accepted_ms: line.since_accepted_ms,
        status: line.status,
        next_try: (line.message == StepName::Waits).then(|| told.next_try()),
        words: words(told),
        request: line.request.clone(),
        function: told.function.clone(),
    }
}

fn words(told: &Told) -> String {
    let line = &told.line;
    let side = match told.toward() {
        Some(Toward::Helpdesk) => "the helpdesk",
        Some(Toward::Customer) => "the customer",
        None => "the other side",
    };
    let what = line.event.as_deref().map_or("message".to_owned(), |event| format!("event \"{event}\""));
    let after =
        line.since_accepted_ms.map(|passed| format!(" {} after it was accepted", lasted(passed))).unwrap_or_default();
    let tried =
        line.attempts.filter(|tries| *tries > 1).map(|tries| format!(", at the {tries}th try")).unwrap_or_default();
    let status = line.status.map(|status| format!(" ({status})")).unwrap_or_default();
    let seconds = |name: &str| {
        told.figure(name).map(|value| lasted(value.parse::<u64>().unwrap_or_default().saturating_mul(1000)))
    };
    match line.message {
        StepName::Accepted => format!("{what} accepted for {side}"),
        StepName::Delivered if line.late => format!("{what} put on the closed ticket as a note{after}{tried}"),
        StepName::Delivered => {
            let answer = line
                .waited_s
                .map(|waited| format!("; the customer had waited for it for {}", lasted(waited.saturating_mul(1000))));
            format!("{what} delivered to {side}{after}{tried}{}", answer.unwrap_or_default())
        }
        StepName::Known => format!("a copy of what {side} has: nothing done{tried}"),
        StepName::Refused => format!("{what} not taken by {side}{status}: its sender's side is told{after}{tried}"),
        StepName::Ignored => format!("{what} means nothing for the conversation now"),
        StepName::Withdrawn => "message taken back by the agent before it was sent".to_owned(),
        StepName::Handled => format!("{what} done by Ponte itself{after}{tried}"),
        StepName::Received => "message received on the customer's device".to_owned(),
        StepName::Seen => "message seen by the customer".to_owned(),
        StepName::Undelivered => "message not delivered by the channel in the end: the agent is told".to_owned(),
        StepName::Waits => format!("waits until {}: {}{}", clock(told.next_try()), why(line), others(line)),
        StepName::Parked => format!("parked for an operator: {}", why(line)),
        StepName::Done => "what waited is through".to_owned(),
        StepName::Opened => {
            let route = told.figure("Route").map(|route| format!(", route {route}")).unwrap_or_default();
            format!("conversation opened: queue {}{route}", told.figure("Queue").unwrap_or_default())
        }
        StepName::Assigned => {
            format!("an agent has it, {} after the opening", seconds("TimeToAssignment").unwrap_or_default())
        }
        StepName::Answered => {
            format!("an agent's first word, {} after the opening", seconds("TimeToFirstWord").unwrap_or_default())
        }
        StepName::Ends => {
            let (reason, stage) = (told.figure("Reason"), told.figure("Stage"));
            format!("the conversation ends: {}, {}", reason.unwrap_or_default(), stage.unwrap_or_default())
        }
        StepName::Asked => "the customer is asked for a rating".to_owned(),
        StepName::Left => {
            let rating = told.figure("Rating").map(|rating| format!(", with the rating {rating}")).unwrap_or_default();
            format!("the customer is back with the bot{rating}")
        }
    }
}

/// The reason without the general phrase before it.
fn why(line: &Line) -> String {
    let reason = line.reason.as_deref().unwrap_or("no reason is told");
    let reason = ["not now: ", "result unknown: ", "cannot be processed: "]
        .iter()
        .find_map(|phrase| reason.strip_prefix(phrase))
        .unwrap_or(reason);
    let try_of =
        line.attempts.filter(|tries| *tries > 1).map(|tries| format!(", after {tries} tries")).unwrap_or_default();
    format!("{reason}{try_of}")
}

fn others(line: &Line) -> String {
    match line.waiting.unwrap_or(1).saturating_sub(1) {
        0 => String::new(),
        1 => "; 1 more waits behind it".to_owned(),
        more => format!("; {more} more wait behind it"),
    }
}

/// The messages that were accepted and have no end.
fn gaps(lines: &[Told], now: Timestamp) -> Vec<Gap> {
    let mut open: Vec<(&MessageHash, &Told)> = Vec::new();
    for told in lines {
        match told.line.message {
            StepName::Accepted => open.extend(told.messages().map(|message| (message, told))),
            end if is_end(end) => open.retain(|(message, _)| !told.messages().any(|ended| ended == *message)),
            _ => {}
        }
    }
    let waiting = still_waiting(lines, now);
    let mut seen = HashSet::new();
    open.into_iter()
        .filter(|(message, _)| seen.insert(*message))
        .map(|(message, told)| Gap {
            message: message.clone(),
            accepted: told.at,
            to: told.toward(),
            words: format!(
                "accepted {}, not yet delivered: {}",
                clock(told.at),
                standing(message, told, &waiting, now)
            ),
        })
        .collect()
}

fn standing(message: &MessageHash, accepted: &Told, waiting: &[&Told], now: Timestamp) -> String {
    let own = waiting.iter().find(|told| told.messages().any(|one| one == message));
    let before = waiting.iter().find(|told| told.line.group.is_some() && told.line.group == accepted.line.group);
    match (own, before) {
        (Some(told), _) => format!("waits until {}, {}", clock(told.next_try()), why(&told.line)),
        (None, Some(told)) => format!("waits behind what waits until {}, {}", clock(told.next_try()), why(&told.line)),
        (None, None) if now.since(accepted.at) < ON_ITS_WAY => "on its way".to_owned(),
        (None, None) => "nothing in the log says why; look at `ponte status`".to_owned(),
    }
}

/// The last line of each group that waits still.
fn still_waiting(lines: &[Told], now: Timestamp) -> Vec<&Told> {
    let mut last: HashMap<&str, &Told> = HashMap::new();
    for told in lines {
        let Some(group) = told.line.group.as_deref() else { continue };
        if matches!(told.line.message, StepName::Waits | StepName::Done | StepName::Parked) {
            last.insert(group, told);
        }
    }
    let waits = |told: &&Told| told.line.message == StepName::Waits && told.next_try().plus(LATE) >= now;
    let mut waiting: Vec<&Told> = last.into_values().filter(waits).collect();
    waiting.sort_by_key(|told| (told.at, told.line.group.clone()));
    waiting
}

/// Why the conversation waits.
fn present(lines: &[Told], gaps: &[Gap], now: Timestamp, waits_since: Option<i64>) -> String {
    if let Some(told) = still_waiting(lines, now).first() {
        let to = match told.toward() {
            Some(Toward::Helpdesk) => "Messages to the helpdesk wait",
            Some(Toward::Customer) => "Messages to the customer wait",
            None => "Its closing waits",
        };
        return format!("{to} until {}: {}.", clock(told.next_try()), why(&told.line));
    }
    if let Some(gap) = gaps.first() {
        return format!("One message is not through: {}.", gap.words);
    }
    if let Some(parked) = lines.iter().rfind(|told| told.line.message == StepName::Parked) {
        return format!("Nothing waits. A message was parked at {}: {}.", clock(parked.at), why(&parked.line));
    }
    match waits_since {
        Some(since) => {
            let since = Timestamp(since.saturating_mul(1000));
            format!("Nothing waits in Ponte. The customer waits for an agent's word since {}.", clock(since))
        }
        None => "Nothing waits.".to_owned(),
    }
}

/// A moment to the second, in UTC.
fn clock(at: Timestamp) -> String {
    Timestamp(at.seconds().saturating_mul(1000)).rfc3339()
}

/// So many milliseconds, as people say it.
fn lasted(milliseconds: u64) -> String {
    let (seconds, rest) = (milliseconds / 1000, milliseconds % 1000);
    match seconds {
        0 => format!("{rest} ms"),
        1..=99 => format!("{seconds} s"),
        100..=5_999 => format!("{} min", seconds / 60),
        _ => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

#[cfg(test)]
mod tests;
