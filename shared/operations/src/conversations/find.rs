//! Finds what is held of a customer, by whatever an operator has in hand.
//!
//! A customer's key is made of the address that the bridge sees. Behind a router and in the custom attendance channel nobody knows
//! that one; there the record has a keyed hash of the customer's own identity (`conversation/who.rs`), which is searched for through
//! the whole table. What was found by it is named, and nothing is chosen: a telephone may lead to several keys, one for each ticket of
//! Blip's or each spelling.

use std::collections::{BTreeMap, HashSet};

use ponte::{
    clock::{Clock, SystemClock},
    conversation::{CustomerRecord, RecentId, Who},
    lime::Node,
    message::{BlipId, CustomerKey, SourceId},
    relay::ports::Store,
    store::{Item, customer_items, scanned, who},
};
use serde::Serialize;

use super::{
    Groups, Selector, View,
    said::{Names, identities},
};
use crate::{OperationError, Stack};

/// What is held under one key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Found {
    pub key: CustomerKey,
    /// The conversation, where there is one still: it ends 30 days after it was closed, and what is held beside it later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation: Option<View>,
}

/// All keys that `whom` leads to, one at least, and what is there. Reads through the table, unless the form says that there is only one.
pub async fn find(stack: &Stack, whom: &Selector) -> Result<Vec<Found>, OperationError> {
    if whom.is_exact() {
        let key = whom.key(&stack.key).unwrap_or_else(|| CustomerKey::new(""));
        let view = read(stack, &key).await?.map(|conversation| View::of(stack, &conversation));
        return match view {
            Some(view) => Ok(vec![Found { key, conversation: Some(view) }]),
            None => Err(whom.not_found()),
        };
    }
    let mut wanted = Wanted::of(stack, whom);
    if let Selector::Said(said) = whom {
        for ticket in said.tickets() {
            let id = stack.store.conversation_of_ticket(&ticket, SystemClock.now()).await;
            let id = id.map_err(|error| OperationError::Failed(error.to_string()))?;
            wanted.keys.extend(id.map(|id| id.conversation()));
        }
    }
    let mut found: BTreeMap<String, Found> = BTreeMap::new();
    let mut pages = stack.dynamo.scan().table_name(&stack.table).into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| OperationError::aws("the table cannot be read", &error))?;
        for item in page.items() {
            let Some(key) = customer_items::owner(item) else { continue };
            let conversation = scanned(item, SystemClock.now());
            if !wanted.is_in(stack, item, &key, conversation.as_ref()) {
                continue;
            }
            let one = found.entry(key.as_str().to_owned()).or_insert(Found { key, conversation: None });
            if let Some(conversation) = conversation {
                one.conversation = Some(View::of(stack, &conversation));
            }
        }
    }
    if found.is_empty() { Err(whom.not_found()) } else { Ok(found.into_values().collect()) }
}

/// The one key that `whom` leads to. Several are named, and nothing is done.
pub async fn one(stack: &Stack, whom: &Selector) -> Result<CustomerKey, OperationError> {
    if whom.is_exact() || matches!(whom, Selector::Key(key) if read(stack, key).await?.is_some()) {
        return whom.key(&stack.key).ok_or_else(|| whom.not_found());
    }
    let found = match find(stack, whom).await {
        // Files and messages may be held under the key that the form leads to, without an item of the table.
        Err(OperationError::NotFound(words)) => return whom.key(&stack.key).ok_or(OperationError::NotFound(words)),
        found => found?,
    };
    match found.as_slice() {
        [one] => Ok(one.key.clone()),
        several => {
            let keys: Vec<&str> = several.iter().map(|one| one.key.as_str()).collect();
            Err(OperationError::NotPossible(format!(
                "{} keys are found, and nothing was done: look with `ponte conversations find`, and run it for each that is meant: {}",
                keys.len(),
                keys.join(", ")
            )))
        }
    }
}

/// The conversations that a message's id leads to: one of ours, which says so, or one of Blip's or the helpdesk's among those that a conversation
/// remembers. Of the latter, what has not ended is looked through.
///
/// # Errors
///
/// [`OperationError::Failed`] where the table does not answer.
pub async fn of_message(stack: &Stack, id: &str) -> Result<Vec<CustomerRecord>, OperationError> {
    if let Some(ours) = BlipId::parse(id.trim()) {
        let found = read(stack, &ours.opening.conversation()).await?;
        return Ok(found.into_iter().collect());
    }
    let source = SourceId::new(id.trim());
    let entry = RecentId::of("message", &source, &stack.key);
    let is_in = |record: &CustomerRecord| {
        let of_ticket =
            record.ticket.as_ref().map(|ticket| RecentId::of_ticket(ticket, "message", &source, &stack.key));
        record.inbound.recent_ids.holds(entry) || of_ticket.is_some_and(|entry| record.outbound.recent_ids.holds(entry))
    };
    let open = super::open(stack, None, usize::MAX).await?;
    Ok(open.conversations.into_iter().filter(is_in).collect())
}

/// The conversation under a key, if there is one still.
pub async fn read(stack: &Stack, key: &CustomerKey) -> Result<Option<CustomerRecord>, OperationError> {
    let read = stack.store.conversation(key, SystemClock.now()).await;
    read.map_err(|error| OperationError::Failed(error.to_string()))
}

/// What an item is known by.
#[derive(Default)]
struct Wanted {
    keys: HashSet<CustomerKey>,
    /// Who it may be, whatever the channel.
    who: HashSet<Who>,
    /// What the customer may be called on the channel that the item names.
    names: Names,
    group: Option<String>,
}

impl Wanted {
    fn of(stack: &Stack, whom: &Selector) -> Self {
        let hash = &stack.key;
        match whom {
            Selector::Said(said) => {
                let of_address = said.address().map(|address| Self::of(stack, &Selector::Address(address)));
                let mut wanted = of_address.unwrap_or_default();
                wanted.keys.extend(said.keys(hash));
                wanted.names = said.names();
                wanted
            }
            Selector::Address(address) => {
                let all = identities(address);
                Self {
                    keys: all.iter().map(|one| CustomerKey::of(&Node::from(one.clone()), hash)).collect(),
                    who: all.iter().map(|one| Who::of(one, hash)).collect(),
                    names: Names::of_address(address),
                    group: None,
                }
            }
            Selector::Key(key) => {
                Self { keys: HashSet::from([key.clone()]), group: Some(key.as_str().to_owned()), ..Self::default() }
            }
            Selector::Conversation(id) => Self { keys: HashSet::from([id.conversation()]), ..Self::default() },
        }
    }

    /// An expired item is the customer's too, until DynamoDB has deleted it.
    fn is_in(&self, stack: &Stack, item: &Item, key: &CustomerKey, conversation: Option<&CustomerRecord>) -> bool {
        if self.keys.contains(key) {
            return true;
        }
        if let (Some(group), Some(conversation)) = (&self.group, conversation) {
            return Groups::of(stack, conversation).all().any(|one| one == group);
        }
        // What an earlier release wrote says who it is where the address does.
        let Some(address) = customer_items::address(item) else { return false };
        let is = who(item).unwrap_or_else(|| Who::of(&address.identity(), &stack.key));
        let channel = customer_items::channel(item).unwrap_or_else(|| address.domain());
        self.who.contains(&is) || self.names.on(channel).any(|one| Who::of(&one, &stack.key) == is)
    }
}
