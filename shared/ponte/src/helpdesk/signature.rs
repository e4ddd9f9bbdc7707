//! Standard Webhooks 1.0.0: signed text `{id}.{timestamp}.{body}`, HMAC-SHA256, `v1,` and base64.
//!
//! The helpdesk `webhook` signs so both ways, and Request Tracker's scrip does.
//!
//! Ours and not the crate `standardwebhooks` 1.0.1, which reads the system's clock and overflows on a hostile timestamp.
//! Source: standard-webhooks/standard-webhooks, specification 1.0.0.

use std::time::Duration;

use base64::{
    Engine as _,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose::STANDARD},
};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::{
    clock::Timestamp,
    relay::ports::{Rejection, Unverified, Verified},
};

/// How far a timestamp may be from the receiver's clock, either way. Exactly this far is still good.
pub const TOLERANCE: Duration = Duration::from_mins(5);

/// The specification's lengths of a key, in bytes: less is a password that happens to be base64.
const KEY_LENGTH: std::ops::RangeInclusive<usize> = 24..=64;

/// Secrets are pasted with and without padding.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Why a signature was not accepted. For the log; the answer says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureError {
    MissingHeader,
    Timestamp,
    TooOld,
    Future,
    Mismatch,
}

impl SignatureError {
    /// In words that name nothing of the request.
    pub fn why(self) -> &'static str {
        match self {
            Self::MissingHeader => "a header of the signature is missing",
            Self::Timestamp => "the timestamp is no number",
            Self::TooOld => "the timestamp is too old",
            Self::Future => "the timestamp is in the future",
            Self::Mismatch => "no signature matches",
        }
    }
}

/// The key of an HMAC-SHA256 signature of Standard Webhooks.
#[derive(Clone)]
pub struct SigningKey(Hmac<Sha256>);

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SigningKey(…)")
    }
}

impl SigningKey {
    /// Reads `whsec_` and base64, or base64 alone, of 24 to 64 bytes. `None` when it is something else.
    pub fn parse(secret: &str) -> Option<Self> {
        let secret = secret.trim();
        let key = LENIENT.decode(secret.strip_prefix("whsec_").unwrap_or(secret)).ok()?;
        if !KEY_LENGTH.contains(&key.len()) {
            return None;
        }
        Hmac::new_from_slice(&key).ok().map(Self)
    }

    fn mac(&self, id: &str, timestamp: &str, body: &[u8]) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        for part in [id.as_bytes(), b".", timestamp.as_bytes(), b".", body] {
            mac.update(part);
        }
        mac
    }

    /// A request whose three headers prove its sender, as a webhook endpoint answers it.
    pub(super) fn check<'a>(&self, request: &Unverified<'a>, now: Timestamp) -> Result<Verified<'a>, Rejection> {
        let header = |name| request.headers.get(name);
        self.verify(header("webhook-id"), header("webhook-timestamp"), header("webhook-signature"), request.body, now)
            .map_err(|error| Rejection::Unauthorized(error.why()))?;
        Ok(Verified(request.body))
    }

    /// The header `webhook-signature` for a body that is sent at `now`.
    pub fn sign(&self, id: &str, now: Timestamp, body: &[u8]) -> String {
        let mac = self.mac(id, &now.seconds().to_string(), body);
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }

    /// Checks the three headers over the raw body, each signature in constant time. Other versions in the list are
    /// skipped, so that a sender may sign with an old and a new key for a while.
    pub fn verify(
        &self,
        id: Option<&str>,
        timestamp: Option<&str>,
        signatures: Option<&str>,
        body: &[u8],
        now: Timestamp,
    ) -> Result<(), SignatureError> {
        let (Some(id), Some(timestamp), Some(signatures)) = (id, timestamp, signatures) else {
            return Err(SignatureError::MissingHeader);
        };
        let sent: i64 = timestamp.parse().map_err(|_| SignatureError::Timestamp)?;
        let tolerance = i64::try_from(TOLERANCE.as_secs()).unwrap_or(i64::MAX);
        let age = now.seconds().saturating_sub(sent);
        if age > tolerance {
            return Err(SignatureError::TooOld);
        }
        if age < -tolerance {
            return Err(SignatureError::Future);
        }
        let matches = signatures.split(' ').filter_map(|signature| signature.strip_prefix("v1,")).any(|signature| {
            let Ok(bytes) = STANDARD.decode(signature) else { return false };
            self.mac(id, timestamp, body).verify_slice(&bytes).is_ok()
        });
        if matches { Ok(()) } else { Err(SignatureError::Mismatch) }
    }
}
