//! The service rules in the table: those in force, and their last versions.
//!
//! `settings#service` has `version` (a number that grows by one), `rules` (the document's JSON), `at` (RFC 3339) and `by` (who pushed them).
//! `settings#service#{n}` is the same of each of the last versions, the one in force among them, and has `source`, the YAML as it was written,
//! where there was one. `n` is the version's number modulo [`KEPT`], so that a new version takes the place of the one that is too old. Neither
//! expires. The rules in force are without `source`: what a worker reads each minute is paid by the size of the item.

use aws_sdk_dynamodb::{
    Client,
    types::{AttributeValue, Put, TransactWriteItem},
};

use super::{
    errors::{store_error, transaction_error},
    item::{Item, integer, number, string, text},
};
use crate::relay::ports::StoreError;

/// How many versions are kept, the one in force among them.
pub const KEPT: u64 = 20;

/// The key of the rules in force.
const CURRENT: &str = "settings#service";

/// One version of the rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RulesVersion {
    /// The number of the version. The first has 1.
    pub version: u64,
    /// The document's JSON.
    pub rules: String,
    /// The YAML that it was made from, so that its comments live on. `None` where it was pushed as JSON, and of the rules in force: it is read
    /// with the kept version.
    pub source: Option<String>,
    /// When it was pushed, RFC 3339.
    pub at: String,
    /// Who pushed it: the name of AWS's identity, or of the local user.
    pub by: String,
}

impl RulesVersion {
    fn read(item: &Item) -> Option<Self> {
        let field = |name| string(item, name).map(str::to_owned);
        Some(Self {
            version: integer(item, "version")?,
            rules: field("rules")?,
            source: field("source"),
            at: field("at").unwrap_or_default(),
            by: field("by").unwrap_or_default(),
        })
    }

    /// As the rules in force.
    fn in_force(&self) -> Item {
        Item::from([
            ("pk".to_owned(), text(CURRENT)),
            ("version".to_owned(), number(self.version)),
            ("rules".to_owned(), text(&self.rules)),
            ("at".to_owned(), text(&self.at)),
            ("by".to_owned(), text(&self.by)),
        ])
    }

    /// As one of the last versions.
    fn kept(&self) -> Item {
        let mut item = self.in_force();
        item.insert("pk".to_owned(), text(&key_of(self.version)));
        item.extend(self.source.as_ref().map(|source| ("source".to_owned(), text(source))));
        item
    }
}

fn key_of(version: u64) -> String {
    format!("{CURRENT}#{}", version % KEPT)
}

/// The rules in the table of conversations.
#[derive(Debug, Clone)]
pub struct RulesTable {
    pub(super) client: Client,
    pub(super) table: String,
}

impl RulesTable {
    /// The rules in `table`.
    pub fn new(client: Client, table: String) -> Self {
        Self { client, table }
    }

    async fn get(&self, key: String, consistent: bool) -> Result<Option<RulesVersion>, StoreError> {
        let get = self.client.get_item().table_name(&self.table).key("pk", AttributeValue::S(key));
        let found = get.consistent_read(consistent).send().await.map_err(|error| store_error(&error))?.item;
        let Some(item) = found else { return Ok(None) };
        // Not "none": a push would begin at version 1 again.
        RulesVersion::read(&item).map(Some).ok_or(StoreError::Unavailable)
    }

    /// The rules in force; `None` before the first push. For the workers: half a unit of reading for 4 KB, and at most a second behind.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn current(&self) -> Result<Option<RulesVersion>, StoreError> {
        self.get(CURRENT.to_owned(), false).await
    }

    /// The same, as they are at this moment: before a push.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn before_push(&self) -> Result<Option<RulesVersion>, StoreError> {
        self.get(CURRENT.to_owned(), true).await
    }

    /// A version that is still kept, with its source.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn version(&self, version: u64) -> Result<Option<RulesVersion>, StoreError> {
        Ok(self.get(key_of(version), true).await?.filter(|found| found.version == version))
    }

    /// Puts new rules in force. Their version is one more than the one that they replace.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] where somebody else pushed meanwhile.
    pub async fn push(&self, new: &RulesVersion) -> Result<(), StoreError> {
        let current = Put::builder()
            .table_name(&self.table)
            .set_item(Some(new.in_force()))
            .condition_expression("(attribute_not_exists(pk) AND :before = :none) OR version = :before")
            .expression_attribute_values(":before", number(new.version.saturating_sub(1)))
            .expression_attribute_values(":none", number(0))
            .build();
        let kept = Put::builder().table_name(&self.table).set_item(Some(new.kept())).build();
        let (Ok(current), Ok(kept)) = (current, kept) else { return Err(StoreError::Unavailable) };
        self.client
            .transact_write_items()
            .transact_items(TransactWriteItem::builder().put(current).build())
            .transact_items(TransactWriteItem::builder().put(kept).build())
            .send()
            .await
            .map(drop)
            .map_err(|error| transaction_error(&error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_kept_version_has_the_source() {
        let new = RulesVersion {
            version: 47,
            rules: r#"{"version":1}"#.to_owned(),
            source: Some("# ours\nversion: 1\n".to_owned()),
            at: "2026-11-29T10:00:00Z".to_owned(),
            by: "arn:x".to_owned(),
        };
        let (in_force, kept) = (new.in_force(), new.kept());
        assert_eq!((string(&in_force, "pk"), string(&kept, "pk")), (Some(CURRENT), Some("settings#service#7")));
        assert_eq!(RulesVersion::read(&kept).as_ref(), Some(&new));
        let without = RulesVersion { source: None, ..new };
        assert_eq!(RulesVersion::read(&in_force).as_ref(), Some(&without));
        assert_eq!(RulesVersion::read(&without.kept()), Some(without));
    }
}
