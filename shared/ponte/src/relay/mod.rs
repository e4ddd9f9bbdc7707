//! The use cases: accept at the two doors, deliver to the helpdesk, deliver to Blip, close.
//!
//! Everything here sees the outside only through [`ports`], so that the same code runs in the functions and
//! in a simulation. It holds no clock and no AWS type, and never sleeps: waiting happens in the queue.

pub mod accept;
mod answered;
mod batch;
pub mod body;
mod burst;
mod close;
mod dossier;
mod failure;
mod files;
mod incoming;
mod opening;
mod parts;
pub mod ports;
mod presence;
mod reference;
mod run;
mod sweep;
mod tell;
mod to_blip;
mod to_helpdesk;
mod words;

pub use batch::{Deadline, Stopped, Worker, work};
pub use close::CloseTicket;
pub use failure::{FIRST_WAIT, Failure, LONGEST_VISIBILITY, LONGEST_WAIT, RESET_WAIT, UNKNOWN_WAIT};
pub use sweep::Sweeping;
pub use to_blip::ToBlip;
pub use to_helpdesk::ToHelpdesk;
