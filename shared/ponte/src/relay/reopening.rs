//! A customer who comes back soon: on in the same ticket, where the rules say so and the helpdesk can.
//!
//! The claim writes down which ticket that is, so that an opening that is tried again does the same. A ticket that is gone, or that the
//! helpdesk does not open again, is no obstacle: there is a new one.

use std::time::Duration;

use super::{
    Failure, ToCustomer, ToHelpdesk,
    agent_events::Step,
    incoming::Incoming,
    ports::{NewConversation, TicketRef},
    run::Run,
};
use crate::{
    clock::Timestamp,
    conversation::{CustomerRecord, LastTicket},
    message::TicketId,
};

/// After so long what the helpdesk's API says of a ticket has caught up with its events.
const SETTLED: Duration = Duration::from_secs(10);
const NOT_OVER_YET: Failure = Failure::Later {
    after: Some(Duration::from_secs(5)),
    why: "the helpdesk tells of a closing, and the ticket is not over yet",
};

impl ToHelpdesk {
    /// The ticket that the opening of `incoming` may go on in, after the conversation of `previous`.
    pub(super) fn last_ticket(&self, previous: &CustomerRecord, incoming: &Incoming) -> Option<LastTicket> {
        let within = self.rules.current().reopening.within()?;
        LastTicket::of(previous, incoming.received, within.duration())
    }

    /// The ticket of an opening: `last`, opened again, or a new one, whose agent reads of the `earlier` ones.
    pub(super) async fn ticket_of(
        &self,
        mut opening: NewConversation,
        last: Option<&LastTicket>,
        earlier: Option<String>,
    ) -> Result<TicketId, Failure> {
        if let (Some(reopens), Some(last)) = (self.helpdesk.reopens(), last) {
            match reopens.reopen(&last.ticket, &opening).await {
                Ok(Some(ticket)) => return Ok(ticket),
                Ok(None) => {}
                // A missing right may be one to this ticket alone; a wrong key fails again at the next call.
                Err(failure @ (Failure::Gone | Failure::Refused { .. } | Failure::Unauthorized { .. })) => {
                    tracing::warn!(kind = failure.kind(), reason = %failure, "a ticket could not be opened again");
                }
                Err(failure) => return Err(failure),
            }
        }
        opening.route_notes.extend(earlier);
        self.helpdesk.open(&opening).await
    }
}

impl ToCustomer {
    /// Whether a closing is that of the conversation before in the same ticket: the ticket is not over.
    ///
    /// # Errors
    ///
    /// As of [`Self::is_over`].
    pub(super) async fn closed_before(&self, run: &Run<'_>, to: &TicketRef, step: &Step) -> Result<bool, Failure> {
        let goes_on = run.conversation.as_ref().is_some_and(|conversation| conversation.placement.same_ticket);
        Ok(goes_on && !self.is_over(to, step.received.at).await?)
    }

    /// Whether the ticket is over at present. Where the helpdesk cannot be asked, it is as it was told. An event, `received` then, may be quicker
    /// than what the helpdesk's API reads: of a young one "not over" is not believed at once.
    ///
    /// # Errors
    ///
    /// [`Failure::Later`] where it is to be looked at again.
    pub(super) async fn is_over(&self, to: &TicketRef, received: Timestamp) -> Result<bool, Failure> {
        let Some(reopens) = self.helpdesk.reopens() else { return Ok(true) };
        match reopens.is_over(to).await {
            Err(Failure::Gone | Failure::Refused { .. }) => Ok(true),
            Ok(false) if self.clock.now().since(received) < SETTLED => Err(NOT_OVER_YET),
            outcome => outcome,
        }
    }
}
