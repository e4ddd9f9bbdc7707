//! The one call of the API, and what its answer means. Repeats nothing but a call with a renewed key.
//!
//! An answer only says that the request arrived: a wrong token or hash is found later, inside `ServiceNow`, and is seen in its
//! log alone (bot-api.md, status codes). No conversation has an address of its own, so that a 404 is never one that is gone.

use std::sync::Arc;

use hmac::{Hmac, KeyInit, Mac};
use reqwest::{Method, StatusCode, Url};
use serde_json::Value;
use sha1::Sha1;

use super::{Authentication, mapping::UPDATE_MESSAGES, wire};
use crate::{
    clock::{Clock, Timestamp},
    helpdesk::api::{Api, Call, Dialect},
    http::Client,
    relay::Failure,
    secret::Secret,
    settings::SettingsError,
};

const fn dialect(sign: fn(reqwest::RequestBuilder, &str) -> reqwest::RequestBuilder) -> Dialect {
    // A 429 carries `Retry-After`, in seconds, beside its own headers.
    Dialect { sign, reset: |_, _| None, answers: &[StatusCode::NOT_FOUND] }
}

const BASIC: Dialect = dialect(|request, key| {
    let (user, password) = key.split_once(':').unwrap_or((key, ""));
    request.basic_auth(user, Some(password))
});
const TOKEN: Dialect = dialect(|request, key| request.header("token", key));
/// The hash is over the body: it is put on with it.
const HASH: Dialect = dialect(|request, _| request);

#[derive(Clone)]
pub(super) struct Calls {
    api: Api,
    authentication: Authentication,
}

impl Calls {
    pub(super) fn new(
        http: Client,
        url: &str,
        authentication: Authentication,
        key: Secret,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, SettingsError> {
        let dialect = match authentication {
            Authentication::Basic => &BASIC,
            Authentication::Token => &TOKEN,
            Authentication::Hash => &HASH,
        };
        Ok(Self { api: Api::new(http, url, &["api", "sn_va_as_service"], key, clock, dialect)?, authentication })
    }

    pub(super) fn base(&self) -> &Url {
        self.api.base()
    }

    pub(super) fn now(&self) -> Timestamp {
        self.api.now()
    }

    /// `user:password`, where that is how our calls prove themselves.
    pub(super) fn login(&self) -> Option<String> {
        (self.authentication == Authentication::Basic).then(|| self.api.key())
    }

    pub(super) async fn send(&self, request: &wire::Request) -> Result<(), Failure> {
        let broken = |_| Failure::Broken { why: "the request cannot be encoded as JSON" };
        let body: Value = serde_json::to_value(request).map_err(broken)?;
        let hash = match self.authentication {
            Authentication::Hash => signature(&self.api.key(), body.to_string().as_bytes()),
            Authentication::Basic | Authentication::Token => String::new(),
        };
        let headers = [("x-b2b-signature", hash.as_str())];
        let headers = if hash.is_empty() { &[] } else { &headers[..] };
        let call = Call::new(Method::POST, &["bot", "integration"]).headers(headers).json(&body)?;
        let answer = self.api.send(&call).await?;
        if answer.status() == StatusCode::NOT_FOUND {
            return Err(Failure::later("no Virtual Agent API answers at this address"));
        }
        let text = answer.text().await.map_err(|_| Failure::Unknown { why: "the response was cut off" })?;
        // Words without JSON are the answer to `UPDATE_MESSAGES`.
        if request.action == Some(UPDATE_MESSAGES) {
            return Ok(());
        }
        let received: wire::Received =
            serde_json::from_str(&text).map_err(|_| Failure::later("unexpected response from the helpdesk"))?;
        match (received.status.as_deref(), received.request) {
            (Some("success"), _) => Ok(()),
            (Some("failure"), _) => Err(Failure::Refused { why: "the helpdesk refuses the message", status: 400 }),
            (_, Some(_)) => {
                tracing::warn!("the channel in ServiceNow is synchronous: what it answers is not passed on");
                Ok(())
            }
            _ => Err(Failure::later("unexpected response from the helpdesk")),
        }
    }
}

/// The header `x-b2b-signature` for a body.
pub(super) fn signature(secret: &str, body: &[u8]) -> String {
    // HMAC takes a key of any length.
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(secret.trim().as_bytes()) else { return String::new() };
    mac.update(body);
    hex::encode(mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_vector_of_the_hash_holds() {
        let body = r#"{"requestId":"r1","clientSessionId":"s1","message":{"text":"Olá","typed":true},"userId":"u1"}"#;
        assert_eq!(super::signature("va-hash-secret", body.as_bytes()), "a7291ca39a8af1a2172ec93e26932ed4e0c6c6af");
    }
}
