//! A customer's rating on a ticket: a tag in any case, and the field that the service rules name. Neither opens a ticket that is solved.
//!
//! Zendesk's own rating takes `good` or `bad`, and only from the requester's own token (developer.zendesk.com, satisfaction ratings).

use async_trait::async_trait;

use super::{client::ZendeskClient, routing};
use crate::relay::{
    Failure,
    ports::{Rating, Ratings, TicketRef},
};

#[async_trait]
impl Ratings for ZendeskClient {
    async fn rated(&self, to: &TicketRef, rating: &Rating<'_>) -> Result<(), Failure> {
        let ticket = to.ticket.as_str();
        let tag = format!("csat_{}", rating.score);
        let tagged = self.calls.add_tags(ticket, &[&tag]).await;
        // One that is refused is no reason to leave out the other.
        if let Some(name) = rating.field {
            let field = routing::rated(&self.calls, &self.names, name, &rating.score.to_string()).await?;
            let set = self.calls.set_fields(ticket, &[field]).await;
            if matches!(set, Err(Failure::Refused { .. })) {
                routing::refused(&self.names);
            }
            set?;
        }
        tagged
    }
}
