//! The adapters of the helpdesks that have an API of their own: their events as the relay's, and their calls against a server
//! on this machine.

mod bridge;
mod chatwoot;
mod contacts;
mod helper;
mod intercom;
mod names;
mod omnize;
mod request_tracker;
mod server;
mod servicenow;
mod servicenow_tickets;
mod zendesk;
mod zendesk_messaging;

/// What a key is that the helpdesk refused with this status.
fn refused_key(status: u16) -> ponte::relay::Failure {
    let why = if status == 401 { "the helpdesk refuses the key (401)" } else { "the helpdesk refuses the key (403)" };
    ponte::relay::Failure::Unauthorized { why }
}
