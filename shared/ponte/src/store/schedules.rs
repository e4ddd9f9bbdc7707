//! The schedules of other products as they were read last: `settings#schedules#{product}`, one item for each product that the service rules name.
//!
//! `schedules` is their JSON, `at` when they were read. Whoever reads them writes them, so that a function without the product's key has them
//! too, and a function that starts while the product does not answer. They do not expire.

use aws_sdk_dynamodb::types::AttributeValue;
use service_rules::{ForeignSchedule, SourceKind};

use super::{
    RulesTable,
    errors::store_error,
    item::{integer, number, string, text},
};
use crate::{clock::Timestamp, relay::ports::StoreError};

/// The schedules of one product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptSchedules {
    pub schedules: Vec<ForeignSchedule>,
    /// When they were read.
    pub at: Timestamp,
}

fn key_of(product: SourceKind) -> AttributeValue {
    text(match product {
        SourceKind::Blip => "settings#schedules#blip",
        SourceKind::Zendesk => "settings#schedules#zendesk",
    })
}

impl RulesTable {
    /// What was read of a product last. `None` also where a later release wrote it in a form that this one cannot read.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn schedules(&self, product: SourceKind) -> Result<Option<KeptSchedules>, StoreError> {
        let get = self.client.get_item().table_name(&self.table).key("pk", key_of(product));
        let found = get.send().await.map_err(|error| store_error(&error))?.item;
        Ok(found.and_then(|item| {
            let schedules = serde_json::from_str(string(&item, "schedules")?).ok()?;
            Some(KeptSchedules { schedules, at: Timestamp(integer(&item, "at")?) })
        }))
    }

    /// Keeps what was read.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] where somebody else has read them later.
    pub async fn keep_schedules(&self, product: SourceKind, kept: &KeptSchedules) -> Result<(), StoreError> {
        let schedules = serde_json::to_string(&kept.schedules).map_err(|_| StoreError::Unavailable)?;
        self.client
            .update_item()
            .table_name(&self.table)
            .key("pk", key_of(product))
            .update_expression("SET #schedules = :schedules, #at = :at")
            .condition_expression("attribute_not_exists(pk) OR #at < :at")
            .expression_attribute_names("#schedules", "schedules")
            .expression_attribute_names("#at", "at")
            .expression_attribute_values(":schedules", text(&schedules))
            .expression_attribute_values(":at", number(kept.at.0))
            .send()
            .await
            .map(drop)
            .map_err(|error| store_error(&error))
    }
}
