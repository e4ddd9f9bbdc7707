//! What a support team decides about its service, as one document (`service.yaml`): texts, language, queues, routes.
//!
//! People write YAML, which the operator's tool reads strictly (feature `yaml`); it becomes compact JSON, which the functions read
//! ([`ServiceRules::from_json`]). What is decided from it is decided by pure functions: [`route`], [`ReturnService::of`],
//! [`texts::Texts::render`]. It must never do I/O or look at a clock, and nothing of a customer is in an error or a `Debug` output.
//! The crate `ponte` and the operator's tool use it; it uses nothing of ours.

mod check;
mod diff;
mod document;
mod facts;
mod fold;
mod json;
mod language;
mod near;
mod path;
mod problem;
mod route;
#[cfg(feature = "schema")]
mod schema;
pub mod texts;
#[cfg(feature = "yaml")]
mod yaml;

pub use diff::{Change, diff};
pub use document::*;
pub use facts::{ContextFacts, ContextKind, Facts, Ignored, ReadContext, Referral, TicketFacts, find_extra};
pub use fold::{fold, same};
pub use json::{JsonError, MAX_JSON};
pub use language::Language;
pub use problem::{Problem, Severity};
pub use route::{DecidedBy, Route, Routed, route};
#[cfg(feature = "schema")]
pub use schema::schema;
#[cfg(feature = "yaml")]
pub use yaml::{MAX_YAML, Read, read};
