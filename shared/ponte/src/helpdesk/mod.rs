//! The helpdesks, one folder each: what it can do, its JSON, the mapping both ways, the client, and the door.
//!
//! An adapter implements the relay's ports and never touches the map or a queue. `docs/helpdesks/` has a page for
//! each. Adding one is a folder and a line in each of the functions below.

/// `Debug` of a client: its name and the host that it calls, and nothing of its keys.
macro_rules! shown_by_host {
    ($client:ident) => {
        impl std::fmt::Debug for $client {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($client), "({})"), self.calls.base().host_str().unwrap_or_default())
            }
        }
    };
}

mod api;
pub mod chatwoot;
pub mod helper;
pub mod intercom;
mod intro_note;
mod json;
mod oauth;
pub mod omnize;
mod recent_cache;
pub mod request_tracker;
pub mod servicenow;
pub mod servicenow_tickets;
mod shared_secret;
mod shown;
pub mod signature;
mod to_text;
pub mod webhook;
pub mod zendesk;
pub mod zendesk_messaging;

use std::sync::Arc;

use crate::{
    clock::Clock,
    message::Capabilities,
    relay::ports::{Contacts, EventPoller, Helpdesk, StoredFiles, WebhookVerifier},
    secret::Secret,
    settings::{HelpdeskSettings, SettingsError},
    texts::Texts,
};

/// Reads the parameter `HelpdeskSettings`, one JSON object. Left empty it is `{}`: all that has a default has it, and what a helpdesk needs is
/// missing.
fn parse_settings<T: serde::de::DeserializeOwned>(parameter: &str) -> Result<T, SettingsError> {
    let parameter = if parameter.trim().is_empty() { "{}" } else { parameter };
    serde_json::from_str(parameter).map_err(|_| SettingsError::Invalid("HelpdeskSettings"))
}

/// The helpdesks that the parameter `Helpdesk` takes.
pub const NAMES: [&str; 10] = [
    webhook::NAME,
    zendesk::NAME,
    intercom::NAME,
    request_tracker::NAME,
    zendesk_messaging::NAME,
    chatwoot::NAME,
    servicenow::NAME,
    servicenow_tickets::NAME,
    omnize::NAME,
    helper::NAME,
];

/// The door of the configured helpdesk, for the callback. `secret` is `HelpdeskWebhookSecret`.
pub fn door(settings: &HelpdeskSettings, secret: &str) -> Result<Box<dyn WebhookVerifier>, SettingsError> {
    let own = &settings.own;
    Ok(match settings.name.as_str() {
        webhook::NAME => Box::new(webhook::InHouseVerifier::new(secret)?),
        intercom::NAME => Box::new(intercom::IntercomVerifier::new(secret)?),
        zendesk::NAME => Box::new(zendesk::ZendeskVerifier::new(secret)?),
        zendesk_messaging::NAME => Box::new(zendesk_messaging::ZendeskMessagingVerifier::new(secret, own)?),
        request_tracker::NAME => Box::new(request_tracker::RequestTrackerVerifier::new(secret, own)?),
        chatwoot::NAME => Box::new(chatwoot::ChatwootVerifier::new(secret, own)?),
        servicenow::NAME => Box::new(servicenow::ServiceNowVerifier::new(secret, own)?),
        servicenow_tickets::NAME => Box::new(servicenow_tickets::ServiceNowTicketsVerifier::new(secret, own)?),
        omnize::NAME => Box::new(omnize::OmnizeVerifier::new(secret, own)?),
        helper::NAME => Box::new(helper::HelperVerifier::new(secret, own)?),
        _ => return Err(SettingsError::Invalid("HELPDESK")),
    })
}

/// What the configured helpdesk can show. It needs no secret: Blip's door asks, too.
pub fn capabilities(settings: &HelpdeskSettings) -> Result<Capabilities, SettingsError> {
    match settings.name.as_str() {
        webhook::NAME => webhook::capabilities(&settings.own),
        intercom::NAME => intercom::capabilities(&settings.own),
        zendesk::NAME => zendesk::capabilities(&settings.own),
        zendesk_messaging::NAME => zendesk_messaging::capabilities(&settings.own),
        request_tracker::NAME => request_tracker::capabilities(&settings.own),
        chatwoot::NAME => chatwoot::capabilities(&settings.own),
        servicenow::NAME => servicenow::capabilities(&settings.own),
        servicenow_tickets::NAME => servicenow_tickets::capabilities(&settings.own),
        omnize::NAME => omnize::capabilities(&settings.own),
        helper::NAME => helper::capabilities(&settings.own),
        _ => Err(SettingsError::Invalid("HELPDESK")),
    }
}

