//! What both servers and all customers share: the state behind one lock, and the means to wait for a change of it.
//!
//! The lock is never held over an await. Deliveries are queued while it is held, so that they leave in the order of the ledger.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::AtomicUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Result, anyhow};
use serde_json::Value;
use tokio::sync::watch;

use super::conversation::Conversation;
use super::file_store::FileStore;
use super::options::{BlipOptions, HelpdeskOptions};
use super::person::Person;
use super::posted::Posted;
use super::ticket::Ticket;
use crate::config::Config;
use crate::ledger::{Label, Ledger};
use crate::signature::SigningKey;
use crate::transport::{Bridge, DeliveryQueues, FaultPlan};

#[derive(Debug)]
pub(crate) struct World {
    pub(crate) config: Config,
    pub(crate) key: SigningKey,
    pub(crate) queues: DeliveryQueues,
    pub(crate) blip_faults: FaultPlan,
    pub(crate) helpdesk_faults: FaultPlan,
    /// How many bytes of the endless file have left, as far as the sockets took them.
    pub(crate) endless_bytes_sent: AtomicUsize,
    state: Mutex<State>,
    changed: watch::Sender<()>,
}

#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) bridge: Option<Bridge>,
    pub(crate) people: Vec<Person>,
    /// Blip's tickets by id.
    pub(crate) tickets: BTreeMap<String, Ticket>,
    /// The helpdesk's conversations, in the order of their start.
    pub(crate) conversations: Vec<Conversation>,
    /// The answer that each webhook-id got.
    pub(crate) answered: HashMap<String, Option<Value>>,
    /// Logged notifications of each message the bridge sent to Blip, by its id.
    pub(crate) notifications: HashMap<String, Vec<Value>>,
    /// The documents the bridge sent to Blip, by id: an id must never be reused for another message.
    pub(crate) documents: HashMap<String, Value>,
    pub(crate) ledger: Ledger,
    /// Blip's id of each message of a customer, by its label.
    pub(crate) sources: HashMap<String, String>,
    pub(crate) posted: Posted,
    /// Blip's media store.
    pub(crate) media: FileStore,
    /// The helpdesk's files.
    pub(crate) attachments: FileStore,
    pub(crate) blip: BlipOptions,
    pub(crate) helpdesk: HelpdeskOptions,
    counter: u64,
}

impl State {
    /// The next number, unique in this simulator.
    pub(crate) fn number(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }

    pub(crate) fn label(&mut self, prefix: &str) -> Label {
        Label(format!("{prefix}-{}", self.number()))
    }

    pub(crate) fn person(&mut self, index: usize) -> Result<&mut Person> {
        self.people.get_mut(index).ok_or_else(|| anyhow!("there is no customer number {index}"))
    }

    /// The helpdesk's newest conversation with this ticket's name.
    pub(crate) fn conversation_of(&self, ticket: &str) -> Option<&Conversation> {
        self.conversations.iter().rev().find(|one| one.ticket == ticket)
    }
}

impl World {
    /// `blip` and `helpdesk` are the addresses of the two servers.
    pub(crate) fn new(config: Config, blip: String, helpdesk: String) -> Result<Self> {
        let mut state = State::default();
        (state.media.base, state.attachments.base) = (blip, helpdesk);
        Ok(Self {
            key: SigningKey::parse(&config.webhook_secret)?,
            config,
            queues: DeliveryQueues::new()?,
            blip_faults: FaultPlan::default(),
            helpdesk_faults: FaultPlan::default(),
            endless_bytes_sent: AtomicUsize::default(),
            state: Mutex::new(state),
            changed: watch::Sender::new(()),
        })
    }

    pub(crate) fn read<T>(&self, query: impl FnOnce(&State) -> T) -> T {
        query(&self.lock())
    }

    /// Tells of every change, and of some that change nothing.
    pub(crate) fn changes(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    pub(crate) fn write<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let result = change(&mut self.lock());
        self.changed.send_replace(());
        result
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until `find` finds something; `what` says in words what was waited for.
    pub(crate) async fn until<T>(&self, limit: Duration, what: &str, find: impl Fn(&State) -> Option<T>) -> Result<T> {
        let mut changes = self.changed.subscribe();
        let wait = async {
            loop {
                changes.borrow_and_update();
                if let Some(found) = self.read(&find) {
                    return found;
                }
                if changes.changed().await.is_err() {
                    std::future::pending::<()>().await;
                }
            }
        };
        let late = |_| anyhow!("waited {} s in vain for this: {what}", limit.as_secs());
        tokio::time::timeout(limit, wait).await.map_err(late)
    }
}
