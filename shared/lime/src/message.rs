//! A message: somebody says something to somebody.
//!
//! Shape: `{"id","from","to","pp","type","content","metadata"}` (docs.blip.ai, concepts/messages, 2023). All but `type` and `content`
//! may be missing. A button sends its payload, and what the customer saw on it stands in the metadata: [`Message::document`] is what was seen, and
//! [`Message::sent`] the payload.

use std::fmt;

use serde_json::{Map, Value};

use super::{Document, EnvelopeError, Header, Identity, Node, seen};

/// The metadata key under which a tunnel names the real customer (captured traffic, 2023).
const TUNNEL_ORIGINATOR: &str = "#tunnel.originator";

/// A message: an envelope with a document as its content.
#[derive(Clone, PartialEq)]
pub struct Message {
    /// Without an id no notification is ever sent.
    pub header: Header,
    /// What is said: of a button, what the customer saw on it.
    pub document: Document,
    /// All other fields, and the original spelling of those above where it is unusual.
    pub rest: Map<String, Value>,
}

impl Message {
    /// A message to send. With an empty id it has none, and nobody is told what became of it (right for chat states).
    pub fn to(to: &Node, id: &str, document: Document) -> Self {
        Self { header: Header::to(Some(to.clone()), id), document, rest: Map::new() }
    }

    /// Where a reply goes: `pp` if there is one, else `from` (takenet/lime-csharp, `GetSender`). A server or a bot that passed the
    /// message on (`pp` of a postmaster, or in the bare domain `msging.net`) is nobody to reply to: then it is `from`.
    pub fn sender(&self) -> Option<&Node> {
        let Header { from, pp, .. } = &self.header;
        let person = pp.as_ref().filter(|pp| !pp.is_service());
        person.or(from.as_ref()).or(pp.as_ref())
    }

    /// What was sent. Another document than [`Message::document`] where a button was tapped: its payload, which may be a fact that the
    /// bot left, and is nothing that the customer has seen.
    pub fn sent(&self) -> Document {
        self.payload().unwrap_or_else(|| self.document.clone())
    }

    /// The payload in whose place `document` stands, unless somebody has put another document there since.
    fn payload(&self) -> Option<Document> {
        let payload = Document::new(self.rest.get("type")?.as_str()?, self.rest.get("content")?.clone());
        (seen::on_a_button(&payload, &self.header.metadata)? == self.document).then_some(payload)
    }

    /// The real customer behind a tunnel, if the router tells.
    pub fn originator(&self) -> Option<Identity> {
        Identity::parse(self.header.metadata.get(TUNNEL_ORIGINATOR)?).ok()
    }

    /// Reads a message; `None` without `content` or without a `type` that is a text.
    pub fn from_value(value: Value) -> Option<Self> {
        Self::read_envelope(value).ok()
    }

    pub(super) fn read_envelope(value: Value) -> Result<Self, EnvelopeError> {
        let Value::Object(mut rest) = value else {
            return Err(EnvelopeError::NotAnObject);
        };
        let Some(Value::String(media_type)) = rest.get("type") else {
            return Err(EnvelopeError::BadField { field: "type" });
        };
        let media_type = media_type.clone();
        let content = rest.get("content").ok_or(EnvelopeError::BadField { field: "content" })?.clone();
        let header = Header::take(&mut rest);
        let sent = Document::new(&media_type, content);
        let document = if let Some(seen) = seen::on_a_button(&sent, &header.metadata) {
            seen
        } else {
            rest.remove("content");
            if sent.media_type() == media_type {
                rest.remove("type");
            }
            sent
        };
        Ok(Self { header, document, rest })
    }

    /// The JSON document, with everything that was read.
    pub fn to_value(&self) -> Value {
        let mut object = self.rest.clone();
        self.header.put(&mut object);
        if self.payload().is_some() {
            return Value::Object(object);
        }
        let is_there = object.get("type").and_then(Value::as_str).is_some_and(|kept| self.document.is_a(kept));
        if !is_there {
            object.insert("type".to_owned(), Value::from(self.document.media_type()));
        }
        object.insert("content".to_owned(), self.document.content());
        Value::Object(object)
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Message")
            .field("header", &self.header)
            .field("document", &self.document)
            .finish_non_exhaustive()
    }
}

super::record::json_traits!(Message);
