//! The helpdesk `servicenow`: live agents of `ServiceNow` by the Virtual Agent Bot Integration API.
//!
//! A conversation is a client session that bears our mark as its id, so that nothing has to be looked up. `ServiceNow` answers a
//! call with nothing but that it arrived; what agents say is posted to us later. The API has nothing to read with: what may have
//! arrived and is sent again carries the same `requestId` and `clientMessageId`, and whether `ServiceNow` heeds that is not
//! documented.
//!
//! Source: ServiceNow/ServiceNowDocs, `api-reference/rest-apis/bot-api.md` (Apache-2.0), as of 2026-03. The page for who sets it up is
//! `docs/helpdesks/servicenow.md`.

mod calls;
mod client;
mod mapping;
mod routing;
mod verify;
pub mod wire;

use std::collections::BTreeMap;

use super::{ClientDeps, Secrets};
use crate::{
    message::{Capabilities, Files, MAX_TEXT, text::Format},
    settings::{HelpdeskSettings, SettingsError},
};

pub use client::ServiceNowClient;
pub use verify::ServiceNowVerifier;

/// Its name in the parameter `Helpdesk`.
pub const NAME: &str = "servicenow";

/// The types that an attachment may have (bot-api.md, `message.attachment.contentType`).
const TYPES: &[&str] =
    &["application/pdf", "application/msword", "image/png", "image/jpeg", "text/plain", "video/mpeg"];

/// How our calls prove themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Authentication {
    /// `HelpdeskCredentials` is `user:password`.
    #[default]
    Basic,
    /// It is the token of the channel, for the header `token`.
    Token,
    /// It is the secret that bodies are hashed with, for the header `x-b2b-signature`.
    Hash,
}

/// A call of an opening.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Step {
    StartConversation,
    SendHistory,
    Agent,
}

/// The parameter `HelpdeskSettings` of this helpdesk.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Settings {
    authentication: Authentication,
    /// The header in which the callback carries `HelpdeskWebhookSecret`.
    secret_header: String,
    /// What the queue is chosen by, and whatever else the channel's scripts read.
    context: BTreeMap<String, String>,
    /// What an opening consists of, in order. Its end is the call for an agent.
    opening: Vec<Step>,
    /// Whether the provider's property `third_party_chat` is set: then the agent sees what became of a message.
    third_party_chat: bool,
    /// How agents' words are written.
    format: Format,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            authentication: Authentication::Basic,
            secret_header: "x-ponte-secret".to_owned(),
            context: BTreeMap::from([("live_agent_only".to_owned(), "true".to_owned())]),
            opening: vec![Step::Agent],
            third_party_chat: false,
            format: Format::Markdown,
        }
    }
}

impl Settings {
    /// Reads the parameter.
    pub(super) fn parse(parameter: &str) -> Result<Self, SettingsError> {
        let settings: Self = super::parse_settings(parameter)?;
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
        let header = !settings.secret_header.is_empty() && settings.secret_header.chars().all(plain);
        if !header || settings.opening.last() != Some(&Step::Agent) {
            return Err(SettingsError::Invalid("HelpdeskSettings"));
        }
        Ok(Self { secret_header: settings.secret_header.to_ascii_lowercase(), ..settings })
    }
}

/// What it can show. `parameter` is `HelpdeskSettings`.
pub(super) fn capabilities(parameter: &str) -> Result<Capabilities, SettingsError> {
    let settings = Settings::parse(parameter)?;
    Ok(Capabilities {
        // By link: `ServiceNow` fetches it, and names no size. Whether words beside a file are shown is not documented.
        files: Some(Files { caption: 0, types: TYPES, ..Files::upto(u64::MAX) }),
        typing: true,
        receipts: settings.third_party_chat,
        // A text is "unlimited"; ours stands in for it.
        ..Capabilities::words(MAX_TEXT)
    })
}

/// What verifies its webhooks.
pub(super) fn verifier(settings: &HelpdeskSettings, secret: &str) -> Result<ServiceNowVerifier, SettingsError> {
    ServiceNowVerifier::new(secret, &settings.own)
}

/// Its client.
pub(super) fn client(
    settings: &HelpdeskSettings,
    secrets: Secrets,
    deps: ClientDeps,
) -> Result<ServiceNowClient, SettingsError> {
    let can = capabilities(&settings.own)?;
    let HelpdeskSettings { url, own, .. } = settings;
    ServiceNowClient::new(url, own, secrets.credentials, deps, can)
}
