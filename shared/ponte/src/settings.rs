//! The settings that the template gives a function, and the secrets' form.
//!
//! A setting that is missing or cannot be read stops the function at its start, with the setting's name and never
//! its value. `functions.rs` has the variables of each function. `docs/` and the README name the template's parameters.

mod environment;
mod functions;

use serde::Deserialize;
use serde_json::{Map, Value};

pub use environment::{Configuration, Reader, SecretArn, of_process};
pub use functions::*;

/// What is wrong with a setting: its name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    #[error("the setting {0} is missing")]
    Missing(&'static str),
    #[error("the setting {0} cannot be read")]
    Invalid(&'static str),
}

/// Everything that is wrong with a function's environment, in the order of its configuration's fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsErrors(pub Vec<SettingsError>);

impl std::fmt::Display for SettingsErrors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let texts: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&texts.join("; "))
    }
}

impl std::error::Error for SettingsErrors {}

/// Blip's secret: `{"key","token"}`.
#[derive(Clone, Deserialize)]
pub struct BlipSecret {
    /// The finished token of the portal, for our calls.
    pub key: String,
    /// What Blip presents to us.
    pub token: String,
}

/// The secret of the router behind which the bot is: `{"key"}`.
#[derive(Clone, Deserialize)]
pub struct RouterSecret {
    /// The finished token of the portal, for calls in the router's name.
    pub key: String,
}

/// The secret of the REST channel: `{"token"}`.
#[derive(Clone, Deserialize)]
pub struct RestChannelSecret {
    /// What its clients present.
    pub token: String,
}

/// The secret of the function `availability`: `{"token"}`.
#[derive(Clone, Deserialize)]
pub struct AvailabilitySecret {
    /// What the bot presents.
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

/// What is too long for the environment of a function, which holds 4 KB in all (AWS, "Lambda quotas"): the secret that the template
/// names `SettingsSecret`. A JSON object, and behind it the certificate as it is.
#[derive(Clone, PartialEq, Eq, Deserialize)]
pub struct LongSettings {
    /// The parameter `TrustedFileHosts`.
    #[serde(default)]
    pub trusted_file_hosts: String,
    /// The parameter `HelpdeskSettings`: what only this helpdesk needs.
    #[serde(default)]
    pub helpdesk: Map<String, Value>,
    /// The parameter `ExtraRootCertificate`: PEM, or nothing.
    #[serde(skip)]
    pub extra_root_certificate: String,
}

impl LongSettings {
    /// Reads the secret's text.
    ///
    /// The template forbids in all other values what JSON would need to escape, so that a text that is no JSON has a `HelpdeskSettings`
    /// that is none.
    pub fn parse(secret: &str) -> Result<Self, SettingsError> {
        let mut documents = serde_json::Deserializer::from_str(secret).into_iter::<Self>();
        let Some(Ok(mut settings)) = documents.next() else { return Err(SettingsError::Invalid("HelpdeskSettings")) };
        let rest = secret.get(documents.byte_offset()..).unwrap_or_default().trim();
        if !rest.is_empty() && !rest.starts_with("-----BEGIN") {
            return Err(SettingsError::Invalid("ExtraRootCertificate"));
        }
        rest.clone_into(&mut settings.extra_root_certificate);
        Ok(settings)
    }
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
redacted!(BlipSecret, RouterSecret, RestChannelSecret, AvailabilitySecret, HelpdeskSecret, KeysSecret, LongSettings);

/// The configured helpdesk: its name, its address, and what only it needs.
#[derive(Debug, Clone)]
pub struct HelpdeskSettings {
    pub name: String,
    /// Empty for a helpdesk without an address of its own, and where nothing calls it.
    pub url: String,
    /// The parameter `HelpdeskSettings`: what only this helpdesk needs, as JSON.
    pub own: String,
}

impl HelpdeskSettings {
    /// Puts together what the environment and the long settings say of the helpdesk. Only its clients need its `url`.
    pub fn new(name: &str, url: Option<&str>, long: &LongSettings) -> Self {
        Self {
            name: name.to_owned(),
            url: url.unwrap_or_default().to_owned(),
            own: Value::Object(long.helpdesk.clone()).to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_stands_behind_the_json() {
        let long = LongSettings::parse(
            "{\"trusted_file_hosts\":\"files.company.example\",\"helpdesk\":{\n \"receipts\": true\n}}\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        )
        .unwrap();
        assert_eq!(long.trusted_file_hosts, "files.company.example");
        assert_eq!(long.helpdesk, Map::from_iter([("receipts".to_owned(), Value::Bool(true))]));
        assert_eq!(long.extra_root_certificate, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----");
    }

    #[test]
    fn what_cannot_be_read_is_named_by_its_parameter() {
        assert_eq!(LongSettings::parse("{\"helpdesk\":{}}\n").unwrap().extra_root_certificate, "");
        for broken in ["", "{\"helpdesk\":{receipts}}", "{\"helpdesk\":{} {}}", "{\"helpdesk\":[]}", "null"] {
            assert_eq!(LongSettings::parse(broken), Err(SettingsError::Invalid("HelpdeskSettings")), "{broken}");
        }
        let no_certificate = LongSettings::parse("{\"helpdesk\":{}} MIIB");
        assert_eq!(no_certificate, Err(SettingsError::Invalid("ExtraRootCertificate")));
    }
}
