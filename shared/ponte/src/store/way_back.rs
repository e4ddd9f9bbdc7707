//! The way back from a ticket to its conversation, and to the one before it where the helpdesk went on with the ticket.

use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem, Update};

use super::{
    change::Change,
    dynamo::{DynamoStore, conversation_key},
    errors::transaction_error,
    item::{self, number, text},
};
use crate::{
    clock::Timestamp,
    conversation::CONVERSATION_OF_TICKET_FOR,
    message::{ConversationId, TicketId},
    relay::ports::StoreError,
};

impl DynamoStore {
    fn ticket_key(&self, ticket: &TicketId) -> String {
        format!("ticket#{}", self.key.hex(&["ticket", &self.helpdesk, ticket.as_str()]))
    }

    /// Makes a change of a conversation together with the way back from `ticket`: both or neither.
    pub(super) async fn with_way_back(
        &self,
        change: Change,
        opening: &ConversationId,
        ticket: &TicketId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let update = Update::builder()
            .table_name(&self.table)
            .key("pk", conversation_key(&opening.conversation()))
            .update_expression(change.update)
            .condition_expression(change.condition)
            .set_expression_attribute_names(Some(change.names))
            .set_expression_attribute_values(Some(change.values))
            .build();
        // An update and no put: it makes the item as well, and takes no right that a worker does not have anyway.
        let conversation_of_ticket = Update::builder()
            .table_name(&self.table)
            .key("pk", AttributeValue::S(self.ticket_key(ticket)))
            .update_expression(
                // What it leads to is read before it is written.
                "SET #before = if_not_exists(#opening, :opening), #opening = :opening, #expires = :expires",
            )
            // A helpdesk that gives one name to two tickets must not send an agent's words to the wrong customer. One that goes on with
            // this customer's last ticket may: an opening begins with its customer.
            .condition_expression("attribute_not_exists(pk) OR begins_with(#opening, :customer) OR #expires <= :now")
            .expression_attribute_names("#before", "before")
            .expression_attribute_names("#opening", "opening")
            .expression_attribute_names("#expires", "expires_at")
            .expression_attribute_values(":opening", text(opening.as_str()))
            .expression_attribute_values(":expires", number(now.plus(CONVERSATION_OF_TICKET_FOR).seconds()))
            .expression_attribute_values(":customer", text(&format!("{}-", opening.conversation().as_str())))
            .expression_attribute_values(":now", number(now.seconds()))
            .build();
        let (Ok(update), Ok(conversation_of_ticket)) = (update, conversation_of_ticket) else {
            return Err(StoreError::Unavailable);
        };
        self.client
            .transact_write_items()
            .transact_items(TransactWriteItem::builder().update(update).build())
            .transact_items(TransactWriteItem::builder().update(conversation_of_ticket).build())
            .send()
            .await
            .map(drop)
            .map_err(|error| transaction_error(&error))
    }

    /// The opening that a ticket leads to.
    pub(super) async fn way_back(
        &self,
        ticket: &TicketId,
        now: Timestamp,
    ) -> Result<Option<ConversationId>, StoreError> {
        let item = self.present(ticket, now).await?;
        Ok(item.and_then(|item| item::string(&item, "opening").map(ConversationId::new)))
    }

    /// The opening that it led to before.
    pub(super) async fn way_back_before(
        &self,
        ticket: &TicketId,
        now: Timestamp,
    ) -> Result<Option<ConversationId>, StoreError> {
        let Some(item) = self.present(ticket, now).await? else { return Ok(None) };
        let before = item::string(&item, "before").filter(|before| item::string(&item, "opening") != Some(before));
        // One that another customer's ticket of this name led to is long over.
        let before = before.map(ConversationId::new);
        let opening = item::string(&item, "opening").map(ConversationId::new);
        Ok(before.filter(|before| opening.is_some_and(|opening| opening.conversation() == before.conversation())))
    }

    /// The item of a ticket that is not expired.
    async fn present(&self, ticket: &TicketId, now: Timestamp) -> Result<Option<item::Item>, StoreError> {
        let item = self.get(self.ticket_key(ticket)).await?;
        Ok(item.filter(|item| item::integer::<i64>(item, "expires_at").is_some_and(|expires| expires > now.seconds())))
    }
}
