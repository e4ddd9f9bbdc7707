//! What waits for the senders of the REST channel, in the conversation store's table: under `outbox#` a head for each sender, an item for each
//! message, and one for each message's id, written together.

use std::ops::RangeInclusive;

use async_trait::async_trait;
use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use futures_util::future::try_join_all;

use super::{
    DynamoStore,
    errors::{store_error, transaction_error},
    item::{Item, integer, number, string, text},
    outbox_item, outbox_items,
};
use crate::{
    clock::Timestamp,
    message::CustomerKey,
    relay::ports::{Entry, HEAD_KEPT_FOR, Head, KEPT_FOR, KNOWN_FOR, Outbox, StoreError},
};

/// What all writes of the head have in common, alone or in a transaction.
///
/// The release before wrote its version as `version`. Where there is none it takes the item for a new one, which it may not
/// overwrite: it waits, until it is replaced.
const UNCHANGED: &str = "#revision = :read OR (attribute_not_exists(#revision) AND #version = :read)";
const ABSENT: &str = "attribute_not_exists(pk)";

impl DynamoStore {
    fn message_item(key: &CustomerKey, number: u64) -> String {
        format!("{}{number}", outbox_items(key))
    }

    fn id_item(&self, key: &CustomerKey, id: &str) -> String {
        format!("{}id#{}", outbox_items(key), self.key.hex(&["outbox", id]))
    }

    fn head_put(&self, key: &CustomerKey, read: u64, head: &Head, now: Timestamp) -> Result<Put, StoreError> {
        let put = Put::builder()
            .table_name(&self.table)
            .item("pk", text(&outbox_item(key)))
            .item("revision", number(head.version))
            .item("waiting", text(&json(head)?))
            .item("expires_at", number(now.plus(HEAD_KEPT_FOR).seconds()));
        let put = if read == 0 {
            put.condition_expression(ABSENT)
        } else {
            put.condition_expression(UNCHANGED)
                .expression_attribute_names("#revision", "revision")
                .expression_attribute_names("#version", "version")
                .expression_attribute_values(":read", number(read))
        };
        put.build().map_err(|_| StoreError::Unavailable)
    }
}

fn json(value: &impl serde::Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| StoreError::Unavailable)
}

/// Whether the item is there for a reader: the table's own deletion lags by days.
fn is_kept(item: &Item, now: Timestamp) -> bool {
    integer::<i64>(item, "expires_at").is_some_and(|at| at > now.seconds())
}

#[async_trait]
impl Outbox for DynamoStore {
    /// One that has expired is as good as ever: its numbers go on.
    async fn head(&self, key: &CustomerKey, now: Timestamp) -> Result<Head, StoreError> {
        let Some(item) = self.get(outbox_item(key)).await? else { return Ok(Head::default()) };
        let mut head: Head =
            string(&item, "waiting").and_then(|head| serde_json::from_str(head).ok()).unwrap_or_default();
        if let Some(version) = integer(&item, "version") {
            head.version = version;
            head.until = integer(&item, "expires_at").unwrap_or(0);
        }
        if now.seconds() >= head.until {
            head.entries.clear();
        }
        Ok(head)
    }

    async fn put_head(&self, key: &CustomerKey, read: u64, head: &Head, now: Timestamp) -> Result<(), StoreError> {
        let put = self.head_put(key, read, head, now)?;
        self.client
            .put_item()
            .table_name(put.table_name)
            .set_item(Some(put.item))
            .set_condition_expression(put.condition_expression)
            .set_expression_attribute_names(put.expression_attribute_names)
            .set_expression_attribute_values(put.expression_attribute_values)
            .send()
            .await
            .map(drop)
            .map_err(|error| store_error(&error))
    }

    async fn add(
        &self,
        key: &CustomerKey,
        read: u64,
        head: &Head,
        entry: &Entry,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let message = Put::builder()
            .table_name(&self.table)
            .item("pk", text(&Self::message_item(key, entry.number)))
            .item("message", text(&json(entry)?))
            .item("expires_at", number(now.plus(KEPT_FOR).seconds()))
            .build();
        let id = Put::builder()
            .table_name(&self.table)
            .item("pk", text(&self.id_item(key, &entry.id)))
            .item("number", number(entry.number))
            .item("expires_at", number(now.plus(KNOWN_FOR).seconds()))
            .condition_expression("attribute_not_exists(pk) OR #expires <= :now")
            .expression_attribute_names("#expires", "expires_at")
            .expression_attribute_values(":now", number(now.seconds()))
            .build();
        let (Ok(message), Ok(id)) = (message, id) else { return Err(StoreError::Unavailable) };
        let puts = [self.head_put(key, read, head, now)?, message, id];
        let writes = puts.into_iter().map(|put| TransactWriteItem::builder().put(put).build()).collect();
        let write = self.client.transact_write_items().set_transact_items(Some(writes));
        write.send().await.map(drop).map_err(|error| transaction_error(&error))
    }

    async fn entries(
        &self,
        key: &CustomerKey,
        numbers: RangeInclusive<u64>,
        now: Timestamp,
    ) -> Result<Vec<Entry>, StoreError> {
        let items = try_join_all(numbers.map(|number| self.get(Self::message_item(key, number)))).await?;
        let kept = items.into_iter().flatten().filter(|item| is_kept(item, now));
        Ok(kept.filter_map(|item| serde_json::from_str(string(&item, "message")?).ok()).collect())
    }

    async fn knows(&self, key: &CustomerKey, id: &str, now: Timestamp) -> Result<bool, StoreError> {
        Ok(self.get(self.id_item(key, id)).await?.is_some_and(|item| is_kept(&item, now)))
    }
}
