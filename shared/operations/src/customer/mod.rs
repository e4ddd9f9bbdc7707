//! What the stack holds of one customer: written out into a folder, or erased.
//!
//! A customer is meant by the key of the conversation store. All of what is held hangs on it: the item of the conversation, the ways back from its
//! tickets and the outbox in the table, a folder of the bucket, and the messages in the queues, which their groups and bodies lead
//! back from. `docs/privacy.md` says what else there is, and what an erase cannot reach.
//!
//! Invariant: neither the identity nor a word of the customer goes into the audit log, the terminal, or a name that the tool gives.

mod contact;
mod erase;
mod export;
mod files;
mod items;
mod ownership;
mod queues;

use serde::Serialize;

pub use contact::Contact;
pub use erase::{Erased, Erasing, Plan, erase, plan};
pub use export::{Exported, export, folder};
pub use queues::{Unseen, Why};

/// How much there is of a customer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Items of the table.
    pub items: u64,
    /// Files in the bucket, unfinished uploads included.
    pub files: u64,
    /// Messages in the six queues, as far as they can be seen.
    pub messages: u64,
}

impl Counts {
    /// Whether nothing is held of the customer.
    pub fn is_nothing(self) -> bool {
        self == Self::default()
    }

    fn and(self, other: Self) -> Self {
        Self {
            items: self.items + other.items,
            files: self.files + other.files,
            messages: self.messages + other.messages,
        }
    }
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} items of the table, {} files, {} messages", self.items, self.files, self.messages)
    }
}

/// A length as it is counted here.
fn number<T>(all: &[T]) -> u64 {
    u64::try_from(all.len()).unwrap_or(u64::MAX)
}
