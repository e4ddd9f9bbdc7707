//! What people say: the content of a message, and the forms in which Blip and the REST channel write it.

mod content;
mod media_types;
mod rest_items;
mod thread;

pub use content::Content;
pub(crate) use media_types::{CHATSTATE, COLLECTION, MEDIA, REDIRECT, TEXT, TICKET};
pub(crate) use rest_items::contents_of_item;
pub(crate) use thread::thread_item;
