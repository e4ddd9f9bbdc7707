//! What happened to a message, step by step, and the figures of a conversation: as data, without I/O.
//!
//! The functions write one [`Line`] a step through the port [`Journal`](crate::relay::ports::Journal); the operator's tool reads the same
//! type back. `docs/design/trail.md` says which function writes what, and how the lines of one conversation are found.
//!
//! Invariant: nothing of what people said, and no name or address, is in a line or a figure. Ids are keyed hashes, reasons fixed words.

mod figures;
mod line;
mod story;
mod told;
mod waits;
mod words;

pub use figures::{Figures, Metric, NO_QUEUE, Stage};
pub use line::{ConversationRef, Line, MessageHash, StepName, Toward};
pub use story::{Gap, Step, Story, story};
pub use told::Told;
pub use waits::{Present, Standing};
