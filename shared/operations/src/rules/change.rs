//! Other rules in the place of those in force.

use ponte::{
    clock::{Clock, SystemClock},
    relay::ports::StoreError,
    store::RulesVersion,
};
use serde::Serialize;
use service_rules::{Change, MAX_JSON, MAX_YAML, ServiceRules, diff};

use super::stored::{Pushing, in_force, kept, none_yet, unavailable};
use crate::{Entry, OperationError, Stack, plain};

/// Bytes that DynamoDB takes as one item.
const MAX_ITEM: usize = 400 * 1024;
/// Bytes of an item beside the document and its source: names, the time, and an identity, of which STS tells at most 2,048 characters of
/// up to four bytes.
const BESIDE: usize = 9 * 1024;
const _: () = assert!(MAX_YAML + MAX_JSON + BESIDE <= MAX_ITEM);

/// What is about to be put in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The version that it takes the place of; `None` before the first push.
    pub replaces: Option<Pushing>,
    /// The earlier version that it is the same as.
    pub back_to: Option<u64>,
    /// What differs; `None` where this release cannot read what is in force.
    pub changes: Option<Vec<Change>>,
    /// Whether the writing is the same too, comments included.
    same_source: bool,
    rules: String,
    source: Option<String>,
}

impl Plan {
    /// Whether the same is in force already.
    pub fn is_nothing(&self) -> bool {
        self.replaces.is_some() && self.same_source && self.changes.as_ref().is_some_and(Vec::is_empty)
    }

    /// The version that it gets.
    pub fn version(&self) -> u64 {
        self.replaces.as_ref().map_or(0, |replaced| replaced.version).saturating_add(1)
    }

    /// What came of it where nothing was to be done.
    pub fn already(&self) -> Pushed {
        Pushed { version: self.version().saturating_sub(1), pushed: false, ..self.done() }
    }

    fn done(&self) -> Pushed {
        Pushed {
            pushed: true,
            version: self.version(),
            replaces: self.replaces.as_ref().map(|replaced| replaced.version),
            back_to: self.back_to,
            changes: self.changes.as_ref().map(|changes| changes.iter().map(Difference::from).collect()),
        }
    }
}

/// What was put in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pushed {
    /// Whether a version was put in force: not where the file says what is in force already.
    pub pushed: bool,
    /// The version in force.
    pub version: u64,
    /// The version before it.
    pub replaces: Option<u64>,
    /// The earlier version that it is the same as.
    pub back_to: Option<u64>,
    /// What differs; `None` where this release cannot read what was in force.
    pub changes: Option<Vec<Difference>>,
}

/// A place that differs, for programs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// As in [`Change`].
    pub path: String,
    /// The value before the change.
    pub from: Option<String>,
    /// The value after the change.
    pub to: Option<String>,
}

impl From<&Change> for Difference {
    fn from(change: &Change) -> Self {
        Self { path: change.path.clone(), from: change.from.clone(), to: change.to.clone() }
    }
}

/// What a push of these rules would do. `from` is the version that was pulled, and must still be in force.
///
/// # Errors
///
/// [`OperationError::NotPossible`] where another version is in force; [`OperationError::Failed`] where the table does not answer.
pub async fn push(
    stack: &Stack,
    (rules, source): (&ServiceRules, &str),
    from: Option<u64>,
) -> Result<Plan, OperationError> {
    let current = in_force(stack).await?;
    if let Some(from) = from {
        still_in_force(from, current.as_ref())?;
    }
    let json = rules.to_json().map_err(|error| OperationError::Usage(error.to_string()))?;
    Ok(plan(current.as_ref(), rules, json, Some(source.to_owned())))
}

/// What a return to an earlier version would do.
///
/// # Errors
///
/// [`OperationError::NotFound`] where the version is not kept; [`OperationError::NotPossible`] where this release cannot read it;
/// [`OperationError::Failed`] where the table does not answer.
pub async fn rollback(stack: &Stack, version: u64) -> Result<Plan, OperationError> {
    let current = in_force(stack).await?.ok_or_else(none_yet)?;
    let not_kept = || OperationError::NotFound(format!("version {version} is not kept: see ponte rules history"));
    let old = kept(stack, version).await?.ok_or_else(not_kept)?;
    let rules = ServiceRules::from_json(old.rules.as_bytes()).map_err(|error| {
        OperationError::NotPossible(format!("version {version} cannot be put in force by this release: {error}"))
    })?;
    Ok(Plan { back_to: Some(version), ..plan(Some(&current), &rules, old.rules, old.source) })
}

