//! What may honestly be said about waiting: how long the last conversations waited.
//!
//! A text on WhatsApp cannot be replaced, so each number is a new message in a pocket: little is said, and nothing that is probably untrue.

mod statistics;

pub use statistics::{Said, WaitStatistics};
