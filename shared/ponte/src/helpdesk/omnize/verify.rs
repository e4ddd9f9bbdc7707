//! The door: is it really Omnize, and what does it say?
//!
//! Nothing is documented that a trigger proves itself with: the secret stands in the path of the address.

use super::{Own, map, wire};
use crate::{
    clock::Timestamp,
    helpdesk::shared_secret::SharedSecrets,
    relay::ports::{Door, Rejection, TicketEvents, Unverified, Verified},
    settings::SettingsError,
};

/// Checks and reads triggers.
#[derive(Clone)]
pub struct OmnizeDoor {
    secrets: SharedSecrets,
    own: Own,
}

impl std::fmt::Debug for OmnizeDoor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OmnizeDoor(…)")
    }
}

impl OmnizeDoor {
    /// `secret` is `HelpdeskWebhookSecret`, `own` the parameter `HelpdeskSettings`.
    pub fn new(secret: &str, own: &str) -> Result<Self, SettingsError> {
        Ok(Self { secrets: SharedSecrets::in_path(secret)?, own: Own::parse(own)? })
    }
}

impl Door for OmnizeDoor {
    fn verify<'a>(&self, request: &Unverified<'a>, _now: Timestamp) -> Result<Verified<'a>, Rejection> {
        self.secrets.check_path(request)
    }

    fn events(&self, _request: &Unverified<'_>, body: Verified<'_>) -> Result<Vec<TicketEvents>, Rejection> {
        let trigger: wire::Trigger =
            serde_json::from_slice(body.0).map_err(|_| Rejection::Malformed("the body is no JSON object"))?;
        map::events(&trigger, &self.own)
    }
}
