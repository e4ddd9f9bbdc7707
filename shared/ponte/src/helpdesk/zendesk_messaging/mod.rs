//! The helpdesk `zendesk-messaging`: Zendesk's Agent Workspace, by way of Sunshine Conversations v2.
//!
//! A customer is a user known by our pseudonym (`externalId`), a ticket is a conversation of this user, and its metadata bear our
//! mark. The switchboard says who answers in it: we pass control to the Agent Workspace, and its `releaseControl` is the end. What
//! the bridge itself says is a message of the business: the user has no channel of Zendesk's, so that only agents read it.
//! There is no idempotency key: our id is in each message's metadata, and every repetition looks before it writes.
//!
//! Sources: the specification 17.0.0 (zendesk/sunshine-conversations-java `c3cccbd93945`, Apache-2.0), Zendesk's pages on the
//! switchboard, and the order of calls that botpress/botpress `4f4a05a0c427` makes. The page for who sets it up is
//! `docs/helpdesks/zendesk-messaging.md`.

mod calls;
mod client;
mod mapping;
mod routing;
mod verify;
pub mod wire;
pub mod written;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::{ClientDeps, Secrets};
use crate::{
    message::{Capabilities, Files, MEGABYTE},
    settings::{HelpdeskSettings, SettingsError},
};

pub use client::SunshineClient;
pub use verify::ZendeskMessagingVerifier;

/// Its name in the parameter `Helpdesk`.
pub const NAME: &str = "zendesk-messaging";

/// The longest text of a message, in characters (the specification, `textMessage`).
const MAX_TEXT_LIMIT: usize = 4096;
/// The largest file that Sunshine Conversations takes (the specification, "Request Size Limits").
const MAX_FILE: u64 = 50 * MEGABYTE;

/// The parameter `HelpdeskSettings` of this helpdesk.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    /// The id of the app.
    app: String,
    /// The switchboard integration of the agents. This is how Zendesk's own pages call it; a name or an id may stand here.
    #[serde(default = "agents")]
    agents: String,
    /// The switchboard integration whose webhook leads to us. Empty where we have none.
    #[serde(default = "bridge")]
    bridge: String,
    /// Offer control to `bridge` once the agents have it, so that events reach it while it is on standby. Not needed where its
    /// `deliverStandbyEvents` is on.
    #[serde(default = "yes")]
    offer: bool,
    /// What happens to control when the customer has left.
    #[serde(default)]
    on_end: OnEnd,
    /// Further metadata of the `passControl` to the agents, such as `dataCapture.ticketField.ID`.
    #[serde(default)]
    ticket: BTreeMap<String, Value>,
    /// Whether what the business says without an agent (triggers, automations) is for the customer, too.
    #[serde(default)]
    automatic: bool,
    /// Show that the customer has read. Each costs a message of the queue and a call.
    #[serde(default)]
    receipts: bool,
}

/// What happens to control when the customer has left. What Zendesk makes of each in its tickets is not documented.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum OnEnd {
    /// `releaseControl` with the reason `ticketClosed`.
    #[default]
    Release,
    /// `passControl` back to `bridge`.
    Pass,
    /// It stays with the agents, who close the ticket themselves.
    Keep,
}

fn agents() -> String {
    "zd:agentWorkspace".to_owned()
}

fn bridge() -> String {
    "ponte".to_owned()
}

fn yes() -> bool {
    true
}

impl Settings {
    fn read(parameter: &str) -> Result<Self, SettingsError> {
        let settings: Self = super::parse_settings(parameter)?;
        let flat = settings.ticket.values().all(|value| value.is_string() || value.is_number() || value.is_boolean());
        let named = !settings.app.trim().is_empty() && !settings.agents.trim().is_empty();
        let passes_to_someone = settings.on_end != OnEnd::Pass || !settings.bridge.is_empty();
        if flat && named && passes_to_someone { Ok(settings) } else { Err(SettingsError::Invalid("HelpdeskSettings")) }
    }
}

/// What it can show. `parameter` is `HelpdeskSettings`.
pub(super) fn capabilities(parameter: &str) -> Result<Capabilities, SettingsError> {
    let settings = Settings::read(parameter)?;
    Ok(Capabilities {
        files: Some(Files::upto(MAX_FILE)),
        receipts: settings.receipts,
        // Buttons are for the business to offer. A place can be sent, but nothing says what the Agent Workspace shows of it: a
        // link to a map is read everywhere. "If the author type is `user`, only `conversation:read` is supported" (the
        // specification, `activityTypes`): the customer cannot be shown typing.
        ..Capabilities::words(MAX_TEXT_LIMIT)
    })
}

/// What verifies its webhooks.
pub(super) fn verifier(settings: &HelpdeskSettings, secret: &str) -> Result<ZendeskMessagingVerifier, SettingsError> {
    ZendeskMessagingVerifier::new(secret, &settings.own)
}

/// Its client.
pub(super) fn client(
    settings: &HelpdeskSettings,
    secrets: Secrets,
    deps: ClientDeps,
) -> Result<SunshineClient, SettingsError> {
    let HelpdeskSettings { url, own, .. } = settings;
    SunshineClient::new(url, own, secrets.credentials, deps)
}
