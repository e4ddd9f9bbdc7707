//! Whether files arrive byte for byte: downloads them again, as an app or a browser would, and compares.

mod comparison;
mod download;

pub use comparison::FileSeen;
pub(crate) use comparison::compare;
pub use download::Downloaded;
pub(crate) use download::download;
