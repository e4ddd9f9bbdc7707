//! Who a customer is on the channel, as a keyed hash: what the operator's tool finds a conversation by.
//!
//! The key of a conversation is made of the address that the bridge sees. Behind a router that is a number of the router's, and in the
//! custom attendance channel Blip's ticket, so that nobody who has a telephone in hand could name it.

use crate::{hash::HashKey, lime::Identity};

/// How much of the hash is kept. Of a million customers, two share these 64 bits with a probability of 3 in a hundred million; the
/// tool shows whose key it found before it does anything.
const BYTES: usize = 8;

/// A keyed hash of an identity on the channel. Without the stack's key nobody makes it of a telephone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Who([u8; BYTES]);

impl Who {
    /// The customer with this identity, compared without case.
    pub fn of(identity: &Identity, key: &HashKey) -> Self {
        let mut kept = [0; BYTES];
        kept.iter_mut().zip(key.bytes(&["who", &identity.key()])).for_each(|(to, from)| *to = from);
        Self(kept)
    }

    /// The eight bytes that the table holds.
    pub fn packed(&self) -> &[u8] {
        &self.0
    }

    /// What was stored. `None` when it is none.
    pub fn unpack(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_is_one_customer_under_one_key() {
        let who =
            |identity: &str, key: &str| Who::of(&Identity::parse(identity).unwrap(), &HashKey::new(key.as_bytes()));
        let maria = who("5531999990001@wa.gw.msging.net", "k");
        assert_eq!(maria, who("5531999990001@WA.gw.msging.net/instance", "k"));
        assert_ne!(maria, who("5531999990002@wa.gw.msging.net", "k"));
        assert_ne!(maria, who("5531999990001@sms.gw.msging.net", "k"));
        assert_ne!(maria, who("5531999990001@wa.gw.msging.net", "another"));
        assert_eq!(Who::unpack(maria.packed()), Some(maria));
        assert_eq!((Who::unpack(&[]), Who::unpack(&[0; 9])), (None, None));
    }
}
