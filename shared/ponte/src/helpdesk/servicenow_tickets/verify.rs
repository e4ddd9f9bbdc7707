//! The door: what a business rule of the company's own posts, so that an agent's words do not wait for the next sweep.
//!
//! `ServiceNow` signs nothing; the rule carries `HelpdeskWebhookSecret` in a header. It only names a row: whoever has the secret can make
//! the bridge look, and nothing more.

use super::{Own, map, wire};
use crate::{
    clock::Timestamp,
    helpdesk::shared_secret::SharedSecrets,
    relay::ports::{Door, Rejection, TicketEvents, Unverified, Verified},
    settings::SettingsError,
};

/// Checks and reads what the rule posts.
#[derive(Clone)]
pub struct ServiceNowTicketsDoor {
    secrets: SharedSecrets,
    header: String,
}

impl std::fmt::Debug for ServiceNowTicketsDoor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ServiceNowTicketsDoor(…)")
    }
}

impl ServiceNowTicketsDoor {
    /// `secret` is `HelpdeskWebhookSecret`, `own` the parameter `HelpdeskSettings`.
    pub fn new(secret: &str, own: &str) -> Result<Self, SettingsError> {
        Ok(Self { secrets: SharedSecrets::parse(secret)?, header: Own::parse(own)?.secret_header })
    }
}

impl Door for ServiceNowTicketsDoor {
    fn verify<'a>(&self, request: &Unverified<'a>, _now: Timestamp) -> Result<Verified<'a>, Rejection> {
        self.secrets.check_header(request, &self.header)
    }

    fn events(&self, _request: &Unverified<'_>, body: Verified<'_>) -> Result<Vec<TicketEvents>, Rejection> {
        let nudge: wire::Nudge =
            serde_json::from_slice(body.0).map_err(|_| Rejection::Malformed("the body is no JSON object"))?;
        map::events(nudge)
    }
}
