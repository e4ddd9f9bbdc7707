//! What each side said and saw, and the judgement of it. Pure but for the clock.

mod digest;
mod entries;
mod record;
mod verdict;

pub use digest::Digest;
pub use entries::{Direction, Label, Lane, Note, Origin, Seen, Sent};
pub use record::Ledger;
pub use verdict::Verdict;
