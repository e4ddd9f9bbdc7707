//! Whose conversation is meant: a customer's address, an opening, a key of the map, a message group, or what a person says who means a
//! customer: a telephone, a ticket's number, a name on the channel.

use ponte::{
    conversation::Way,
    hash::HashKey,
    lime::Node,
    message::{ConversationKey, OpeningId},
};

use super::said::Said;
use crate::Problem;

/// What an operator may have in hand. An address or a telephone is personal: it is hashed, and neither printed nor logged.
#[derive(Clone, PartialEq)]
pub enum Whom {
    Address(Node),
    Opening(OpeningId),
    /// A key, or a message group: both are hashes of 32 hexadecimal digits.
    Key(ConversationKey),
    Said(Said),
}

impl std::fmt::Debug for Whom {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Address(_) => f.write_str("Address(…)"),
            Self::Opening(opening) => write!(f, "{opening:?}"),
            Self::Key(key) => write!(f, "{key:?}"),
            Self::Said(_) => f.write_str("Said(…)"),
        }
    }
}

impl Whom {
    /// Tells them apart by their form.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let text = text.trim();
        if let Some(opening) = OpeningId::parse(&text.to_ascii_lowercase()) {
            return Ok(Self::Opening(opening));
        }
        if text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Ok(Self::Key(ConversationKey::new(text.to_ascii_lowercase())));
        }
        if text.contains('@') {
            // A telephone before the `@` may be written as people write it.
            let address = Node::parse(text).map_err(|_| Problem::Usage("this is no address of Blip's".to_owned()))?;
            return Ok(Self::Address(address));
        }
        // Not repeated: it may be a phone number.
        let why =
            || Problem::Usage("neither an address, an opening, a key, a telephone nor a ticket's number".to_owned());
        Said::parse(text).map(Self::Said).ok_or_else(why)
    }

    /// A sender of the REST channel.
    pub fn of_sender(sender: &str) -> Result<Self, Problem> {
        let address = ponte::rest::address(sender.trim());
        address.map(Self::Address).ok_or_else(|| Problem::Usage("a sender's name is empty or too long".to_owned()))
    }

    /// The key in the map, where the form alone leads to it. What was said leads to one only by a search (`find`).
    pub fn key(&self, key: &HashKey) -> Option<ConversationKey> {
        match self {
            Self::Address(address) => Some(ConversationKey::of(address, key)),
            Self::Opening(opening) => Some(opening.conversation()),
            Self::Key(key) => Some(key.clone()),
            Self::Said(_) => None,
        }
    }

    /// Whether it can only be this one key: nothing else is searched for then.
    pub(super) fn is_exact(&self) -> bool {
        match self {
            Self::Opening(_) => true,
            Self::Address(address) => !matches!(Way::of(address), Way::Bot),
            Self::Key(_) | Self::Said(_) => false,
        }
    }

    /// What to say when nothing was found. It repeats nothing personal.
    pub(crate) fn not_found(&self) -> Problem {
        let by_mark = "use the mark on the helpdesk's ticket or its number";
        Problem::NotFound(match self {
            Self::Opening(opening) => format!(
                "nothing is held of {}: it never was, or it ended more than 30 days ago",
                opening.conversation().as_str()
            ),
            Self::Key(key) => format!(
                "nothing is held of {}, and it is the group of no conversation that is held: it never was, or it ended more than 30 days ago",
                key.as_str()
            ),
            Self::Address(address) => match Way::of(address) {
                Way::Router | Way::Desk { .. } | Way::Rest => {
                    format!(
                        "not found under this address: it never wrote, or its conversation ended more than 30 days ago; else {by_mark}"
                    )
                }
                Way::Bot => format!(
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
        let key = |text: &str| Whom::parse(text).unwrap().key(&hash).unwrap();
        let by_address = key("5511987654321@WA.gw.msging.net/instance");
        assert_eq!(by_address, key("5511987654321@wa.gw.msging.net"));
        assert_eq!(by_address, key(by_address.as_str()));
        assert_eq!(by_address, key(&by_address.as_str().to_ascii_uppercase()));
        assert_eq!(by_address, key(&format!("{}-0123456789ab", by_address.as_str())));
        assert_eq!(by_address, key(&format!(" {}-0123456789AB\n", by_address.as_str().to_ascii_uppercase())));
        for wrong in ["", " \n", "@", "5511@", "@wa.gw.msging.net"] {
            let problem = Whom::parse(wrong).unwrap_err();
            assert_eq!(problem.code(), 2);
            assert!(!problem.to_string().contains("5511"), "{problem}");
        }
        let sender = Whom::of_sender("João").unwrap();
        assert_eq!(sender.key(&hash).unwrap(), ConversationKey::of(&ponte::rest::address("João").unwrap(), &hash));
        assert_eq!(Whom::of_sender(" ").unwrap_err().code(), 2);
    }

    #[test]
    fn nothing_personal_is_repeated() {
        for text in ["5511987654321@wa.gw.msging.net", "+55 11 98765-4321", "5511987654321@tunnel.msging.net"] {
            let whom = Whom::parse(text).unwrap();
            assert!(!format!("{whom:?}").contains("98765"), "{whom:?}");
            let problem = whom.not_found();
            assert!(problem.code() == 3 && !problem.to_string().contains("98765"), "{problem}");
        }
    }
}
