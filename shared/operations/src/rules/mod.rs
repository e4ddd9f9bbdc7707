//! The service rules of a stack: check a document of them, read those in force, put others in force, go back to earlier ones.
//!
//! A person writes YAML, the functions read the JSON that is made of it here. Both are stored, so that comments live on.
//!
//! Invariant: what takes the place of the rules in force takes the place of the version whose difference was shown, or of none.

mod change;
mod check;
mod live;
mod looked_up;
mod stored;

pub use change::{Difference, Plan, Pushed, push, put_in_force, rollback};
pub use check::{Checked, check};
pub use live::check_live;
pub use looked_up::Live;
pub use stored::{History, Pulled, Pushing, history, in_force, pull};
