//! The use cases: accept at the two webhook endpoints, deliver to the helpdesk, deliver to the customer, close.
//!
//! Everything here sees the outside only through [`ports`], so that the same code runs in the functions and
//! in a simulation. It holds no clock and no AWS type, and never sleeps: waiting happens in the queue.

pub mod accept;
mod agent_events;
mod answered;
mod availability;
mod batch;
pub mod body;
mod close;
mod customer_context;
mod delivery;
mod desk_events;
mod due;
mod earlier;
mod fate;
mod files;
mod incoming;
mod late;
mod merged;
mod needs_fetch;
mod not_opened;
mod opening;
mod outcome;
mod part;
mod partial;
mod parts;
mod poll;
pub mod ports;
mod presence;
mod rating;
mod redirect;
mod reopening;
mod replies;
mod routing;
mod run;
mod said;
mod sent_back;
mod staffing;
mod survey;
mod system_message;
mod tell;
mod timers;
mod to_customer;
mod to_helpdesk;
mod trace;
mod tries;
mod typed;
mod use_cases;
mod waiting;
mod with_bot;
mod worker;

pub use crate::failure::{FIRST_WAIT, Failure, MAX_VISIBILITY, MAX_WAIT, RESET_WAIT, UNKNOWN_WAIT};
pub use availability::{Availability, AvailabilityAnswer, Available, ToldWait, UnknownQueue};
pub use close::CloseTicket;
pub use due::FindDue;
pub use fate::About;
pub use poll::PollEvents;
pub use staffing::StaffedQueues;
pub use use_cases::{ToCustomer, ToHelpdesk};
pub use worker::{Deadline, RunOutcome, Worker, work};
