//! What went wrong, told apart by the exit code. `docs/cli.md` has the table.
//!
//! Whatever it is, it is one sentence, and says what to do where that is known: the SDK's own words fill a screen.

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_sqs::error::{ProvideErrorMetadata, SdkError};

/// Why a command did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum OperationError {
    /// A service did not answer, or refused.
    #[error("{0}")]
    Failed(String),
    /// The arguments or settings make no sense together, or name nothing that could be looked up.
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

/// What becomes of a caller whom AWS does not know.
const SIGN_IN: &str =
    "sign in (aws sso login), or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, to what is good";
/// Codes of AWS for a caller whom it does not know, in whichever service.
const UNKNOWN_CALLER: [&str; 8] = [
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidClientTokenId",
    "InvalidAccessKeyId",
    "UnrecognizedClientException",
    "SignatureDoesNotMatch",
    "IncompleteSignature",
    "AuthFailure",
];

impl OperationError {
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

    /// The kind in fixed words, for the audit log: what the sentence says may be an operator's own words, or a folder's name.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Failed(_) => "a service failed or refused",
            Self::Usage(_) => "wrong arguments or settings",
            Self::NotFound(_) => "it was not found",
            Self::NotPossible(_) => "not possible in its state",
            Self::Left(_) => "something was left",
        }
    }

    /// An answer of AWS, in words: what was tried, then the service's code and message, or why there was no answer.
    pub(crate) fn aws<E, R>(tried: &str, error: &SdkError<E, R>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
        R: std::fmt::Debug + 'static,
    {
        if let Some(code) = error.code() {
            let said = line(error.message().unwrap_or("no further words"));
            let advice = match code {
                code if UNKNOWN_CALLER.contains(&code) => format!(": {SIGN_IN}"),
                code if code.starts_with("AccessDenied") || code == "UnauthorizedOperation" => {
                    ": docs/cli.md, \"Permissions\", says what each command needs".to_owned()
                }
                _ => String::new(),
            };
            return Self::Failed(format!("{tried}: {code}: {said}{advice}"));
        }
        if let Some(credentials) = credentials(error) {
            return Self::Usage(credentials);
        }
        let unreachable = "look at AWS_REGION, AWS_ENDPOINT_URL, the network and the proxy";
        let why = match error {
            SdkError::TimeoutError(_) => format!("no answer in time: {unreachable}"),
            SdkError::DispatchFailure(failure) if failure.is_timeout() => format!("no answer in time: {unreachable}"),
            SdkError::DispatchFailure(failure) if failure.is_user() => {
                format!("it cannot be asked ({}): look at AWS_REGION and AWS_ENDPOINT_URL", innermost(error))
            }
            SdkError::DispatchFailure(_) => format!("no connection ({}): {unreachable}", innermost(error)),
            SdkError::ConstructionFailure(_) => {
                format!("it cannot be asked ({}): look at AWS_REGION and AWS_ENDPOINT_URL", innermost(error))
            }
            _ => "an answer that is none of AWS's: look at AWS_ENDPOINT_URL and the proxy".to_owned(),
        };
        Self::Failed(format!("{tried}: {why}"))
    }
}

/// Why there are no credentials, where that is the reason.
fn credentials(error: &(dyn std::error::Error + 'static)) -> Option<String> {
    let found = chain(error).find_map(|error| error.downcast_ref::<CredentialsError>())?;
    let why = innermost(found);
    // The last place where the SDK looks: the service of an EC2 instance, which is not there.
    let why = if why.contains("IMDS") { String::new() } else { format!(" ({why})") };
    Some(format!("no credentials{why}: {SIGN_IN}"))
}

fn chain<'a>(
    error: &'a (dyn std::error::Error + 'static),
) -> impl Iterator<Item = &'a (dyn std::error::Error + 'static)> {
    std::iter::successors(Some(error), |error| error.source())
}

/// The words of the first cause.
fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    line(&chain(error).last().map(ToString::to_string).unwrap_or_default())
}

/// Words of others on one line, without an end of their own.
fn line(words: &str) -> String {
    words.split_whitespace().collect::<Vec<_>>().join(" ").trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_has_a_code_and_words_of_its_own() {
        let problems = [
            OperationError::Failed,
            OperationError::Usage,
            OperationError::NotFound,
            OperationError::NotPossible,
            OperationError::Left,
        ];
        assert_eq!(problems.map(|problem| problem(String::new()).code()), [1, 2, 3, 4, 5]);
        let mut kinds = problems.map(|problem| problem(String::new()).kind()).to_vec();
        kinds.dedup();
        assert_eq!(kinds.len(), 5);
    }

    #[test]
    fn an_answer_of_aws_says_what_to_do() {
        use aws_sdk_sqs::error::ErrorMetadata;
        let refused = |code: &str| {
            let metadata = ErrorMetadata::builder().code(code).message("The security\n token is no good.").build();
            let error = aws_sdk_sqs::operation::send_message::SendMessageError::generic(metadata);
            OperationError::aws("the queue", &SdkError::service_error(error, "raw")).to_string()
        };
        let unknown = refused("ExpiredToken");
        assert!(unknown.starts_with("the queue: ExpiredToken: The security token is no good: sign in"), "{unknown}");
        assert!(refused("AccessDeniedException").ends_with("says what each command needs"));
        assert_eq!(refused("Other"), "the queue: Other: The security token is no good");
    }

    #[test]
    fn words_of_others_are_one_line() {
        assert_eq!(line(" 1 validation error\n  detected: x.\n"), "1 validation error detected: x");
    }
}
