//! The helpdesk `helper`: an assistant behind Rasa's REST channel, as the Helper of 4biz is.
//!
//! A conversation is one sender, named by our mark, so that nothing has to be looked up. What the customer says is posted, and the
//! answer to that call is what the assistant says: it goes the way that callbacks go. With the callback channel it is posted to us
//! later, an object at a time. There is no agent whom anything could be told, and no ending but one that the assistant's own
//! author put into it (`custom`, or a payload).
//!
//! Sources: Rasa 3.0.4, `rasa/core/channels/{rest,callback}.py` and `docs/static/spec/rasa.yml` (Apache-2.0); the Helper's page on
//! integrations. The page for who sets it up is `docs/helpdesks/helper.md`.

mod calls;
mod client;
mod mapping;
mod verify;
pub mod wire;

use super::{ClientDeps, Secrets};
use crate::{
    message::{Capabilities, MAX_TEXT},
    settings::{HelpdeskSettings, SettingsError},
};

pub use client::HelperClient;
pub use verify::HelperVerifier;

/// Its name in the parameter `Helpdesk`.
pub const NAME: &str = "helper";

/// How the assistant answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Channel {
    /// In the answer to the call.
    #[default]
    Rest,
    /// To our address, later.
    Callback,
}

/// The parameter `HelpdeskSettings` of this helpdesk.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Settings {
    channel: Channel,
    /// The payload that ends the conversation, whoever sends it: the assistant as `custom`, or the customer with a button.
    close_payload: Option<String>,
    /// What the assistant is told when the customer has left: `/restart`, for instance.
    end_payload: Option<String>,
    /// Where the customer goes when the assistant has no answer. Else that is only said, once.
    no_answer_service: Option<String>,
}

impl Settings {
    /// Reads the parameter.
    pub(super) fn parse(parameter: &str) -> Result<Self, SettingsError> {
        let settings: Self = super::parse_settings(parameter)?;
        let given = [&settings.close_payload, &settings.end_payload, &settings.no_answer_service];
        if given.into_iter().flatten().any(|text| text.trim().is_empty()) {
            return Err(SettingsError::Invalid("HelpdeskSettings"));
        }
        Ok(settings)
    }
}

/// What it can show. `parameter` is `HelpdeskSettings`.
pub(super) fn capabilities(parameter: &str) -> Result<Capabilities, SettingsError> {
    Settings::parse(parameter)?;
    // A message is a text.
    Ok(Capabilities::words(MAX_TEXT))
}

/// What verifies its webhooks.
pub(super) fn verifier(settings: &HelpdeskSettings, secret: &str) -> Result<HelperVerifier, SettingsError> {
    HelperVerifier::new(secret, &settings.own)
}

/// Its client.
pub(super) fn client(
    settings: &HelpdeskSettings,
    secrets: Secrets,
    deps: ClientDeps,
) -> Result<HelperClient, SettingsError> {
    let can = capabilities(&settings.own)?;
    let HelpdeskSettings { url, own, .. } = settings;
    HelperClient::new(url, own, secrets.credentials, deps, can)
}
