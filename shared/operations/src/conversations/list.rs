//! Lists conversations: by the index what has not ended, and what has by reading through the table, which costs with its size.

use std::num::NonZeroUsize;

use ponte::{
    clock::{Clock, SystemClock, Timestamp},
    conversation::CustomerRecord,
    store::scanned,
};
use serde::Serialize;

use super::{StateName, View, open};
use crate::{OperationError, Stack};

/// How many conversations are read at once by the index.
const PAGE: usize = 200;

/// The conversations that were found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// The first `limit` that were found, the one with the latest words first.
    pub conversations: Vec<View>,
    /// Whether the table may hold more of them.
    pub more: bool,
}

/// Reads until `limit` conversations are found, closed ones only when asked for by their state. `read` is told how many items were read since the
/// last call.
pub async fn list(
    stack: &Stack,
    state: Option<StateName>,
    limit: NonZeroUsize,
    mut read: impl FnMut(u64),
) -> Result<Listed, OperationError> {
    let (now, limit) = (SystemClock.now(), limit.get());
    let mut found: Vec<CustomerRecord> = Vec::new();
    if state == Some(StateName::Closed) {
        let mut pages = stack.dynamo.scan().table_name(&stack.table).into_paginator().send();
        while found.len() <= limit
            && let Some(page) = pages.next().await
        {
            let page = page.map_err(|error| OperationError::aws("the table cannot be read", &error))?;
            read(u64::try_from(page.items().len()).unwrap_or(u64::MAX));
            let conversations = page.items().iter().filter_map(|item| scanned(item, now));
            found.extend(conversations.filter(|conversation| is_wanted(conversation, state)));
        }
    } else {
        let mut from = None;
        while found.len() <= limit {
            let page = open(stack, from.as_ref(), PAGE).await?;
            read(u64::try_from(page.conversations.len()).unwrap_or(u64::MAX));
            found.extend(page.conversations.into_iter().filter(|conversation| is_wanted(conversation, state)));
            from = page.next;
            if from.is_none() {
                break;
            }
        }
    }
    let more = found.len() > limit;
    found.truncate(limit);
    found.sort_by_key(|conversation| std::cmp::Reverse(last(conversation)));
    Ok(Listed { conversations: found.iter().map(|one| View::of(stack, one)).collect(), more })
}

fn is_wanted(conversation: &CustomerRecord, state: Option<StateName>) -> bool {
    let name = StateName::of(conversation.state);
    state.map_or(name != StateName::Closed, |state| state == name)
}

fn last(conversation: &CustomerRecord) -> Timestamp {
    conversation.inbound.last.max(conversation.outbound.last).max(conversation.opened)
}
