//! Documents: what a message says, one variant for each content type of Blip.
//!
//! [`Document::new`] never fails: an unknown type, and a known type without its shape, is `Other` and loses nothing. Documents
//! inside documents stay JSON until somebody opens the container, so reading never recurses. `Debug` shows the type only.

mod bytes;
mod chat_state;
mod collection;
mod contact;
mod container;
mod control;
mod copy_and_paste;
mod document_select;
mod input;
mod internal;
mod list;
mod location;
mod make;
mod media_link;
mod notice;
mod payment;
mod reaction;
mod redirect;
mod reply;
mod resource;
mod select;
mod table;
mod ticket;
mod ticket_status;
mod web_link;

pub(crate) use bytes::{file_inside, is_data};
pub use chat_state::ChatState;
pub use collection::{Collection, items};
pub use contact::Contact;
pub use container::Container;
pub use copy_and_paste::{CopyAndPaste, CopyButton};
pub use document_select::{DocumentOption, DocumentSelect};
pub use input::{Input, Validation};
pub use list::List;
pub use location::Location;
pub use media_link::{MediaLink, Size};
pub use notice::Notice;
pub use payment::{Invoice, InvoiceItem, InvoiceStatus, PaymentMethod, PaymentReceipt};
pub use reaction::{Emoji, Reaction};
pub use redirect::Redirect;
pub use reply::{InReplyTo, Reply};
pub use resource::Resource;
pub use select::{Select, SelectOption};
pub use table::Document;
pub use ticket::Ticket;
pub use ticket_status::TicketStatus;
pub use web_link::WebLink;
