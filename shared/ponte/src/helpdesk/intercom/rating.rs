//! A customer's rating on a conversation: the attribute that the service rules name. Intercom's own rating cannot be written for conversations of
//! people (the specification, 2.15).

use async_trait::async_trait;
use serde_json::Map;

use super::{client::IntercomClient, routing::value_of, wire};
use crate::{
    helpdesk::route::{NO_VALUE, Part},
    relay::{
        Failure,
        ports::{Rating, Ratings, TicketRef},
    },
};

#[async_trait]
impl Ratings for IntercomClient {
    async fn rated(&self, to: &TicketRef, rating: &Rating<'_>) -> Result<(), Failure> {
        let Some(name) = rating.field else { return Ok(()) };
        let search = self.names.search(self.calls.now());
        let attribute = search.field(name, self.calls.attributes()).await?;
        let value = value_of(&attribute, &rating.score.to_string()).ok_or(NO_VALUE)?;
        let custom_attributes = Map::from_iter([(attribute.id, value)]);
        let update = wire::ConversationUpdate { title: None, custom_attributes };
        let set = self.calls.update(to.ticket.as_str(), &update).await;
        if matches!(set, Err(Failure::Refused { .. })) {
            self.names.forget(&[Part::Field]);
        }
        set
    }
}
