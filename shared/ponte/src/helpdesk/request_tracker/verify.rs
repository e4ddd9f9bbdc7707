//! The webhook endpoint: is it really RT's scrip, and which transaction does it name?
//!
//! Standard Webhooks, as the helpdesk `webhook`. The scrip runs in the agent's own request, so the answer must be quick, and RT
//! repeats nothing: what does not arrive is found by the sweep.

use super::{Settings, mapping, wire};
use crate::{
    clock::Timestamp,
    helpdesk::signature::SigningKey,
    relay::ports::{Rejection, TicketEvents, Unverified, Verified, WebhookVerifier},
    settings::SettingsError,
};

/// Checks and reads what the scrip posts.
#[derive(Debug, Clone)]
pub struct RequestTrackerVerifier {
    key: SigningKey,
    user: String,
}

impl RequestTrackerVerifier {
    /// `secret` is `whsec_` and base64; `own` is the parameter `HelpdeskSettings`.
    pub fn new(secret: &str, own: &str) -> Result<Self, SettingsError> {
        let key = SigningKey::parse(secret).ok_or(SettingsError::Invalid("HelpdeskWebhookSecret"))?;
        Ok(Self { key, user: Settings::parse(own)?.user })
    }
}

impl WebhookVerifier for RequestTrackerVerifier {
    fn verify<'a>(&self, request: &Unverified<'a>, now: Timestamp) -> Result<Verified<'a>, Rejection> {
        self.key.check(request, now)
    }

    fn events(&self, _request: &Unverified<'_>, body: Verified<'_>) -> Result<Vec<TicketEvents>, Rejection> {
        let hook: wire::Hook =
            serde_json::from_slice(body.0).map_err(|_| Rejection::Malformed("the body has no `type`"))?;
        mapping::events(hook, &self.user)
    }
}
