//! A node: where an envelope comes from or goes to, `name@domain/instance`.
//!
//! A reply goes to the node unchanged, instance and percent-encoding included. Instances are arbitrary (`#az-iris1`, `~uuid`,
//! `Webhook`), so nothing is decided by them. `Debug` shows the domain only: the name may be a phone number, and so may the instance
//! (`operator@tunnel.msging.net/5531…%40wa.gw.msging.net`).

use std::fmt;
use std::hash::{Hash, Hasher};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::folded;
use super::identity::{Identity, NodeError};
use super::wire::Wire;

/// `name@domain/instance`, in its original spelling. Equality and hash ignore case (takenet/lime-csharp, `Node.Equals`).
#[derive(Clone)]
pub struct Node {
    text: String,
    identity: Identity,
}

impl Node {
    /// Reads a node: the name ends at the first `@`, the domain at the first `/` after it, the rest is the instance
    /// (takenet/lime-csharp, `Node.Parse`).
    pub fn parse(text: &str) -> Result<Self, NodeError> {
        let identity = Identity::parse(text)?;
        Ok(Self { text: text.to_owned(), identity })
    }

    /// The original spelling, to be sent back as it is.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The address without its instance: `name@domain`.
    pub fn identity(&self) -> Identity {
        self.identity.clone()
    }

    /// What stands before the first `@`, percent-encoding included.
    pub fn name(&self) -> &str {
        self.identity.name()
    }

    /// What stands between the `@` and the instance.
    pub fn domain(&self) -> &str {
        self.identity.domain()
    }

    /// Whether no person has this address: a bot of Blip's (the bare domain `msging.net`), or the `postmaster` of any server.
    pub fn is_service(&self) -> bool {
        self.domain().eq_ignore_ascii_case("msging.net") || self.name().eq_ignore_ascii_case("postmaster")
    }

    /// What stands after the first `/` behind the domain. May be empty, or hold further slashes.
    pub fn instance(&self) -> Option<&str> {
        self.text.get(self.identity.as_str().len()..)?.strip_prefix('/')
    }
}

impl From<Identity> for Node {
    fn from(identity: Identity) -> Self {
        Self { text: identity.as_str().to_owned(), identity }
    }
}

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        folded::same(&self.text, &other.text)
    }
}

impl Eq for Node {}

impl Hash for Node {
    fn hash<H: Hasher>(&self, state: &mut H) {
        folded::hash(&self.text, state);
    }
}

impl fmt::Debug for Node {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Node(…@{})", self.domain().escape_debug())
    }
}

impl Wire for Node {
    fn read(value: &Value) -> Option<Self> {
        Self::parse(value.as_str()?).ok()
    }

    fn write(&self) -> Value {
        Value::from(self.as_str())
    }
}

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}
