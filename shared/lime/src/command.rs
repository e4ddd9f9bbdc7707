//! A command: a request to Blip or one of its extensions.
//!
//! Shape: `{"id","to","method","uri","type","resource"}` (docs.blip.ai, concepts/commands, 2023). Uris name customers, so `Debug` shows
//! the method and the address's domain only.

use std::fmt;

use serde_json::{Map, Value};

use super::wire::{put, take};
use super::{EnvelopeError, Header, Method, Node};

/// A request of one side to the other, such as `get /contacts/{identity}`.
#[derive(Clone, PartialEq)]
pub struct Command {
    /// Its id comes back in the response; an `observe` has none. `from` asks `to`; without `to` it is the bot's own server,
    /// `postmaster@msging.net`.
    pub header: Header,
    /// What is to be done with the resource at `uri`.
    pub method: Method,
    /// With what: a path, or `lime://owner/path`. Special characters are percent-encoded.
    pub uri: String,
    /// The type of the resource.
    pub media_type: Option<String>,
    /// The resource that a `set`, `merge` or `observe` carries.
    pub resource: Option<Value>,
    /// All other fields, and the original spelling of those above where it is unusual.
    pub rest: Map<String, Value>,
}

impl Command {
    /// A request to read. `to` empty: the bot's own server.
    pub fn get(id: &str, to: &str, uri: &str) -> Self {
        Self::request(Method::Get, id, to, uri)
    }

    /// A request to create or replace.
    pub fn set(id: &str, to: &str, uri: &str, media_type: &str, resource: Value) -> Self {
        Self::with_resource(Method::Set, id, to, uri, media_type, resource)
    }

    /// A request to change only the fields given.
    pub fn merge(id: &str, to: &str, uri: &str, media_type: &str, resource: Value) -> Self {
        Self::with_resource(Method::Merge, id, to, uri, media_type, resource)
    }

    fn with_resource(method: Method, id: &str, to: &str, uri: &str, media_type: &str, resource: Value) -> Self {
        Self { media_type: Some(media_type.to_owned()), resource: Some(resource), ..Self::request(method, id, to, uri) }
    }

    fn request(method: Method, id: &str, to: &str, uri: &str) -> Self {
        let mut rest = Map::new();
        let address = Node::parse(to).ok();
        if address.is_none() && !to.is_empty() {
            // Sent as it is, for the server to refuse: without `to` another server would be asked.
            rest.insert("to".to_owned(), Value::from(to));
        }
        Self { header: Header::to(address, id), method, uri: uri.to_owned(), media_type: None, resource: None, rest }
    }

    /// Reads a request; `None` without a method and a uri.
    pub fn from_value(value: Value) -> Option<Self> {
        Self::read_envelope(value).ok()
    }

    pub(super) fn read_envelope(value: Value) -> Result<Self, EnvelopeError> {
        let Value::Object(mut rest) = value else {
            return Err(EnvelopeError::NotAnObject);
        };
        Ok(Self {
            method: take(&mut rest, "method").ok_or(EnvelopeError::BadField { field: "method" })?,
            uri: take(&mut rest, "uri").ok_or(EnvelopeError::BadField { field: "uri" })?,
            header: Header::take(&mut rest),
            media_type: take(&mut rest, "type"),
            resource: take(&mut rest, "resource"),
            rest,
        })
    }

    /// The JSON document, with everything that was read.
    pub fn to_value(&self) -> Value {
        let mut object = self.rest.clone();
        self.header.put(&mut object);
        put(&mut object, "method", Some(&self.method));
        put(&mut object, "uri", Some(&self.uri));
        put(&mut object, "type", self.media_type.as_ref());
        put(&mut object, "resource", self.resource.as_ref());
        Value::Object(object)
    }
}

impl fmt::Debug for Command {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Command")
            .field("header", &self.header)
            .field("method", &self.method)
            .finish_non_exhaustive()
    }
}

super::record::json_traits!(Command);
