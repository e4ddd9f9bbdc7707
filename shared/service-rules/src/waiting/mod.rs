//! What may honestly be said about waiting: how long the last conversations waited, and the place in the queue where the helpdesk tells it.
//!
//! A text on WhatsApp cannot be replaced, so each number is a new message in a pocket: little is said, and nothing that is probably untrue.

mod place;
mod statistics;

pub use place::{PlaceText, PlaceTold, place_to_tell};
pub use statistics::{Said, WaitStatistics};
