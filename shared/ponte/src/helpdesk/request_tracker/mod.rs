//! The helpdesk `request-tracker`: Request Tracker 5 by its REST2 interface, and a scrip that posts signed events.
//!
//! A conversation is a ticket that bears our mark in the custom field `BlipTicketId`. It has **no requestor**: RT writes e-mail
//! to requestors, and customers are on Blip. What customers say is correspondence of the bridge's own user, what the bridge says
//! is a comment, and each bears its id in the transaction's custom field `BlipMessageId`, since RT has no idempotency key. The
//! scrip only names a transaction; what it was is read from RT (`Helpdesk::read`). RT never repeats an event, so `sweep.rs`
//! asks what was not told.
//!
//! Sources: RT 5.0.3 as Debian has it, by running it and by its own `RT::REST2`. The page for who sets it up is
//! `docs/helpdesks/request-tracker.md`.

mod calls;
mod client;
mod mapping;
mod opening;
mod poll;
mod rating;
mod reopening;
mod routing;
mod verify;
pub mod wire;

use super::{ClientDeps, Secrets};
use crate::{
    message::{Capabilities, Files},
    settings::{HelpdeskSettings, SettingsError},
};

pub use client::RequestTrackerClient;
pub use verify::RequestTrackerVerifier;

/// Its name in the parameter `Helpdesk`.
pub const NAME: &str = "request-tracker";

/// The longest text of one message, in characters. RT shows up to 25 KiB inline (`$MaxInlineBody`), the rest behind a link; a
/// character of ours takes two bytes at most where people write letters.
const MAX_TEXT_LIMIT: usize = 12_000;

/// The parameter `HelpdeskSettings` of this helpdesk.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Settings {
    /// The queue that gets the tickets, by its name.
    queue: String,
    /// The name of the bridge's own user: its events are left out at the webhook endpoint.
    user: String,
    /// The numbers of a route's priorities.
    priority: routing::Priorities,
    /// The custom field of tickets that gets a route's tags, by its name or number. RT has no tags of its own.
    tags_field: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            queue: "General".to_owned(),
            user: "blip-bridge".to_owned(),
            priority: routing::Priorities::default(),
            tags_field: None,
        }
    }
}

impl Settings {
    /// Reads the parameter.
    pub(super) fn parse(parameter: &str) -> Result<Self, SettingsError> {
        let settings: Self = super::parse_settings(parameter)?;
        let no_field = settings.tags_field.as_deref().is_some_and(|field| field.trim().is_empty());
        if settings.queue.trim().is_empty() || settings.user.trim().is_empty() || no_field {
            return Err(SettingsError::Invalid("HelpdeskSettings"));
        }
        Ok(settings)
    }
}

/// What it can show. `parameter` is `HelpdeskSettings`.
pub(super) fn capabilities(parameter: &str) -> Result<Capabilities, SettingsError> {
    Settings::parse(parameter)?;
    Ok(Capabilities {
        // RT stores what it gets (12 MiB were tried, with its `$MaxAttachmentSize` of 10): the stack's own limit holds.
        files: Some(Files::upto(u64::MAX)),
        // Nothing of a ticket can be tapped, or shows typing or what was read.
        ..Capabilities::words(MAX_TEXT_LIMIT)
    })
}

/// What verifies its webhooks.
pub(super) fn verifier(settings: &HelpdeskSettings, secret: &str) -> Result<RequestTrackerVerifier, SettingsError> {
    RequestTrackerVerifier::new(secret, &settings.own)
}

/// Its client.
pub(super) fn client(
    settings: &HelpdeskSettings,
    secrets: Secrets,
    deps: ClientDeps,
) -> Result<RequestTrackerClient, SettingsError> {
    let can = capabilities(&settings.own)?;
    let HelpdeskSettings { url, own, .. } = settings;
    RequestTrackerClient::new(url, own, secrets.credentials, deps, can)
}
