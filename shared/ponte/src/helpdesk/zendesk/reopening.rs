//! How a ticket goes on for a customer who comes back.
//!
//! One update opens it again, gives it the mark of the other conversation and says what agents read first. So a repetition finds all of it or
//! nothing. The assignee stays. What is closed for good is followed by a new ticket (`opening.rs`).

use async_trait::async_trait;

use super::{
    client::ZendeskClient,
    mapping,
    wire::{Mark, Reopening, Ticket, UnlessUpdated},
};
use crate::{
    helpdesk::route::LeftOut,
    message::TicketId,
    relay::{
        Failure,
        ports::{NewConversation, Reopens, TicketRef},
    },
};

/// What opens a ticket again for another conversation, with what agents read first.
fn update(opening: &NewConversation, dossier: &str, found: &Ticket) -> Reopening {
    let is_solved = found.status.as_deref().is_some_and(mapping::is_over);
    Reopening {
        comment: mapping::internal(dossier, Vec::new()),
        external_id: opening.id.as_str().to_owned(),
        status: is_solved.then_some("open"),
        metadata: Mark { ponte: opening.id.note_id("dossier-1") },
        unless_updated: found.updated_at.clone().map(|at| UnlessUpdated { safe_update: true, updated_stamp: at }),
    }
}

#[async_trait]
impl Reopens for ZendeskClient {
    async fn reopen(&self, ticket: &TicketId, opening: &NewConversation) -> Result<Option<TicketId>, Failure> {
        let mark = opening.id.as_str();
        if let Some(made) = self.calls.find_ticket(mark).await?
            && made.id.as_deref() != Some(ticket.as_str())
        {
            // An earlier try found that it cannot be opened.
            return Ok(None);
        }
        let found = match self.calls.ticket(ticket.as_str()).await {
            Err(Failure::Gone) => return Ok(None),
            found => found?,
        };
        let was_there = found.external_id.as_deref() == Some(mark);
        if !was_there && found.status.as_deref().is_some_and(mapping::is_final) {
            return Ok(None);
        }
        let dossier = self.dossier(opening, &LeftOut::default());
        if !was_there {
            let first = dossier.first().map_or("Blip", String::as_str);
            match self.calls.update(ticket.as_str(), &update(opening, first, &found)).await {
                Err(Failure::Gone | Failure::Refused { .. }) => return Ok(None),
                reopened => reopened?,
            }
        }
        let rest: Vec<String> = dossier.into_iter().skip(1).collect();
        let to = TicketRef { opening: opening.id.clone(), ticket: ticket.clone() };
        self.introduce(&to, &rest, was_there).await?;
        Ok(Some(to.ticket))
    }

    async fn is_over(&self, to: &TicketRef) -> Result<bool, Failure> {
        let status = self.calls.ticket(to.ticket.as_str()).await?.status;
        Ok(status.as_deref().is_some_and(mapping::is_over))
    }
}
