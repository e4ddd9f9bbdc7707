//! The helpdesk `webhook`: an in-house tool that speaks our contract (`docs/openapi.yaml`), signed both ways by
//! Standard Webhooks 1.0.0.
//!
//! It can do everything that Ponte can: text, files by link, locations, choices, links, typing, assignment, closing
//! with a service to send the customer to. Every call carries `webhook-id` as its idempotency key, so a call whose
//! result is unknown is simply repeated.

mod check;
mod client;
mod mapping;
mod routing;
mod staffing;
mod verify;
pub mod wire;

use super::{ClientDeps, Secrets};
use crate::{
    message::{Capabilities, MAX_TEXT},
    settings::{HelpdeskSettings, SettingsError},
};

pub use client::WebhookClient;
pub use verify::InHouseVerifier;

/// Its name in the parameter `Helpdesk`.
pub const NAME: &str = "webhook";

/// The parameter `HelpdeskSettings` of this helpdesk.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Settings {
    /// Send `message.status`. Each costs a message of the queue and a call.
    receipts: bool,
    /// Send `customer.typing`.
    typing: bool,
    /// Send `availability.requested`, where a bot asks whether somebody is there.
    availability: bool,
}

/// What it can show. `parameter` is `HelpdeskSettings`.
pub(super) fn capabilities(parameter: &str) -> Result<Capabilities, SettingsError> {
    let settings: Settings = super::parse_settings(parameter)?;
    Ok(Capabilities { receipts: settings.receipts, typing: settings.typing, ..Capabilities::everything(MAX_TEXT) })
}

/// What verifies its webhooks.
pub(super) fn verifier(_settings: &HelpdeskSettings, secret: &str) -> Result<InHouseVerifier, SettingsError> {
    InHouseVerifier::new(secret)
}

/// Its client.
pub(super) fn client(
    settings: &HelpdeskSettings,
    secrets: Secrets,
    deps: ClientDeps,
) -> Result<WebhookClient, SettingsError> {
    let can = capabilities(&settings.own)?;
    let HelpdeskSettings { url, own, .. } = settings;
    let Settings { availability, .. } = super::parse_settings(own)?;
    Ok(WebhookClient::new(url, secrets.webhook, deps, can)?.asking(availability))
}
