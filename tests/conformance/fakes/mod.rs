//! The helpdesks, each with what its API does and what it posts.

pub(super) mod chatwoot;
pub(super) mod helper;
pub(super) mod intercom;
pub(super) mod omnize;
pub(super) mod request_tracker;
pub(super) mod servicenow;
pub(super) mod servicenow_tickets;
pub(super) mod webhook;
pub(super) mod zendesk;
pub(super) mod zendesk_messaging;

use super::{Answer, BY_NAME, Call, Desk, Fake, Happening, OPENING, PATH, RouteNames, Routed, server::Post};
