//! The trail of a conversation, told: the lines of the log in their order, each in words, what is missing between them, and why it waits now.
//!
//! Pure. Whoever reads the log (`operations::trail`, for the operator's tool and the console) gives the lines, and shows what comes of them.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};
use serde_json::Value;

use super::{
    MessageHash, StepName, Told, Toward,
    waits::{self, Present, Standing},
    words,
};
use crate::clock::Timestamp;

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
    /// It is a note on a closed ticket.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub late: bool,
    /// What the other side answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "moment_if_any")]
    pub next_try: Option<Timestamp>,
    /// Why it waits or is parked, in the log's fixed words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The figures of the moment, and what they are kept by.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub figures: BTreeMap<String, Value>,
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
    #[serde(skip)]
    pub standing: Standing,
    pub words: String,
}

/// A trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Story {
    /// Why the conversation waits, or that it does not: the answer to what is asked most.
    pub now: String,
    /// The same as data.
    #[serde(skip)]
    pub present: Present,
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
    let gaps: Vec<Gap> = waits::gaps(&lines, now)
        .into_iter()
        .map(|(message, accepted, standing)| Gap {
            message: message.clone(),
            accepted: accepted.at,
            to: accepted.toward(),
            words: words::gap(accepted.at, &standing),
            standing,
        })
        .collect();
    let present = waits::present(&lines, !gaps.is_empty(), now, waits_since);
    let first = gaps.first().map(|gap| gap.words.as_str()).unwrap_or_default();
    Story { now: words::present(&present, first), steps: lines.iter().map(step).collect(), present, gaps }
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
        late: line.late,
        status: line.status,
        next_try: (line.message == StepName::Waits).then(|| told.next_try()),
        why: matches!(line.message, StepName::Waits | StepName::Parked).then(|| told.why()),
        figures: told.figures.clone(),
        words: words::words(told),
        request: line.request.clone(),
        function: told.function.clone(),
    }
}

#[cfg(test)]
mod tests;
