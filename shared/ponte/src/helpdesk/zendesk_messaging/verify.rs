//! The webhook endpoint: is it really Sunshine Conversations, and what does it say?
//!
//! Nothing is signed. `X-API-Key` is a secret that both know, shown when the webhook is made (the specification, "Webhooks"): whoever
//! has it can say anything, and what is sent again is recognised by its ids. Several secrets may be set, apart by white space, so that
//! one can be replaced: after a 401 the sender never tries again.

use super::{Settings, mapping, wire};
use crate::{
    clock::Timestamp,
    helpdesk::shared_secret::SharedSecrets,
    relay::ports::{Rejection, TicketEvents, Unverified, Verified, WebhookVerifier},
    settings::SettingsError,
};

/// Checks and reads webhooks.
#[derive(Clone)]
pub struct ZendeskMessagingVerifier {
    secrets: SharedSecrets,
    settings: Settings,
}

impl std::fmt::Debug for ZendeskMessagingVerifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SunshineVerifier(…)")
    }
}

impl ZendeskMessagingVerifier {
    /// `secret` is `HelpdeskWebhookSecret`, `own` the parameter `HelpdeskSettings`.
    pub fn new(secret: &str, own: &str) -> Result<Self, SettingsError> {
        Ok(Self { secrets: SharedSecrets::parse(secret)?, settings: Settings::read(own)? })
    }
}

impl WebhookVerifier for ZendeskMessagingVerifier {
    fn verify<'a>(&self, request: &Unverified<'a>, _now: Timestamp) -> Result<Verified<'a>, Rejection> {
        self.secrets.check_header(request, "x-api-key")
    }

    /// A 400 is final for the sender, and a 422 is tried again: what is no JSON now will be none in a minute, but an event that this
    /// release does not understand may be understood by the next.
    fn events(&self, _request: &Unverified<'_>, body: Verified<'_>) -> Result<Vec<TicketEvents>, Rejection> {
        let delivery: wire::Delivery = serde_json::from_slice(body.0)
            .map_err(|_| Rejection::Malformed("the body is no delivery with `events`"))?;
        mapping::events(delivery, &self.settings)
    }
}
