//! The helpdesk `webhook`: an in-house tool that speaks our contract (`docs/openapi.yaml`), signed both ways by
//! Standard Webhooks 1.0.0.
//!
//! It can do everything that Ponte can: text, files by link, locations, choices, links, typing, assignment, closing
//! with a service to send the customer to. Every call carries `webhook-id` as its idempotency key, so a call whose
//! result is unknown is simply repeated.

mod client;
mod map;
pub mod signature;
mod verify;
pub mod wire;

pub use client::WebhookClient;
pub use verify::WebhookDoor;

/// Its name in the parameter `Helpdesk`.
pub const NAME: &str = "webhook";
