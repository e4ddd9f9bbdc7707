//! The settings that the template gives a function, and the secrets' form.
//!
//! A setting that is missing or cannot be read stops the function at its start, with the setting's name and never
//! its value. `docs/` and the README name the template's parameters.

use serde::Deserialize;

use crate::texts::{Language, Texts};

/// What is wrong with a setting: its name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    #[error("the setting {0} is missing")]
    Missing(&'static str),
    #[error("the setting {0} cannot be read")]
    Invalid(&'static str),
}

/// Blip's secret: `{"key","token"}`.
#[derive(Clone, Deserialize)]
pub struct BlipSecret {
    /// The finished token of the portal, for our calls.
    pub key: String,
    /// What Blip presents to us.
    pub token: String,
}

/// The secret of the REST channel: `{"token"}`.
#[derive(Clone, Deserialize)]
pub struct RestChannelSecret {
    /// What its clients present.
    pub token: String,
}

/// The helpdesk's secret: `{"credentials","webhook_secret"}`.
#[derive(Clone, Deserialize)]
pub struct HelpdeskSecret {
    #[serde(default)]
    pub credentials: String,
    #[serde(default)]
    pub webhook_secret: String,
}

/// The generated secret: `{"hash_key"}`.
#[derive(Clone, Deserialize)]
pub struct KeysSecret {
    pub hash_key: String,
}

macro_rules! redacted {
    ($($name:ident),*) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )*};
}
redacted!(BlipSecret, RestChannelSecret, HelpdeskSecret, KeysSecret);

/// Which helpdesk, and where.
#[derive(Debug, Clone)]
pub struct HelpdeskSettings {
    pub name: String,
    pub url: String,
    /// The parameter `HelpdeskSettings`: what only this helpdesk needs, as JSON.
    pub own: String,
}

/// The environment, as the template sets it.
#[derive(Debug, Clone, Copy)]
pub struct Environment;

impl Environment {
    /// A setting that must be there.
    pub fn required(name: &'static str) -> Result<String, SettingsError> {
        std::env::var(name).ok().filter(|value| !value.trim().is_empty()).ok_or(SettingsError::Missing(name))
    }

    /// A setting that may be empty.
    pub fn optional(name: &str) -> String {
        std::env::var(name).unwrap_or_default()
    }

    /// The helpdesk's settings. The callback needs no URL.
    pub fn helpdesk() -> Result<HelpdeskSettings, SettingsError> {
        Ok(HelpdeskSettings {
            name: Self::required("HELPDESK")?,
            url: Self::optional("HELPDESK_URL"),
            own: Self::optional("HELPDESK_SETTINGS"),
        })
    }

    /// The texts and their language.
    pub fn texts() -> Result<Texts, SettingsError> {
        let tag = Self::optional("LANGUAGE");
        let language = match tag.as_str() {
            "" => Language::default(),
            tag => Language::parse(tag).ok_or(SettingsError::Invalid("LANGUAGE"))?,
        };
        Ok(Texts {
            language,
            greeting: Self::optional("GREETING_TEXT"),
            agent_joined: Self::optional("AGENT_JOINED_TEXT"),
            closing: Self::optional("CLOSING_TEXT"),
        })
    }
}
