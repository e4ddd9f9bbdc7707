//! A document of rules, as somebody wrote it.

use serde::{Serialize, Serializer, ser::SerializeSeq as _};
use serde_json::json;
use service_rules::{MAX_YAML, Places, Problem, ServiceRules, Severity};

use super::Live;
use crate::OperationError;

/// What reading a document of service rules found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// What the document is called where something is wrong with it: the name of its file.
    pub file: String,
    /// What is wrong in the file, in the order of its lines. Warnings alone do not refuse it.
    #[serde(serialize_with = "problems")]
    pub problems: Vec<Problem>,
    /// The rules, and the file's own text; `None` where there are errors in the file, or names that the helpdesk does not have.
    #[serde(skip)]
    pub rules: Option<(ServiceRules, String)>,
    /// Where everything stands; `None` where there are errors.
    #[serde(skip)]
    pub places: Option<Places>,
    /// What was looked up in the helpdesk, where it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub live: Option<Live>,
}

impl Checked {
    /// The rules and their text; a sentence where there are errors.
    ///
    /// # Errors
    ///
    /// [`OperationError::Usage`] with the number of errors.
    pub fn accepted(&self) -> Result<(&ServiceRules, &str), OperationError> {
        if let Some((rules, source)) = &self.rules {
            return Ok((rules, source));
        }
        let errors = self.problems.iter().filter(|problem| problem.severity == Severity::Error).count();
        let file = &self.file;
        Err(OperationError::Usage(format!("{file} is refused, errors: {errors}; docs/rules.md has the keys")))
    }
}

/// Looks for everything that is wrong in a document, which is called `file`.
///
/// # Errors
///
/// [`OperationError::Usage`] where it is so large that it can be no document of rules, or no UTF-8.
pub fn check(file: String, bytes: Vec<u8>) -> Result<Checked, OperationError> {
    if bytes.len() > MAX_YAML {
        return Err(OperationError::Usage(format!("{file} has more than {MAX_YAML} bytes: rules have fewer")));
    }
    match service_rules::read(&bytes) {
        Ok(read) => {
            let source = String::from_utf8(bytes).map_err(|_| OperationError::Usage(format!("{file} is not UTF-8")))?;
            let rules = Some((read.rules, source));
            Ok(Checked { file, problems: read.warnings, rules, places: Some(read.places), live: None })
        }
        Err(problems) => Ok(Checked { file, problems, rules: None, places: None, live: None }),
    }
}

fn problems<S: Serializer>(problems: &[Problem], serializer: S) -> Result<S::Ok, S::Error> {
    let mut list = serializer.serialize_seq(Some(problems.len()))?;
    for problem in problems {
        let severity = match problem.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        list.serialize_element(&json!({
            "severity": severity,
            "line": problem.line,
            "column": problem.column,
            "path": problem.path,
            "message": problem.message,
        }))?;
    }
    list.end()
}
