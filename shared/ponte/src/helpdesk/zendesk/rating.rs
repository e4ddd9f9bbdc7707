//! A customer's rating on a ticket: a tag in any case, and the field that the service rules name. Neither opens a ticket that is solved.
//!
//! Zendesk's own rating takes `good` or `bad`, and only from the requester's own token (developer.zendesk.com, satisfaction ratings).

use async_trait::async_trait;
use serde_json::json;

use super::{client::ZendeskClient, routing};
use crate::{
    helpdesk::route::Part,
    relay::{
        Failure,
        ports::{Rating, Ratings, TicketRef},
    },
};

#[async_trait]
impl Ratings for ZendeskClient {
    async fn rated(&self, to: &TicketRef, rating: &Rating<'_>) -> Result<(), Failure> {
        let ticket = to.ticket.as_str();
        let tag = format!("csat_{}", rating.score);
        let tagged = self.calls.add_tags(ticket, &[&tag]).await;
        // One that is refused is no reason to leave out the other.
        let set = match rating.field {
            Some(name) => self.set_rating(ticket, name, &rating.score.to_string()).await,
            None => Ok(()),
        };
        match (tagged, set) {
            // The tag may still be taken, and the field never will be.
            (Err(tag), Err(Failure::Refused { .. })) => Err(tag),
            (tagged, set) => set.and(tagged),
        }
    }
}

impl ZendeskClient {
    async fn set_rating(&self, ticket: &str, name: &str, score: &str) -> Result<(), Failure> {
        let field = routing::rated(&self.calls, &self.names, name, score).await?;
        let set = self.calls.update(ticket, &json!({ "custom_fields": [field] })).await;
        if matches!(set, Err(Failure::Refused { .. })) {
            self.names.forget(&[Part::Field]);
        }
        set
    }
}
