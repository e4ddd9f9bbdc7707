//! Standard Webhooks 1.0.0, written a second time on purpose: the bridge's own code must not judge itself.
//!
//! Signed is `{id}.{timestamp}.{body}` with HMAC-SHA256; the header holds `v1,` and the base64 of it, and may hold several
//! with a space between. The vectors in the tests are those of the reference libraries.

use anyhow::{Context, Result, anyhow, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// How far a timestamp may lie from our clock, in seconds (the reference libraries' tolerance).
const TOLERANCE_SECONDS: u64 = 300;

/// A shared key, from its written form `whsec_<base64>`.
#[derive(Clone)]
pub struct SigningKey(Vec<u8>);

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

/// The three headers of a signed request, unverified.
#[derive(Clone, Copy, Debug)]
pub struct SignatureHeaders<'a> {
    /// `webhook-id`
    pub id: &'a str,
    /// `webhook-timestamp`, seconds since 1970
    pub timestamp: &'a str,
    /// `webhook-signature`
    pub signature: &'a str,
}

impl SigningKey {
    /// Reads `whsec_<base64>`; the prefix may be missing.
    pub fn parse(secret: &str) -> Result<Self> {
        let text = secret.strip_prefix("whsec_").unwrap_or(secret);
        Ok(Self(STANDARD.decode(text).context("the webhook secret is not base64")?))
    }

    /// The value of `webhook-signature` for a body sent at `timestamp`.
    pub fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> Result<String> {
        let sum = self.mac(id, &timestamp.to_string(), body)?.finalize().into_bytes();
        Ok(format!("v1,{}", STANDARD.encode(sum)))
    }

    /// Whether one of the signatures is ours and the timestamp is near `now` (seconds since 1970); the error says why not.
    pub fn verify(&self, signed: SignatureHeaders<'_>, body: &[u8], now: i64) -> Result<()> {
        let at: i64 = signed.timestamp.parse().map_err(|_| anyhow!("timestamp is no number"))?;
        ensure!(at.abs_diff(now) <= TOLERANCE_SECONDS, "timestamp is too far from our clock");
        let mac = self.mac(signed.id, signed.timestamp, body)?;
        let good = signed
            .signature
            .split(' ')
            .filter_map(|one| STANDARD.decode(one.strip_prefix("v1,")?).ok())
            .any(|sum| mac.clone().verify_slice(&sum).is_ok());
        ensure!(good, "no signature fits");
        Ok(())
    }

    fn mac(&self, id: &str, timestamp: &str, body: &[u8]) -> Result<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).map_err(|_| anyhow!("the key has no usable length"))?;
        mac.update(format!("{id}.{timestamp}.").as_bytes());
        mac.update(body);
        Ok(mac)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = r#"{"type":"agent.message","timestamp":"2026-11-20T12:02:00Z","data":{"text":"Olá ção 😀"}}"#;
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const SIGNATURE: &str = "v1,5pT9Ax+E7i5+7NB5+ePHcRPrWGtRGvwYrm1aVyx1xsk=";

    fn check(signature: &str, now: i64) -> Result<()> {
        let signed = SignatureHeaders { id: "msg_1", timestamp: "1763640120", signature };
        SigningKey::parse(SECRET)?.verify(signed, BODY.as_bytes(), now)
    }

    #[test]
    fn signs_as_the_reference_libraries_do() {
        let key = SigningKey::parse(SECRET).unwrap();
        let made = key.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#).unwrap();
        assert_eq!(made, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert_eq!(key.sign("msg_1", 1_763_640_120, BODY.as_bytes()).unwrap(), SIGNATURE);
    }

    #[test]
    fn accepts_a_rotation_and_the_edge_of_the_tolerance() {
        check(SIGNATURE, 1_763_640_420).unwrap();
        check(&format!("v1,FXCs46LNV/vLpdj7DvwWuFPaZAo5666LhtAzC3GB4lo= {SIGNATURE}"), 1_763_640_120).unwrap();
    }

    #[test]
    fn refuses_the_old_the_future_and_the_forged() {
        assert!(check(SIGNATURE, 1_763_640_421).is_err());
        assert!(check(SIGNATURE, 1_763_639_819).is_err());
        assert!(check("v1,", 1_763_640_120).is_err());
        assert!(check(&SIGNATURE.replace("v1", "v2"), 1_763_640_120).is_err());
    }
}
