//! The helpdesk `omnize`: chats of Omnize, now Zenvia Chat, by its interactions API v1 and its triggers.
//!
//! A conversation is an interaction, which carries our mark in `extra`; each trigger brings it back. The talk with the bot is behind a
//! link of ours (`external_history`), which Omnize reads. The API has no ids for messages, no idempotency key, and nothing to
//! look with: what may have arrived and is sent again may be there twice. Triggers are not signed: the secret stands in the path
//! of their address.
//!
//! Source: omnize/omnize.github.io `4959c5d85738`, `docs/api/v1/interactions.md` (2021); the product answers at `zchat.zenvia.io`. The
//! page for who sets it up is `docs/helpdesks/omnize.md`.

mod calls;
mod client;
mod mapping;
mod routing;
mod staffing;
mod verify;
pub mod wire;

use super::{ClientDeps, Secrets};
use crate::{
    message::{Capabilities, Files, MAX_TEXT},
    settings::{HelpdeskSettings, SettingsError},
};

pub use client::OmnizeClient;
pub use verify::OmnizeVerifier;

/// Its name in the parameter `Helpdesk`.
pub const NAME: &str = "omnize";

/// The parameter `HelpdeskSettings` of this helpdesk.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    /// The department that gets the chats.
    pub(super) department: u64,
    /// Minutes by which the times of the transcript are ahead of UTC, since they are written without a zone: -180 is Brasília.
    #[serde(default)]
    minutes_from_utc: i32,
    /// The longest text of one message, in characters. None is documented.
    #[serde(default = "longest_text")]
    longest_text: usize,
    /// Whether a chat is over that nobody can take (`unavailable`).
    #[serde(default = "unavailable_ends")]
    unavailable_ends: bool,
}

const fn longest_text() -> usize {
    MAX_TEXT
}

const fn unavailable_ends() -> bool {
    true
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
    let settings = Settings::parse(parameter)?;
    Ok(Capabilities {
        // By link: no size is documented.
        files: Some(Files::upto(u64::MAX)),
        typing: true,
        ..Capabilities::words(settings.longest_text)
    })
}

/// What verifies its webhooks.
pub(super) fn verifier(settings: &HelpdeskSettings, secret: &str) -> Result<OmnizeVerifier, SettingsError> {
    OmnizeVerifier::new(secret, &settings.own)
}

/// Its client.
pub(super) fn client(
    settings: &HelpdeskSettings,
    secrets: Secrets,
    deps: ClientDeps,
) -> Result<OmnizeClient, SettingsError> {
    let can = capabilities(&settings.own)?;
    let HelpdeskSettings { url, own, .. } = settings;
    OmnizeClient::new(url, own, secrets.credentials, deps, can)
}
