//! Lists conversations. This reads through the table, which costs with its size: for an operator, not for a program.

use std::num::NonZeroUsize;

use ponte::{
    clock::{Clock, SystemClock, Timestamp},
    conversation::CustomerRecord,
    store::scanned,
};
use serde::Serialize;

use super::{StateName, View};
use crate::{CliError, Stack};

/// The conversations that were found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// The first `limit` that were found, the one with the latest words first.
    pub conversations: Vec<View>,
    /// Whether the table may hold more of them.
    pub more: bool,
}

/// Reads through the table until `limit` conversations are found, closed ones only when asked for by their state.
/// `read` is told how many items were read since the last call.
pub async fn list(
    stack: &Stack,
    state: Option<StateName>,
    limit: NonZeroUsize,
    mut read: impl FnMut(u64),
) -> Result<Listed, CliError> {
    let (now, limit) = (SystemClock.now(), limit.get());
    let mut found: Vec<CustomerRecord> = Vec::new();
    let mut pages = stack.dynamo.scan().table_name(&stack.table).into_paginator().send();
    while found.len() <= limit
        && let Some(page) = pages.next().await
    {
        let page = page.map_err(|error| CliError::aws("the table cannot be read", &error))?;
        read(u64::try_from(page.items().len()).unwrap_or(u64::MAX));
        let conversations = page.items().iter().filter_map(|item| scanned(item, now));
        found.extend(conversations.filter(|conversation| is_wanted(conversation, state)));
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
