//! Blip's protocol, read and written: every published example, every field of them broken in turn, and the rules by table.

#![cfg(test)] // says to clippy that the helpers beside the tests are tests too
#![allow(clippy::needless_pass_by_value, reason = "a table of `json!` values reads better without `&`")]

mod control;
mod documents;
pub(crate) mod fixtures;
mod hostile;
mod kinds;
mod make;
mod native;
mod nodes;
mod round_trip;
mod taps;
mod tolerance;
mod words;
