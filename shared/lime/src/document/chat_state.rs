//! A chat state: somebody is typing, has paused, and so on.
//!
//! Never a chat message, usually without an id. Which channels send or show one differs (docs.blip.ai, content-types/chatstate, 2023).

use crate::record::record;

record! {
    /// `application/vnd.lime.chatstate+json`.
    ChatState
    needs {
        /// `starting`, `composing`, `paused`, `deleting`, `gone`, or a newer word.
        state: String = "state",
    }
    may {}
}

impl ChatState {
    /// Whether somebody is typing now.
    pub fn is_composing(&self) -> bool {
        self.state.eq_ignore_ascii_case("composing")
    }
}
