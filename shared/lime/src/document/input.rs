//! A question with a rule for its answer.
//!
//! The channel checks the rule, not we.

use crate::record::record;

use super::Container;

record! {
    /// `application/vnd.lime.input+json` (docs.blip.ai, content-types/input, 2023).
    Input
    needs {
        /// The question.
        label: Container = "label",
    }
    may {
        /// What the answer must look like.
        validation: Validation = "validation",
    }
}

record! {
    /// The rule for an answer.
    Validation
    needs {}
    may {
        /// `text`, `number`, `date`, `regex`, `type`.
        rule: String = "rule",
        /// The expression, for `regex`.
        regex: String = "regex",
        /// The content type, for `type`.
        media_type: String = "type",
        /// What is said about a wrong answer.
        error: String = "error",
    }
}
