//! A customer's rating on a conversation: the custom attribute that the service rules name.
//!
//! Chatwoot's own rating is the answer to its own survey message, and nothing else is (`csat_survey_response`). The attributes of a
//! conversation are replaced together, so that they are read before: our mark is among them.

use async_trait::async_trait;

use super::{calls::MARK, client::ChatwootClient, routing::value_of};
use crate::{
    helpdesk::route::{NO_FIELD, NO_VALUE, Part},
    relay::{
        Failure,
        ports::{Rating, Ratings, TicketRef},
    },
};

#[async_trait]
impl Ratings for ChatwootClient {
    async fn rated(&self, to: &TicketRef, rating: &Rating<'_>) -> Result<(), Failure> {
        let Some(name) = rating.field else { return Ok(()) };
        let attribute = self.names.search(self.calls.now()).field(name, self.calls.attributes()).await?;
        if attribute.id == MARK {
            return Err(NO_FIELD);
        }
        let value = value_of(&attribute, &rating.score.to_string()).ok_or(NO_VALUE)?;
        let set = self.calls.add_attributes(to.ticket.as_str(), &to.opening, [(attribute.id, value)]).await;
        if matches!(set, Err(Failure::Refused { .. })) {
            self.names.forget(&[Part::Field]);
        }
        set
    }
}
