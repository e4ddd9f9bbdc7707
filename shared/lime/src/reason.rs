//! Why something failed.
//!
//! The code decides; the description is free text of a server or a channel and may name the customer, so it is shown to the
//! agent at most, never logged.

use super::record::record;

/// The codes worth another try (takenet/lime-csharp, `ReasonCodes`; which of them pass with time is our deduction): general error,
/// routing error, dispatch error, processing error, gateway error, gateway request limit, gateway timeout.
const RETRYABLE: [i64; 7] = [1, 41, 51, 61, 81, 85, 86];

record! {
    /// `{"code","description"}`. A reason without a code has been observed (`$take` above 100).
    Reason
    needs {}
    may {
        /// The number of takenet/lime-csharp, `ReasonCodes`, or an extension's own (60: broadcast).
        code: i64 = "code",
        /// What the server says about it.
        description: String = "description",
    }
}

impl Reason {
    /// Whether the same request may succeed later. No code, or a code not in the table, is not retried.
    pub fn is_retryable(&self) -> bool {
        self.code.is_some_and(|code| RETRYABLE.contains(&code))
    }
}
