//! What a support team decides about its service, as one document (`service.yaml`): texts, language, queues, routes.
//!
//! People write YAML, which the operator's tool reads strictly (feature `yaml`); it becomes compact JSON, which the functions read
//! ([`ServiceRules::from_json`]). What is decided from it is decided by pure functions: [`route`], [`ReturnService::of`],
//! [`texts::Texts::render`], [`Schedule::open_at`], [`due`]. It must never do I/O or look at a clock, and nothing of a customer is in an error or a `Debug` output.
//! The crate `ponte` and the operator's tool use it; it uses nothing of ours.

mod check;
mod diff;
mod document;
mod facts;
mod fold;
mod hours;
mod json;
mod language;
mod names;
mod near;
mod path;
mod problem;
mod replies;
mod route;
#[cfg(feature = "schema")]
mod schema;
mod sources;
pub mod texts;
mod timers;
mod waiting;
mod written;
#[cfg(feature = "yaml")]
mod yaml;

pub use diff::{Change, diff};
pub use document::*;
pub use facts::{ContextFacts, ContextKind, Facts, Ignored, ReadContext, Referral, TicketFacts, find_extra};
pub use fold::{fold, same};
pub use hours::{LOOK_AHEAD_DAYS, Open, Schedule, easter, says_day, says_opens_at};
pub use json::{JsonError, MAX_JSON};
pub use language::Language;
pub use names::{HelpdeskName, Named};
pub use problem::{Problem, Severity};
pub use replies::{RATING_SCALE, confirms_ending, is_ending, is_thanks, rating_of};
pub use route::{DecidedBy, Route, Routed, route};
#[cfg(feature = "schema")]
pub use schema::schema;
pub use sources::{ForeignSchedule, ReadSchedules, SourceError, blip_schedule, zendesk_holidays, zendesk_schedules};
pub use timers::{AgentTimes, ConversationTimes, CustomerTimes, Due, Effect, Told, ToldTimes, due};
pub use waiting::{PlaceText, PlaceTold, Said, WaitStatistics, place_to_tell};
pub use written::{ClosedTime, DateMark, Days, ExtraOpening, Period, TimeRange, Week};
#[cfg(feature = "yaml")]
pub use yaml::{MAX_YAML, Places, Read, read};
