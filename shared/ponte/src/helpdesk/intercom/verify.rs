//! The webhook endpoint: is it really Intercom, and what does it say?
//!
//! `X-Hub-Signature: sha1=` and 40 hexadecimal characters, the HMAC-SHA1 of the raw body under the app's client secret. There
//! is no timestamp in it: what is sent again is recognised by its part ids. Before it posts, Intercom asks with HEAD whether
//! the address is there (developers.intercom.com, webhooks).

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

use super::{mapping, wire};
use crate::{
    clock::Timestamp,
    relay::ports::{HandshakeRequest, Rejection, TicketEvents, Unverified, Verified, WebhookVerifier},
    settings::SettingsError,
};

/// Checks and reads webhooks.
#[derive(Clone)]
pub struct IntercomVerifier(Hmac<Sha1>);

impl std::fmt::Debug for IntercomVerifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IntercomVerifier(…)")
    }
}

impl IntercomVerifier {
    /// `secret` is the app's client secret.
    pub fn new(secret: &str) -> Result<Self, SettingsError> {
        let invalid = SettingsError::Invalid("HelpdeskWebhookSecret");
        if secret.trim().is_empty() {
            return Err(invalid);
        }
        Hmac::new_from_slice(secret.trim().as_bytes()).map(Self).map_err(|_| invalid)
    }
}

impl WebhookVerifier for IntercomVerifier {
    fn answer(&self, question: &HandshakeRequest<'_>) -> Option<String> {
        (question.method == "HEAD").then(String::new)
    }

    fn verify<'a>(&self, request: &Unverified<'a>, _now: Timestamp) -> Result<Verified<'a>, Rejection> {
        let signature = request.headers.get("x-hub-signature").and_then(|value| value.trim().strip_prefix("sha1="));
        let matches = signature.and_then(|signature| hex::decode(signature).ok()).is_some_and(|signature| {
            let mut mac = self.0.clone();
            mac.update(request.body);
            mac.verify_slice(&signature).is_ok()
        });
        if !matches {
            tracing::warn!("a webhook was not signed by Intercom");
            return Err(Rejection::Unauthorized("the signature does not match"));
        }
        Ok(Verified(request.body))
    }

    fn events(&self, _request: &Unverified<'_>, body: Verified<'_>) -> Result<Vec<TicketEvents>, Rejection> {
        let notification: wire::Notification = serde_json::from_slice(body.0)
            .map_err(|_| Rejection::Malformed("the body is no notification with a topic"))?;
        mapping::events(notification)
    }
}
