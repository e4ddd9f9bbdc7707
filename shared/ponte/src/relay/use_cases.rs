//! What the two larger workers work with. Their steps are in the files beside this one.

use std::{sync::Arc, time::Duration};

use super::ports::{Clock, CustomerChannel, Files, Helpdesk, Journal, Queue, Rules, Store, Waits};
use crate::hash::HashKey;

/// Delivers what the customer says to the helpdesk.
#[derive(Clone)]
pub struct ToHelpdesk {
    pub store: Arc<dyn Store>,
    pub channel: Arc<dyn CustomerChannel>,
    pub helpdesk: Arc<dyn Helpdesk>,
    /// The helpdesk's name: part of a job's address.
    pub name: String,
    /// Where the answers of a helpdesk go that answers at once.
    pub queue: Arc<dyn Queue>,
    pub files: Arc<dyn Files>,
    pub clock: Arc<dyn Clock>,
    pub key: HashKey,
    pub rules: Arc<dyn Rules>,
    /// How long the last conversations waited.
    pub waits: Arc<dyn Waits>,
    /// Where the steps of messages and the figures go.
    pub journal: Arc<dyn Journal>,
    /// The largest file that is passed on, in bytes.
    pub file_limit: u64,
    /// Whether a customer who went back to the bot can be called back by an agent's answer: `to-blip` has the router's key.
    pub calls_back: bool,
}

impl std::fmt::Debug for ToHelpdesk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ToHelpdesk")
    }
}

/// Delivers what the helpdesk says to the customer.
#[derive(Clone)]
pub struct ToCustomer {
    pub store: Arc<dyn Store>,
    pub queue: Arc<dyn Queue>,
    pub channel: Arc<dyn CustomerChannel>,
    pub helpdesk: Arc<dyn Helpdesk>,
    pub files: Arc<dyn Files>,
    pub clock: Arc<dyn Clock>,
    pub key: HashKey,
    pub rules: Arc<dyn Rules>,
    /// How long the last conversations waited.
    pub waits: Arc<dyn Waits>,
    /// How long the job of a closing waits in `close-ticket.fifo`, so that the agent's last words arrive before it.
    pub close_delay: Duration,
    /// Where the steps of messages and the figures go.
    pub journal: Arc<dyn Journal>,
    /// The largest file that is passed on, in bytes.
    pub file_limit: u64,
}

impl std::fmt::Debug for ToCustomer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ToCustomer")
    }
}
