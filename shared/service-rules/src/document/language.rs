//! The language of a conversation.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::is_default;
use crate::{Language, fold::same};

/// The names that Ponte has for channels. Another one is named by its domain, such as `new.gw.msging.net`.
pub const CHANNELS: [&str; 14] = [
    "whatsapp",
    "messenger",
    "instagram",
    "telegram",
    "blip-chat",
    "teams",
    "workplace",
    "skype",
    "google-business-messages",
    "google-rcs",
    "apple-business-chat",
    "email",
    "sms",
    "rest",
];

/// Where the language of a conversation comes from: the bot's hand-over; the route that matched; the contact extra; the channel; the default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LanguageRules {
    /// Where nothing else says it. Absent: pt-BR.
    #[serde(default, skip_serializing_if = "is_default")]
    pub default: Language,
    /// The contact extra that holds the customer's language, as a tag (pt, en-US) or a name (English). It is believed whenever it was set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_extra: Option<String>,
    /// The language of a channel, such as whatsapp or email.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub by_channel: BTreeMap<String, Language>,
}

impl LanguageRules {
    /// The language that the channel has, or the default.
    pub fn of_channel(&self, channel: Option<&str>) -> Language {
        let named =
            |channel: &str| self.by_channel.iter().find(|(name, _)| same(name, channel)).map(|(_, language)| *language);
        channel.and_then(named).unwrap_or(self.default)
    }
}
