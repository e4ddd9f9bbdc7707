//! The relay's ports, as one invocation sees them.

mod customer;
mod helpdesk;
mod journal;
mod queue;
mod store;

pub(crate) use helpdesk::capabilities;
