//! What went wrong with an effect, told apart by what is to be done about it.
//!
//! One type for every adapter, so that the queue's policy is written once (`batch.rs`). The reasons are fixed
//! words: nothing of a message, a name or an answer's body is ever in them.

use std::time::Duration;

/// The outcome of an effect that did not happen, or may not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// It did not happen and may work later: 429, connection refused, 5xx before any effect.
    #[error("not now: {why}")]
    Later { after: Option<Duration>, why: &'static str },
    /// It may have happened: a time-out after the request was sent. Look before repeating.
    #[error("result unknown: {why}")]
    Unknown { why: &'static str },
    /// It may have happened: the connection broke as soon as the request was sent, before any answer. A kept connection that died
    /// meanwhile does so, and then nothing arrived; the other side that breaks down does so, too, and is not at work on it
    /// any more. Look before repeating.
    #[error("result unknown: {why}")]
    Reset { why: &'static str },
    /// The other side will never take this message (400, 413, 415, 422).
    #[error("refused: {why}")]
    Refused { why: &'static str, status: u16 },
    /// The ticket is gone for good (404, 410, closed).
    #[error("the ticket is gone")]
    Gone,
    /// The key is wrong (401, 403): a wrong key must not park a day's messages.
    #[error("the key was not accepted: {why}")]
    Unauthorized { why: &'static str },
    /// The function must write down what it did: the rest goes back and is received again at once.
    #[error("not now: the function's time is up")]
    TimeIsUp,
    /// This record can never be processed: it cannot be parsed, or we have a bug.
    #[error("cannot be processed: {why}")]
    Broken { why: &'static str },
}

/// The wait before the first retry; it doubles with each.
pub const FIRST_WAIT: Duration = Duration::from_secs(5);
/// The longest wait between two retries.
pub const MAX_WAIT: Duration = Duration::from_mins(15);
/// After an unknown result the call may still be under way on the other side.
pub const UNKNOWN_WAIT: Duration = Duration::from_mins(1);
/// After a connection that broke at once nothing is under way, or not for longer than this: what the other side had taken it shows by then.
pub const RESET_WAIT: Duration = FIRST_WAIT;
/// `SQS` keeps a message invisible for at most 12 hours, counted from when it was received, and refuses a wait that goes beyond. A function has
/// it for up to 15 minutes by then, so that a longer `Retry-After` is cut to this.
pub const MAX_VISIBILITY: Duration = Duration::from_mins(11 * 60 + 44);

/// How many waits in a row may be shorter than the schedule: three minutes of two seconds, which is how a customer's
/// words wait for a closing.
const SHORT_WAITS: u32 = 100;
/// The same where a function's time was up: each such run has done something, and a message of very many parts takes many.
const SHORT_RUNS: u32 = 500;

impl Failure {
    /// Tried again later, without a wish of the other side for how long.
    pub fn later(why: &'static str) -> Self {
        Self::Later { after: None, why }
    }

    /// The same of a call that has no other effect when it comes twice: whether it happened does not matter.
    #[must_use]
    pub fn harmless(self) -> Self {
        match self {
            Self::Unknown { why } | Self::Reset { why } => Self::later(why),
            other => other,
        }
    }

    /// Whether the same record may succeed later. What may not is parked.
    pub fn is_retryable(&self) -> bool {
        !matches!(self, Self::Refused { .. } | Self::Broken { .. })
    }

    /// How long the other side asked us to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Later { after, .. } => *after,
            _ => None,
        }
    }

    /// How long the rest of the group stays invisible after the `attempts`-th receipt: what the other side
    /// asked for, else a doubling wait. `jitter` is in 0..=255 and takes away up to half.
    pub fn wait(&self, attempts: u32, jitter: u8) -> Duration {
        if let Some(after) = self.retry_after() {
            // Whoever asks for short waits gets them for a while: SQS parks a record after 1,000 receipts.
            let least = if attempts > SHORT_WAITS { MAX_WAIT } else { Duration::ZERO };
            return after.max(least).min(MAX_VISIBILITY);
        }
        if *self == Self::TimeIsUp && attempts <= SHORT_RUNS {
            return Duration::ZERO;
        }
        let doubled = FIRST_WAIT.saturating_mul(1 << attempts.saturating_sub(1).min(16)).min(MAX_WAIT);
        let jittered = doubled.saturating_sub(doubled * u32::from(jitter) / 510);
        match self {
            Self::Unknown { .. } => jittered.max(UNKNOWN_WAIT),
            Self::Reset { .. } => jittered.max(RESET_WAIT),
            _ => jittered,
        }
    }

    /// The kind, for logs and for the parked queue.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Later { .. } => "later",
            Self::Unknown { .. } => "unknown",
            Self::Reset { .. } => "reset",
            Self::Refused { .. } => "refused",
            Self::Gone => "gone",
            Self::Unauthorized { .. } => "unauthorized",
            Self::TimeIsUp => "time",
            Self::Broken { .. } => "broken",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_quarter_of_an_hour() {
        let waits = [1, 2, 3, 8, 9, 1000].map(|n| Failure::later("").wait(n, 0).as_secs());
        assert_eq!(waits, [5, 10, 20, 640, 900, 900]);
        assert_eq!(Failure::later("").wait(1, 255).as_millis(), 2500);
        let asked = Failure::Later { after: Some(Duration::from_mins(2)), why: "" };
        assert_eq!(asked.wait(9, 255).as_secs(), 120);
        let closing = Failure::Later { after: Some(Duration::from_secs(2)), why: "" };
        assert_eq!([1, 100, 101].map(|n| closing.wait(n, 0).as_secs()), [2, 2, 900]);
        assert_eq!(Failure::Unknown { why: "" }.wait(1, 255).as_secs(), 60);
        let longest = Failure::Later { after: Some(Duration::from_hours(48)), why: "" };
        assert_eq!(longest.wait(1, 0).as_secs(), 43_200 - 16 * 60);
        assert_eq!([1, 500, 501].map(|n| Failure::TimeIsUp.wait(n, 0).as_secs()), [0, 0, 900]);
        let reset = Failure::Reset { why: "" };
        assert_eq!([(1, 0), (1, 255), (3, 0)].map(|(n, jitter)| reset.wait(n, jitter).as_secs()), [5, 5, 20]);
        assert!(reset.is_retryable());
    }
}
