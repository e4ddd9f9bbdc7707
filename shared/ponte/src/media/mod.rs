//! The stack's own store of files: what a message names is copied here, and both sides get a link that lasts.
//!
//! Links of Blip live about 15 minutes, and an agent's attachment may need the helpdesk's key. A copy is called by a keyed
//! hash of its message, so that a repetition finds it and nobody guesses it; it lies in a private bucket, whose lifecycle deletes
//! it, and is handed out by the function `media` as a link that is signed for minutes. Files pass through in parts: a
//! worker never holds a whole one. Called by the workers through the port [`Files`](crate::relay::ports::Files).

mod copy;
mod kind;
mod name;
mod names;
#[cfg(test)]
mod pairs;
#[cfg(feature = "aws")]
mod s3;
#[cfg(test)]
mod tests;

pub use copy::{Bucket, FileStore, Meta, Upload, folder_of};
pub use kind::{Kind, kind_of};
pub use name::MAX_NAME;
pub use name::{disposition, safe_name};
#[cfg(feature = "aws")]
pub use s3::{Found, S3Bucket, s3_client};
