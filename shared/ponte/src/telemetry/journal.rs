//! The trail and the figures, as lines of the log.
//!
//! A line on the level `INFO` bears neither level nor time: Lambda takes a line without them for `INFO`, and for as old as its arrival
//! (AWS, "Log-level filtering"). Each message pays for these bytes twice, and CloudWatch has both in any case.

use std::io::Write as _;

use serde::Serialize;

use super::request::request;
use crate::{
    clock::{Clock, SystemClock},
    relay::ports::Journal,
    trail::{Figures, Line, StepName},
};

/// Writes to standard output, where Lambda collects it.
#[derive(Debug, Clone)]
pub struct LogJournal {
    namespace: String,
}

impl LogJournal {
    /// For a stack of this name: its figures are in the namespace `Ponte/{stack}`.
    pub fn new(stack: &str) -> Self {
        Self { namespace: format!("Ponte/{stack}") }
    }

    /// For a function that tells no figures.
    pub fn without_figures() -> Self {
        Self::new("")
    }
}

/// What is written beside the line of a step that says that something went wrong.
#[derive(Serialize)]
struct Printed<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    timestamp: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<&'static str>,
    #[serde(flatten)]
    line: &'a Line,
}

/// The line of the log for a step. `None` where the log's level leaves it out.
fn printed(mut line: Line) -> Option<String> {
    line.request = request();
    let level = match line.message {
        StepName::Parked => tracing::enabled!(tracing::Level::ERROR).then_some(Some("ERROR")),
        StepName::Waits => tracing::enabled!(tracing::Level::WARN).then_some(Some("WARN")),
        _ => tracing::enabled!(tracing::Level::INFO).then_some(None),
    }?;
    let timestamp = level.map(|_| SystemClock.now().rfc3339());
    serde_json::to_string(&Printed { timestamp, level, line: &line }).ok()
}

/// Writes a line. Who cannot write to the log cannot say so either.
fn print(text: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

impl Journal for LogJournal {
    fn step(&self, line: Line) {
        if let Some(text) = printed(line) {
            print(&text);
        }
    }

    fn figures(&self, figures: Figures) {
        print(&figures.embedded(&self.namespace, request().as_deref()).to_string());
    }
}
