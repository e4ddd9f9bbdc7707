//! A file of rules, as somebody wrote it.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, ErrorKind, Read as _, Write as _},
    path::Path,
};

use serde::{Serialize, Serializer, ser::SerializeSeq as _};
use serde_json::json;
use service_rules::{MAX_YAML, Places, Problem, ServiceRules, Severity};

use super::Live;
use crate::{CliError, plain::plain};

/// What reading a file of service rules found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// The name of the file, as it was given on the command line.
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
    /// [`CliError::Usage`] with the number of errors.
    pub fn accepted(&self) -> Result<(&ServiceRules, &str), CliError> {
        if let Some((rules, source)) = &self.rules {
            return Ok((rules, source));
        }
        let errors = self.problems.iter().filter(|problem| problem.severity == Severity::Error).count();
        let file = &self.file;
        Err(CliError::Usage(format!("{file} is refused, errors: {errors}; docs/rules.md has the keys")))
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
    match service_rules::read(&bytes) {
        Ok(read) => {
            let source = String::from_utf8(bytes).map_err(|_| CliError::Usage(format!("{file} is not UTF-8")))?;
            let rules = Some((read.rules, source));
            Ok(Checked { file, problems: read.warnings, rules, places: Some(read.places), live: None })
        }
        Err(problems) => Ok(Checked { file, problems, rules: None, places: None, live: None }),
    }
}

/// The bytes of a file, or its first ones where it is too large: it may have no end.
pub(super) fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    let most = u64::try_from(MAX_YAML).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    File::open(path)?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Writes a whole file or none of it: what is there stays until all of the new is on the disk beside it. A device or a pipe is written to as it
/// is, and so is what is none of the two: that fails by itself.
pub(super) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let there = match fs::metadata(path) {
        Ok(there) if there.is_file() => Some(there),
        Err(error) if error.kind() == ErrorKind::NotFound && !path.is_symlink() => None,
        _ => return fs::write(path, bytes),
    };
    // A link keeps leading to the file that it names.
    let target = if there.is_some() { fs::canonicalize(path)? } else { path.to_owned() };
    let beside = target.with_file_name(format!(".ponte-{}.part", std::process::id()));
    let written = || {
        let mut file = OpenOptions::new().write(true).create_new(true).open(&beside)?;
        if let Some(there) = &there {
            file.set_permissions(there.permissions())?;
        }
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&beside, &target)
    };
    written().inspect_err(|error| {
        if error.kind() != ErrorKind::AlreadyExists {
            let _ = fs::remove_file(&beside);
        }
    })
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

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    #[test]
    fn a_file_is_replaced_as_a_whole_or_not_at_all() {
        let folder = std::env::temp_dir().join(format!("ponte-rules-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let (file, link) = (folder.join("service.yaml"), folder.join("link.yaml"));
        write(&file, b"first").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        symlink("service.yaml", &link).unwrap();
        // Whoever has it open reads to the end of what was there.
        let mut opened = File::open(&file).unwrap();
        write(&link, b"second").unwrap();
        let mut read = String::new();
        opened.read_to_string(&mut read).unwrap();
        assert_eq!((read.as_str(), fs::read(&file).unwrap().as_slice()), ("first", &b"second"[..]));
        assert!(link.is_symlink());
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
        // Neither a folder nor a device is replaced, and nothing is left beside them.
        for wrong in [folder.clone(), folder.join("no/such.yaml"), "/dev/full".into()] {
            assert!(write(&wrong, b"third").is_err(), "{}", wrong.display());
        }
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 2);
        fs::remove_dir_all(&folder).unwrap();
    }
}
