//! What the failure of a call means for a route.

use crate::relay::Failure;

/// The status with which the helpdesk refused what a call asks for. `None` where the call failed for another reason.
pub(in crate::helpdesk) fn refusal(failure: &Failure) -> Option<u16> {
    match failure {
        Failure::Refused { status, .. } => Some(*status),
        // A rule or a missing right is a 403, too: it is the second try that tells it from a wrong key.
        Failure::Unauthorized { .. } => Some(403),
        // What the route names is not there.
        Failure::Gone => Some(404),
        _ => None,
    }
}

/// Whether a call that sets a part of the route of a conversation that is there already is given up. All that may last is: else nobody would
/// ever have the conversation. If the helpdesk is down, the note that says so fails as well, and the opening is repeated as a whole.
pub(in crate::helpdesk) fn is_given_up(failure: &Failure) -> bool {
    !matches!(failure, Failure::Later { after: Some(_), .. } | Failure::Reset { .. } | Failure::TimeIsUp)
}

/// Makes a call that has the same effect when it comes twice. Once more at once where it did not happen: another change of the same
/// conversation may have been in the way.
pub(in crate::helpdesk) async fn set<F: Future<Output = Result<(), Failure>> + Send>(
    call: impl Fn() -> F + Send,
) -> Result<(), Failure> {
    match call().await {
        Err(Failure::Later { after: None, .. }) => call().await,
        outcome => outcome,
    }
}

/// What became of a note about what was left out. One that fails keeps no conversation from being opened.
pub(in crate::helpdesk) fn told(posted: Result<(), Failure>) {
    if let Err(failure) = posted {
        tracing::warn!(kind = failure.kind(), "what was left out of a route could not be told");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_last_is_given_up_and_what_says_when_is_waited_for() {
        let (status, why) = (422, "");
        let failures = [
            Failure::Refused { why, status },
            Failure::Unauthorized { why },
            Failure::Gone,
            Failure::Unknown { why },
            Failure::later(why),
        ];
        assert!(failures.iter().all(is_given_up));
        assert_eq!(failures.map(|failure| refusal(&failure)), [Some(422), Some(403), Some(404), None, None]);
        let after = Some(std::time::Duration::from_secs(9));
        let waits = [Failure::Later { after, why }, Failure::Reset { why }, Failure::TimeIsUp];
        assert!(!waits.iter().any(is_given_up));
    }
}
