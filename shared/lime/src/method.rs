//! What a command does.
//!
//! Lower case on the wire; the documentation prints `"GET"` once (media upload), so case is ignored in reading, and the envelope
//! keeps the spelling it came with.

use super::wire::{Wire, vocabulary};

vocabulary! {
    /// The methods of docs.blip.ai, concepts/commands, 2023.
    Method {
        /// Reads a resource.
        Get = "get",
        /// Creates or replaces a resource.
        Set = "set",
        /// Changes only the fields given.
        Merge = "merge",
        /// Removes a resource.
        Delete = "delete",
        /// Asks to be told of changes.
        Subscribe = "subscribe",
        /// Asks no more.
        Unsubscribe = "unsubscribe",
        /// Tells of a change; has no id and no answer.
        Observe = "observe",
    }
}
