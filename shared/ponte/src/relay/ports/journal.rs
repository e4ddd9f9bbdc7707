//! What the relay says of its own work.

use crate::trail::{Figures, Line};

/// Where the steps of messages and the figures of conversations go. Nothing waits for it, and it never fails.
pub trait Journal: Send + Sync {
    /// One step of a message. It is told once what it speaks of is written down.
    fn step(&self, line: Line);
    /// Figures, told by the one conditional write that changed the state: at most once, since nothing tells them again where a function dies
    /// between the write and this call.
    fn figures(&self, figures: Figures);
}

/// Keeps nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoJournal;

impl Journal for NoJournal {
    fn step(&self, _: Line) {}
    fn figures(&self, _: Figures) {}
}
