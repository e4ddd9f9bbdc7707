//! The client of Blip's HTTP API, behind the relay's port.
//!
//! It knows LIME and HTTP, and nothing of the conversation store, the queues or the helpdesk. It repeats nothing: retries are
//! the queue's. Blip's key goes to the configured base URL only, and for a file to where `files` says.

mod client;
mod dates;
mod desk;
mod files;
mod home;
mod hours;
mod profile;
mod threads;
mod token;
mod whereabouts;

pub use client::{BlipClient, COMMAND_LIMIT, SEND_LIMIT};
pub use home::home_of_key;
pub use token::verify;
