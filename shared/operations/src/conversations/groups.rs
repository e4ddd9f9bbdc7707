//! The message groups of a conversation.

use ponte::{
    conversation::CustomerRecord,
    message::TicketId,
    queue::{CloseJob, ToCustomerJob, ToHelpdeskJob},
};
use serde::Serialize;

use crate::Stack;

/// The message groups of a conversation, as the logs name them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Groups {
    /// The message group of the customer's words, in `to-helpdesk.fifo`.
    pub to_helpdesk: String,
    /// What became of messages to the customer.
    pub notices: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_blip: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub close_ticket: Option<String>,
}

impl Groups {
    /// Those of the present conversation.
    pub fn of(stack: &Stack, conversation: &CustomerRecord) -> Self {
        let key = &stack.key;
        let of_ticket = |group: &dyn Fn(&TicketId) -> String| conversation.ticket.as_ref().map(group);
        Self {
            to_helpdesk: ToHelpdeskJob::group(&ToHelpdeskJob::conversation_group(&conversation.key), key),
            notices: ToHelpdeskJob::group(&ToHelpdeskJob::opening_group(&conversation.opening), key),
            to_blip: of_ticket(&|ticket| ToCustomerJob::group(ticket, &stack.helpdesk.name, key)),
            close_ticket: of_ticket(&|ticket| CloseJob::group(ticket, key)),
        }
    }

    /// All message groups of the conversation.
    pub fn all(&self) -> impl Iterator<Item = &String> {
        [Some(&self.to_helpdesk), Some(&self.notices), self.to_blip.as_ref(), self.close_ticket.as_ref()]
            .into_iter()
            .flatten()
    }
}
