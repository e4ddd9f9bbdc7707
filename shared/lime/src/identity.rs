//! An identity: who somebody is on Blip, `name@domain`.
//!
//! State hangs on the identity, replies go to the [`Node`](super::Node). On `WhatsApp` the name *is* a phone number, so `Debug` shows
//! the domain only and there is no `Display`. A percent-encoded name is never decoded here: it would become another address.

use std::fmt;
use std::hash::{Hash, Hasher};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::folded;

/// The longest name, in characters (takenet/lime-csharp, `Identity`).
pub(super) const MAX_NAME_CHARS: usize = 1023;

/// What no name contains (takenet/lime-csharp, `Identity`). The `@` is not here: a name ends at the first.
const FORBIDDEN_IN_NAME: [char; 7] = ['"', '&', '\'', '/', ':', '<', '>'];

/// Why a text is no address. Says nothing of the text itself, which may be personal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NodeError {
    /// There is no `@`.
    #[error("an address without '@'")]
    NoDomain,
    /// Nothing stands before the `@`.
    #[error("an address without a name")]
    EmptyName,
    /// The name is longer than 1,023 characters.
    #[error("an address with a name that is too long")]
    LongName,
    /// The name holds a control character or one of `" & ' / : < >`.
    #[error("an address with a forbidden character")]
    ForbiddenCharacter,
    /// Nothing stands after the `@`.
    #[error("an address with an empty domain")]
    EmptyDomain,
}

/// `name@domain`, in its original spelling. Equality and hash ignore case.
#[derive(Clone)]
pub struct Identity {
    text: String,
    /// Where the `@` stands, in bytes.
    at: usize,
}

impl Identity {
    /// Reads an identity. An instance, if there is one, is dropped: people write a node where an identity is asked for.
    pub fn parse(text: &str) -> Result<Self, NodeError> {
        let (name, rest) = text.split_once('@').ok_or(NodeError::NoDomain)?;
        let domain = rest.split_once('/').map_or(rest, |(domain, _)| domain);
        check_name(name)?;
        if domain.is_empty() {
            return Err(NodeError::EmptyDomain);
        }
        if text.chars().any(char::is_control) {
            return Err(NodeError::ForbiddenCharacter);
        }
        Ok(Self { text: format!("{name}@{domain}"), at: name.len() })
    }

    /// The original spelling.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What stands before the first `@`, percent-encoding included.
    pub fn name(&self) -> &str {
        self.text.split_at_checked(self.at).map_or("", |(name, _)| name)
    }

    /// What stands after the first `@`.
    pub fn domain(&self) -> &str {
        self.text.get(self.at.saturating_add(1)..).unwrap_or("")
    }

    /// The lower-case form, for keys. It is personal data: hash it before it leaves the process.
    pub fn key(&self) -> String {
        folded::key(&self.text)
    }
}

fn check_name(name: &str) -> Result<(), NodeError> {
    if name.is_empty() {
        return Err(NodeError::EmptyName);
    }
    if name.chars().count() > MAX_NAME_CHARS {
        return Err(NodeError::LongName);
    }
    if name.contains(FORBIDDEN_IN_NAME) {
        return Err(NodeError::ForbiddenCharacter);
    }
    Ok(())
}

impl PartialEq for Identity {
    fn eq(&self, other: &Self) -> bool {
        folded::same(&self.text, &other.text)
    }
}

impl Eq for Identity {}

impl Hash for Identity {
    fn hash<H: Hasher>(&self, state: &mut H) {
        folded::hash(&self.text, state);
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Identity(…@{})", self.domain().escape_debug())
    }
}

impl Serialize for Identity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Identity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}
