//! The names of things: conversations, openings, tickets, source messages, and what we send to Blip.
//!
//! An opening's id begins with its conversation's key, so that an event which carries our mark leads to
//! the customer's record without a second look-up; the id of what we send to Blip carries opening, ticket and message,
//! so that a notification leads back without any.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use serde::{Deserialize, Serialize};

use crate::{hash::HashKey, lime};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes the id as it stands.
            pub fn new(id: impl Into<String>) -> Self {
                Self(id.into())
            }

            /// The id as it stands.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
    };
}

id!(
    /// The key of a customer's record in the conversation store: 32 hexadecimal characters, a keyed hash of the customer's address.
    CustomerKey
);
id!(
    /// One opening of a conversation: `{conversation}-{12 hexadecimal characters}`. It is the mark on the
    /// helpdesk's ticket and the idempotency key of its creation.
    ConversationId
);
id!(
    /// The helpdesk's own name for a ticket.
    TicketId
);
id!(
    /// A file in the stack's own store: `{conversation}-{32 hexadecimal characters}`, both keyed hashes, so that nobody guesses
    /// it, and that all files of a conversation are found together.
    FileId
);

/// The source's own id of a message or event, `fwd:` prefixes stripped. A WhatsApp id holds the phone
/// number in base64, so `Debug` is redacted.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SourceId(String);

impl std::fmt::Debug for SourceId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SourceId(…)")
    }
}

impl SourceId {
    /// The id without any leading `fwd:` (reference: the same message is `X`, `fwd:X`, `fwd:fwd:X` on its way through Desk).
    pub fn new(id: &str) -> Self {
        Self(lime::bare_id(id).to_owned())
    }

    /// The id as it is: a helpdesk's may begin with anything.
    pub fn exact(id: &str) -> Self {
        Self(id.to_owned())
    }

    /// The id as it stands.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id of one of several parts of this message, counted from 1: `source/1`.
    #[must_use]
    pub fn part(&self, number: usize) -> Self {
        Self(format!("{}/{number}", self.0))
    }
}

impl CustomerKey {
    /// The key of the customer at `address`: without instance, compared without case.
    pub fn of(address: &lime::Node, key: &HashKey) -> Self {
        Self(key.hex(&["conversation", &address.identity().key()]))
    }
}

impl FileId {
    /// The file in `part` of a message. `source` tells apart whose it is: the customer's, or that of a ticket.
    pub fn of(conversation: &CustomerKey, source: &str, part: &SourceId, key: &HashKey) -> Self {
        let file = key.hex(&["file", conversation.as_str(), source, part.as_str()]);
        Self(format!("{}-{file}", conversation.as_str()))
    }

    /// Reads an id that came from outside. `None` when it is not one of ours.
    pub fn parse(id: &str) -> Option<Self> {
        let (conversation, file) = id.split_once('-')?;
        let hex = |part: &str| part.len() == 32 && part.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        (hex(conversation) && hex(file)).then(|| Self(id.to_owned()))
    }
}

impl ConversationId {
    /// A new opening of `conversation`; `random` comes from the caller, so that a simulation can repeat it.
    pub fn mint(conversation: &CustomerKey, random: uuid::Uuid) -> Self {
        let random: String = random.simple().to_string().chars().take(12).collect();
        Self(format!("{}-{random}", conversation.0))
    }

    /// Reads a mark that came from outside. `None` when it is not one of ours.
    pub fn parse(mark: &str) -> Option<Self> {
        let (conversation, random) = mark.split_once('-')?;
        let hex = |part: &str, length: usize| part.len() == length && part.bytes().all(|b| b.is_ascii_hexdigit());
        (hex(conversation, 32) && hex(random, 12)).then(|| Self(mark.to_owned()))
    }

    /// The id of a note that this conversation has once on a ticket in which several may be. What is the same for all of a customer's is left out.
    pub fn note_id(&self, note: &str) -> String {
        let own = self.0.rsplit('-').next().unwrap_or_default();
        format!("{note}-{own}")
    }

    /// The conversation that was opened.
    pub fn conversation(&self) -> CustomerKey {
        CustomerKey(self.0.split('-').next().unwrap_or_default().to_owned())
    }
}

/// What a message to Blip is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlipPart {
    /// Words of an agent: the helpdesk's ticket and message id, and the part counted from 1.
    Agent { ticket: TicketId, message: String, part: usize },
    /// A text of the bridge itself, or the redirect: `greeting`, `joined`, `closing`, `redirect`.
    System(String),
}

