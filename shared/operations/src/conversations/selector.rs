//! Whose conversation is meant: a customer's address, a conversation's id, a customer's key, a message group, or what a person says who means a
//! customer: a telephone, a ticket's number, a name on the channel.

use ponte::{
    conversation::EntryPoint,
    hash::HashKey,
    lime::Node,
    message::{ConversationId, CustomerKey},
};

use super::said::Said;
use crate::OperationError;

/// What an operator may have in hand. An address or a telephone is personal: it is hashed, and neither printed nor logged.
#[derive(Clone, PartialEq)]
pub enum Selector {
    Address(Node),
    Conversation(ConversationId),
    /// A key, or a message group: both are hashes of 32 hexadecimal digits.
    Key(CustomerKey),
    Said(Said),
}

impl std::fmt::Debug for Selector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Address(_) => f.write_str("Address(…)"),
            Self::Conversation(id) => write!(f, "{id:?}"),
            Self::Key(key) => write!(f, "{key:?}"),
            Self::Said(_) => f.write_str("Said(…)"),
        }
    }
}

impl Selector {
    /// Tells them apart by their form.
    pub fn parse(text: &str) -> Result<Self, OperationError> {
        let text = text.trim();
        if let Some(id) = ConversationId::parse(&text.to_ascii_lowercase()) {
            return Ok(Self::Conversation(id));
        }
        if text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Ok(Self::Key(CustomerKey::new(text.to_ascii_lowercase())));
        }
        if text.contains('@') {
            // A telephone before the `@` may be written as people write it.
            let address =
                Node::parse(text).map_err(|_| OperationError::Usage("this is no address of Blip's".to_owned()))?;
            return Ok(Self::Address(address));
        }
        // Not repeated: it may be a phone number.
        let why = || {
            OperationError::Usage(
                "neither an address, a conversation's id, a key, a telephone nor a ticket's number".to_owned(),
            )
        };
        Said::parse(text).map(Self::Said).ok_or_else(why)
    }

    /// A sender of the REST channel.
    pub fn of_sender(sender: &str) -> Result<Self, OperationError> {
        let address = ponte::rest::address(sender.trim());
        address
            .map(Self::Address)
            .ok_or_else(|| OperationError::Usage("a sender's name is empty or too long".to_owned()))
    }

    /// The key in the conversation store, where the form alone leads to it. What was said leads to one only by a search (`find`).
    pub fn key(&self, key: &HashKey) -> Option<CustomerKey> {
        match self {
            Self::Address(address) => Some(CustomerKey::of(address, key)),
            Self::Conversation(id) => Some(id.conversation()),
            Self::Key(key) => Some(key.clone()),
            Self::Said(_) => None,
        }
    }

    /// Whether it can only be this one key: nothing else is searched for then.
    pub(super) fn is_exact(&self) -> bool {
        match self {
            Self::Conversation(_) => true,
            Self::Address(address) => !matches!(EntryPoint::of(address), EntryPoint::Bot),
            Self::Key(_) | Self::Said(_) => false,
        }
    }

    /// What to say when nothing was found. It repeats nothing personal.
    pub fn not_found(&self) -> OperationError {
        let by_mark = "use the mark on the helpdesk's ticket or its number";
        OperationError::NotFound(match self {
            Self::Conversation(id) => format!(
                "nothing is held of {}: it never was, or it ended more than 30 days ago",
                id.conversation().as_str()
            ),
            Self::Key(key) => format!(
                "nothing is held of {}, and it is the group of no conversation that is held: it never was, or it ended more than 30 days ago",
                key.as_str()
            ),
            Self::Address(address) => match EntryPoint::of(address) {
                EntryPoint::Router | EntryPoint::Desk { .. } | EntryPoint::Rest => {
                    format!(
                        "not found under this address: it never wrote, or its conversation ended more than 30 days ago; else {by_mark}"
                    )
                }
                EntryPoint::Bot => format!(
                    "not found under this address, nor by it behind a router or a ticket of Blip's; there {by_mark}, since what an \
                     earlier release opened, or what ended more than 30 days ago, is not found by an address"
                ),
            },
            Self::Said(_) => format!(
                "not found, neither as a telephone or name of a customer's nor as a ticket; behind a router {by_mark}, since what an \
                 earlier release opened, or what ended more than 30 days ago, is not found by a telephone"
            ),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_lead_to_one_key() {
        let hash = HashKey::new(b"k");
        let key = |text: &str| Selector::parse(text).unwrap().key(&hash).unwrap();
        let by_address = key("5511987654321@WA.gw.msging.net/instance");
        assert_eq!(by_address, key("5511987654321@wa.gw.msging.net"));
        assert_eq!(by_address, key(by_address.as_str()));
        assert_eq!(by_address, key(&by_address.as_str().to_ascii_uppercase()));
        assert_eq!(by_address, key(&format!("{}-0123456789ab", by_address.as_str())));
        assert_eq!(by_address, key(&format!(" {}-0123456789AB\n", by_address.as_str().to_ascii_uppercase())));
        for wrong in ["", " \n", "@", "5511@", "@wa.gw.msging.net"] {
            let problem = Selector::parse(wrong).unwrap_err();
            assert_eq!(problem.code(), 2);
            assert!(!problem.to_string().contains("5511"), "{problem}");
        }
        let sender = Selector::of_sender("João").unwrap();
        assert_eq!(sender.key(&hash).unwrap(), CustomerKey::of(&ponte::rest::address("João").unwrap(), &hash));
        assert_eq!(Selector::of_sender(" ").unwrap_err().code(), 2);
    }

    #[test]
    fn nothing_personal_is_repeated() {
        for text in ["5511987654321@wa.gw.msging.net", "+55 11 98765-4321", "5511987654321@tunnel.msging.net"] {
            let whom = Selector::parse(text).unwrap();
            assert!(!format!("{whom:?}").contains("98765"), "{whom:?}");
            let problem = whom.not_found();
            assert!(problem.code() == 3 && !problem.to_string().contains("98765"), "{problem}");
        }
    }
}
