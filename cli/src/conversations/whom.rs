//! Whose conversation is meant: a customer's address, an opening, or a key of the map.

use ponte::{
    hash::HashKey,
    lime::Node,
    message::{ConversationKey, OpeningId},
};

use crate::Problem;

/// What an operator may have in hand. An address is personal: it is hashed, and neither printed nor logged.
#[derive(Clone, PartialEq)]
pub enum Whom {
    Address(Node),
    Opening(OpeningId),
    Key(ConversationKey),
}

impl std::fmt::Debug for Whom {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Address(_) => f.write_str("Address(…)"),
            Self::Opening(opening) => write!(f, "{opening:?}"),
            Self::Key(key) => write!(f, "{key:?}"),
        }
    }
}

impl Whom {
    /// Tells the three apart by their form.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let text = text.trim();
        if text.contains('@') {
            let address = Node::parse(text).map_err(|_| Problem::Usage("this is no address of Blip's".to_owned()))?;
            return Ok(Self::Address(address));
        }
        if let Some(opening) = OpeningId::parse(text) {
            return Ok(Self::Opening(opening));
        }
        if text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Ok(Self::Key(ConversationKey::new(text.to_ascii_lowercase())));
        }
        // Not repeated: it may be a phone number.
        Err(Problem::Usage("neither an address (name@domain), nor an opening, nor a key".to_owned()))
    }

    /// A sender of the REST channel.
    pub fn of_sender(sender: &str) -> Result<Self, Problem> {
        let address = ponte::rest::address(sender.trim());
        address.map(Self::Address).ok_or_else(|| Problem::Usage("a sender's name is empty or too long".to_owned()))
    }

    /// The key in the map.
    pub fn key(&self, key: &HashKey) -> ConversationKey {
        match self {
            Self::Address(address) => ConversationKey::of(address, key),
            Self::Opening(opening) => opening.conversation(),
            Self::Key(key) => key.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_forms_lead_to_one_key() {
        let hash = HashKey::new(b"k");
        let key = |text: &str| Whom::parse(text).unwrap().key(&hash);
        let by_address = key("5511987654321@WA.gw.msging.net/instance");
        assert_eq!(by_address, key("5511987654321@wa.gw.msging.net"));
        assert_eq!(by_address, key(by_address.as_str()));
        assert_eq!(by_address, key(&format!("{}-0123456789ab", by_address.as_str())));
        for wrong in ["", "5511987654321", "0123", "@"] {
            let problem = Whom::parse(wrong).unwrap_err();
            assert_eq!(problem.code(), 2);
            assert!(!problem.to_string().contains("5511"), "{problem}");
        }
        assert!(!format!("{:?}", Whom::parse("5511@wa.gw.msging.net").unwrap()).contains("5511"));
        let sender = Whom::of_sender("João").unwrap();
        assert_eq!(sender.key(&hash), ConversationKey::of(&ponte::rest::address("João").unwrap(), &hash));
        assert_eq!(Whom::of_sender(" ").unwrap_err().code(), 2);
    }
}
