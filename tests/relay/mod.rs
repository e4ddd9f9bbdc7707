//! The use cases over ports in memory: what each event does to a conversation, a step at a time.
//!
//! The conversation store in memory keeps DynamoDB's conditions, so that a lost race is a conflict here too.

mod agent;
mod agent_changes;
mod answers;
mod availability;
mod batch;
pub(crate) mod blip;
mod burst;
mod callback;
mod clock;
mod closing;
mod customer;
mod desk_events;
mod due_jobs;
mod earlier;
mod files;
pub(crate) mod helpdesk;
mod hours;
mod limits;
mod merged;
pub(crate) mod ports;
mod presence;
mod ratings;
mod reference;
mod refused;
mod remembered;
mod reopening;
mod replies;
mod routing;
mod secret;
mod sent_back;
mod sweep;
mod timers;
mod too_late;
mod trail;
pub(crate) mod waits;
mod with_bot;
pub(crate) mod world;
