//! A notification: what became of a message.
//!
//! Shape: `{"id","from","to","event","reason","metadata"}`, the id being the **message's** (docs.blip.ai, concepts/notifications, 2023).
//! They come late, repeated and out of order; what follows from one is not decided here.

use std::fmt;

use serde_json::{Map, Value};

use super::wire::{put, take};
use super::{EnvelopeError, Event, Header, Message, Metadata, Reason};

/// What became of one message: an envelope with an event.
#[derive(Clone, PartialEq)]
pub struct Notification {
    /// Its id is that of the message. `from` tells it: the channel, the customer's side, or a server (`postmaster@…`). `to` sent the
    /// message.
    pub header: Header,
    /// What became of the message.
    pub event: Event,
    /// Why the message failed.
    pub reason: Option<Reason>,
    /// All other fields, and the original spelling of those above where it is unusual.
    pub rest: Map<String, Value>,
}

impl Notification {
    /// What we tell the sender of a message, in the form of the SDKs: `to` the sender, no `from`, and the message's `to` and
    /// `#uniqueId` as metadata (takenet/blip-sdk-csharp, `MessageExtensions`). `None` if the message has no id or no sender: nobody
    /// could be told.
    pub fn about(message: &Message, event: Event) -> Option<Self> {
        let mut metadata = Metadata::default();
        if let Some(to) = &message.header.to {
            metadata.insert("#message.to", to.as_str());
        }
        if let Some(unique) = message.header.metadata.get("#uniqueId") {
            metadata.insert("#message.uniqueId", unique);
        }
        let id = Some(message.header.id.clone()?);
        let header = Header { id, to: Some(message.sender()?.clone()), metadata, ..Header::default() };
        Some(Self { header, event, reason: None, rest: Map::new() })
    }

    /// Reads a notification; `None` without an `event` that is a word.
    pub fn from_value(value: Value) -> Option<Self> {
        Self::read_envelope(value).ok()
    }

    pub(super) fn read_envelope(value: Value) -> Result<Self, EnvelopeError> {
        let Value::Object(mut rest) = value else {
            return Err(EnvelopeError::NotAnObject);
        };
        Ok(Self {
            event: take(&mut rest, "event").ok_or(EnvelopeError::BadField { field: "event" })?,
            header: Header::take(&mut rest),
            reason: take(&mut rest, "reason"),
            rest,
        })
    }

    /// The JSON document, with everything that was read.
    pub fn to_value(&self) -> Value {
        let mut object = self.rest.clone();
        self.header.put(&mut object);
        put(&mut object, "event", Some(&self.event));
        put(&mut object, "reason", self.reason.as_ref());
        Value::Object(object)
    }
}

impl fmt::Debug for Notification {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Notification")
            .field("header", &self.header)
            .field("event", &self.event)
            .field("code", &self.reason.as_ref().and_then(|reason| reason.code))
            .finish_non_exhaustive()
    }
}

super::record::json_traits!(Notification);
