//! What came of the look-ups in the helpdesk.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::OperationError;

/// What was looked up.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Live {
    /// The helpdesk, by the parameter `Helpdesk`.
    pub helpdesk: String,
    /// How many names it answered for.
    pub looked_up: usize,
    /// The kinds of names for which it is not asked, such as `tag`: whether one is right shows at the opening.
    pub unchecked: Vec<&'static str>,
    /// The kinds for which it did not answer, and why.
    pub failed: BTreeMap<&'static str, String>,
}

impl Live {
    /// Whether the helpdesk answered.
    ///
    /// # Errors
    ///
    /// [`OperationError::Failed`] where a kind of names could not be looked up.
    pub fn outcome(self) -> Result<(), OperationError> {
        let kinds: Vec<&str> = self.failed.into_keys().collect();
        if kinds.is_empty() {
            return Ok(());
        }
        let what = kinds.join(", ");
        Err(OperationError::Failed(format!(
            "{} did not answer for: {what}; nothing is known of these names",
            self.helpdesk
        )))
    }
}
