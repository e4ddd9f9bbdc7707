//! The fields that every kind of envelope has.
//!
//! Shape: `{"id","from","to","pp","metadata"}` (the LIME specification, limeprotocol.org, "Envelope"; docs.blip.ai, concepts, 2023).
//! Each field may be missing. An id or an address that cannot be read counts as absent and stays in the envelope's `rest`. An
//! id on `WhatsApp` contains the phone number, so `Debug` shows the addresses only, which redact themselves.

use std::fmt;

use serde_json::{Map, Value};

use super::wire::{put, take, take_filled};
use super::{Metadata, Node};

/// The fields that all envelopes share.
#[derive(Clone, PartialEq, Default)]
pub struct Header {
    /// As it came, `fwd:` prefixes included. Of a message or a command its own; of a notification that of the message it speaks of; of a
    /// response that of the command.
    pub id: Option<String>,
    /// The sender; absent also where the field is no address.
    pub from: Option<Node>,
    /// The receiver.
    pub to: Option<Node>,
    /// Who sent it on behalf of `from`.
    pub pp: Option<Node>,
    /// Facts about the envelope, by key. They are no part of its content.
    pub metadata: Metadata,
}

impl Header {
    /// A header to send. With an empty id it has none.
    pub(super) fn to(to: Option<Node>, id: &str) -> Self {
        Self { id: (!id.is_empty()).then(|| id.to_owned()), to, ..Self::default() }
    }

    /// Takes the header out of an envelope. Some senders write numbers for the id; an empty one is none.
    pub(super) fn take(envelope: &mut Map<String, Value>) -> Self {
        Self {
            id: take_filled(envelope, "id"),
            from: take(envelope, "from"),
            to: take(envelope, "to"),
            pp: take(envelope, "pp"),
            metadata: Metadata::take(envelope),
        }
    }

    /// Puts the header into an envelope.
    pub(super) fn put(&self, envelope: &mut Map<String, Value>) {
        put(envelope, "id", self.id.as_ref());
        put(envelope, "from", self.from.as_ref());
        put(envelope, "to", self.to.as_ref());
        put(envelope, "pp", self.pp.as_ref());
        self.metadata.put(envelope);
    }
}

impl fmt::Debug for Header {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Header").field("from", &self.from).field("to", &self.to).finish_non_exhaustive()
    }
}
