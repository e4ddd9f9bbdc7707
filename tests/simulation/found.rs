//! Histories that once found something, on the code of their time. They are played again in every test run; what else a change of the
//! simulation makes of a seed nobody knows, so that what must stay found is a test of its own beside.

/// The seed, and what it found.
pub(crate) const FOUND: &[(u64, &str)] = &[];
