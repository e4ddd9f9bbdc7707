//! A fake helpdesk: an in-house tool that speaks the `webhook` contract (`docs/openapi.yaml`).
//!
//! `events` takes the bridge's events, `agent` is what agents do; both sign and verify with the simulator's own code.

mod agent;
mod events;
mod files;
mod handle;
mod presence;

pub use agent::Agent;
pub(crate) use events::routes;
pub use handle::Helpdesk;
