//! The conversations that have not ended, by the sparse index of the table: closed ones cost nothing here, however many there are.
//!
//! The index holds keys. A page is one query and one read of its records; all of what is open is one query for each two hundred, and one read for
//! each hundred.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::KeysAndAttributes;
use ponte::{
    clock::{Clock, SystemClock, Timestamp},
    conversation::{CustomerRecord, State},
    message::CustomerKey,
    relay::ports::{Due, DueIndex as _},
    store::{DueTable, Item, conversation_item, scanned},
};

use crate::{OperationError, Stack};

/// The most records that one call reads (Amazon DynamoDB, `BatchGetItem`).
const BATCH: usize = 100;
/// How often a read is repeated that DynamoDB did not finish: it answers at least one item each time, and a megabyte at most.
const REPEATS: usize = 20;

/// Conversations that have not ended.
#[derive(Debug, Clone, Default)]
pub struct Open {
    /// In the order of the index: what is due next comes first.
    pub conversations: Vec<CustomerRecord>,
    /// Where the next page begins; `None` after the last.
    pub next: Option<Cursor>,
    /// How many calls of DynamoDB it took.
    pub calls: u32,
}

/// A place in the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor(Due);

impl Cursor {
    /// As it stands in a link. It names nobody: the key is a keyed hash.
    pub fn as_text(&self) -> String {
        format!("{}.{}", self.0.at.0, self.0.customer.as_str())
    }

    /// Reads what [`Cursor::as_text`] wrote. `None` of anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let (at, customer) = text.split_once('.')?;
        let is_key = customer.len() == 32 && customer.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_key.then_some(Self(Due { at: Timestamp(at.parse().ok()?), customer: CustomerKey::new(customer) }))
    }
}

/// At most `limit` conversations that have not ended, after `from`.
///
/// # Errors
///
/// [`OperationError::Failed`] where the table does not answer.
pub async fn open(stack: &Stack, from: Option<&Cursor>, limit: usize) -> Result<Open, OperationError> {
    let index = DueTable::new(stack.dynamo.clone(), stack.table.clone());
    let (mut open, mut after) = (Open::default(), from.map(|cursor| cursor.0.clone()));
    let mut found: Vec<Due> = Vec::new();
    while found.len() <= limit {
        let page = index.due_by(Timestamp(i64::MAX), after.as_ref()).await;
        let page = page.map_err(|error| OperationError::Failed(error.to_string()))?;
        open.calls = open.calls.saturating_add(1);
        let Some(last) = page.last() else { break };
        after = Some(last.clone());
        found.extend(page);
    }
    let more = found.len() > limit;
    found.truncate(limit);
    open.next = found.last().filter(|_| more).cloned().map(Cursor);
    let now = SystemClock.now();
    let mut records: HashMap<CustomerKey, CustomerRecord> = HashMap::new();
    for keys in found.chunks(BATCH) {
        for item in read(stack, keys, &mut open.calls).await? {
            records.extend(scanned(&item, now).map(|record| (record.key.clone(), record)));
        }
    }
    // The index is some moments behind: what has ended since is left out.
    let present = found.iter().filter_map(|due| records.remove(&due.customer));
    open.conversations = present.filter(|one| !matches!(one.state, State::Closed { .. })).collect();
    Ok(open)
}

async fn read(stack: &Stack, keys: &[Due], calls: &mut u32) -> Result<Vec<Item>, OperationError> {
    let pk = |due: &Due| {
        let value = aws_sdk_dynamodb::types::AttributeValue::S(conversation_item(&due.customer));
        HashMap::from([("pk".to_owned(), value)])
    };
    let wanted = KeysAndAttributes::builder().set_keys(Some(keys.iter().map(pk).collect())).build();
    let mut wanted = wanted.map_err(|error| OperationError::Failed(error.to_string()))?;
    let mut items = Vec::new();
    for _ in 0..REPEATS {
        let got = stack.dynamo.batch_get_item().request_items(&stack.table, wanted).send().await;
        let got = got.map_err(|error| OperationError::aws("the table cannot be read", &error))?;
        *calls = calls.saturating_add(1);
        items.extend(got.responses.unwrap_or_default().into_values().flatten());
        match got.unprocessed_keys.unwrap_or_default().into_values().next() {
            Some(rest) if !rest.keys().is_empty() => wanted = rest,
            _ => return Ok(items),
        }
    }
    Err(OperationError::Failed("the table did not finish a read: try again in a moment".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_as_it_was_written_and_nothing_else_is() {
        let due =
            Due { at: Timestamp(1_796_000_000_000), customer: CustomerKey::new("0123456789abcdef0123456789abcdef") };
        let text = Cursor(due.clone()).as_text();
        assert_eq!(Cursor::parse(&text), Some(Cursor(due)));
        for wrong in ["", ".", "1", "1.x", "x.0123456789abcdef0123456789abcdef", "1.0123456789abcdef0123456789abcdeg"] {
            assert_eq!(Cursor::parse(wrong), None, "{wrong}");
        }
    }
}
