//! The webhook endpoint: is it really Chatwoot, and what does it name?
//!
//! A newer server signs: `X-Chatwoot-Signature: sha256=` and the hexadecimal HMAC-SHA256 over `X-Chatwoot-Timestamp`, a dot, and the
//! raw body, under the inbox's secret (seen with 4.16). Five minutes of tolerance are ours. An older one signs nothing: the
//! secret stands in the path then. Which of the two is a setting, so that nobody may choose the weaker one.

use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::{Settings, mapping, wire};
use crate::{
    clock::Timestamp,
    helpdesk::shared_secret::SharedSecrets,
    relay::ports::{Rejection, TicketEvents, Unverified, Verified, WebhookVerifier},
    settings::SettingsError,
};

/// How far a timestamp may be from now, either way.
const TOLERANCE: Duration = Duration::from_mins(5);

/// Checks and reads webhooks.
#[derive(Clone)]
pub struct ChatwootVerifier(Proof);

#[derive(Clone)]
enum Proof {
    Signature(Hmac<Sha256>),
    Path(SharedSecrets),
}

impl std::fmt::Debug for ChatwootVerifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ChatwootVerifier(…)")
    }
}

impl ChatwootVerifier {
    /// `secret` is `HelpdeskWebhookSecret`, `own` the parameter `HelpdeskSettings`.
    pub fn new(secret: &str, own: &str) -> Result<Self, SettingsError> {
        let invalid = SettingsError::Invalid("HelpdeskWebhookSecret");
        if !Settings::parse(own)?.signed {
            return Ok(Self(Proof::Path(SharedSecrets::in_path(secret)?)));
        }
        if secret.trim().is_empty() {
            return Err(invalid);
        }
        let key = Hmac::new_from_slice(secret.trim().as_bytes()).map_err(|_| invalid)?;
        Ok(Self(Proof::Signature(key)))
    }
}

/// Whether the signature is that of timestamp and body.
fn is_signed(key: &Hmac<Sha256>, timestamp: &str, request: &Unverified<'_>) -> bool {
    let signature = request.headers.get("x-chatwoot-signature").and_then(|value| value.trim().strip_prefix("sha256="));
    signature.and_then(|signature| hex::decode(signature).ok()).is_some_and(|signature| {
        let mut mac = key.clone();
        for part in [timestamp.as_bytes(), b".", request.body] {
            mac.update(part);
        }
        mac.verify_slice(&signature).is_ok()
    })
}

impl WebhookVerifier for ChatwootVerifier {
    fn verify<'a>(&self, request: &Unverified<'a>, now: Timestamp) -> Result<Verified<'a>, Rejection> {
        match &self.0 {
            Proof::Path(secrets) => secrets.check_path(request),
            Proof::Signature(key) => {
                let timestamp = request.headers.get("x-chatwoot-timestamp").unwrap_or_default();
                if !is_signed(key, timestamp, request) {
                    tracing::warn!("a webhook was not signed by Chatwoot");
                    return Err(Rejection::Unauthorized("the signature does not match"));
                }
                let at = timestamp.trim().parse::<i64>().ok().map(|at| Timestamp(at.saturating_mul(1000)));
                if at.is_none_or(|at| now.since(at).max(at.since(now)) > TOLERANCE) {
                    tracing::warn!("a webhook's timestamp is too far from now");
                    return Err(Rejection::Unauthorized("the timestamp is too far from now"));
                }
                Ok(Verified(request.body))
            }
        }
    }

    fn events(&self, request: &Unverified<'_>, body: Verified<'_>) -> Result<Vec<TicketEvents>, Rejection> {
        let hook: wire::Hook = serde_json::from_slice(body.0)
            .map_err(|_| Rejection::Malformed("the body is no webhook with an `event`"))?;
        let delivery = request.headers.get("x-chatwoot-delivery").or(request.headers.get("x-chatwoot-timestamp"));
        mapping::events(hook, delivery)
    }
}
