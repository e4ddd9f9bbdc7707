//! A list of documents under a header.
//!
//! Seen in transcripts; a bridge never sends one.

use crate::record::record;

use super::Container;

record! {
    /// `application/vnd.lime.list+json` (docs.blip.ai, content-types/list, 2023).
    List
    needs {
        /// The entries.
        items: Vec<Container> = "items",
    }
    may {
        /// What stands above them.
        header: Container = "header",
    }
}
