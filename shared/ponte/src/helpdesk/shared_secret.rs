//! A secret that a helpdesk presents as it is, because it signs nothing: in a header, or in the path of the address.
//!
//! Whoever has it can say anything. Several may be set, apart by white space, so that one can be replaced without a gap.

use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

use crate::{
    relay::ports::{Rejection, Unverified, Verified},
    settings::SettingsError,
};

/// The shortest secret that an address may consist of, in characters: the address of an endpoint is guessed at without a cost.
const SHORTEST_PATH: usize = 16;

/// Hashed, so that not even a length shows in the comparison.
#[derive(Clone)]
pub(super) struct SharedSecrets(Vec<[u8; 32]>);

impl SharedSecrets {
    /// `secret` is `HelpdeskWebhookSecret`.
    pub(super) fn parse(secret: &str) -> Result<Self, SettingsError> {
        let secrets: Vec<[u8; 32]> = secret.split_whitespace().map(|secret| Sha256::digest(secret).into()).collect();
        if secrets.is_empty() { Err(SettingsError::Invalid("HelpdeskWebhookSecret")) } else { Ok(Self(secrets)) }
    }

    /// The same for a secret that is part of an address: long enough, and of characters that stay as they are in one.
    pub(super) fn in_path(secret: &str) -> Result<Self, SettingsError> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~');
        if secret.split_whitespace().any(|secret| secret.len() < SHORTEST_PATH || !secret.chars().all(plain)) {
            return Err(SettingsError::Invalid("HelpdeskWebhookSecret"));
        }
        Self::parse(secret)
    }

    /// A request that presents one of them in this header, as a webhook endpoint answers it.
    pub(super) fn check_header<'a>(&self, request: &Unverified<'a>, name: &str) -> Result<Verified<'a>, Rejection> {
        self.check(request, request.headers.get(name).unwrap_or_default())
    }

    /// The same in the path behind the endpoint's own address.
    pub(super) fn check_path<'a>(&self, request: &Unverified<'a>) -> Result<Verified<'a>, Rejection> {
        self.check(request, request.path)
    }

    fn check<'a>(&self, request: &Unverified<'a>, presented: &str) -> Result<Verified<'a>, Rejection> {
        if self.contain(presented) {
            return Ok(Verified(request.body));
        }
        tracing::warn!("callback without the right secret");
        Err(Rejection::Unauthorized("the secret does not match"))
    }

    /// Whether `presented` is one of them, in constant time.
    fn contain(&self, presented: &str) -> bool {
        let presented = Sha256::digest(presented.trim());
        self.0.iter().fold(Choice::from(0), |any, secret| any | secret.ct_eq(&presented[..])).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_of_them_is_good_and_nothing_else() {
        let secrets = SharedSecrets::parse(" one  another\n").unwrap();
        assert!(secrets.contain("one") && secrets.contain(" another "));
        assert!(["", "on", "onee", "one another", "ONE"].iter().all(|presented| !secrets.contain(presented)));
        assert!(SharedSecrets::parse(" ").is_err(), "an empty secret would let anybody in");
    }

    #[test]
    fn an_address_is_long_and_stays_as_it_is() {
        assert!(SharedSecrets::in_path("0123456789abcde-").is_ok());
        for bad in ["0123456789abcde", "0123456789abcde/", "0123456789abcdeé", "0123456789abcdef short", ""] {
            assert!(SharedSecrets::in_path(bad).is_err(), "{bad}");
        }
    }
}
