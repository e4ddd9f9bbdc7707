//! A customer's rating on a ticket: the custom field that the service rules name.
//!
//! A custom field of a resolved ticket that is set does not open it, and the same value twice is one (tried with RT 5.0.3). What RT does not
//! set it does not say, so that the ticket is read afterwards.

use async_trait::async_trait;

use super::{client::RequestTrackerClient, routing};
use crate::{
    helpdesk::route::NO_FIELD,
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
        let is_set =
            fields.iter().any(|field| routing::is_called(field, name) && field.values.iter().any(|v| *v == score));
        if is_set { Ok(()) } else { Err(NO_FIELD) }
    }
}
