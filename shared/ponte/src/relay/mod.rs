//! The use cases: accept at the two doors, deliver to the helpdesk, deliver to Blip, close.
//!
//! Everything here sees the outside only through [`ports`], so that the same code runs in the functions and
//! in a simulation. It holds no clock and no AWS type, and never sleeps: waiting happens in the queue.

pub mod accept;
mod answered;
mod batch;
pub mod body;
mod close;
mod customer_context;
mod delivery;
mod files;
mod incoming;
mod opening;
mod parts;
mod poll;
pub mod ports;
mod presence;
mod reference;
mod run;
mod said;
mod tell;
mod to_customer;
mod to_helpdesk;
mod worker;

pub use crate::failure::{FIRST_WAIT, Failure, MAX_VISIBILITY, MAX_WAIT, RESET_WAIT, UNKNOWN_WAIT};
pub use close::CloseTicket;
pub use poll::PollEvents;
pub use to_customer::ToCustomer;
pub use to_helpdesk::ToHelpdesk;
pub use worker::{Deadline, RunOutcome, Worker, work};
