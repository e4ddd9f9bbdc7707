//! How long the last conversations waited: `wait#{queue}`, one small item for each queue of the service rules, written once a conversation.
//!
//! `n` is how many conversations it is made of, `mean` and `dev` are seconds, `at` is when the last of them was answered. It names nobody, and
//! does not expire.

use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use service_rules::WaitStatistics;

use super::{
    errors::store_error,
    item::{integer, number, text},
};
use crate::relay::ports::{StoreError, Waits};

/// Names of queues are the rules' ids, or what a bot wrote where there are none. A key of DynamoDB has 2,048 bytes.
const MAX_QUEUE: usize = 256;

fn key(queue: Option<&str>) -> String {
    let queue: String = queue.unwrap_or_default().chars().take(MAX_QUEUE).collect();
    format!("wait#{queue}")
}

/// The waits in the table of conversations. Their keys are no keyed hashes, so that they are read without the generated secret.
#[derive(Debug, Clone)]
pub struct WaitsTable {
    client: Client,
    table: String,
}

impl WaitsTable {
    /// The waits in `table`.
    pub fn new(client: Client, table: String) -> Self {
        Self { client, table }
    }
}

#[async_trait]
impl Waits for WaitsTable {
    async fn waits(&self, queue: Option<&str>) -> Result<Option<WaitStatistics>, StoreError> {
        let get = self.client.get_item().table_name(&self.table).key("pk", text(&key(queue)));
        let found = get.send().await.map_err(|error| store_error(&error))?.item;
        Ok(found.and_then(|item| {
            Some(WaitStatistics {
                n: integer(&item, "n")?,
                mean_s: integer(&item, "mean")?,
                dev_s: integer(&item, "dev")?,
                at: integer(&item, "at")?,
            })
        }))
    }

    async fn store_waits(
        &self,
        queue: Option<&str>,
        before: Option<&WaitStatistics>,
        after: &WaitStatistics,
    ) -> Result<(), StoreError> {
        let mut update = self
            .client
            .update_item()
            .table_name(&self.table)
            .key("pk", text(&key(queue)))
            .update_expression("SET #n = :n, #mean = :mean, #dev = :dev, #at = :at")
            .condition_expression(match before {
                Some(_) => "#n = :read",
                None => "attribute_not_exists(pk)",
            })
            .expression_attribute_names("#n", "n")
            .expression_attribute_names("#mean", "mean")
            .expression_attribute_names("#dev", "dev")
            .expression_attribute_names("#at", "at")
            .expression_attribute_values(":n", number(after.n))
            // Hundredths: a float's own digits may be more than a number of DynamoDB has (38).
            .expression_attribute_values(":mean", number(format_args!("{:.2}", after.mean_s)))
            .expression_attribute_values(":dev", number(format_args!("{:.2}", after.dev_s)))
            .expression_attribute_values(":at", number(after.at));
        if let Some(before) = before {
            update = update.expression_attribute_values(":read", number(before.n));
        }
        update.send().await.map(drop).map_err(|error| store_error(&error))
    }
}
