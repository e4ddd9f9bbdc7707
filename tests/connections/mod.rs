//! Kept connections that died: what becomes of a call that takes one, and how long a call waits that nobody answers.
//!
//! The clients are the functions' own, made as the functions make them; the helpdesk or Blip is a server of plain sockets that ends a
//! connection in each of the ways in which one ends: with a FIN, with a reset, and without a word. `docs/aws/connections.md` says what is
//! expected, and why.

mod broken;
mod clients;
mod frozen;
mod server;
mod silent;
