//! What tells one file from another.

use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// What two copies of a file have in common: SHA-256 in lower-case hex, and the number of bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Digest {
    pub sha256: String,
    pub size: usize,
}

impl Digest {
    pub fn of(bytes: &[u8]) -> Self {
        use std::fmt::Write;
        let mut sha256 = String::new();
        for byte in Sha256::digest(bytes) {
            // A String takes whatever is written to it.
            let _ = write!(sha256, "{byte:02x}");
        }
        Self { sha256, size: bytes.len() }
    }
}
