//! The helpdesk `intercom`: Intercom's Conversations API 2.15, and its webhooks.
//!
//! A customer is a contact known by our pseudonym (`external_id`), a ticket is a conversation that this contact began, and
//! its first line bears our mark. What customers say is a reply of the contact; what the bridge says is a note. Intercom has
//! no idempotency key, so every repetition looks before it writes (`client.rs` says how well that works).
//!
//! Sources: the specification of Intercom's API 2.15 (intercom/Intercom-OpenAPI `8889625a7b93`, MIT), and its pages on
//! webhooks and rate limits. The page for who sets it up is `docs/helpdesks/intercom.md`.

mod calls;
mod client;
mod mapping;
mod rating;
mod reopening;
mod routing;
mod staffing;
mod verify;
pub mod wire;

use super::{ClientDeps, Secrets};
use crate::{
    message::{Capabilities, Files, MAX_TEXT},
    settings::{HelpdeskSettings, SettingsError},
};

pub use client::IntercomClient;
pub use verify::IntercomVerifier;

/// Its name in the parameter `Helpdesk`.
pub const NAME: &str = "intercom";

/// The parameter `HelpdeskSettings` of this helpdesk.
#[derive(Debug, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Settings {
    /// The longest text of one message, in characters. Intercom documents no limit; ours stands in for it.
    longest_text: usize,
    /// The attribute of conversations that a route's priority is written into, by its name: the API has no call for a conversation's own
    /// priority. Empty where there is none.
    priority_attribute: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self { longest_text: MAX_TEXT, priority_attribute: String::new() }
    }
}

/// What it can show. `parameter` is `HelpdeskSettings`.
pub(super) fn capabilities(parameter: &str) -> Result<Capabilities, SettingsError> {
    let settings: Settings = super::parse_settings(parameter)?;
    if !(1..=MAX_TEXT).contains(&settings.longest_text) {
        return Err(SettingsError::Invalid("HelpdeskSettings"));
    }
    Ok(Capabilities {
        // By link, so that the size is the stack's own limit: the specification gives none for `attachment_urls`.
        // "Attachment URLs" are for pictures (the specification, `reply_conversation_request`).
        files: Some(Files { types: &["image/"], ..Files::upto(u64::MAX) }),
        // A contact's `reply_options` answer an agent's question; no message of a customer offers answers. The specification has
        // neither places nor links with a title in a reply, nor a call that shows typing, or how far an agent's message has come.
        ..Capabilities::words(settings.longest_text)
    })
}

/// What verifies its webhooks.
pub(super) fn verifier(_settings: &HelpdeskSettings, secret: &str) -> Result<IntercomVerifier, SettingsError> {
    IntercomVerifier::new(secret)
}

/// Its client.
pub(super) fn client(
    settings: &HelpdeskSettings,
    secrets: Secrets,
    deps: ClientDeps,
) -> Result<IntercomClient, SettingsError> {
    let can = capabilities(&settings.own)?;
    let HelpdeskSettings { url, own, .. } = settings;
    let Settings { priority_attribute, .. } = super::parse_settings(own)?;
    IntercomClient::new(url, secrets.credentials, deps, can, priority_attribute)
}
