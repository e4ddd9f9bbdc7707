//! How a conversation goes on for a customer who comes back.
//!
//! Its first line keeps the mark of the conversation that it began with: it cannot be written anew. So this one is known by the mark of its first
//! note. The assignee stays: only the state changes.

use async_trait::async_trait;

use super::{
    client::{IntercomClient, dossier_mark},
    mapping,
};
use crate::{
    helpdesk::answer::unless_refused,
    message::TicketId,
    relay::{
        Failure,
        ports::{NewConversation, Reopens, TicketRef},
    },
};

impl IntercomClient {
    /// Whether an earlier try began another conversation for this opening.
    async fn began_another(&self, opening: &NewConversation) -> Result<bool, Failure> {
        match self.calls.find_contact(&opening.customer).await? {
            Some(contact) => Ok(self.marked(&contact, opening).await?.is_some()),
            None => Ok(false),
        }
    }

    /// The conversation before, where an earlier try went on in it: its first line has no mark of this opening.
    pub(super) async fn reopened_before(&self, opening: &NewConversation) -> Result<Option<String>, Failure> {
        let Some(previous) = &opening.previous else { return Ok(None) };
        match self.look(previous).await {
            Ok((seen, _)) => {
                Ok(mapping::has_mark(&seen, &dossier_mark(&opening.id, 0)).then(|| previous.as_str().to_owned()))
            }
            Err(Failure::Gone | Failure::Refused { .. } | Failure::Unauthorized { .. }) => Ok(None),
            Err(failure) => Err(failure),
        }
    }
}

#[async_trait]
impl Reopens for IntercomClient {
    async fn reopen(&self, ticket: &TicketId, opening: &NewConversation) -> Result<Option<TicketId>, Failure> {
        let (seen, contact) = match self.look(ticket).await {
            Err(Failure::Gone) => return Ok(None),
            seen => seen?,
        };
        if !mapping::has_mark(&seen, &dossier_mark(&opening.id, 0)) && self.began_another(opening).await? {
            return Ok(None);
        }
        if seen.state.as_deref() != Some("open") {
            match self.calls.open(ticket.as_str(), self.calls.admin().await?).await {
                Err(Failure::Gone | Failure::Refused { .. }) => return Ok(None),
                opened => opened?,
            }
        }
        self.remember(&opening.id, ticket, &contact);
        unless_refused(self.introduce(opening, ticket, Some(&seen)).await)?;
        Ok(Some(ticket.clone()))
    }

    async fn is_over(&self, to: &TicketRef) -> Result<bool, Failure> {
        Ok(self.read(to).await?.0.state.as_deref() == Some("closed"))
    }
}
