//! What each fuzz target does with its bytes, and what must hold whatever they are.
//!
//! A target is a function of bytes that panics when something does not hold. libFuzzer calls it (`programs/fuzz_targets`), and
//! `cargo test` replays the committed corpus through it. The targets call what the functions call, the webhook endpoints and the clients,
//! and judge by rules of their own. `tests/fuzz/README.md` says what each asserts.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a panic is how a target says that something does not hold"
)]

mod answers;
mod callback;
mod envelope;
mod file;
mod helpdesks;
mod html;
mod job;
mod link;
mod ports;
mod rest;
mod server;
mod signature;

pub use answers::answers;
pub use callback::callback;
pub use envelope::envelope;
pub use file::file;
pub use html::html;
pub use job::job;
pub use link::link;
pub use rest::rest;
pub use signature::signature;

/// What panics when something does not hold of these bytes.
pub type Target = fn(&[u8]);

/// All of them, by the names of their binaries and of their folders of inputs.
pub const TARGETS: [(&str, Target); 9] = [
    ("envelope", envelope),
    ("callback", callback),
    ("signature", signature),
    ("answers", answers),
    ("html", html),
    ("link", link),
    ("file", file),
    ("job", job),
    ("rest", rest),
];

/// The first byte, and what comes after it.
fn first(bytes: &[u8]) -> (usize, &[u8]) {
    bytes.split_first().map_or((0, bytes), |(first, rest)| (usize::from(*first), rest))
}

/// What stands before the first `mark`, and after it; all, and nothing, where there is none.
fn cut<'a>(bytes: &'a [u8], mark: &[u8]) -> (&'a [u8], &'a [u8]) {
    bytes
        .windows(mark.len())
        .position(|window| window == mark)
        .map_or((bytes, &[]), |at| (&bytes[..at], &bytes[at + mark.len()..]))
}
