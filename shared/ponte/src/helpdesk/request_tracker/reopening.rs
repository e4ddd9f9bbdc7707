//! How a ticket goes on for a customer who comes back.
//!
//! It is opened first and gets the mark of the other opening then, so that whatever bears the mark is open. RT answers 200 to a status that the
//! ticket's lifecycle does not allow, so the ticket is read again. Its owner stays. A ticket that was merged is answered under another number.

use async_trait::async_trait;

use super::{RequestTrackerClient, mapping};
use crate::{
    message::TicketId,
    relay::{
        Failure,
        ports::{NewConversation, Reopens, TicketRef},
    },
};

/// The status of a ticket that goes on, in RT's default lifecycle.
const OPEN: &str = "open";

impl RequestTrackerClient {
    /// Whether the ticket is open now, or was before.
    async fn is_opened(&self, ticket: &str, status: Option<&str>) -> Result<bool, Failure> {
        if mapping::is_deleted(status) {
            return Ok(false);
        }
        if !mapping::is_closed(status) {
            return Ok(true);
        }
        match self.calls.set_status(ticket, OPEN).await {
            Err(Failure::Gone | Failure::Refused { .. }) => return Ok(false),
            set => set?,
        }
        Ok(!mapping::is_closed(self.calls.ticket(ticket).await?.status.as_deref()))
    }
}

#[async_trait]
impl Reopens for RequestTrackerClient {
    async fn reopen(&self, ticket: &TicketId, opening: &NewConversation) -> Result<Option<TicketId>, Failure> {
        let (id, mark) = (ticket.as_str(), opening.id.as_str());
        let marked = self.calls.find_ticket(mark).await?;
        if marked.as_deref().is_some_and(|made| made != id) {
            // An earlier try found that it cannot be opened.
            return Ok(None);
        }
        let found = match self.calls.ticket(id).await {
            Err(Failure::Gone) => return Ok(None),
            found => found?,
        };
        if found.id.as_deref() != Some(id) || !self.is_opened(id, found.status.as_deref()).await? {
            return Ok(None);
        }
        let was_there = marked.is_some();
        if !was_there {
            // A field with one value takes the new one in place of the old (`RT::REST2`, updating).
            self.calls.set_field(id, mapping::TICKET_ID, mark).await?;
        }
        let to = TicketRef { opening: opening.id.clone(), ticket: ticket.clone() };
        let parts = (1..).zip(self.dossier(opening));
        self.introduce(&to, parts, was_there).await?;
        Ok(Some(to.ticket))
    }

    async fn is_over(&self, to: &TicketRef) -> Result<bool, Failure> {
        Ok(mapping::is_closed(self.calls.ticket(to.ticket.as_str()).await?.status.as_deref()))
    }
}
