//! The scripted conversations of `make demo`. The library has them so that the tests can play them against a bridge that is known to be
//! wrong.
//!
//! A script waits for what a person would wait for (an answer, the ticket, being sent back) and for nothing else; where it does
//! not wait, messages follow each other as fast as they can be typed, so that the order is put to the test.

mod assistant;
mod helpdesk;
mod service;
mod site;
mod steps;

pub use assistant::play_assistant;
pub use helpdesk::play;
pub use site::play_site;
pub use steps::STEP_LIMIT;
