//! A response: how a command ended.
//!
//! Shape: `{"id","from","to","method","status","type","resource","reason","metadata"}` (docs.blip.ai, concepts/commands, 2023). HTTP answers
//! 200 either way: only `status` tells. A success of `set` often has no resource.

use std::fmt;

use serde_json::{Map, Value};

use super::message::take_id;
use super::wire::{put, take, take_filled};
use super::{EnvelopeError, Metadata, Method, Node, Reason, Status};

/// One answer.
#[derive(Clone, PartialEq)]
pub struct Response {
    /// The id of the request.
    pub id: Option<String>,
    /// Who answers, usually `postmaster@…` with an instance.
    pub from: Option<Node>,
    /// Who asked.
    pub to: Option<Node>,
    /// Who sent it on behalf of `from`.
    pub pp: Option<Node>,
    /// The method of the request; `Other("")` if the answer does not repeat it.
    pub method: Method,
    /// How it ended.
    pub status: Status,
    /// The type of the resource.
    pub media_type: Option<String>,
    /// What was asked for.
    pub resource: Option<Value>,
    /// Why it failed.
    pub reason: Option<Reason>,
    /// What travels beside it.
    pub metadata: Metadata,
    /// All other fields, and the original spelling of those above where it is unusual.
    pub rest: Map<String, Value>,
}

impl Response {
    /// Whether the command did what was asked.
    pub fn is_success(&self) -> bool {
        self.status == Status::Success
    }

    /// Reads a response; `None` without a `status` that is a word.
    pub fn from_value(value: Value) -> Option<Self> {
        Self::read_envelope(value).ok()
    }

    pub(super) fn read_envelope(value: Value) -> Result<Self, EnvelopeError> {
        let Value::Object(mut rest) = value else {
            return Err(EnvelopeError::NotAnObject);
        };
        Ok(Self {
            status: take(&mut rest, "status").ok_or(EnvelopeError::BadField { field: "status" })?,
            method: take_filled(&mut rest, "method").unwrap_or_else(no_method),
            id: take_id(&mut rest),
            from: take(&mut rest, "from"),
            to: take(&mut rest, "to"),
            pp: take(&mut rest, "pp"),
            media_type: take(&mut rest, "type"),
            resource: take(&mut rest, "resource"),
            reason: take(&mut rest, "reason"),
            metadata: Metadata::take(&mut rest),
            rest,
        })
    }

    /// The JSON document, with everything that was read.
    pub fn to_value(&self) -> Value {
        let mut object = self.rest.clone();
        put(&mut object, "id", self.id.as_ref());
        put(&mut object, "from", self.from.as_ref());
        put(&mut object, "to", self.to.as_ref());
        put(&mut object, "pp", self.pp.as_ref());
        put(&mut object, "method", Some(&self.method).filter(|method| **method != no_method()));
        put(&mut object, "status", Some(&self.status));
        put(&mut object, "type", self.media_type.as_ref());
        put(&mut object, "resource", self.resource.as_ref());
        put(&mut object, "reason", self.reason.as_ref());
        self.metadata.put(&mut object);
        Value::Object(object)
    }
}

/// Stands for the method that an answer does not name. The request is what tells it.
fn no_method() -> Method {
    Method::Other(String::new())
}

impl fmt::Debug for Response {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Response")
            .field("from", &self.from)
            .field("method", &self.method)
            .field("status", &self.status)
            .field("code", &self.reason.as_ref().and_then(|reason| reason.code))
            .finish_non_exhaustive()
    }
}

super::record::json_traits!(Response);
