//! The playground of `make local`: one page with the customer's phone on the left, the agent's desk on the right, and what passed between them
//! in the middle. All that is clicked goes the way of a real Blip and a real helpdesk, through the deployed functions.
//!
//! It has a port of its own on 127.0.0.1, so that no fault of the two sides touches it. `guard.rs` keeps other web pages from using it.
//! `view/` reads the simulator's state into what is shown, `page/` draws it, `acts/` is what a click does, `live.rs` sends what has changed.

mod acts;
mod files;
mod guard;
mod language;
mod live;
mod page;
mod selection;
mod server;
mod view;
mod words;

pub(crate) use server::routes;
