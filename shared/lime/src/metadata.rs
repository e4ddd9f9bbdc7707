//! The metadata of an envelope.
//!
//! By the specification a map from text to text; nulls and booleans occur (takenet/blip-sdk-csharp writes null), so any value
//! is kept, and only texts are read. It holds the customer's real identity behind a tunnel: never log it.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::wire::Wire;

/// Metadata by key, any JSON value tolerated.
#[derive(Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Metadata(Map<String, Value>);

impl Metadata {
    /// The text under a key; `None` for what is absent or no text.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.as_str()
    }

    /// Whatever stands under a key, unless it is `null`.
    pub fn value(&self, key: &str) -> Option<&Value> {
        self.0.get(key).filter(|value| !value.is_null())
    }

    /// Sets a key, replacing what was there.
    pub fn insert(&mut self, key: impl Into<String>, value: impl Into<Value>) {
        self.0.insert(key.into(), value.into());
    }

    /// All keys with their values, whatever they are.
    pub fn iter(&self) -> serde_json::map::Iter<'_> {
        self.0.iter()
    }

    /// Whether there is no key at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes the metadata out of an envelope. An empty object and what is no object stay where they are, to be written back.
    pub(super) fn take(envelope: &mut Map<String, Value>) -> Self {
        match envelope.get("metadata") {
            Some(Value::Object(metadata)) if !metadata.is_empty() => {
                super::wire::take(envelope, "metadata").unwrap_or_default()
            }
            _ => Self::default(),
        }
    }

    /// Puts the metadata into an envelope, if there is any.
    pub(super) fn put(&self, envelope: &mut Map<String, Value>) {
        if !self.is_empty() {
            super::wire::put(envelope, "metadata", Some(self));
        }
    }
}

impl Wire for Metadata {
    fn read(value: &Value) -> Option<Self> {
        Map::read(value).map(Self)
    }

    fn write(&self) -> Value {
        self.0.write()
    }
}

impl<'a> IntoIterator for &'a Metadata {
    type Item = (&'a String, &'a Value);
    type IntoIter = serde_json::map::Iter<'a>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<K: Into<String>, V: Into<Value>> FromIterator<(K, V)> for Metadata {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(key, value)| (key.into(), value.into())).collect())
    }
}

impl fmt::Debug for Metadata {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Metadata({} keys)", self.0.len())
    }
}
