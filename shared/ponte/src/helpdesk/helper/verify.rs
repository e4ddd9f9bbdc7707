//! The webhook endpoint of the callback channel: is it really the assistant, and what does it say?
//!
//! Rasa signs nothing and sends no header of ours: the secret stands in the path of the address (`credentials.yml`,
//! `callback.url`).

use super::{Settings, mapping, wire};
use crate::{
    clock::Timestamp,
    helpdesk::shared_secret::SharedSecrets,
    relay::ports::{Rejection, TicketEvents, Unverified, Verified, WebhookVerifier},
    settings::SettingsError,
};

/// Checks and reads callbacks.
#[derive(Clone)]
pub struct HelperVerifier {
    secrets: SharedSecrets,
    settings: Settings,
}

impl std::fmt::Debug for HelperVerifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HelperVerifier(…)")
    }
}

impl HelperVerifier {
    /// `secret` is `HelpdeskWebhookSecret`, `own` the parameter `HelpdeskSettings`.
    pub fn new(secret: &str, own: &str) -> Result<Self, SettingsError> {
        Ok(Self { secrets: SharedSecrets::in_path(secret)?, settings: Settings::parse(own)? })
    }
}

impl WebhookVerifier for HelperVerifier {
    fn verify<'a>(&self, request: &Unverified<'a>, _now: Timestamp) -> Result<Verified<'a>, Rejection> {
        self.secrets.check_path(request)
    }

    fn events(&self, request: &Unverified<'_>, body: Verified<'_>) -> Result<Vec<TicketEvents>, Rejection> {
        let items: wire::Items = serde_json::from_slice(body.0)
            .map_err(|_| Rejection::Malformed("the body is neither a message nor a list of messages"))?;
        // API Gateway gives each request one, and Rasa makes none twice (`callback.py`).
        mapping::events(&items, request.headers.get("x-amzn-trace-id"), &self.settings)
    }
}
