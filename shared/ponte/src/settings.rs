//! The settings that the template gives a function, and the secrets' form.
//!
//! A setting that is missing or cannot be read stops the function at its start, with the setting's name and never
//! its value. `docs/` and the README name the template's parameters.

use serde::Deserialize;
use serde_json::{Map, Value};

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
redacted!(BlipSecret, RestChannelSecret, AvailabilitySecret, HelpdeskSecret, KeysSecret, LongSettings);

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
    pub fn helpdesk(long: &LongSettings) -> Result<HelpdeskSettings, SettingsError> {
        Ok(HelpdeskSettings {
            name: Self::required("HELPDESK")?,
            url: Self::optional("HELPDESK_URL"),
            own: Value::Object(long.helpdesk.clone()).to_string(),
        })
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
