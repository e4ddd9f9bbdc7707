//! The language of a conversation.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    channel::{ChannelNames, of_channel},
    is_default,
};
use crate::Language;

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
    pub fn of_channel(&self, channel: Option<ChannelNames<'_>>) -> Language {
        of_channel(&self.by_channel, channel).copied().unwrap_or(self.default)
    }
}
