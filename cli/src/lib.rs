//! The operator's tool: it looks at conversations and parked messages, sends them back, closes by force, hands out and erases
//! what is held of a customer, puts service rules in force, and writes down who did what.
//!
//! It works on one stack, on AWS or on the emulator, as the usual AWS settings say. Every change goes through the same
//! conditions and queues as the functions' own; every change has a line in the audit log before it happens. Nothing
//! personal is shown unless `--personal` asks for it. `docs/cli.md` is its manual.
//!
//! Invariant: a parked copy is deleted only after the main queue has taken it.

mod arguments;
mod audit;
mod aws;
mod codes;
mod console;
pub mod conversations;
pub mod customer;
mod error;
mod helpdesk;
pub mod parked;
mod plain;
mod progress;
mod queues;
pub mod rules;
mod run;
mod stack;
pub mod status;
mod text_output;
pub mod trail;

pub use arguments::Arguments;
pub use audit::{Audit, Entry};
pub use aws::{config, endpoint};
pub use console::{Output, parsed};
pub use error::CliError;
pub use queues::{Place, QueueName, QueuePair};
pub use run::run;
pub use stack::Stack;
