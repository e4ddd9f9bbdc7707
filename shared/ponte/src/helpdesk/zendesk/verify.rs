//! The webhook endpoint: is it really Zendesk, and what does it name?
//!
//! `X-Zendesk-Webhook-Signature` is the base64 of the HMAC-SHA256 over the timestamp's header and the raw body, under the
//! webhook's signing secret (developer.zendesk.com, verifying webhooks). Zendesk documents no tolerance; five minutes are ours.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{mapping, wire};
use crate::{
    clock::Timestamp,
    relay::ports::{Rejection, TicketEvents, Unverified, Verified, WebhookVerifier},
    settings::SettingsError,
};

/// How far a timestamp may be from now, either way.
const TOLERANCE: Duration = Duration::from_mins(5);

/// Checks and reads webhooks.
#[derive(Clone)]
pub struct ZendeskVerifier(Hmac<Sha256>);

impl std::fmt::Debug for ZendeskVerifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ZendeskVerifier(…)")
    }
}

impl ZendeskVerifier {
    /// `secret` is the webhook's signing secret, as Zendesk shows it.
    pub fn new(secret: &str) -> Result<Self, SettingsError> {
        let invalid = SettingsError::Invalid("HelpdeskWebhookSecret");
        if secret.trim().is_empty() {
            return Err(invalid);
        }
        Hmac::new_from_slice(secret.trim().as_bytes()).map(Self).map_err(|_| invalid)
    }

    fn is_signed(&self, timestamp: &str, request: &Unverified<'_>) -> bool {
        let signature =
            request.headers.get("x-zendesk-webhook-signature").and_then(|text| STANDARD.decode(text.trim()).ok());
        signature.is_some_and(|signature| {
            let mut mac = self.0.clone();
            mac.update(timestamp.as_bytes());
            mac.update(request.body);
            mac.verify_slice(&signature).is_ok()
        })
    }
}

impl WebhookVerifier for ZendeskVerifier {
    fn verify<'a>(&self, request: &Unverified<'a>, now: Timestamp) -> Result<Verified<'a>, Rejection> {
        let timestamp = request.headers.get("x-zendesk-webhook-signature-timestamp").unwrap_or_default();
        if !self.is_signed(timestamp, request) {
            tracing::warn!("a webhook was not signed by Zendesk");
            return Err(Rejection::Unauthorized("the signature does not match"));
        }
        let at = OffsetDateTime::parse(timestamp.trim(), &Rfc3339).ok();
        let at = at.and_then(|at| i64::try_from(at.unix_timestamp_nanos() / 1_000_000).ok()).map(Timestamp);
        if at.is_none_or(|at| now.since(at).max(at.since(now)) > TOLERANCE) {
            tracing::warn!("a webhook's timestamp is too far from now");
            return Err(Rejection::Unauthorized("the timestamp is too far from now"));
        }
        Ok(Verified(request.body))
    }

    fn events(&self, _request: &Unverified<'_>, body: Verified<'_>) -> Result<Vec<TicketEvents>, Rejection> {
        let event: wire::Event =
            serde_json::from_slice(body.0).map_err(|_| Rejection::Malformed("the body is no event with a type"))?;
        mapping::events(event)
    }
}
