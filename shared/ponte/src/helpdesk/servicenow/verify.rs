//! The webhook endpoint: is it really `ServiceNow`, and what does it say?
//!
//! Nothing is signed. The connection may carry headers of one's own (bot-api.md, outbound authentication): one of them holds
//! `HelpdeskWebhookSecret`.

use super::{Settings, mapping, wire};
use crate::{
    clock::Timestamp,
    helpdesk::shared_secret::SharedSecrets,
    relay::ports::{Rejection, TicketEvents, Unverified, Verified, WebhookVerifier},
    settings::SettingsError,
};

/// Checks and reads callbacks.
#[derive(Clone)]
pub struct ServiceNowVerifier {
    secrets: SharedSecrets,
    settings: Settings,
}

impl std::fmt::Debug for ServiceNowVerifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ServiceNowVerifier(…)")
    }
}

impl ServiceNowVerifier {
    /// `secret` is `HelpdeskWebhookSecret`, `own` the parameter `HelpdeskSettings`.
    pub fn new(secret: &str, own: &str) -> Result<Self, SettingsError> {
        Ok(Self { secrets: SharedSecrets::parse(secret)?, settings: Settings::parse(own)? })
    }
}

impl WebhookVerifier for ServiceNowVerifier {
    fn verify<'a>(&self, request: &Unverified<'a>, _now: Timestamp) -> Result<Verified<'a>, Rejection> {
        self.secrets.check_header(request, &self.settings.secret_header)
    }

    fn events(&self, _request: &Unverified<'_>, body: Verified<'_>) -> Result<Vec<TicketEvents>, Rejection> {
        let callback: wire::Callback =
            serde_json::from_slice(body.0).map_err(|_| Rejection::Malformed("the body is no JSON object"))?;
        mapping::events(&callback, &self.settings)
    }
}
