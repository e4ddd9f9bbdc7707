//! How a conversation goes on for a customer who comes back.
//!
//! It is opened first and gets the mark of the other opening then, so that whatever bears the mark is open. The assignee stays. That an inbox
//! takes messages after the end (`allow_messages_after_resolved`) is of its widget alone, and is not needed.

use async_trait::async_trait;

use super::{client::ChatwootClient, mapping};
use crate::{
    message::TicketId,
    relay::{
        Failure,
        ports::{NewConversation, Reopens, TicketRef},
    },
};

impl ChatwootClient {
    /// Whether an earlier try began another conversation for this opening.
    async fn began_another(&self, opening: &NewConversation) -> Result<bool, Failure> {
        let contact = self.calls.find_contact(&opening.customer).await?.and_then(|contact| contact.id);
        let Some(contact) = contact else { return Ok(false) };
        Ok(self.marked(&contact, &opening.id).await?.is_some())
    }
}

#[async_trait]
impl Reopens for ChatwootClient {
    async fn reopen(&self, ticket: &TicketId, opening: &NewConversation) -> Result<Option<TicketId>, Failure> {
        let id = ticket.as_str();
        let found = match self.calls.conversation(id).await {
            Err(Failure::Gone) => return Ok(None),
            found => found?,
        };
        let was_there = mapping::marked(&found).as_ref() == Some(&opening.id);
        if !was_there && self.began_another(opening).await? {
            return Ok(None);
        }
        if found.status.as_deref() != Some(mapping::OPEN) {
            match self.calls.set_status(id, mapping::OPEN).await {
                Err(Failure::Gone | Failure::Refused { .. }) => return Ok(None),
                opened => opened?,
            }
        }
        if !was_there {
            self.calls.add_attributes(id, &opening.id, []).await?;
        }
        self.introduce(id, opening, was_there).await?;
        Ok(Some(ticket.clone()))
    }

    async fn is_over(&self, to: &TicketRef) -> Result<bool, Failure> {
        Ok(self.calls.conversation(to.ticket.as_str()).await?.status.as_deref() == Some(mapping::RESOLVED))
    }
}
