//! What became of a message, as a notification tells it.
//!
//! A word list with a place for words we do not know: `validated`, `authorized`, `deleted` exist in the protocol library and
//! more may come. What an event means for a conversation is not decided here.

use super::wire::{Wire, vocabulary};

vocabulary! {
    /// The events of docs.blip.ai, concepts/notifications, 2023. Read without regard to case.
    Event {
        /// The server took the message.
        Accepted = "accepted",
        /// The server handed it to the destination.
        Dispatched = "dispatched",
        /// The destination has it.
        Received = "received",
        /// The destination read it.
        Consumed = "consumed",
        /// It failed; the notification has a reason.
        Failed = "failed",
    }
}
