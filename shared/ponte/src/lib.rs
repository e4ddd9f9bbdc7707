//! Ponte: a bridge between Blip and the helpdesk a company already has.
//!
//! This crate holds all that the functions have in common. Imports run one way:
//! functions -> [`relay`] -> [`conversation`], [`message`], [`lime`]. `relay` sees the outside only
//! through its ports; the adapters ([`blip`], [`helpdesk`], [`store`], [`queue`]) implement them and know
//! nothing of each other. `docs/ARCHITECTURE.md` has the drawing.

pub use ::lime;

pub mod access;
pub mod blip;
pub mod clock;
pub mod conversation;
pub mod failure;
pub mod fetch;
pub mod hash;
pub mod helpdesk;
pub mod http;
pub mod job;
#[cfg(feature = "aws")]
pub mod lambda;
pub mod media;
pub mod message;
pub mod queue;
pub mod rejection;
pub mod relay;
pub mod rest;
pub mod rotation;
pub mod secret;
#[cfg(feature = "aws")]
pub mod secrets;
pub mod settings;
pub mod store;
pub mod telemetry;
pub mod texts;
pub mod trail;
