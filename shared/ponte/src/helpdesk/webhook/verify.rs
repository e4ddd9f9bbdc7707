//! The webhook endpoint: is it really the in-house tool, and what does it say?

use serde_json::Value;

use super::{super::signature::SigningKey, check, mapping, wire};
use crate::{
    clock::Timestamp,
    relay::ports::{Rejection, TicketEvents, Unfit, Unverified, Verified, WebhookVerifier},
    settings::SettingsError,
};

/// Checks and reads callbacks.
#[derive(Debug, Clone)]
pub struct InHouseVerifier {
    key: SigningKey,
}

impl InHouseVerifier {
    /// `secret` is `whsec_` and base64.
    pub fn new(secret: &str) -> Result<Self, SettingsError> {
        let key = SigningKey::parse(secret).ok_or(SettingsError::Invalid("HelpdeskWebhookSecret"))?;
        Ok(Self { key })
    }
}

impl WebhookVerifier for InHouseVerifier {
    fn verify<'a>(&self, request: &Unverified<'a>, now: Timestamp) -> Result<Verified<'a>, Rejection> {
        self.key.check(request, now)
    }

    fn events(&self, request: &Unverified<'_>, body: Verified<'_>) -> Result<Vec<TicketEvents>, Rejection> {
        let delivery = request.headers.get("webhook-id").unwrap_or_default();
        let mut body: Value =
            serde_json::from_slice(body.0).map_err(|_| Rejection::Malformed("the body is not JSON"))?;
        let Some(kind) = body.get("type").and_then(Value::as_str) else {
            return Err(Rejection::Malformed("the body has no `type`"));
        };
        if !wire::ToPonte::TYPES.contains(&kind) {
            return Err(Rejection::Unprocessable("unknown `type`: see the contract, docs/openapi.yaml"));
        }
        check::fits(kind, &body).map_err(Rejection::Unfit)?;
        check::settle(&mut body);
        let event: wire::Event<wire::ToPonte> = serde_json::from_value(body)
            .map_err(|_| Rejection::Unprocessable("`data` does not fit its `type`: see docs/openapi.yaml"))?;
        let events = mapping::event(event.event, delivery)
            // HTML or Markdown that shows nothing: only who reads it can tell.
            .ok_or(Rejection::Unfit(Unfit::of("/data/content/text", "shows nothing in its format")))?;
        Ok(vec![events])
    }
}
