//! A ticket that was merged into another one: the conversation follows it.

use super::{
    Failure, ToCustomer,
    ports::{StoreError, TicketRef},
    run::Run,
};
use crate::{
    clock::Timestamp,
    conversation::CustomerRecord,
    message::{AgentEvent, AgentEventKind},
};

/// What became of a conversation whose ticket was merged into another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moved {
    /// It goes on there.
    There,
    /// The other ticket is another customer's.
    Anothers,
    /// Somebody else changed it: it is decided anew.
    Changed,
}

impl ToCustomer {
    /// The ticket was merged into another one: the conversation goes on there.
    pub(super) async fn moves(
        &self,
        run: &mut Run<'_>,
        to: &TicketRef,
        event: &AgentEvent,
        now: Timestamp,
    ) -> Result<Moved, Failure> {
        let AgentEventKind::Merged { into } = &event.kind else { return Ok(Moved::Changed) };
        match self.store.move_ticket(&to.opening, &to.ticket, into, now).await {
            Ok(()) => {
                if let Some(conversation) = &mut run.conversation {
                    conversation.ticket = Some(into.clone());
                }
                Ok(Moved::There)
            }
            Err(StoreError::Conflict) => {
                run.reload(now).await?;
                let stays = |c: &CustomerRecord| c.opening == to.opening && c.ticket.as_ref() == Some(&to.ticket);
                if !run.conversation.as_ref().is_some_and(stays) {
                    return Ok(Moved::Changed);
                }
                tracing::warn!("a ticket was merged into another customer's");
                Ok(Moved::Anothers)
            }
            Err(error) => Err(error.into()),
        }
    }
}
