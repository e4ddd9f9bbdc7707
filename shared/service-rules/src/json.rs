//! The document as compact JSON, which the functions read.

use std::fmt;

use crate::{ServiceRules, problem::Severity};

/// Bytes of a document as JSON. With [the YAML that it was made from](crate::MAX_YAML) (256 KiB) it fits into one item of DynamoDB (400 KB),
/// and reading it takes at most 16 read units.
pub const MAX_JSON: usize = 128 * 1024;

/// Why a document is not read. It names no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JsonError {
    /// It has more bytes than [`MAX_JSON`].
    TooLarge,
    /// It is no JSON, or not of this form: another version, a key that this release does not know.
    Form {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// It is of this form and cannot be obeyed, at this place.
    Rules {
        /// The place of the first error, such as `routing.routes[2].then.queue`.
        path: String,
    },
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge => write!(f, "the rules have more than {MAX_JSON} bytes"),
            Self::Form { line, column } => {
                write!(f, "the rules are not of a form that this release reads, at line {line}, column {column}")
            }
            Self::Rules { path } => write!(f, "the rules have an error at `{path}`"),
        }
    }
}

impl std::error::Error for JsonError {}

impl ServiceRules {
    /// Reads a document as JSON, and holds it to everything that the strict reading of YAML holds it to, but for warnings.
    pub fn from_json(json: &[u8]) -> Result<Self, JsonError> {
        if json.len() > MAX_JSON {
            return Err(JsonError::TooLarge);
        }
        let rules: Self = serde_json::from_slice(json)
            .map_err(|error| JsonError::Form { line: error.line(), column: error.column() })?;
        match crate::check::faults(&rules).into_iter().find(|fault| fault.severity == Severity::Error) {
            Some(fault) => Err(JsonError::Rules { path: fault.path.to_string() }),
            None => Ok(rules),
        }
    }

    /// The document as compact JSON: what is as without rules has no key.
    pub fn to_json(&self) -> Result<String, JsonError> {
        let json = serde_json::to_string(self).map_err(|_| JsonError::Form { line: 1, column: 1 })?;
        if json.len() > MAX_JSON { Err(JsonError::TooLarge) } else { Ok(json) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_a_few_bytes_and_says_nothing() {
        let rules = ServiceRules::default();
        assert_eq!(rules.to_json().unwrap(), r#"{"version":1}"#);
        assert_eq!(ServiceRules::from_json(br#"{"version":1}"#).unwrap(), rules);
        assert!(rules.problems().is_empty());
    }

    #[test]
    fn what_this_release_does_not_read() {
        let form = |json: &str| ServiceRules::from_json(json.as_bytes()).unwrap_err();
        for json in [
            r#"{"version":2}"#,
            "{}",
            "",
            "[]",
            r#"{"version":1,"bots":{}}"#,
            r#"{"version":1,"version":1}"#,
            "\u{feff}{}",
        ] {
            assert!(matches!(form(json), JsonError::Form { .. }), "{json}");
        }
        let lost = r#"{"version":1,"routing":{"routes":[{"id":"a","then":{"queue":"x"}}]}}"#;
        assert_eq!(form(lost), JsonError::Rules { path: "routing.routes[0].then.queue".into() });
        assert_eq!(form(lost).to_string(), "the rules have an error at `routing.routes[0].then.queue`");
        assert_eq!(form(&" ".repeat(MAX_JSON + 1)), JsonError::TooLarge);
        // What is probably not meant is told when a person writes it; a function reads it all the same.
        let odd =
            r#"{"version":1,"hours":{"outside":"bot"},"rating":{"wait":"5s","field":"CSAT","asked_by":"helpdesk"}}"#;
        let odd = ServiceRules::from_json(odd.as_bytes()).unwrap().problems();
        assert_eq!(odd.iter().map(|problem| problem.severity).collect::<Vec<_>>(), [Severity::Warning; 3]);
        let deep = "[".repeat(100_000);
        assert!(matches!(form(&deep), JsonError::Form { .. }));
    }
}
