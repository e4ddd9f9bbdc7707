//! Which messages in the queues are the customer's.

use std::collections::HashSet;

use ponte::{
    message::CustomerKey,
    queue::{CloseJob, ToCustomerJob, ToHelpdeskJob},
    store::{Item, customer_items},
};

use crate::{
    OperationError, QueueName, Stack,
    parked::{
        job::{Owner, mark, owner},
        owners::Owners,
        scan::Copy,
    },
};

/// Whose a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    Customers,
    Anothers,
    /// Its body cannot be read, and its group is none that the table leads to.
    Unknown,
}

/// What tells the customer's messages from others.
#[derive(Debug)]
pub(super) struct Ownership<'a> {
    key: &'a CustomerKey,
    /// The message groups that follow from what the table holds: a body that cannot be read is known by its group.
    groups: HashSet<String>,
    owners: Owners<'a>,
    stack: &'a Stack,
}

impl<'a> Ownership<'a> {
    pub(super) fn of(stack: &'a Stack, key: &'a CustomerKey, items: &[Item]) -> Self {
        let hash = &stack.key;
        let mut groups = HashSet::from([ToHelpdeskJob::group(&ToHelpdeskJob::conversation_group(key), hash)]);
        for id in items.iter().filter_map(customer_items::opening) {
            groups.insert(ToHelpdeskJob::group(&ToHelpdeskJob::opening_group(&id), hash));
        }
        for ticket in items.iter().filter_map(customer_items::ticket) {
            groups.insert(ToCustomerJob::group(&ticket, &stack.helpdesk.name, hash));
            groups.insert(CloseJob::group(&ticket, hash));
        }
        Self { key, groups, owners: Owners::of(stack), stack }
    }

    pub(super) async fn whose(&mut self, copy: &Copy) -> Result<Whose, OperationError> {
        let is = |key: &CustomerKey| if key == self.key { Whose::Customers } else { Whose::Anothers };
        if self.groups.contains(&copy.group) {
            return Ok(Whose::Customers);
        }
        if let Some(owner) = self.owners.find(copy).await? {
            return Ok(is(&owner));
        }
        Ok(match (copy.queue, owner(copy.queue, &copy.body, &self.stack.key)) {
            // All groups of the customer's in this queue are known.
            (QueueName::ToHelpdesk, _) | (_, Owner::CustomerRecord(_)) => Whose::Anothers,
            // Nothing leads back from its ticket (any more), so that its mark is all there is.
            (_, Owner::Ticket(_)) => mark(&copy.body).map_or(Whose::Anothers, |mark| is(&mark.conversation())),
            (_, Owner::Unknown) => Whose::Unknown,
        })
    }
}