/// The id of a message that we send to Blip:
/// `ponte.{opening}.{part}.{ticket}.{message}` or `ponte.{opening}.{system text}`, the last two in base64url.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlipId {
    pub opening: ConversationId,
    pub part: BlipPart,
}

impl BlipId {
    /// An agent's message.
    pub fn agent(opening: &ConversationId, ticket: &TicketId, message: &SourceId, part: usize) -> Self {
        let part = BlipPart::Agent { ticket: ticket.clone(), message: message.as_str().to_owned(), part };
        Self { opening: opening.clone(), part }
    }

    /// A text of the bridge.
    pub fn system(opening: &ConversationId, name: &str) -> Self {
        Self { opening: opening.clone(), part: BlipPart::System(name.to_owned()) }
    }

    /// The id on the wire.
    pub fn render(&self) -> String {
        let opening = self.opening.as_str();
        match &self.part {
            BlipPart::Agent { ticket, message, part } => {
                format!("ponte.{opening}.{part}.{}.{}", BASE64.encode(ticket.as_str()), BASE64.encode(message))
            }
            BlipPart::System(name) => format!("ponte.{opening}.{name}"),
        }
    }

    /// Reads an id that came back in a notification. `None` when it is not one of ours.
    pub fn parse(id: &str) -> Option<Self> {
        let mut fields = lime::bare_id(id).strip_prefix("ponte.")?.splitn(4, '.');
        let opening = ConversationId::parse(fields.next()?)?;
        let second = fields.next()?;
        let Some(ticket) = fields.next() else {
            return Some(Self::system(&opening, second));
        };
        let text = |field: &str| String::from_utf8(BASE64.decode(field).ok()?).ok();
        let part = BlipPart::Agent {
            ticket: TicketId::new(text(ticket)?),
            message: text(fields.next()?)?,
            part: second.parse().ok()?,
        };
        Some(Self { opening, part })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opening() -> ConversationId {
        let key = CustomerKey::new("0123456789abcdef0123456789abcdef");
        ConversationId::mint(&key, uuid::Uuid::from_u128(7 << 100))
    }

    #[test]
    fn two_conversations_have_two_notes() {
        let of = |random: &str| ConversationId::new(format!("{}-{random}", "0".repeat(32))).note_id("ended");
        assert_eq!([of("5b8e2d41f7a0"), of("5b8e2d41f7a1")], ["ended-5b8e2d41f7a0", "ended-5b8e2d41f7a1"]);
    }

    #[test]
    fn an_opening_leads_to_its_conversation() {
        assert_eq!(opening().conversation().as_str(), "0123456789abcdef0123456789abcdef");
        assert_eq!(ConversationId::parse(opening().as_str()), Some(opening()));
        for foreign in ["", "x", "0123-abc", "0123456789abcdef0123456789abcdef-zzzzzzzzzzzz", "é-é"] {
            assert_eq!(ConversationId::parse(foreign), None, "{foreign}");
        }
    }

    #[test]
    fn a_file_is_called_alike_in_every_try_and_by_nobody_else() {
        let key = HashKey::new(b"test");
        let of = |source: &str, part: &str| FileId::of(&opening().conversation(), source, &SourceId::new(part), &key);
        assert_eq!(of("customer", "a/1"), of("customer", "a/1"));
        assert_ne!(of("customer", "a/1"), of("T-1", "a/1"));
        assert_eq!(FileId::parse(of("T-1", "a").as_str()), Some(of("T-1", "a")));
        for foreign in ["", "-", "../a", &"a".repeat(65), &format!("{}-{}", "G".repeat(32), "a".repeat(32))] {
            assert_eq!(FileId::parse(foreign), None, "{foreign}");
        }
    }

    #[test]
    fn a_blip_id_leads_back() {
        for id in [
            BlipId::agent(&opening(), &TicketId::new("T-1.ção"), &SourceId::new("m.1"), 2),
            BlipId::system(&opening(), "greeting"),
        ] {
            assert_eq!(BlipId::parse(&id.render()), Some(id.clone()));
            assert_eq!(BlipId::parse(&format!("fwd:fwd:{}", id.render())), Some(id));
        }
        for foreign in ["", "ponte", "ponte.x.y", "wamid.HBg", "ponte..1.a.b"] {
            assert_eq!(BlipId::parse(foreign), None, "{foreign}");
        }
    }

    #[test]
    fn forwarded_ids_are_one_id() {
        assert_eq!(SourceId::new("fwd:fwd:a"), SourceId::new("a"));
        assert_eq!(SourceId::new("a").part(2).as_str(), "a/2");
        assert_eq!(format!("{:?}", SourceId::new("a")), "SourceId(…)");
    }
}
