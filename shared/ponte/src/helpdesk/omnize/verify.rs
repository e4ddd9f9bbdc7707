//! The webhook endpoint: is it really Omnize, and what does it say?
//!
//! Nothing is documented that a trigger proves itself with: the secret stands in the path of the address.

use super::{Settings, mapping, wire};
use crate::{
    clock::Timestamp,
    helpdesk::shared_secret::SharedSecrets,
    relay::ports::{Rejection, TicketEvents, Unverified, Verified, WebhookVerifier},
    settings::SettingsError,
};

/// Checks and reads triggers.
#[derive(Clone)]
pub struct OmnizeVerifier {
    secrets: SharedSecrets,
    settings: Settings,
}

impl std::fmt::Debug for OmnizeVerifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OmnizeVerifier(…)")
    }
}

impl OmnizeVerifier {
    /// `secret` is `HelpdeskWebhookSecret`, `own` the parameter `HelpdeskSettings`.
    pub fn new(secret: &str, own: &str) -> Result<Self, SettingsError> {
        Ok(Self { secrets: SharedSecrets::in_path(secret)?, settings: Settings::parse(own)? })
    }
}

impl WebhookVerifier for OmnizeVerifier {
    fn verify<'a>(&self, request: &Unverified<'a>, _now: Timestamp) -> Result<Verified<'a>, Rejection> {
        self.secrets.check_path(request)
    }

    fn events(&self, request: &Unverified<'_>, body: Verified<'_>) -> Result<Vec<TicketEvents>, Rejection> {
        let trigger: wire::Trigger =
            serde_json::from_slice(body.0).map_err(|_| Rejection::Malformed("the body is no JSON object"))?;
        mapping::events(&trigger, request.headers.get("x-amzn-trace-id"), &self.settings)
    }
}
