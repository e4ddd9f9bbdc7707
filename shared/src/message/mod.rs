//! What travels between the two worlds: who, which conversation, what was said. Data only, no I/O.
//!
//! Neither Blip's documents nor a helpdesk's JSON go further than their adapter; the relay and the
//! queues speak these words. Personal data has a redacting `Debug` and no `Display`.

mod content;
mod documents;
mod events;
mod ids;

pub use content::{Content, MAX_TEXT};
pub use documents::{contents_of, document_of};
pub use events::{Agent, AgentEvent, AgentEventKind, TicketEvents};
pub use ids::{BlipId, BlipPart, ConversationKey, OpeningId, SourceId, TicketId};
