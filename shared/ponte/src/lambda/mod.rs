//! The edge towards Lambda: clients built once before the first event, and events in and out of its forms.
//!
//! The only place that names the runtime's types. A function's `main` says which part it plays, and no more.

mod aws;
mod connections;
mod doors;
mod media;
mod reload;
mod rest;
mod sweep;
mod workers;

pub use connections::guarded;
pub use doors::{blip_webhook, helpdesk_callback};
pub use media::media;
pub use rest::rest_channel;
pub use sweep::sweep;
pub use workers::{close_ticket, to_blip, to_helpdesk};
