//! The helpdesk `webhook`: an in-house tool that speaks our contract (`docs/openapi.yaml`), signed both ways by
//! Standard Webhooks 1.0.0.
//!
//! It can do everything that Ponte can: text, files by link, locations, choices, links, typing, assignment, closing
//! with a service to send the customer to. Every call carries `webhook-id` as its idempotency key, so a call whose
//! result is unknown is simply repeated.

mod check;
mod client;
mod map;
mod verify;
pub mod wire;

use crate::{
    message::{Capabilities, MAX_TEXT},
    settings::SettingsError,
};

pub use client::WebhookClient;
pub use verify::WebhookDoor;

/// Its name in the parameter `Helpdesk`.
pub const NAME: &str = "webhook";

/// The parameter `HelpdeskSettings` of this helpdesk.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Own {
    /// Send `message.status`. Each costs a message of the queue and a call.
    receipts: bool,
    /// Send `customer.typing`.
    typing: bool,
}

/// What it can show. `own` is the parameter `HelpdeskSettings`.
pub(super) fn capabilities(own: &str) -> Result<Capabilities, SettingsError> {
    let own: Own = match own.trim() {
        "" => Own::default(),
        own => serde_json::from_str(own).map_err(|_| SettingsError::Invalid("HelpdeskSettings"))?,
    };
    Ok(Capabilities { receipts: own.receipts, typing: own.typing, ..Capabilities::everything(MAX_TEXT) })
}
