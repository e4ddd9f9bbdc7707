//! An envelope: anything that Blip or a bot sends.
//!
//! The kind is not written in the document, so it is told by the fields, in a fixed order. Reading is tolerant: it refuses only
//! what has no kind. Whoever needs a sender, an id or a recipient asks for it later. Errors never repeat the input.

use std::fmt;

use serde_json::Value;

use super::{Command, EnvelopeError, Message, Notification, Response};

/// One envelope, by kind. Made once for each request and taken apart at once, so its size is no reason for a box.
#[allow(clippy::large_enum_variant, reason = "never kept in numbers; a box would only be in the reader's way")]
#[derive(Clone, PartialEq)]
pub enum Envelope {
    /// Somebody says something.
    Message(Message),
    /// What became of a message.
    Notification(Notification),
    /// A request.
    Command(Command),
    /// The answer to a request: a command with a `status`.
    Response(Response),
    /// Session negotiation: never sent over HTTP, kept as it is.
    Session(Value),
}

impl Envelope {
    /// Reads an envelope. The order of the questions is part of the protocol: commands have a `type` too, and a forwarded
    /// notification may carry anything. A `null` is an absent field, except as `content`.
    pub fn from_value(value: Value) -> Result<Self, EnvelopeError> {
        let Value::Object(fields) = &value else {
            return Err(EnvelopeError::NotAnObject);
        };
        let has = |key: &str| fields.get(key).is_some_and(|field| !field.is_null());
        if has("event") {
            Notification::read_envelope(value).map(Self::Notification)
        } else if has("status") {
            Response::read_envelope(value).map(Self::Response)
        } else if has("method") || has("uri") {
            Command::read_envelope(value).map(Self::Command)
        } else if has("state") {
            Ok(Self::Session(value))
        } else if fields.contains_key("content") && fields.contains_key("type") {
            Message::read_envelope(value).map(Self::Message)
        } else {
            Err(EnvelopeError::NoKind)
        }
    }

    /// The JSON document, with everything that was read.
    pub fn to_value(&self) -> Value {
        match self {
            Self::Message(message) => message.to_value(),
            Self::Notification(notification) => notification.to_value(),
            Self::Command(command) => command.to_value(),
            Self::Response(response) => response.to_value(),
            Self::Session(value) => value.clone(),
        }
    }
}

impl fmt::Debug for Envelope {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Message(message) => message.fmt(formatter),
            Self::Notification(notification) => notification.fmt(formatter),
            Self::Command(command) => command.fmt(formatter),
            Self::Response(response) => response.fmt(formatter),
            Self::Session(_) => formatter.write_str("Session(…)"),
        }
    }
}

impl serde::Serialize for Envelope {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_value().serialize(serializer)
    }
}

impl<'de> serde::Deserialize<'de> for Envelope {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_value(Value::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One of each kind, with every field that it can have, as it is written: in the order of the letters.
    const WHOLE: [&str; 4] = [
        r##"{"content":"Olá","from":"1042221589186385@messenger.gw.msging.net/a","id":"m-1","metadata":{"#uniqueId":"u-1"},"pp":"router@msging.net/b","to":"desk@msging.net/c","type":"text/plain"}"##,
        r##"{"event":"failed","from":"1042221589186385@messenger.gw.msging.net/a","id":"m-1","metadata":{"#uniqueId":"u-1"},"pp":"router@msging.net/b","reason":{"code":61,"description":"no route"},"to":"desk@msging.net/c"}"##,
        r##"{"from":"desk@msging.net/c","id":"c-1","metadata":{"#uniqueId":"u-1"},"method":"set","pp":"router@msging.net/b","resource":{"name":"Ana"},"to":"postmaster@crm.msging.net/d","type":"application/vnd.lime.contact+json","uri":"/contacts"}"##,
        r##"{"from":"postmaster@crm.msging.net/d","id":"c-1","metadata":{"#uniqueId":"u-1"},"method":"set","pp":"router@msging.net/b","reason":{"code":67,"description":"not found"},"resource":{"name":"Ana"},"status":"failure","to":"desk@msging.net/c","type":"application/vnd.lime.contact+json"}"##,
    ];

    #[test]
    fn each_kind_with_all_its_fields_is_written_as_it_was_read() {
        for text in WHOLE {
            let envelope = Envelope::from_value(serde_json::from_str(text).unwrap()).unwrap();
            assert_eq!(serde_json::to_string(&envelope).unwrap(), text);
            // Every field was understood: nothing is only carried along.
            let rest = match &envelope {
                Envelope::Message(message) => &message.rest,
                Envelope::Notification(notification) => &notification.rest,
                Envelope::Command(command) => &command.rest,
                Envelope::Response(response) => &response.rest,
                Envelope::Session(_) => panic!("a session: {text}"),
            };
            assert!(rest.is_empty(), "{rest:?}");
        }
    }
}
