//! The audit log: one JSON line for every change, on standard error and in the log group `/ponte/{stack}/audit`.
//!
//! The line is written before the change, so that no change is without its line. Where the group exists and cannot be
//! written, the change does not happen; where it does not exist, standard error is all there is.

use std::{borrow::Cow, fmt, io::Write as _, sync::Arc};

use aws_sdk_cloudwatchlogs::{error::ProvideErrorMetadata, types::InputLogEvent};
use aws_types::SdkConfig;
use ponte::clock::{Clock, SystemClock};
use serde::Serialize;
use tokio::sync::OnceCell;

use crate::{OperationError, QueueName, customer::Counts};

/// A change that is about to be made. Ids and hashes only; the reason is the operator's own words.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Entry<'a> {
    /// The action: `parked.replay`, `parked.drop`, `conversation.close`, …
    pub what: Cow<'static, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue: Option<QueueName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<&'a str>,
    /// SQS's ids of parked copies, a conversation's id, or a customer's key. Empty of service rules, which have versions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ids: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'a str>,
    /// Where a customer is sent instead of the configured service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<&'a str>,
    /// How much is held of a customer, or was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counts: Option<Counts>,
    /// The version that service rules get.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    /// The version that they are the same as.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub back_to: Option<u64>,
}

#[derive(Serialize)]
struct Line<'a> {
    at: String,
    who: &'a str,
    stack: &'a str,
    #[serde(flatten)]
    entry: &'a Entry<'a>,
}

/// Writes the audit log: one line for each change, before it is made.
#[derive(Clone)]
pub struct Audit {
    stack: String,
    group: String,
    identity: aws_sdk_sts::Client,
    logs: aws_sdk_cloudwatchlogs::Client,
    /// Where each line is said beside the log group: standard error, unless somebody has another place.
    said: Arc<dyn Fn(&str) + Send + Sync>,
    who: OnceCell<String>,
    /// The stream of today; `None` when the stack has no audit group.
    stream: OnceCell<Option<String>>,
}

impl Audit {
    /// Asks nobody anything until the first line.
    pub fn new(config: &SdkConfig, stack: &str) -> Self {
        Self {
            stack: stack.to_owned(),
            group: format!("/ponte/{stack}/audit"),
            identity: aws_sdk_sts::Client::new(config),
            logs: aws_sdk_cloudwatchlogs::Client::new(config),
            said: Arc::new(|line| {
                // Without standard error there is still the log group.
                let _ = writeln!(std::io::stderr(), "{line}");
            }),
            who: OnceCell::new(),
            stream: OnceCell::new(),
        }
    }

    /// From now on the lines are said by `said`, and not on standard error: something is drawn there.
    pub fn said_by(&mut self, said: impl Fn(&str) + Send + Sync + 'static) {
        self.said = Arc::new(said);
    }

    /// The same log, for changes that `who` makes in place of AWS's identity.
    #[must_use]
    pub fn acting(&self, who: &str) -> Self {
        Self { who: OnceCell::new_with(Some(who.to_owned())), ..self.clone() }
    }

    /// Writes a line down. After `Ok` the change may be made.
    pub async fn write(&self, entry: &Entry<'_>) -> Result<(), OperationError> {
        let now = SystemClock.now();
        let who = self.who().await?;
        let line = Line { at: now.rfc3339(), who, stack: &self.stack, entry };
        let line = serde_json::to_string(&line).map_err(|error| OperationError::Failed(error.to_string()))?;
        if let Some(stream) = self.stream.get_or_try_init(|| self.open(now.rfc3339())).await? {
            let event = InputLogEvent::builder().timestamp(now.0).message(&line).build();
            let event = event.map_err(|error| OperationError::Failed(error.to_string()))?;
            let put = self.logs.put_log_events().log_group_name(&self.group).log_stream_name(stream).log_events(event);
            put.send()
                .await
                .map_err(|error| OperationError::aws("nothing was done: the audit log took no line", &error))?;
        }
        (self.said)(&line);
        Ok(())
    }

    /// Writes a line down and makes the change. If that fails, a second line says so: `{what}.stopped`, and why in fixed words.
    pub async fn around<T>(
        &self,
        entry: &Entry<'_>,
        change: impl Future<Output = Result<T, OperationError>>,
    ) -> Result<T, OperationError> {
        self.write(entry).await?;
        // Without the box its size would be in that of every caller.
        let outcome = Box::pin(change).await;
        if let Err(problem) = &outcome {
            self.stopped(entry, problem.kind()).await;
        }
        outcome
    }

    /// Says that what `entry` announced was not done, or not to its end. Best effort: what stopped it may stop this, too.
    pub async fn stopped(&self, entry: &Entry<'_>, reason: &str) {
        let what = Cow::Owned(format!("{}.stopped", entry.what));
        let _ = self.write(&Entry { what, reason: Some(reason), ..entry.clone() }).await;
    }

    /// Who makes the changes: AWS's identity, which is asked for once, unless it is [acting](Self::acting) for somebody.
    pub async fn who(&self) -> Result<&str, OperationError> {
        self.who.get_or_try_init(|| self.caller()).await.map(String::as_str)
    }

    async fn caller(&self) -> Result<String, OperationError> {
        let caller = self.identity.get_caller_identity().send().await;
        let caller =
            caller.map_err(|error| OperationError::aws("nothing was done: AWS does not say who you are", &error))?;
        Ok(caller.arn().unwrap_or("unknown").to_owned())
    }

    /// One stream a day, for all operators.
    async fn open(&self, now: String) -> Result<Option<String>, OperationError> {
        let stream = format!("ponte-cli/{}", now.split('T').next().unwrap_or_default());
        let create = self.logs.create_log_stream().log_group_name(&self.group).log_stream_name(&stream);
        match create.send().await {
            Ok(_) => Ok(Some(stream)),
            Err(error) => match error.code() {
                Some("ResourceAlreadyExistsException") => Ok(Some(stream)),
                Some("ResourceNotFoundException") => {
                    (self.said)(&format!("ponte: no log group {}: keep the audit lines below", self.group));
                    Ok(None)
                }
                _ => Err(OperationError::aws("nothing was done: the audit log cannot be written", &error)),
            },
        }
    }
}

impl fmt::Debug for Audit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Audit({})", self.group)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_who_did_what() {
        let entry = Entry { what: "parked.drop".into(), ids: vec!["m"], reason: Some("a test"), ..Entry::default() };
        let line = Line { at: "2026-01-01T00:00:00Z".to_owned(), who: "arn:x", stack: "ponte", entry: &entry };
        let expected = r#"{"at":"2026-01-01T00:00:00Z","who":"arn:x","stack":"ponte","what":"parked.drop","ids":["m"],"reason":"a test"}"#;
        assert_eq!(serde_json::to_string(&line).unwrap(), expected);
        let counts = Some(Counts { items: 3, files: 2, messages: 1 });
        let entry = Entry { what: "customer.erase".into(), ids: vec!["0f3a"], counts, ..Entry::default() };
        let line = serde_json::to_value(Line { entry: &entry, ..line }).unwrap();
        assert_eq!(line["counts"], serde_json::json!({"items": 3, "files": 2, "messages": 1}));
        let entry = Entry { what: "rules.rollback".into(), version: Some(8), back_to: Some(3), ..Entry::default() };
        let line = Line { at: String::new(), who: "arn:x", stack: "ponte", entry: &entry };
        let expected = r#"{"at":"","who":"arn:x","stack":"ponte","what":"rules.rollback","version":8,"back_to":3}"#;
        assert_eq!(serde_json::to_string(&line).unwrap(), expected);
    }
}
