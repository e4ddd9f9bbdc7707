//! The helpdesk `chatwoot`: an inbox of the kind "API" in Chatwoot 4, by its application API and its webhooks.
//!
//! A customer is a contact known by our pseudonym (`identifier`), a conversation is one of Chatwoot's that bears our mark among its
//! custom attributes. What customers say are incoming messages, what the bridge says are private notes, and each bears its id in
//! `source_id`, since Chatwoot has no idempotency key. A webhook only names a message: what it was is read from Chatwoot
//! (`Helpdesk::read`), so that what a server without signatures is made to say has no effect. Chatwoot repeats no webhook, so
//! `sweep.rs` asks what was not told.
//!
//! Sources: chatwoot/chatwoot 4.x, `swagger/swagger.json` (`b711bfd2c`, MIT), and its `message_builder.rb`, `message_finder.rb`,
//! `conversation_finder.rb`, `contact_inbox_builder.rb`, `trigger.rb`. The page for who sets it up is `docs/helpdesks/chatwoot.md`.

mod active;
mod calls;
mod client;
mod cursor;
mod mapping;
mod opening;
mod poll;
mod rating;
mod reopening;
mod routing;
mod staffing;
mod verify;
pub mod wire;

use super::{ClientDeps, Secrets};
use crate::{
    message::{Capabilities, Files, MAX_TEXT, MEGABYTE},
    settings::{HelpdeskSettings, SettingsError},
};

pub use client::ChatwootClient;
pub use verify::ChatwootVerifier;

/// Its name in the parameter `Helpdesk`.
pub const NAME: &str = "chatwoot";

/// The largest file, in bytes: Chatwoot's own limit where its administrator set no other.
const MAX_FILE: u64 = 40 * MEGABYTE;

/// The parameter `HelpdeskSettings` of this helpdesk.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    /// The account's number: it stands in the address of Chatwoot's pages.
    account: u64,
    /// The number of the API inbox.
    inbox: u64,
    /// Whether the server signs its webhooks. Else the secret stands in the path of the address.
    #[serde(default = "signed")]
    signed: bool,
}

const fn signed() -> bool {
    true
}

impl Settings {
    /// Reads the parameter.
    pub(super) fn parse(parameter: &str) -> Result<Self, SettingsError> {
        super::parse_settings(parameter)
    }
}

/// What it can show. `parameter` is `HelpdeskSettings`.
pub(super) fn capabilities(parameter: &str) -> Result<Capabilities, SettingsError> {
    Settings::parse(parameter)?;
    Ok(Capabilities {
        files: Some(Files::upto(MAX_FILE)),
        // A contact's message is text and files. The application API shows who types only as the owner of its token.
        // Chatwoot's own limit is 150,000 characters.
        ..Capabilities::words(MAX_TEXT)
    })
}

/// What verifies its webhooks.
pub(super) fn verifier(settings: &HelpdeskSettings, secret: &str) -> Result<ChatwootVerifier, SettingsError> {
    ChatwootVerifier::new(secret, &settings.own)
}

/// Its client.
pub(super) fn client(
    settings: &HelpdeskSettings,
    secrets: Secrets,
    deps: ClientDeps,
) -> Result<ChatwootClient, SettingsError> {
    let can = capabilities(&settings.own)?;
    let HelpdeskSettings { url, own, .. } = settings;
    ChatwootClient::new(url, own, secrets.credentials, deps, can)
}
