//! The two systems beside the bridge, faked on one machine: Blip, with its router and its custom attendance channel, and an in-house
//! helpdesk that speaks the `webhook` contract; on the same port, an assistant behind Rasa's REST channel. A company's own site can be
//! in Blip's place.
//!
//! It is an independent judge: it does not use the crate `ponte`, reads raw JSON, and signs with code of its own. What each side
//! said and saw is in the [`Ledger`], and [`Ledger::verdict`] says whether anything was lost, repeated, out of order, or shown to
//! the wrong person; [`Simulator::files`] says whether the files are the same ones, byte for byte. The end-to-end tests use it in
//! their own process; `make demo` and `make local` through the binary.
//!
//! Everything it knows of Blip comes from `docs.blip.ai` (2023) and the captures named at each place; where nothing is known it
//! does the least convenient thing that is plausible.
//!
//! The modules stand in the order of their imports: each knows only those above it, and no two fakes know each other.

mod clock;
mod config;
mod json;
pub mod samples;
mod signature;

mod message;

mod ledger;

mod transport;

mod state;

mod delivery;
mod file_requests;

mod customers;
mod fake_assistant;
mod fake_blip;
mod fake_helpdesk;
mod file_check;
mod hostile_server;

mod control;
mod playground;

mod simulator;

pub mod demo;
pub mod stack;

#[cfg(test)]
mod tests;

pub use config::Config;
pub use customers::{Customer, DeskCustomer, SiteCustomer, TOKEN as REST_CHANNEL_TOKEN};
pub use fake_blip::Blip;
pub use fake_helpdesk::{Agent, Helpdesk};
pub use file_check::{Downloaded, FileSeen};
pub use hostile_server::HostileServer;
pub use ledger::{Digest, Direction, Label, Lane, Ledger, Note, Origin, Seen, Sent, Verdict};
pub use message::Content;
pub use signature::{SignatureHeaders, SigningKey};
pub use simulator::Simulator;
pub use state::{AnyCustomer, Conversation, Place, Profile, Turn};
pub use transport::{Bridge, Endpoint, FaultAction, FaultLimit, FaultPlan, FileRequest};
