//! Keyed hashes: what stands in for an identity wherever others may look.
//!
//! A plain hash of a phone number is undone in seconds by hashing all phone numbers, so every group,
//! deduplication id, table key and log field is an HMAC under a key that the template generates and keeps.
//! The key never leaves this type.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The stack's own hash key.
#[derive(Clone)]
pub struct HashKey(Hmac<Sha256>);

impl std::fmt::Debug for HashKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HashKey(…)")
    }
}

impl HashKey {
    /// A key of any length; the template generates 43 characters.
    pub fn new(key: &[u8]) -> Self {
        // HMAC takes a key of any length; the fallback is never reached.
        Self(Hmac::new_from_slice(key).unwrap_or_else(|_| Hmac::new(&hmac::digest::Key::<Hmac<Sha256>>::default())))
    }

    /// 32 bytes from `parts`, each with its length before it, so that ("ab","c") and ("a","bc") differ.
    pub fn bytes(&self, parts: &[&str]) -> [u8; 32] {
        let mut mac = self.0.clone();
        for part in parts {
            mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            mac.update(part.as_bytes());
        }
        mac.finalize().into_bytes().into()
    }

    /// 32 hexadecimal characters (128 bits): long enough that no two customers ever share one.
    pub fn hex(&self, parts: &[&str]) -> String {
        let mut hex = hex::encode(self.bytes(parts));
        hex.truncate(32);
        hex
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_together_and_keys_differ() {
        let key = HashKey::new(b"one");
        assert_ne!(key.hex(&["ab", "c"]), key.hex(&["a", "bc"]));
        assert_ne!(key.hex(&["a"]), HashKey::new(b"two").hex(&["a"]));
        assert_eq!(key.hex(&["a"]).len(), 32);
        assert_eq!(format!("{key:?}"), "HashKey(…)");
    }
}
