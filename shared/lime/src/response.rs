//! A response: how a command ended.
//!
//! Shape: `{"id","from","to","method","status","type","resource","reason","metadata"}` (docs.blip.ai, concepts/commands, 2023). HTTP answers
//! 200 either way: only `status` tells. A success of `set` often has no resource.

use std::fmt;

use serde_json::{Map, Value};

use super::wire::{put, take, take_filled};
use super::{EnvelopeError, Header, Method, Reason, Status};

/// The answer to a command: an envelope with a status.
#[derive(Clone, PartialEq)]
pub struct Response {
    /// Its id is that of the request. `from` answers, usually `postmaster@…` with an instance, and `to` asked.
    pub header: Header,
    /// The method of the request; `Other("")` if the answer does not repeat it.
    pub method: Method,
    /// Whether the command succeeded.
    pub status: Status,
    /// The type of the resource.
    pub media_type: Option<String>,
    /// The resource that the command asked for.
    pub resource: Option<Value>,
    /// Why the command failed.
    pub reason: Option<Reason>,
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
            header: Header::take(&mut rest),
            media_type: take(&mut rest, "type"),
            resource: take(&mut rest, "resource"),
            reason: take(&mut rest, "reason"),
            rest,
        })
    }

    /// The JSON document, with everything that was read.
    pub fn to_value(&self) -> Value {
        let mut object = self.rest.clone();
        self.header.put(&mut object);
        put(&mut object, "method", Some(&self.method).filter(|method| **method != no_method()));
        put(&mut object, "status", Some(&self.status));
        put(&mut object, "type", self.media_type.as_ref());
        put(&mut object, "resource", self.resource.as_ref());
        put(&mut object, "reason", self.reason.as_ref());
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
            .field("header", &self.header)
            .field("method", &self.method)
            .field("status", &self.status)
            .field("code", &self.reason.as_ref().and_then(|reason| reason.code))
            .finish_non_exhaustive()
    }
}

super::record::json_traits!(Response);
