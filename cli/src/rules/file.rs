//! A file of rules, as somebody wrote it.

use std::{
    fs::File,
    io::{self, Read as _},
    path::Path,
};

use serde::{Serialize, Serializer, ser::SerializeSeq as _};
use serde_json::json;
use service_rules::{MAX_YAML, Problem, ServiceRules, Severity};

use super::plain::plain;
use crate::CliError;

/// What was found in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// Its name, as it was given.
    pub file: String,
    /// Errors, or warnings; in the order of the lines.
    #[serde(serialize_with = "problems")]
    pub problems: Vec<Problem>,
    /// The rules, and the file's own text; `None` where there are errors.
    #[serde(skip)]
    pub rules: Option<(ServiceRules, String)>,
}

impl Checked {
    /// The rules and their text; a sentence where there are errors.
    ///
    /// # Errors
    ///
    /// [`CliError::Usage`] with the number of errors.
    pub fn accepted(&self) -> Result<(&ServiceRules, &str), CliError> {
        match &self.rules {
            Some((rules, source)) => Ok((rules, source)),
            None => Err(CliError::Usage(format!(
                "{} is refused, errors: {}; docs/rules.md has the keys",
                self.file,
                self.problems.len()
            ))),
        }
    }
}

/// Reads a file and looks for everything that is wrong in it.
///
/// # Errors
///
/// [`CliError::Usage`] where it cannot be read, or is so large that it can be no file of rules.
pub fn check(path: &Path) -> Result<Checked, CliError> {
    let file = plain(&path.display().to_string());
    let bytes = bytes(path).map_err(|error| CliError::Usage(format!("{file} cannot be read: {error}")))?;
    if bytes.len() > MAX_YAML {
        return Err(CliError::Usage(format!("{file} has more than {MAX_YAML} bytes: rules have fewer")));
    }
    let (problems, rules) = match service_rules::read(&bytes) {
        Ok(read) => {
            let source = String::from_utf8(bytes).map_err(|_| CliError::Usage(format!("{file} is not UTF-8")))?;
            (read.warnings, Some((read.rules, source)))
        }
        Err(problems) => (problems, None),
    };
    Ok(Checked { file, problems, rules })
}

/// The bytes of a file, or its first ones where it is too large: it may have no end.
pub(super) fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    let most = u64::try_from(MAX_YAML).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    File::open(path)?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
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