/// What the bridge proves itself with, and the helpdesk. Either may be empty where a helpdesk does not need it.
#[derive(Debug, Clone)]
pub struct Secrets {
    /// `HelpdeskCredentials`: what our calls carry.
    pub credentials: Secret,
    /// `HelpdeskWebhookSecret`: what events are signed with.
    pub webhook: Secret,
}

/// What every client works with.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "it holds ports")]
pub struct ClientDeps {
    pub http: crate::http::Client,
    pub texts: Texts,
    pub clock: Arc<dyn Clock>,
    /// The bytes of customers' files, for a helpdesk that takes no links.
    pub files: Arc<dyn StoredFiles>,
}

/// The client of the configured helpdesk, for the workers.
pub fn client(
    settings: &HelpdeskSettings,
    secrets: Secrets,
    means: ClientDeps,
) -> Result<Arc<dyn Helpdesk>, SettingsError> {
    let can = capabilities(settings)?;
    let HelpdeskSettings { name, url, own } = settings;
    let Secrets { credentials: key, webhook } = secrets;
    Ok(match name.as_str() {
        webhook::NAME => Arc::new(webhook::WebhookClient::new(url, webhook, means, can)?),
        intercom::NAME => Arc::new(intercom::IntercomClient::new(url, key, means, can)?),
        zendesk::NAME => Arc::new(zendesk::ZendeskClient::new(url, own, key, means, can)?),
        zendesk_messaging::NAME => Arc::new(zendesk_messaging::SunshineClient::new(url, own, key, means)?),
        request_tracker::NAME => Arc::new(request_tracker::RequestTrackerClient::new(url, own, key, means, can)?),
        chatwoot::NAME => Arc::new(chatwoot::ChatwootClient::new(url, own, key, means, can)?),
        servicenow::NAME => Arc::new(servicenow::ServiceNowClient::new(url, own, key, means, can)?),
        servicenow_tickets::NAME => {
            Arc::new(servicenow_tickets::ServiceNowTicketsClient::new(url, own, key, means, can)?)
        }
        omnize::NAME => Arc::new(omnize::OmnizeClient::new(url, own, key, means, can)?),
        helper::NAME => Arc::new(helper::HelperClient::new(url, own, key, means, can)?),
        _ => return Err(SettingsError::Invalid("HELPDESK")),
    })
}

/// Whether a helpdesk has to be asked for the events that it never told, because it does not repeat them.
pub fn sweeps(name: &str) -> bool {
    matches!(name, request_tracker::NAME | chatwoot::NAME | servicenow_tickets::NAME)
}

/// What asks the configured helpdesk for the events that it never told. `None` where it repeats them itself.
pub fn sweep(
    settings: &HelpdeskSettings,
    secrets: Secrets,
    means: ClientDeps,
) -> Result<Option<Arc<dyn EventPoller>>, SettingsError> {
    let can = capabilities(settings)?;
    let HelpdeskSettings { name, url, own } = settings;
    let key = secrets.credentials;
    Ok(Some(match name.as_str() {
        name if !sweeps(name) => return Ok(None),
        request_tracker::NAME => Arc::new(request_tracker::RequestTrackerClient::new(url, own, key, means, can)?),
        chatwoot::NAME => Arc::new(chatwoot::ChatwootClient::new(url, own, key, means, can)?),
        servicenow_tickets::NAME => {
            Arc::new(servicenow_tickets::ServiceNowTicketsClient::new(url, own, key, means, can)?)
        }
        _ => return Err(SettingsError::Invalid("HELPDESK")),
    }))
}

/// Whether a helpdesk's API deletes a contact for good.
pub fn forgets(name: &str) -> bool {
    matches!(name, intercom::NAME | zendesk::NAME | zendesk_messaging::NAME | chatwoot::NAME)
}

/// What deletes contacts in the configured helpdesk. `None` where its API has no call for that, or makes no contacts.
pub fn contacts(
    settings: &HelpdeskSettings,
    secrets: Secrets,
    means: ClientDeps,
) -> Result<Option<Arc<dyn Contacts>>, SettingsError> {
    let can = capabilities(settings)?;
    let HelpdeskSettings { name, url, own } = settings;
    let key = secrets.credentials;
    Ok(Some(match name.as_str() {
        name if !forgets(name) => return Ok(None),
        intercom::NAME => Arc::new(intercom::IntercomClient::new(url, key, means, can)?),
        zendesk::NAME => Arc::new(zendesk::ZendeskClient::new(url, own, key, means, can)?),
        zendesk_messaging::NAME => Arc::new(zendesk_messaging::SunshineClient::new(url, own, key, means)?),
        chatwoot::NAME => Arc::new(chatwoot::ChatwootClient::new(url, own, key, means, can)?),
        _ => return Err(SettingsError::Invalid("HELPDESK")),
    }))
}
