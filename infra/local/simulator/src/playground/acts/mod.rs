//! What a click does. Each is a form that is posted; with script its answer is JSON, without it the way back to the page.

mod agent;
mod customer;
mod faults;
mod form;

pub(super) use agent::agent;
pub(super) use customer::{customer, new_customer};
pub(super) use faults::{SWITCHES, fault};
