//! The edge towards Lambda: clients built once before the first event, and events in and out of its forms.
//!
//! The only place that names the runtime's types. A function's `main` says which part it plays, and no more.

mod availability;
mod aws;
mod clock;
mod connections;
mod console;
mod media;
mod poll;
mod reload;
mod rest;
mod rules;
mod start;
mod webhooks;
mod workers;

pub use availability::availability;
pub use clock::clock;
pub use connections::guarded;
pub use console::console;
pub use media::media;
pub use poll::sweep;
pub use rest::rest_channel;
pub use webhooks::{blip_webhook, helpdesk_callback};
pub use workers::{close_ticket, to_blip, to_helpdesk};
