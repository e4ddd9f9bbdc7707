//! The helpdesks, one folder each: what it can do, its JSON, the mapping both ways, the client, and the webhook verifier.
//!
//! An adapter implements the relay's ports and touches neither the conversation store nor a queue. `docs/helpdesks/` has a page for
//! each. Adding one is a folder, its `mod`, and a line of the registry below.

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

mod agent_texts;
mod answer;
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
mod route;
pub mod servicenow;
pub mod servicenow_tickets;
mod shared_secret;
mod shown;
pub mod signature;
mod staffing;
mod to_text;
pub mod webhook;
pub mod zendesk;
pub mod zendesk_messaging;

pub use agent_texts::AgentTexts;

use std::sync::Arc;

use crate::{
    clock::Clock,
    message::Capabilities,
    relay::ports::{Contacts, EventPoller, Helpdesk, RouteNames, Staffing, StoredFiles, WebhookVerifier},
    secret::Secret,
    settings::{HelpdeskSettings, SettingsError},
};

/// Reads the parameter `HelpdeskSettings`, one JSON object. Left empty it is `{}`: all that has a default has it, and what a helpdesk needs is
/// missing.
fn parse_settings<T: serde::de::DeserializeOwned>(parameter: &str) -> Result<T, SettingsError> {
    let parameter = if parameter.trim().is_empty() { "{}" } else { parameter };
    serde_json::from_str(parameter).map_err(|_| SettingsError::Invalid("HelpdeskSettings"))
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
    pub texts: AgentTexts,
    pub clock: Arc<dyn Clock>,
    /// The bytes of customers' files, for a helpdesk that takes no links.
    pub files: Arc<dyn StoredFiles>,
}

