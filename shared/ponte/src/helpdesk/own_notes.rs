//! What the bridge's own notes are called on a ticket in which several conversations may be. Pure.

use crate::message::ConversationId;

/// The id of a note that each conversation on a ticket has once. What is the same for a customer's conversations is left out.
pub(super) fn of_conversation(note: &str, conversation: &ConversationId) -> String {
    let own = conversation.as_str().rsplit('-').next().unwrap_or_default();
    format!("{note}-{own}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_conversations_have_two_notes() {
        let of = |random: &str| of_conversation("ended", &ConversationId::new(format!("{}-{random}", "0".repeat(32))));
        assert_eq!([of("5b8e2d41f7a0"), of("5b8e2d41f7a1")], ["ended-5b8e2d41f7a0", "ended-5b8e2d41f7a1"]);
    }
}
