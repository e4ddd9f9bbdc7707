//! Blip's protocol (LIME) as data: envelopes, nodes, documents, and what a document says in words.
//!
//! It reads whatever Blip, a channel or a person really sends and can write it back without a loss. It must never do I/O,
//! look at a clock, decide what happens to a message, or put an address or a text into an error or a `Debug` output.
//! The client, the webhook and the tests use it; it uses nothing of ours.

mod account;
mod blank;
mod command;
mod document;
mod envelope;
mod envelope_error;
mod event;
mod folded;
mod header;
mod identity;
pub mod media_types;
mod message;
mod metadata;
mod method;
mod node;
mod notification;
mod reason;
mod record;
mod referral;
mod response;
mod seen;
mod status;
mod thread_message;
mod to_text;
mod uri;
mod wire;

pub use account::Account;
pub use blank::is_blank;
pub use command::Command;
pub use document::*;
pub use envelope::Envelope;
pub use envelope_error::EnvelopeError;
pub use event::Event;
pub use header::Header;
pub use identity::{Identity, NodeError};
pub use message::Message;
pub use metadata::Metadata;
pub use method::Method;
pub use node::Node;
pub use notification::Notification;
pub use reason::Reason;
pub use referral::Referral;
pub use response::Response;
pub use status::Status;
pub use thread_message::{Direction, ThreadMessage};
pub use to_text::{EMPTY, MAX_WORDS, in_short, opened, quoted, to_text};
pub use uri::{bare_id, encode_uri, is_signed, is_web};

/// How deep we follow documents inside documents (a reply to a reply, a collection of collections). Real ones have three
/// levels; what lies deeper is hostile or broken and is shown as `[…]`.
pub const MAX_DEPTH: usize = 16;
