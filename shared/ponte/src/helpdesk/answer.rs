//! What a helpdesk's API answered.

use reqwest::Response;
use serde::de::DeserializeOwned;

use crate::relay::Failure;

/// What became of a read: it has no effect, so that one without an answer is simply made again.
pub(super) fn harmless<T>(read: Result<T, Failure>) -> Result<T, Failure> {
    read.map_err(Failure::harmless)
}

/// The JSON of an answer.
pub(super) async fn read<T: DeserializeOwned>(answer: Response) -> Result<T, Failure> {
    let body = answer.bytes().await.map_err(|_| Failure::later("the response was cut off"))?;
    serde_json::from_slice(&body).map_err(|_| Failure::later("unexpected response from the helpdesk"))
}

/// The JSON of an answer to a call that had its effect: one that cannot be read leaves open what it was.
pub(super) async fn read_written<T: DeserializeOwned>(answer: Response) -> Result<T, Failure> {
    read(answer).await.map_err(|_| Failure::Unknown { why: "the response was cut off" })
}

/// What became of a note about a customer. One that is refused keeps no conversation from being opened: the agent still has the customer's
/// words.
pub(super) fn unless_refused(posted: Result<(), Failure>) -> Result<(), Failure> {
    match posted {
        Err(Failure::Refused { status, .. }) => {
            tracing::warn!(status, "the helpdesk refused the introductory note of a ticket");
            Ok(())
        }
        outcome => outcome,
    }
}
