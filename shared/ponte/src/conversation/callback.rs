//! A customer who wrote outside the hours, went back to the bot, and is called back by the first answer.

use service_rules::EndReason;

use super::{CustomerRecord, EntryPoint, State};

impl CustomerRecord {
    /// Whether the customer is with the bot, or on the way there, until an agent answers: the conversation began outside the hours, and its
    /// ticket stays open. Where the rules give such a customer no ticket, nobody answers. Only a router gives a customer back to us.
    pub fn waits_for_callback(&self) -> bool {
        matches!(self.state, State::Closing { .. } | State::Closed { .. })
            && self.ended == Some(EndReason::OutsideHours)
            && self.ticket.is_some()
            && EntryPoint::of(&self.address) == EntryPoint::Router
    }
}
