//! What both fakes know: customers, tickets, conversations, files and the ledger, behind one lock.

mod bots;
mod conversation;
mod file_store;
mod options;
mod person;
mod posted;
mod profile;
mod ticket;
mod world;

pub(crate) use bots::{BRIDGE_BOT, BRIDGE_SERVICE, MAIN_BOT, ROUTER, SERVICES};
pub use conversation::Conversation;
pub(crate) use file_store::{FileStore, StoredFile, encode};
pub(crate) use person::Person;
pub use person::{AnyCustomer, Place, Turn};
pub(crate) use posted::Try;
pub use profile::Profile;
pub(crate) use ticket::{Ticket, waiting_document};
pub(crate) use world::{State, World};
