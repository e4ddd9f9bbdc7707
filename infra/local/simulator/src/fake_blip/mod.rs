//! A fake Blip: its endpoints for bots, its records of customers and tickets, its media store, and links that misbehave.

mod command;
mod contexts;
mod dispatch;
mod endpoints;
mod handle;
mod hostile_links;
mod media;
mod messages;
mod receipts;
mod records;
mod redirect;
mod request;
mod tickets;

pub(crate) use endpoints::routes;
pub use handle::Blip;
