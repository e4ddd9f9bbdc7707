//! The conversation store in DynamoDB.
//!
//! One table, key `pk`. `conversation#{key}` is one customer's conversation; `ticket#{hash}` leads from a helpdesk's
//! ticket back to its opening; `settings#service` are the service rules; `settings#schedules#{product}` are schedules that another product keeps for them; `wait#{queue}` is how long the last conversations of a queue waited; `sweep#{helpdesk}` is where the last look into a helpdesk ended; `outbox#{key}` is the
//! head of what waits for a sender of the REST channel, `outbox#{key}#{number}` a message in it, the only words that the table holds, and
//! `outbox#{key}#id#{hash}` says that a message was added. Keys and hashes are keyed hashes: names on channels are phone numbers. Every
//! write is conditional; no read is paged; the cost of each does not grow with the conversation.

use crate::message::CustomerKey;

#[cfg(feature = "aws")]
mod callback;
#[cfg(feature = "aws")]
mod change;
#[cfg(feature = "aws")]
pub mod customer_items;
#[cfg(feature = "aws")]
mod due;
#[cfg(feature = "aws")]
mod dynamo;
#[cfg(feature = "aws")]
mod errors;
#[cfg(feature = "aws")]
mod item;
#[cfg(feature = "aws")]
mod outbox;
#[cfg(feature = "aws")]
mod rules;
#[cfg(feature = "aws")]
mod schedules;
#[cfg(feature = "aws")]
mod waits;
#[cfg(feature = "aws")]
mod way_back;

#[cfg(feature = "aws")]
pub use customer_items::CustomerItems;
#[cfg(feature = "aws")]
pub use due::DueTable;
#[cfg(feature = "aws")]
pub use dynamo::DynamoStore;
#[cfg(feature = "aws")]
pub use item::{Item, scanned, who};
#[cfg(feature = "aws")]
pub use rules::{KEPT as KEPT_RULES, RulesTable, RulesVersion};
#[cfg(feature = "aws")]
pub use schedules::KeptSchedules;
#[cfg(feature = "aws")]
pub use waits::WaitsTable;

/// The key of a conversation's item.
pub fn conversation_item(key: &CustomerKey) -> String {
    format!("conversation#{}", key.as_str())
}

/// The key of the head of what waits for a sender of the REST channel.
pub fn outbox_item(key: &CustomerKey) -> String {
    format!("outbox#{}", key.as_str())
}

/// What the keys of the messages in that outbox begin with, and of their ids.
pub fn outbox_items(key: &CustomerKey) -> String {
    format!("{}#", outbox_item(key))
}
