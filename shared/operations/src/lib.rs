//! What an operator does with a stack, whatever it is shown on: `cli` prints it, `console` makes pages of it.
//!
//! It works on one stack, on AWS or on the emulator, as the given settings of AWS's SDK say. What reads returns plain structs. Every change goes
//! through the same conditions and queues as the functions' own; every change has a line in the audit log before it happens, with who makes it
//! ([`Stack::acting`]). Nothing personal is in what is returned unless [`parked::Detail::Personal`] asks for it.
//!
//! Invariant: a parked copy is deleted only after the main queue has taken it.

mod audit;
pub mod conversations;
pub mod customer;
mod error;
mod helpdesk;
mod logs;
pub mod metrics;
pub mod parked;
pub mod plain;
mod queues;
pub mod rules;
mod stack;
pub mod stacks;
pub mod status;
pub mod trail;

use std::time::Duration;

pub use audit::{Audit, Entry};
pub use error::OperationError;
pub use plain::{plain, plain_json, plain_lines};
pub use queues::{Place, QueueName, QueuePair};
pub use stack::Stack;

/// The longest that one call to AWS may take, its own retries included: well below half of what a parked copy is held for. Whoever makes the settings
/// of the SDK sets it.
pub const MAX_CALL: Duration = Duration::from_secs(20);
