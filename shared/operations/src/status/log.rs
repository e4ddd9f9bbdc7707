//! What the functions' logs say of what waits, and of successes and failures.

use std::time::Duration;

use ponte::clock::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::{OperationError, Stack, logs};

/// A line, as far as it is read here.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub(super) struct Line {
    #[serde(skip)]
    pub at: Timestamp,
    #[serde(default)]
    pub message: String,
    #[serde(default)]
    pub group: String,
    #[serde(default)]
    pub kind: String,
    #[serde(default)]
    pub reason: String,
    /// What the other side answered, or a webhook endpoint.
    #[serde(default)]
    pub status: Option<Value>,
    #[serde(default)]
    pub attempts: u64,
    /// Records that wait with the first one.
    #[serde(default)]
    pub waiting: u64,
    #[serde(default)]
    pub wait_s: u64,
    #[serde(default)]
    pub waited_s: Option<u64>,
}

impl Line {
    /// Why, with what the other side answered.
    pub(super) fn why(&self) -> String {
        let status = self.status.as_ref().map(|status| match status {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        });
        let reason = if self.reason.is_empty() { self.message.as_str() } else { &self.reason };
        match status {
            Some(status) if !reason.contains(&status) => format!("{reason} ({status})"),
            _ => reason.to_owned(),
        }
    }

    /// When its records are tried again.
    pub(super) fn next_try(&self) -> Timestamp {
        self.at.plus(Duration::from_secs(self.wait_s))
    }
}

/// The lines with one of these messages, from `since` on, in the order of time. None where the stack has no such function.
pub(super) async fn lines(
    stack: &Stack,
    function: &str,
    since: Timestamp,
    messages: &[&str],
) -> Result<Vec<Line>, OperationError> {
    let pattern = logs::any_of(messages.iter().map(|message| ("message", *message)));
    let ours = |line: &Line| messages.contains(&line.message.as_str());
    let mut lines = logs::lines(stack, function, since, pattern, |at, text| read(at, text).filter(ours)).await?;
    lines.sort_by_key(|line| line.at);
    Ok(lines)
}

/// Reads a line. `None` when it is none of ours: AWS's own are there too.
fn read(at: Timestamp, text: &str) -> Option<Line> {
    let line: Line = serde_json::from_str(text.trim()).ok()?;
    Some(Line { at, ..line })
}

/// The last line with one of these messages, within the last day. Most are found in its last minutes.
pub(super) async fn last(
    stack: &Stack,
    function: &str,
    now: Timestamp,
    messages: &[&str],
) -> Result<Option<Line>, OperationError> {
    for hours in [1, 24] {
        let since = Timestamp(now.0.saturating_sub(hours * 3_600_000));
        if let Some(line) = lines(stack, function, since, messages).await?.pop() {
            return Ok(Some(line));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_as_the_worker_writes_it() {
        let text = r#"{"timestamp":"2026-11-29T18:00:00Z","level":"WARN","message":"retry scheduled","queue":"to-helpdesk","group":"0f","kind":"later","reason":"not now: the helpdesk fails","status":503,"attempts":3,"waiting":2,"wait_s":20,"waited_s":61,"duration_ms":12}"#;
        let line = read(Timestamp(1_000), text).unwrap();
        assert_eq!((line.group.as_str(), line.attempts, line.waiting, line.waited_s), ("0f", 3, 2, Some(61)));
        assert_eq!((line.why().as_str(), line.next_try()), ("not now: the helpdesk fails (503)", Timestamp(21_000)));
        assert_eq!(read(Timestamp(1), r#"{"message":"batch done"}"#).unwrap().why(), "batch done");
        for other in ["", "START RequestId: x", "[1]", r#"{"message":7}"#] {
            assert_eq!(read(Timestamp(1), other), None, "{other}");
        }
    }
}
