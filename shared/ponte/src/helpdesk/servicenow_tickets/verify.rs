//! The webhook endpoint: what a business rule of the company's own posts, so that an agent's words do not wait for the next sweep.
//!
//! `ServiceNow` signs nothing; the rule carries `HelpdeskWebhookSecret` in a header. It only names a row: whoever has the secret can make
//! the bridge look, and nothing more.

use super::{Settings, mapping, wire};
use crate::{
    clock::Timestamp,
    helpdesk::shared_secret::SharedSecrets,
    relay::ports::{Rejection, TicketEvents, Unverified, Verified, WebhookVerifier},
    settings::SettingsError,
};

/// Checks and reads what the rule posts.
#[derive(Clone)]
pub struct ServiceNowTicketsVerifier {
    secrets: SharedSecrets,
    header: String,
}

impl std::fmt::Debug for ServiceNowTicketsVerifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ServiceNowTicketsVerifier(…)")
    }
}

impl ServiceNowTicketsVerifier {
    /// `secret` is `HelpdeskWebhookSecret`, `own` the parameter `HelpdeskSettings`.
    pub fn new(secret: &str, own: &str) -> Result<Self, SettingsError> {
        Ok(Self { secrets: SharedSecrets::parse(secret)?, header: Settings::parse(own)?.secret_header })
    }
}

impl WebhookVerifier for ServiceNowTicketsVerifier {
    fn verify<'a>(&self, request: &Unverified<'a>, _now: Timestamp) -> Result<Verified<'a>, Rejection> {
        self.secrets.check_header(request, &self.header)
    }

    fn events(&self, _request: &Unverified<'_>, body: Verified<'_>) -> Result<Vec<TicketEvents>, Rejection> {
        let nudge: wire::Nudge =
            serde_json::from_slice(body.0).map_err(|_| Rejection::Malformed("the body is no JSON object"))?;
        mapping::events(nudge)
    }
}
