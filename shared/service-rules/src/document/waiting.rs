//! What a customer who waits is told.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What a customer who waits is told: once how long the last conversations waited, where Ponte knows it well enough, and the place in the
/// queue, where the helpdesk tells it (the text `queue_position`).
///
/// Ponte has no place of its own to tell: it does not see the work that reaches the same team in other ways.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Waiting {
    /// Whether both are told. Absent: they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tell: Option<bool>,
    /// Whether both are told, by queue.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub by_queue: BTreeMap<String, bool>,
}

impl Waiting {
    /// Whether customers of a queue are told how long the last conversations waited.
    pub fn is_told(&self, queue: Option<&str>) -> bool {
        let own = queue.and_then(|queue| self.by_queue.get(queue)).copied();
        own.or(self.tell).unwrap_or(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_queue_counts_before_all() {
        let of = |json: &str, queue| serde_json::from_str::<Waiting>(json).unwrap().is_told(queue);
        assert!(of("{}", None));
        assert!(of("{}", Some("a")));
        assert!(!of(r#"{"tell":false}"#, Some("a")));
        assert!(of(r#"{"tell":false,"by_queue":{"a":true}}"#, Some("a")));
        assert!(!of(r#"{"by_queue":{"a":false}}"#, Some("a")));
        assert!(of(r#"{"by_queue":{"a":false}}"#, Some("b")));
    }
}
