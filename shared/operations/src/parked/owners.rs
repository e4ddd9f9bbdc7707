//! Whose each parked group is: a conversation's key, found once for each group.

use std::collections::HashMap;

use ponte::{
    clock::{Clock, SystemClock},
    message::CustomerKey,
    relay::ports::Store,
};

use super::{
    job::{Owner, owner},
    scan::Copy,
};
use crate::{OperationError, Stack};

/// The owners that were asked for so far. All copies of a group have one owner.
#[derive(Debug)]
pub(crate) struct Owners<'a> {
    stack: &'a Stack,
    known: HashMap<String, CustomerKey>,
}

impl<'a> Owners<'a> {
    pub(crate) fn of(stack: &'a Stack) -> Self {
        Self { stack, known: HashMap::new() }
    }

    /// The conversation that a copy belongs to; `None` when nothing leads to one (any more).
    pub(crate) async fn find(&mut self, copy: &Copy) -> Result<Option<CustomerKey>, OperationError> {
        if let Some(known) = self.known.get(&copy.group) {
            return Ok(Some(known.clone()));
        }
        let found = match owner(copy.queue, &copy.body, &self.stack.key) {
            Owner::CustomerRecord(key) => Some(key),
            Owner::Ticket(ticket) => {
                let id = self.stack.store.conversation_of_ticket(&ticket, SystemClock.now()).await;
                let id = id.map_err(|error| OperationError::Failed(error.to_string()))?;
                id.map(|id| id.conversation())
            }
            Owner::Unknown => None,
        };
        if let Some(key) = &found {
            self.known.insert(copy.group.clone(), key.clone());
        }
        Ok(found)
    }
}
