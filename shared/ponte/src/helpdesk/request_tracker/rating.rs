//! A customer's rating on a ticket: the custom field that the service rules name.
//!
//! A custom field of a resolved ticket that is set does not open it, and the same value twice is one (tried with RT 5.0.3). What RT does not
//! set it does not say, so that the ticket is read afterwards.

use async_trait::async_trait;

use super::{client::RequestTrackerClient, routing};
use crate::{
    helpdesk::{
        json::id_of,
        route::{NO_FIELD, NO_VALUE},
    },
    relay::{
        Failure,
        ports::{Rating, Ratings, TicketRef},
    },
};

#[async_trait]
impl Ratings for RequestTrackerClient {
    async fn rated(&self, to: &TicketRef, rating: &Rating<'_>) -> Result<(), Failure> {
        let Some(name) = rating.field else { return Ok(()) };
        if routing::is_own(name) {
            return Err(NO_FIELD);
        }
        let (ticket, score) = (to.ticket.as_str(), rating.score.to_string());
        self.calls.set_field(ticket, name, &score).await?;
        let fields = self.calls.ticket(ticket).await?.custom_fields;
        let field = fields.iter().find(|field| routing::is_called(field, name)).ok_or(NO_FIELD)?;
        let is_set = field.values.iter().any(|value| id_of(value).as_deref() == Some(score.as_str()));
        if is_set { Ok(()) } else { Err(NO_VALUE) }
    }
}
