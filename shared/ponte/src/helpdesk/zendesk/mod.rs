//! The helpdesk `zendesk`: tickets of Zendesk Support by its API v2, and its webhooks.
//!
//! A customer is an end user known by our pseudonym (`external_id`), without an e-mail address, so that Zendesk writes to
//! nobody. A conversation is a ticket whose `external_id` is our mark. What customers say are public comments by the
//! requester, what the bridge says are internal notes, and each update carries the ids of its messages in the ticket's
//! `metadata`, by which a repetition finds what is there already.
//!
//! Zendesk takes 30 updates of one ticket in ten minutes from one user, so that what waits is put into one comment
//! (`Capabilities::together`). Webhooks only name a comment or an assignment: files and names are read from the API.
//!
//! Sources: developer.zendesk.com (Support API, webhooks, rate limits, idempotency), as collected in 2026. The page for who
//! sets it up is `docs/helpdesks/zendesk.md`.

mod calls;
mod client;
mod look;
mod mapping;
mod names;
mod opening;
mod rating;
mod reads;
mod reopening;
mod routing;
mod schedules;
mod staffing;
mod verify;
pub mod wire;

use super::{ClientDeps, Secrets};
use crate::{
    message::{Capabilities, Files, MAX_TEXT, MEGABYTE},
    settings::{HelpdeskSettings, SettingsError},
};

pub use client::ZendeskClient;
pub use verify::ZendeskVerifier;

/// Its name in the parameter `Helpdesk`.
pub const NAME: &str = "zendesk";

/// How many messages are put into one comment. Their ids must fit into `metadata` (1 KB), 33 characters each.
const TOGETHER: usize = 10;
/// The longest text of one comment that passes whatever is written in it, in characters.
const MAX_TEXT_LIMIT: usize = 16_000;
/// The largest upload, in bytes (developer.zendesk.com, ticket attachments: 50 MB).
const MAX_FILE: u64 = 50 * MEGABYTE;

/// The parameter `HelpdeskSettings` of this helpdesk.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Settings {
    /// The longest text of one comment, in characters. Zendesk documents none; about 65,000 bytes are known to pass
    /// (support.zendesk.com, 2022), and a character has four at most.
    longest_text: usize,
    /// Minutes by which the times before merged messages are ahead of UTC: -180 is Brasília.
    minutes_from_utc: i32,
    /// Whether agents set their status, so that it says whether somebody is there. It takes an administrator's key.
    agent_status: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { longest_text: MAX_TEXT_LIMIT, minutes_from_utc: 0, agent_status: false }
    }
}

impl Settings {
    /// Reads the parameter.
    pub(super) fn parse(parameter: &str) -> Result<Self, SettingsError> {
        let settings: Self = super::parse_settings(parameter)?;
        // No place on Earth is further from UTC than this.
        if !(1..=MAX_TEXT).contains(&settings.longest_text)
            || !(-14 * 60..=14 * 60).contains(&settings.minutes_from_utc)
        {
            return Err(SettingsError::Invalid("HelpdeskSettings"));
        }
        Ok(settings)
    }
}

/// What it can show. `parameter` is `HelpdeskSettings`.
pub(super) fn capabilities(parameter: &str) -> Result<Capabilities, SettingsError> {
    // A comment is text: nothing in it can be tapped, and nobody is shown typing.
    Ok(Capabilities {
        files: Some(Files::upto(MAX_FILE)),
        max_batch: TOGETHER,
        ..Capabilities::words(Settings::parse(parameter)?.longest_text)
    })
}

/// What verifies its webhooks.
pub(super) fn verifier(_settings: &HelpdeskSettings, secret: &str) -> Result<ZendeskVerifier, SettingsError> {
    ZendeskVerifier::new(secret)
}

/// Its client.
pub(super) fn client(
    settings: &HelpdeskSettings,
    secrets: Secrets,
    deps: ClientDeps,
) -> Result<ZendeskClient, SettingsError> {
    let can = capabilities(&settings.own)?;
    let HelpdeskSettings { url, own, .. } = settings;
    ZendeskClient::new(url, own, secrets.credentials, deps, can)
}
