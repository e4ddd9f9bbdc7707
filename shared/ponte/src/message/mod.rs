//! What travels between the two worlds: who, which conversation, what was said. Data only, no I/O.
//!
//! Neither Blip's documents nor a helpdesk's JSON go further than their adapter; the relay and the
//! queues speak these words. Personal data has a redacting `Debug` and no `Display`.

mod capabilities;
mod channels;
mod content;
mod documents;
mod events;
mod fit;
mod ids;
mod notice;

/// Agents' HTML and Markdown as a customer reads them, and long texts cut.
pub use chat_text as text;

pub use capabilities::{Capabilities, Choices, Family, Files, MEGABYTE, Others, Shown};
pub use channels::{CHANNELS, Channel, REST_DOMAIN, channel_capabilities, channel_name};
pub use content::{Content, MAX_TEXT};
pub use documents::{contents_of, document_of};
pub use events::{Agent, AgentEvent, AgentEventKind, DeskQueue, TicketEvents};
pub use fit::{chosen, fit, is_numbered, map_link};
pub use ids::{BlipId, BlipPart, ConversationId, CustomerKey, FileId, SourceId, TicketId};
pub use notice::contents_in;
