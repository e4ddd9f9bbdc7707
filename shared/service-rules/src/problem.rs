//! What is wrong with a document, for the person who wrote it.

use std::fmt;

use crate::path::Path;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The document is refused.
    Error,
    /// The document is taken, and does probably not what was meant.
    Warning,
}

/// One fault: where, and what is right. Its values come from the rules, which hold nothing of a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// How bad it is.
    pub severity: Severity,
    /// The line, from 1. `None` where the document came without lines.
    pub line: Option<usize>,
    /// The column, from 1, in characters.
    pub column: Option<usize>,
    /// The place, such as `routing.routes[2].when.team`; empty for the whole document. Lists count from 0.
    pub path: String,
    /// What is wrong, and what is right.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let (Some(line), Some(column)) = (self.line, self.column) {
            write!(f, "line {line}, column {column}: ")?;
        }
        if self.severity == Severity::Warning {
            f.write_str("warning: ")?;
        }
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)
    }
}

/// A fault whose line is not yet known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) severity: Severity,
    pub(crate) path: Path,
    pub(crate) message: String,
}

impl Fault {
    pub(crate) fn at(self, place: Option<(usize, usize)>) -> Problem {
        Problem {
            severity: self.severity,
            line: place.map(|(line, _)| line),
            column: place.map(|(_, column)| column),
            path: self.path.to_string(),
            message: self.message,
        }
    }
}

/// Faults as they are found. After [`MAX_FAULTS`] nobody reads on, and looking for what is right takes time.
#[derive(Debug, Default)]
pub(crate) struct Faults(pub(crate) Vec<Fault>);

/// Faults that are kept.
pub(crate) const MAX_FAULTS: usize = 200;

impl Faults {
    pub(crate) fn is_full(&self) -> bool {
        self.0.len() >= MAX_FAULTS
    }

    pub(crate) fn error(&mut self, path: &Path, message: impl Into<String>) {
        self.add(Severity::Error, path, message);
    }

    pub(crate) fn warn(&mut self, path: &Path, message: impl Into<String>) {
        self.add(Severity::Warning, path, message);
    }

    fn add(&mut self, severity: Severity, path: &Path, message: impl Into<String>) {
        // A warning takes no place from an error.
        let warnings = || self.0.iter().filter(|fault| fault.severity == Severity::Warning).count();
        if !self.is_full() && (severity == Severity::Error || warnings() < MAX_FAULTS / 2) {
            self.0.push(Fault { severity, path: path.clone(), message: message.into() });
        }
    }
}
