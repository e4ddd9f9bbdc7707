//! How a command ended.
//!
//! HTTP 200 does not mean success: only this word does. An unknown word is no success.

use super::wire::{Wire, vocabulary};

vocabulary! {
    /// The words of a command response (docs.blip.ai, concepts/commands, 2023; `pending`: takenet/lime-csharp, `CommandStatus`).
    Status {
        /// Done.
        Success = "success",
        /// Not done; the response has a reason.
        Failure = "failure",
        /// Not yet done.
        Pending = "pending",
    }
}
