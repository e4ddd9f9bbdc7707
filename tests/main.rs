//! All tests outside the crates, in one binary.

// mod lime;
mod doors;
mod relay;
