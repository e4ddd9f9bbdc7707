//! The rules in the table, and their last versions.

use ponte::{
    relay::ports::StoreError,
    store::{KEPT_RULES, RulesVersion},
};
use serde::Serialize;
use service_rules::{MAX_YAML, ServiceRules};

use crate::{OperationError, Stack};

/// Who put a version in force, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pushing {
    /// The number of the version. The first has 1.
    pub version: u64,
    /// When it was put in force, in UTC as RFC 3339.
    pub at: String,
    /// The name of AWS's identity.
    pub by: String,
}

impl From<&RulesVersion> for Pushing {
    fn from(stored: &RulesVersion) -> Self {
        Self { version: stored.version, at: stored.at.clone(), by: stored.by.clone() }
    }
}

/// The versions that are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct History {
    /// `None` before the first push.
    pub in_force: Option<u64>,
    /// The versions that are kept, the newest first.
    pub versions: Vec<Pushing>,
}

/// The rules in force as they were written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pulled {
    /// Which, by whom and when.
    #[serde(flatten)]
    pub pushing: Pushing,
    /// The YAML of the rules as it was written; where that is not kept, the JSON of the document.
    pub source: String,
}

/// The rules in force with their source.
///
/// # Errors
///
/// [`OperationError::NotFound`] before the first push; [`OperationError::Failed`] where the table does not answer.
pub async fn pull(stack: &Stack) -> Result<Pulled, OperationError> {
    let stored = in_force(stack).await?.ok_or_else(none_yet)?;
    Ok(Pulled { pushing: Pushing::from(&stored), source: source(&stored) })
}

/// The versions that are kept: the one in force and those before it.
///
/// # Errors
///
/// [`OperationError::Failed`] where the table does not answer.
pub async fn history(stack: &Stack) -> Result<History, OperationError> {
    let Some(current) = stack.rules.before_push().await.map_err(unavailable)? else {
        return Ok(History { in_force: None, versions: Vec::new() });
    };
    let mut versions = vec![Pushing::from(&current)];
    for version in (1..current.version).rev().take(usize::try_from(KEPT_RULES - 1).unwrap_or(0)) {
        versions.extend(kept(stack, version).await?.as_ref().map(Pushing::from));
    }
    Ok(History { in_force: Some(current.version), versions })
}

/// The rules in force at this moment, with their source where there is one.
pub async fn in_force(stack: &Stack) -> Result<Option<RulesVersion>, OperationError> {
    let Some(current) = stack.rules.before_push().await.map_err(unavailable)? else {
        return Ok(None);
    };
    Ok(Some(kept(stack, current.version).await?.unwrap_or(current)))
}

/// A version that is still kept.
pub(super) async fn kept(stack: &Stack, version: u64) -> Result<Option<RulesVersion>, OperationError> {
    stack.rules.version(version).await.map_err(unavailable)
}

pub(super) fn none_yet() -> OperationError {
    OperationError::NotFound("there are no service rules yet: docs/rules.md has examples to push".to_owned())
}

pub(super) fn unavailable(_: StoreError) -> OperationError {
    let words = "the table refused or did not answer: docs/cli.md, \"Permissions\", says what each command needs";
    OperationError::Failed(words.to_owned())
}

/// The text as it was written; without one the document's JSON, which is YAML too.
fn source(stored: &RulesVersion) -> String {
    if let Some(source) = &stored.source {
        return source.clone();
    }
    let rules = ServiceRules::from_json(stored.rules.as_bytes()).ok();
    let lines = rules.and_then(|rules| serde_json::to_string_pretty(&rules).ok());
    let lines = lines.filter(|lines| lines.len() < MAX_YAML);
    format!("{}\n", lines.as_ref().unwrap_or(&stored.rules))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(rules: &str, source: Option<&str>) -> RulesVersion {
        RulesVersion {
            version: 1,
            rules: rules.to_owned(),
            source: source.map(str::to_owned),
            at: String::new(),
            by: String::new(),
        }
    }

    #[test]
    fn a_document_without_source_is_given_as_json_that_is_read_as_yaml() {
        let json = r#"{"version":1,"texts":{"en":{"greeting":"Hi: \"you\" # \n😀","closing":false}},"queues":{"a":{"name":"A"}}}"#;
        let text = source(&stored(json, None));
        assert!(text.lines().count() > 5, "{text}");
        let read = service_rules::read(text.as_bytes()).unwrap();
        assert_eq!(read.rules, ServiceRules::from_json(json.as_bytes()).unwrap());
        // Of a later release: as it is.
        assert_eq!(source(&stored(r#"{"version":2}"#, None)), "{\"version\":2}\n");
        assert_eq!(source(&stored(json, Some("# x\r\nversion: 1"))), "# x\r\nversion: 1");
    }
}
