//! The document as people write it. For the operator's tool only.
//!
//! The parser is `granit-parser`, the one under `serde-saphyr`: kept, without unsafe code, with limits, and with a place for each value. A reader
//! that fills types stops at the first fault and does not know what would have been right, so the events become a small tree, which is held
//! against [the schema](crate::schema()), and all faults are told at once.
//!
//! Anchors, aliases and tags are refused: no rule needs them, and so no loop and no bomb can be made of them.

mod shape;
mod tree;

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{
    AskedBy, Named, Outside, ServiceRules,
    json::MAX_JSON,
    path::Path,
    problem::{Fault, Problem, Severity},
};
use tree::Tree;

/// Bytes of a document as YAML.
pub const MAX_YAML: usize = 256 * 1024;
/// Faults that are told at once.
const MAX_PROBLEMS: usize = 50;

/// A document that was read, and what it probably does not mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// The rules.
    pub rules: ServiceRules,
    /// Warnings only.
    pub warnings: Vec<Problem>,
    /// Where everything stands.
    pub places: Places,
}

/// Where everything stands in a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places(Tree);

impl Places {
    /// What is wrong with a name, with its line. It must be a name of this document.
    pub fn problem(&self, severity: Severity, named: &Named, message: String) -> Problem {
        let place = self.0.place(&named.path);
        Fault { severity, path: named.path.clone(), message }.at(Some(place))
    }

    /// A warning for each place where `rules`, which are of this document, let the helpdesk ask for a rating.
    pub fn where_helpdesk_asks(&self, rules: &ServiceRules, message: &str) -> Vec<Problem> {
        let path = Path::of(&["rating"]);
        let default = (rules.rating.asked_by == AskedBy::Helpdesk).then(|| path.key("asked_by"));
        let queues = rules.rating.by_queue.iter().filter(|(_, asked_by)| **asked_by == AskedBy::Helpdesk);
        let queues = queues.map(|(queue, _)| path.key("by_queue").key(queue));
        self.warn(default.into_iter().chain(queues), message)
    }

    /// A warning for each place where `rules`, which are of this document, call a customer back who wrote outside the hours.
    pub fn where_customers_are_called_back(&self, rules: &ServiceRules, message: &str) -> Vec<Problem> {
        let path = Path::of(&["hours"]);
        let default = (rules.hours.outside == Outside::Callback).then(|| path.key("outside"));
        let queues = rules.hours.by_queue.iter().filter(|(_, queue)| queue.outside == Some(Outside::Callback));
        let queues = queues.map(|(queue, _)| path.key("by_queue").key(queue).key("outside"));
        self.warn(default.into_iter().chain(queues), message)
    }

    fn warn(&self, places: impl Iterator<Item = Path>, message: &str) -> Vec<Problem> {
        let warn = |path| {
            let place = self.0.place(&path);
            Fault { severity: Severity::Warning, path, message: message.to_owned() }.at(Some(place))
        };
        places.map(warn).collect()
    }
}

/// Reads a document. What is wrong with it is told all at once, in the order of its lines; errors only.
pub fn read(yaml: &[u8]) -> Result<Read, Vec<Problem>> {
    let text = decode(yaml).map_err(|problem| vec![problem])?;
    let tree = Tree::parse(text).map_err(|problem| vec![problem])?;
    let (value, faults) = shape::check(&tree, &crate::schema());
    let broken: BTreeSet<String> =
        faults.iter().filter_map(|(fault, _)| fault.path.first_key()).map(str::to_owned).collect();
    let mut problems: Vec<Problem> = faults.into_iter().map(|(fault, place)| fault.at(Some(place))).collect();
    let rules = serde_json::from_value::<ServiceRules>(without(value, &broken));
    if problems.is_empty() && rules.is_err() {
        problems.push(whole(1, 1, "the document is not of the form of service rules"));
    }
    let mut warnings = Vec::new();
    if let Ok(rules) = &rules {
        let faults = crate::check::faults(rules).into_iter().filter(|fault| !is_guess(fault, &broken));
        for fault in faults {
            let place = tree.place(&fault.path);
            let problem = fault.at(Some(place));
            if problem.severity == Severity::Error { problems.push(problem) } else { warnings.push(problem) }
        }
        warnings.dedup();
        if problems.is_empty() && rules.to_json().is_err() {
            problems.push(whole(
                1,
                1,
                &format!("the document has more than {MAX_JSON} bytes without its comments and blanks"),
            ));
        }
    }
    match rules {
        Ok(rules) if problems.is_empty() => Ok(Read { rules, warnings, places: Places(tree) }),
        _ => {
            problems.sort_by_key(|problem| (problem.line, problem.column));
            problems.dedup();
            if problems.len() > MAX_PROBLEMS {
                problems.truncate(MAX_PROBLEMS - 1);
                let place = problems.last().and_then(|last| last.line.zip(last.column)).unwrap_or((1, 1));
                problems.push(whole(place.0, place.1, "more is wrong after this; correct these first"));
            }
            Err(problems)
        }
    }
}

/// The document without its broken parts, so that the other parts are held to everything, too.
fn without(value: Value, broken: &BTreeSet<String>) -> Value {
    let Value::Object(mut parts) = value else { return value };
    parts.retain(|key, _| !broken.contains(key));
    parts.insert("version".to_owned(), Value::from(crate::Version::NUMBER));
    Value::Object(parts)
}

/// Whether a fault may only be there because a part was broken: routes, return services and hours name queues.
fn is_guess(fault: &Fault, broken: &BTreeSet<String>) -> bool {
    let names_queues =
        matches!(fault.path.first_key(), Some("routing" | "return_service" | "hours" | "waiting" | "rating"));
    names_queues && broken.contains("queues")
}

/// A fault of the whole document.
fn whole(line: usize, column: usize, message: &str) -> Problem {
    Fault { severity: Severity::Error, path: Path::default(), message: message.to_owned() }.at(Some((line, column)))
}

fn decode(yaml: &[u8]) -> Result<&str, Problem> {
    if yaml.len() > MAX_YAML {
        return Err(whole(1, 1, &format!("the file has {} bytes; at most {MAX_YAML} are read", yaml.len())));
    }
    if yaml.starts_with(&[0xff, 0xfe]) || yaml.starts_with(&[0xfe, 0xff]) {
        return Err(whole(1, 1, "the file is UTF-16; save it as UTF-8"));
    }
    match std::str::from_utf8(yaml) {
        // The parser takes a byte order mark for what it is.
        Ok(text) => Ok(text),
        Err(error) => {
            let before = yaml.get(..error.valid_up_to()).unwrap_or_default();
            let line = before.split(|byte| *byte == b'\n').count();
            let last = before.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
            let column = String::from_utf8_lossy(last).chars().count().saturating_add(1);
            Err(whole(line, column, "the file is not UTF-8 here; save it as UTF-8"))
        }
    }
}

#[cfg(test)]
mod tests;
