//! A line of the log, as it was read back.

use std::{collections::BTreeMap, time::Duration};

use serde_json::Value;

use super::{Line, MessageHash, Metric, StepName, Toward};
use crate::clock::Timestamp;

/// A line of the log, as it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    pub at: Timestamp,
    /// The function whose log it is in.
    pub function: String,
    pub line: Line,
    /// The figures in it, with what they are kept by.
    pub figures: BTreeMap<String, Value>,
}

impl Told {
    /// Reads a line. `None` when it is no step.
    pub fn parse(at: Timestamp, function: &str, text: &str) -> Option<Self> {
        let all: Value = serde_json::from_str(text.trim()).ok()?;
        let line = serde_json::from_value(all.clone()).ok()?;
        let names = ["Queue", "Route", "Reason", "Stage"].into_iter().chain(Metric::ALL.map(Metric::name));
        let figures = names.filter_map(|name| Some((name.to_owned(), all.get(name)?.clone()))).collect();
        Some(Self { at, function: function.to_owned(), line, figures })
    }

    /// The messages that it is about.
    pub fn messages(&self) -> impl Iterator<Item = &MessageHash> {
        self.line.id.iter().chain(&self.line.ids)
    }

    /// A figure, as it is written.
    pub(super) fn figure(&self, name: &str) -> Option<String> {
        match self.figures.get(name)? {
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        }
    }

    pub(super) fn next_try(&self) -> Timestamp {
        self.at.plus(Duration::from_secs(self.line.wait_s.unwrap_or_default()))
    }

    /// The side that it goes to. An endpoint's line does not say so: its function does.
    pub(super) fn toward(&self) -> Option<Toward> {
        self.line.to.or(match self.function.as_str() {
            "to-helpdesk" => Some(Toward::Helpdesk),
            "blip-webhook" | "rest-channel" if self.line.message == StepName::Accepted => Some(Toward::Helpdesk),
            "blip-webhook" | "helpdesk-callback" | "sweep" | "to-blip" => Some(Toward::Customer),
            _ => None,
        })
    }

    /// Why, in the log's fixed words without the general phrase before them; with what the other side answered and how often it was tried.
    pub(super) fn why(&self) -> String {
        let reason = self.line.reason.as_deref().unwrap_or("no reason is told");
        let reason = ["not now: ", "result unknown: ", "cannot be processed: "]
            .iter()
            .find_map(|phrase| reason.strip_prefix(phrase))
            .unwrap_or(reason);
        let status = self.line.status.map(|status| status.to_string()).filter(|status| !reason.contains(status));
        let status = status.map(|status| format!(" ({status})")).unwrap_or_default();
        let tries = self.line.attempts.filter(|tries| *tries > 1);
        let tries = tries.map(|tries| format!(", after {tries} tries")).unwrap_or_default();
        format!("{reason}{status}{tries}")
    }
}
