//! The index of what is due, in DynamoDB.
//!
//! Sparse: only the item of a conversation that is not closed has the attributes `due` and `due_at`. The index `by-due` has one partition,
//! which takes 1,000 openings, closings and moved timers a second, and holds the keys alone (docs.aws.amazon.com, "Using write sharding
//! to distribute workloads evenly", "Take advantage of sparse indexes").

use async_trait::async_trait;
use aws_sdk_dynamodb::Client;

use super::{
    conversation_item,
    errors::store_error,
    item::{DUE_INDEX, Item, OPEN, integer, number, string, text},
};
use crate::{
    clock::Timestamp,
    message::CustomerKey,
    relay::ports::{Due, DueIndex, StoreError},
};

/// Conversations that are read at once.
const PAGE: i32 = 200;

/// The index of one table.
#[derive(Debug, Clone)]
pub struct DueTable {
    client: Client,
    table: String,
}

impl DueTable {
    /// The index of the table of this name.
    pub fn new(client: Client, table: String) -> Self {
        Self { client, table }
    }
}

#[async_trait]
impl DueIndex for DueTable {
    async fn due_by(&self, now: Timestamp, last: Option<&Due>) -> Result<Vec<Due>, StoreError> {
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(DUE_INDEX)
            .key_condition_expression("#due = :due AND #due_at <= :now")
            .expression_attribute_names("#due", "due")
            .expression_attribute_names("#due_at", "due_at")
            .expression_attribute_values(":due", text(OPEN))
            .expression_attribute_values(":now", number(now.0))
            .limit(PAGE);
        let start = last.map(|last| {
            Item::from([
                ("pk".to_owned(), text(&conversation_item(&last.customer))),
                ("due".to_owned(), text(OPEN)),
                ("due_at".to_owned(), number(last.at.0)),
            ])
        });
        let found = query.set_exclusive_start_key(start).send().await.map_err(|error| store_error(&error))?;
        Ok(found.items().iter().filter_map(due).collect())
    }
}

fn due(item: &Item) -> Option<Due> {
    let customer = CustomerKey::new(string(item, "pk")?.strip_prefix("conversation#")?);
    Some(Due { at: Timestamp(integer(item, "due_at")?), customer })
}
