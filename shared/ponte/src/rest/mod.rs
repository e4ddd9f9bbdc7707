//! A company's own site, or another assistant, in Blip's place as the customer's side: Rasa's REST channel, the other way round.
//!
//! Whoever speaks it posts what a customer says, and gets what is waiting for that customer. The channel implements the port
//! `Blip`, so that no use case knows of it: what is sent goes into an outbox, from which the next request takes it. [`Channels`] is
//! both sides as one, told apart by the domain of an address.
//!
//! Source of the shapes: Rasa 3.0.4, `rasa/core/channels/rest.py` and `docs/static/spec/rasa.yml` (Apache-2.0). The page for who
//! uses it is `docs/rest-channel.md`.

mod channel;
mod channels;
mod endpoint;
mod mapping;
mod reading;
pub mod wire;

pub use crate::relay::ports::{Entry, HEAD_KEPT_FOR, Head, KEPT_FOR, KNOWN_FOR, Outbox};
pub use channel::RestChannel;
pub use channels::Channels;
pub use endpoint::{Answer, RestEndpoint, RestRequest};

use crate::lime::Node;

pub use crate::message::REST_DOMAIN as DOMAIN;
/// The longest name of a sender, in bytes.
pub const MAX_SENDER: usize = 128;

/// The address of a sender. `None` when the name is empty or too long.
pub fn address(sender: &str) -> Option<Node> {
    if sender.is_empty() || sender.len() > MAX_SENDER {
        return None;
    }
    // Addresses are compared without case, and senders are not.
    Node::parse(&format!("{}@{DOMAIN}", hex::encode(sender))).ok()
}

/// Whose address it is. `None` when it is none of this channel.
pub fn sender(address: &Node) -> Option<String> {
    if !is_ours(address) {
        return None;
    }
    let name = address.name();
    let bytes = (0..name.len()).step_by(2).map(|at| u8::from_str_radix(name.get(at..at + 2)?, 16).ok());
    String::from_utf8(bytes.collect::<Option<_>>()?).ok()
}

/// Whether an address is one of this channel.
pub fn is_ours(address: &Node) -> bool {
    address.domain().eq_ignore_ascii_case(DOMAIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_is_any_text_and_comes_back() {
        for name in ["joao", "João 🤖", "A", "a", "x@y/z", " "] {
            let address = address(name).unwrap();
            assert_eq!(sender(&address).as_deref(), Some(name));
        }
        assert_ne!(address("A").unwrap().identity().key(), address("a").unwrap().identity().key());
        assert!(address("").is_none() && address(&"x".repeat(129)).is_none());
        for other in ["5531@wa.gw.msging.net", "zz@rest.ponte", "6@rest.ponte", "é@rest.ponte"] {
            assert_eq!(sender(&Node::parse(other).unwrap()), None, "{other}");
        }
    }
}
