//! What waits for the senders of the REST channel, in the map's table: one item each, under `outbox#`.

use async_trait::async_trait;
use aws_sdk_dynamodb::types::AttributeValue;

use super::{
    DynamoStore,
    dynamo::store_error,
    item::{integer, number, string, text},
    outbox_item,
};
use crate::{
    clock::Timestamp,
    message::ConversationKey,
    relay::ports::StoreError,
    rest::{KEPT_FOR, Outbox, Waiting},
};

#[async_trait]
impl Outbox for DynamoStore {
    async fn waiting(&self, key: &ConversationKey, now: Timestamp) -> Result<Waiting, StoreError> {
        let item = self.get(outbox_item(key)).await?.unwrap_or_default();
        let expired = integer::<i64>(&item, "expires_at").is_none_or(|at| at <= now.seconds());
        let version = integer(&item, "version").unwrap_or(0);
        let mut waiting: Waiting =
            string(&item, "waiting").and_then(|waiting| serde_json::from_str(waiting).ok()).unwrap_or_default();
        if expired {
            // Numbers go on where they were, for a client that comes back.
            waiting.entries.clear();
        }
        Ok(Waiting { version, ..waiting })
    }

    async fn put(&self, key: &ConversationKey, read: u64, waiting: &Waiting, now: Timestamp) -> Result<(), StoreError> {
        let body = serde_json::to_string(waiting).map_err(|_| StoreError::Unavailable)?;
        let put = self.client.put_item().table_name(&self.table);
        let put = put
            .item("pk", text(&outbox_item(key)))
            .item("version", number(waiting.version))
            .item("waiting", AttributeValue::S(body))
            .item("expires_at", number(now.plus(KEPT_FOR).seconds()));
        let put = match read {
            0 => put.condition_expression("attribute_not_exists(pk)"),
            read => put
                .condition_expression("#version = :read")
                .expression_attribute_names("#version", "version")
                .expression_attribute_values(":read", number(read)),
        };
        put.send().await.map(drop).map_err(|error| store_error(&error))
    }
}
