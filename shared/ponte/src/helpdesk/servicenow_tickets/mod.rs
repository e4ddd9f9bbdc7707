//! The helpdesk `servicenow-tickets`: incidents, cases, or another kind of task in `ServiceNow`, by its Table API.
//!
//! A conversation is a record whose `correlation_id` is our mark. What customers say are `comments`, what the bridge says are
//! `work_notes`; both are journals, which the record itself does not give back. The Table API has no idempotency key: the words of a
//! customer are written together with their id in `correlation_display`, in one call, so that a repetition sees whether they are
//! there. `ServiceNow` has no webhooks of its own: `sweep.rs` asks every minute what agents did, and a business rule that the
//! company installs may tell it at once. It only names a row: what it holds is read from the journal.
//!
//! A misspelt query answers with every row of a table, so that each row is checked to be one that was asked for.
//!
//! Sources: ServiceNow/ServiceNowDocs, `rest-apis/c_TableAPI.md`, `c_AttachmentAPI.md`, `inbound-REST-API-rate-limiting.md`
//! (Apache-2.0). The page for who sets it up is `docs/helpdesks/servicenow-tickets.md`.

mod calls;
mod client;
mod journal;
mod mapping;
mod opening;
mod pages;
mod poll;
mod rating;
mod routing;
mod verify;
pub mod wire;

use std::collections::BTreeMap;

use service_rules::Priority;

use super::{ClientDeps, Secrets};
use crate::{
    message::{Capabilities, Files, MAX_TEXT, MEGABYTE},
    settings::{HelpdeskSettings, SettingsError},
};

pub use client::ServiceNowTicketsClient;
pub use verify::ServiceNowTicketsVerifier;

/// Its name in the parameter `Helpdesk`.
pub const NAME: &str = "servicenow-tickets";

/// The longest text of one comment, in characters. `ServiceNow` documents none; a journal's field in its forms takes 4,000.
const MAX_TEXT_LIMIT: usize = 4000;
/// The largest attachment, in bytes, where the instance's administrator set no other (`c_AttachmentAPI.md`).
const MAX_FILE: u64 = 1024 * MEGABYTE;
/// The table whose states are known.
const INCIDENT: &str = "incident";

/// The parameter `HelpdeskSettings` of this helpdesk.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Settings {
    /// `incident`, `sn_customerservice_case`, or another table that extends `task`.
    table: String,
    /// The name that the bridge's own user logs in with: what it writes does not come back.
    user: String,
    /// More fields of a new record, and their values: `caller_id`, `assignment_group`, `category`, …
    fields: BTreeMap<String, String>,
    /// The columns that a route's priority sets, by its word. One that is left out is as [`routing::priorities`] has it.
    priority: BTreeMap<Priority, routing::Columns>,
    /// The states that end a conversation. Those of `incident`, when it is empty.
    closed_states: Vec<String>,
    /// What is written when the customer has left, `state` among it. Nothing but a work note, when it is empty.
    resolve: BTreeMap<String, String>,
    /// Whether files that agents attach reach the customer: nothing says which are for colleagues only.
    agent_files: bool,
    /// The longest text of one comment, in characters.
    longest_text: usize,
    /// The header in which a business rule carries `HelpdeskWebhookSecret`.
    secret_header: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            table: INCIDENT.to_owned(),
            user: "ponte".to_owned(),
            fields: BTreeMap::new(),
            priority: BTreeMap::new(),
            closed_states: Vec::new(),
            resolve: BTreeMap::new(),
            agent_files: false,
            longest_text: MAX_TEXT_LIMIT,
            secret_header: "x-ponte-secret".to_owned(),
        }
    }
}

impl Settings {
    /// Reads the parameter.
    pub(super) fn parse(parameter: &str) -> Result<Self, SettingsError> {
        let mut settings: Self = super::parse_settings(parameter)?;
        if settings.table == INCIDENT && settings.closed_states.is_empty() {
            // Resolved, closed, canceled.
            settings.closed_states = ["6", "7", "8"].map(str::to_owned).to_vec();
        }
        settings.secret_header.make_ascii_lowercase();
        for (priority, columns) in routing::priorities(&settings.table) {
            settings.priority.entry(priority).or_insert(columns);
        }
        let header = |c: char| c.is_ascii_alphanumeric() || c == '-';
        // What is part of a query must not be able to end it.
        let user = !settings.user.trim().is_empty() && !settings.user.contains('^');
        let mut columns = settings.priority.values().flat_map(|columns| columns.keys());
        let good = routing::is_column(&settings.table)
            && columns.all(|column| routing::is_column(column))
            && user
            && !settings.closed_states.is_empty()
            && (1..=MAX_TEXT).contains(&settings.longest_text)
            && !settings.secret_header.is_empty()
            && settings.secret_header.chars().all(header);
        if good { Ok(settings) } else { Err(SettingsError::Invalid("HelpdeskSettings")) }
    }
}

/// What it can show. `parameter` is `HelpdeskSettings`.
pub(super) fn capabilities(parameter: &str) -> Result<Capabilities, SettingsError> {
    let settings = Settings::parse(parameter)?;
    Ok(Capabilities {
        files: Some(Files::upto(MAX_FILE)),
        // Nothing of a record can be tapped, or shows typing or what was read.
        ..Capabilities::words(settings.longest_text)
    })
}

/// What verifies its webhooks.
pub(super) fn verifier(settings: &HelpdeskSettings, secret: &str) -> Result<ServiceNowTicketsVerifier, SettingsError> {
    ServiceNowTicketsVerifier::new(secret, &settings.own)
}

/// Its client.
pub(super) fn client(
    settings: &HelpdeskSettings,
    secrets: Secrets,
    deps: ClientDeps,
) -> Result<ServiceNowTicketsClient, SettingsError> {
    let can = capabilities(&settings.own)?;
    let HelpdeskSettings { url, own, .. } = settings;
    ServiceNowTicketsClient::new(url, own, secrets.credentials, deps, can)
}
