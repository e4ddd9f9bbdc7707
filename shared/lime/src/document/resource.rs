//! Stands for a resource stored in the bot.
//!
//! Blip puts the resource in its place on the way to the customer; in a transcript we see only its key.

use serde_json::{Map, Value};

use crate::record::record;

record! {
    /// `application/vnd.iris.resource+json` (docs.blip.ai, content-types/resource, 2023).
    Resource
    needs {
        /// The resource's name.
        key: String = "key",
    }
    may {
        /// What is put into it.
        variables: Map<String, Value> = "variables",
    }
}
