//! What went wrong, told apart by the exit code. `docs/cli.md` has the table.

use aws_sdk_sqs::error::{DisplayErrorContext, ProvideErrorMetadata};

/// Why a command did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// A service did not answer, or refused.
    #[error("{0}")]
    Failed(String),
    /// The arguments make no sense together, or name nothing that could be looked up.
    #[error("{0}")]
    Usage(String),
    /// There is no such thing.
    #[error("{0}")]
    NotFound(String),
    /// It stands in a state in which this cannot be done.
    #[error("{0}")]
    NotPossible(String),
    /// Something was done, and something was left.
    #[error("{0}")]
    Left(String),
}

impl Problem {
    /// The exit code. 2 is also what the parser of the arguments answers.
    pub fn code(&self) -> u8 {
        match self {
            Self::Failed(_) => 1,
            Self::Usage(_) => 2,
            Self::NotFound(_) => 3,
            Self::NotPossible(_) => 4,
            Self::Left(_) => 5,
        }
    }

    /// An answer of AWS, in words: what was tried, then the service's code and message, or why there was no answer.
    pub(crate) fn aws<E, R>(tried: &str, error: &aws_sdk_sqs::error::SdkError<E, R>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
        R: std::fmt::Debug,
    {
        let why = match error.code() {
            Some(code) => format!("{code}: {}", error.message().unwrap_or("no further words")),
            None => format!("{}", DisplayErrorContext(error)),
        };
        Self::Failed(format!("{tried}: {why}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_has_a_code_of_its_own() {
        let problems = [Problem::Failed, Problem::Usage, Problem::NotFound, Problem::NotPossible, Problem::Left];
        assert_eq!(problems.map(|problem| problem(String::new()).code()), [1, 2, 3, 4, 5]);
    }
}
