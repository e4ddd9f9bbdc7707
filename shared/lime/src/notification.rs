//! A notification: what became of a message.
//!
//! Shape: `{"id","from","to","event","reason","metadata"}`, the id being the **message's** (docs.blip.ai, concepts/notifications, 2023).
//! They come late, repeated and out of order; what follows from one is not decided here.

use std::fmt;

use serde_json::{Map, Value};

use super::message::take_id;
use super::wire::{put, take};
use super::{EnvelopeError, Event, Message, Metadata, Node, Reason};

/// One notification.
#[derive(Clone, PartialEq)]
pub struct Notification {
    /// The id of the message it speaks of, `fwd:` prefixes included.
    pub id: Option<String>,
    /// Who tells it: the channel, the customer's side, or a server (`postmaster@…`). May be missing.
    pub from: Option<Node>,
    /// Who sent the message.
    pub to: Option<Node>,
    /// Who sent it on behalf of `from`.
    pub pp: Option<Node>,
    /// What became of the message.
    pub event: Event,
    /// Why it failed.
    pub reason: Option<Reason>,
    /// What travels beside it.
    pub metadata: Metadata,
    /// All other fields, and the original spelling of those above where it is unusual.
    pub rest: Map<String, Value>,
}

impl Notification {
    /// What we tell the sender of a message, in the form of the SDKs: `to` the sender, no `from`, and the message's `to` and
    /// `#uniqueId` as metadata (takenet/blip-sdk-csharp, `MessageExtensions`). `None` if the message has no id or no sender: nobody
    /// could be told.
    pub fn about(message: &Message, event: Event) -> Option<Self> {
        let mut metadata = Metadata::default();
        if let Some(to) = &message.to {
            metadata.insert("#message.to", to.as_str());
        }
        if let Some(unique) = message.metadata.get("#uniqueId") {
            metadata.insert("#message.uniqueId", unique);
        }
        Some(Self {
            id: Some(message.id.clone()?),
            from: None,
            to: Some(message.sender()?.clone()),
            pp: None,
            event,
            reason: None,
            metadata,
            rest: Map::new(),
        })
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
            id: take_id(&mut rest),
            from: take(&mut rest, "from"),
            to: take(&mut rest, "to"),
            pp: take(&mut rest, "pp"),
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
        put(&mut object, "event", Some(&self.event));
        put(&mut object, "reason", self.reason.as_ref());
        self.metadata.put(&mut object);
        Value::Object(object)
    }
}

impl fmt::Debug for Notification {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Notification")
            .field("from", &self.from)
            .field("to", &self.to)
            .field("event", &self.event)
            .field("code", &self.reason.as_ref().and_then(|reason| reason.code))
            .finish_non_exhaustive()
    }
}

super::record::json_traits!(Notification);