/// Puts in force what was planned, if what it takes the place of is still in force.
///
/// # Errors
///
/// [`OperationError::NotPossible`] where somebody else pushed meanwhile; [`OperationError::Failed`] where AWS does not answer.
pub async fn put_in_force(stack: &Stack, plan: &Plan) -> Result<Pushed, OperationError> {
    let new = RulesVersion {
        version: plan.version(),
        rules: plan.rules.clone(),
        source: plan.source.clone(),
        at: SystemClock.now().rfc3339(),
        by: stack.audit.who().await?.to_owned(),
    };
    let what = if plan.back_to.is_some() { "rules.rollback" } else { "rules.push" };
    let entry = Entry { what: what.into(), version: Some(new.version), back_to: plan.back_to, ..Entry::default() };
    let push = async {
        stack.rules.push(&new).await.map_err(|error| match error {
            StoreError::Conflict => OperationError::NotPossible(
                "nothing is pushed, somebody else did meanwhile: run the command again and look at the difference"
                    .to_owned(),
            ),
            StoreError::Unavailable => unavailable(error),
        })
    };
    stack.audit.around(&entry, push).await?;
    Ok(plan.done())
}

fn still_in_force(from: u64, current: Option<&RulesVersion>) -> Result<(), OperationError> {
    let now = match current {
        Some(current) if current.version == from => return Ok(()),
        Some(current) => {
            format!("{} is, pushed at {} by {}", current.version, plain(&current.at), plain(&current.by))
        }
        None => "none is".to_owned(),
    };
    Err(OperationError::NotPossible(format!(
        "version {from} is not in force, {now}: pull again, and make your change in what you get"
    )))
}

fn plan(current: Option<&RulesVersion>, rules: &ServiceRules, json: String, source: Option<String>) -> Plan {
    let before = match current {
        None => Some(ServiceRules::default()),
        Some(current) => ServiceRules::from_json(current.rules.as_bytes()).ok(),
    };
    Plan {
        replaces: current.map(Pushing::from),
        back_to: None,
        changes: before.map(|before| diff(&before, rules)),
        same_source: current.is_some_and(|current| current.source == source),
        rules: json,
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(version: u64, rules: &str, source: Option<&str>) -> RulesVersion {
        let (at, by) = ("2026-11-29T10:00:00.000Z".to_owned(), "arn:x".to_owned());
        RulesVersion { version, rules: rules.to_owned(), source: source.map(str::to_owned), at, by }
    }

    fn plan_of(current: Option<&RulesVersion>, yaml: &str) -> Plan {
        let rules = service_rules::read(yaml.as_bytes()).unwrap().rules;
        plan(current, &rules, rules.to_json().unwrap(), Some(yaml.to_owned()))
    }

    #[test]
    fn nothing_is_to_be_done_only_where_the_very_same_is_in_force() {
        let yaml = "version: 1\n";
        let first = plan_of(None, yaml);
        assert!(!first.is_nothing() && first.version() == 1 && first.changes.as_ref().unwrap().is_empty());
        let same = plan_of(Some(&stored(7, r#"{"version":1}"#, Some(yaml))), yaml);
        assert!(same.is_nothing());
        assert_eq!((same.already().version, same.already().pushed), (7, false));
        // Another comment, and other rules.
        let comment = plan_of(Some(&stored(7, r#"{"version":1}"#, Some("# x\nversion: 1\n"))), yaml);
        assert!(!comment.is_nothing() && comment.version() == 8 && comment.changes.as_ref().unwrap().is_empty());
        let json = r#"{"version":1,"language":{"default":"en"}}"#;
        let other = plan_of(Some(&stored(7, json, Some(yaml))), yaml);
        assert!(!other.is_nothing() && other.changes.as_ref().unwrap().len() == 1);
        // What this release cannot read can be replaced.
        let later = plan_of(Some(&stored(7, r#"{"version":2}"#, None)), yaml);
        assert!(!later.is_nothing() && later.changes.is_none());
    }

    #[test]
    fn a_version_that_is_no_longer_in_force_is_refused() {
        let current = stored(7, "{}", None);
        assert!(still_in_force(7, Some(&current)).is_ok());
        let why = |from, current: Option<&RulesVersion>| {
            let problem = still_in_force(from, current).unwrap_err();
            assert_eq!(problem.code(), 4);
            problem.to_string()
        };
        let words = why(6, Some(&current));
        assert!(words.starts_with("version 6 is not in force, 7 is, pushed at 2026-11-29T10:00:00.000Z by arn:x"));
        assert!(why(8, Some(&current)).contains("7 is") && why(1, None).contains("none is"));
        let (at, by) = ("2026\u{1b}[2K".to_owned(), "maria\u{202e}\nponte: x".to_owned());
        let words = why(6, Some(&RulesVersion { at, by, ..current }));
        assert!(words.contains("at 2026\\u{1b}[2K by maria\\u{202e}\\nponte: x:"), "{words}");
    }
}