/// One function for each part of a helpdesk, so that a Lambda links only the parts that it uses.
///
/// A line is the name of the folder, and what else its client is: `poller` where it implements [`EventPoller`], `contacts` where it implements
/// [`Contacts`], `names` where it implements [`RouteNames`], `staffing` where
/// it implements [`Staffing`], `surveys` where it sends its own ([`Helpdesk::sends_surveys`]).
macro_rules! registry {
    ($($module:ident [$($port:ident)*];)*) => {
        /// The helpdesks that the parameter `Helpdesk` takes.
        pub const NAMES: &[&str] = &[$($module::NAME),*];

        /// What verifies the webhooks of the configured helpdesk. `secret` is `HelpdeskWebhookSecret`.
        ///
        /// # Errors
        ///
        /// A setting that is missing or wrong, by its name.
        pub fn verifier(settings: &HelpdeskSettings, secret: &str) -> Result<Box<dyn WebhookVerifier>, SettingsError> {
            match settings.name.as_str() {
                $($module::NAME => Ok(Box::new($module::verifier(settings, secret)?)),)*
                _ => Err(SettingsError::Invalid("HELPDESK")),
            }
        }

        /// What the configured helpdesk can show. It needs no secret: Blip's webhook endpoint asks, too.
        ///
        /// # Errors
        ///
        /// As of [`verifier`].
        pub fn capabilities(settings: &HelpdeskSettings) -> Result<Capabilities, SettingsError> {
            match settings.name.as_str() {
                $($module::NAME => $module::capabilities(&settings.own),)*
                _ => Err(SettingsError::Invalid("HELPDESK")),
            }
        }

        /// The client of the configured helpdesk, for the workers.
        ///
        /// # Errors
        ///
        /// As of [`verifier`].
        pub fn client(
            settings: &HelpdeskSettings,
            secrets: Secrets,
            deps: ClientDeps,
        ) -> Result<Arc<dyn Helpdesk>, SettingsError> {
            match settings.name.as_str() {
                $($module::NAME => Ok(Arc::new($module::client(settings, secrets, deps)?)),)*
                _ => Err(SettingsError::Invalid("HELPDESK")),
            }
        }

        /// What else the client of a helpdesk is, as its line says. Nothing of one that there is not.
        fn ports_of(name: &str) -> &'static [&'static str] {
            match name {
                $($module::NAME => &[$(stringify!($port)),*],)*
                _ => &[],
            }
        }

        /// Whether a helpdesk has to be asked for the events that it never told, because it does not repeat them.
        pub fn is_polled(name: &str) -> bool {
            ports_of(name).contains(&"poller")
        }

        /// What asks the configured helpdesk for the events that it never told. `None` where it repeats them itself.
        ///
        /// # Errors
        ///
        /// As of [`verifier`].
        pub fn poller(
            settings: &HelpdeskSettings,
            secrets: Secrets,
            deps: ClientDeps,
        ) -> Result<Option<Arc<dyn EventPoller>>, SettingsError> {
            match settings.name.as_str() {
                $($module::NAME => part!(poller [$($port)*] $module settings secrets deps),)*
                _ => Err(SettingsError::Invalid("HELPDESK")),
            }
        }

        /// Whether a helpdesk sends a survey of its own that Ponte can pass on (`rating.asked_by: helpdesk`).
        pub fn sends_surveys(name: &str) -> bool {
            ports_of(name).contains(&"surveys")
        }

        /// Whether a helpdesk can tell whether somebody is online. Some do only where a setting says so.
        pub fn tells_staffing(name: &str) -> bool {
            ports_of(name).contains(&"staffing")
        }

        /// What asks the configured helpdesk whether somebody is online. `None` where it does not tell.
        ///
        /// # Errors
        ///
        /// As of [`verifier`].
        pub fn staffing(
            settings: &HelpdeskSettings,
            secrets: Secrets,
            deps: ClientDeps,
        ) -> Result<Option<Arc<dyn Staffing>>, SettingsError> {
            match settings.name.as_str() {
                $($module::NAME => part!(staffing [$($port)*] $module settings secrets deps),)*
                _ => Err(SettingsError::Invalid("HELPDESK")),
            }
        }

        /// Whether a helpdesk's API deletes a contact for good.
        pub fn forgets(name: &str) -> bool {
            ports_of(name).contains(&"contacts")
        }

        /// What deletes contacts in the configured helpdesk. `None` where its API has no call for that, or makes no contacts.
        ///
        /// # Errors
        ///
        /// As of [`verifier`].
        pub fn contacts(
            settings: &HelpdeskSettings,
            secrets: Secrets,
            deps: ClientDeps,
        ) -> Result<Option<Arc<dyn Contacts>>, SettingsError> {
            match settings.name.as_str() {
                $($module::NAME => part!(contacts [$($port)*] $module settings secrets deps),)*
                _ => Err(SettingsError::Invalid("HELPDESK")),
            }
        }

        /// What looks up the names of service rules in the configured helpdesk, for the operator's tool. `None` where an opening looks
        /// nothing up.
        ///
        /// # Errors
        ///
        /// As of [`verifier`].
        pub fn route_names(
            settings: &HelpdeskSettings,
            secrets: Secrets,
            deps: ClientDeps,
        ) -> Result<Option<Arc<dyn RouteNames>>, SettingsError> {
            match settings.name.as_str() {
                $($module::NAME => part!(names [$($port)*] $module settings secrets deps),)*
                _ => Err(SettingsError::Invalid("HELPDESK")),
            }
        }
    };
}

/// The client as a part that it may not be.
macro_rules! part {
    (poller [poller $($rest:ident)*] $module:ident $settings:ident $secrets:ident $deps:ident) => {
        Ok(Some(Arc::new($module::client($settings, $secrets, $deps)?)))
    };
    (contacts [contacts $($rest:ident)*] $module:ident $settings:ident $secrets:ident $deps:ident) => {
        Ok(Some(Arc::new($module::client($settings, $secrets, $deps)?)))
    };
    (names [names $($rest:ident)*] $module:ident $settings:ident $secrets:ident $deps:ident) => {
        Ok(Some(Arc::new($module::client($settings, $secrets, $deps)?)))
    };
    (staffing [staffing $($rest:ident)*] $module:ident $settings:ident $secrets:ident $deps:ident) => {
        Ok(Some(Arc::new($module::client($settings, $secrets, $deps)?)))
    };
    ($part:ident [$first:ident $($rest:ident)*] $module:ident $settings:ident $secrets:ident $deps:ident) => {
        part!($part [$($rest)*] $module $settings $secrets $deps)
    };
    ($part:ident [] $module:ident $settings:ident $secrets:ident $deps:ident) => {
        Ok(None)
    };
}

registry! {
    webhook [staffing];
    zendesk [contacts names staffing];
    zendesk_messaging [contacts];
    intercom [contacts names staffing];
    request_tracker [poller names];
    chatwoot [poller contacts names staffing surveys];
    servicenow [];
    servicenow_tickets [poller];
    omnize [names staffing];
    helper [];
}
