//! The document `service.yaml`, as types. Its JSON is compact: what is as without rules has no key.

mod agent_context;
mod channel;
mod ending;
mod hours;
mod language;
mod queues;
mod returns;
mod routing;
mod silence;
mod waiting;
mod when;

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

pub use agent_context::{AgentContext, DEFAULT_TRANSCRIPT_LINES, MAX_EARLIER_TICKETS};
pub(crate) use channel::of_channel;
pub use channel::{CHANNELS, ChannelNames};
pub use ending::{AskedBy, DEFAULT_THANKS, Leaving, RatingRules, Reopening};
pub use hours::{Calendar, Holidays, Hours, HoursSource, Never, Night, OptionalDay, Outside, QueueHours, SourceKind};
pub use language::LanguageRules;
pub use queues::{Queue, QueueName};
pub use returns::{EndReason, Reasons, ReturnService, ReturnTo};
pub use routing::{
    Believed, ContactKey, FactRules, FieldSource, MessagePart, Priority, RouteRule, Routing, Target, TicketKey,
};
pub use silence::{AgentSilent, ChannelSilence, Count, CustomerSilent, Silence, Unanswered};
pub use waiting::Waiting;
#[cfg(feature = "schema")]
pub(crate) use when::Form;
pub use when::{Condition, FactName, When};

use crate::texts::Texts;

/// What a support team decides about its service. The default is what Ponte does without rules.
///
/// Keys that this release does not know are refused. A document that uses none of them stays readable.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ServiceRules {
    /// The version of this form. Always 1.
    pub version: Version,
    /// Where the company is, such as `America/Sao_Paulo`. Absent: that one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// The language of a conversation.
    #[serde(default, skip_serializing_if = "is_default")]
    pub language: LanguageRules,
    /// Your own words for what Ponte says, by language. What is not here is said in Ponte's words.
    #[serde(default, skip_serializing_if = "Texts::is_empty")]
    pub texts: Texts,
    /// Router only: the service that takes the customer back when a conversation ends. Absent: the main bot.
    #[serde(default, skip_serializing_if = "is_default")]
    pub return_service: ReturnService,
    /// Custom attendance channel only, and required there: the attendant to whom Blip's tickets are given, such as maria%40company.com@blip.ai
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_identity: Option<String>,
    /// The queues (teams, groups, departments) of the helpdesk, each under a short id of your own.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub queues: BTreeMap<String, Queue>,
    /// Which queue a conversation goes to, and with what.
    #[serde(default, skip_serializing_if = "is_default")]
    pub routing: Routing,
    /// What the agent sees of the customer at the opening.
    #[serde(default, skip_serializing_if = "is_default")]
    pub context: AgentContext,
    /// When somebody is there. Absent: always.
    #[serde(default, skip_serializing_if = "is_default")]
    pub hours: Hours,
    /// When Ponte tells a customer nothing on its own accord: between two times, such as 21:00-08:00, or none. Absent: outside the hours;
    /// where there are no hours, from 21:00 to 08:00.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub night: Option<Night>,
    /// What a customer who waits is told.
    #[serde(default, skip_serializing_if = "is_default")]
    pub waiting: Waiting,
    /// What happens when nobody says anything.
    #[serde(default, skip_serializing_if = "is_default")]
    pub silence: Silence,
    /// How a customer ends a conversation with a word.
    #[serde(default, skip_serializing_if = "is_default")]
    pub leaving: Leaving,
    /// Who asks for a rating after a conversation.
    #[serde(default, skip_serializing_if = "is_default")]
    pub rating: RatingRules,
    /// What happens to a customer who comes back soon.
    #[serde(default, skip_serializing_if = "is_default")]
    pub reopening: Reopening,
}

/// The time zone of rules that name none.
pub const DEFAULT_TIME_ZONE: &str = "America/Sao_Paulo";

impl ServiceRules {
    /// The zone in which days are counted.
    pub fn zone(&self) -> &str {
        self.time_zone.as_deref().unwrap_or(DEFAULT_TIME_ZONE)
    }
}

/// The version of the form: 1 is the only one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Version;

impl Version {
    /// As it stands in the document.
    pub const NUMBER: u64 = 1;
}

impl Serialize for Version {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(Self::NUMBER)
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u64::deserialize(deserializer)? {
            Self::NUMBER => Ok(Self),
            _ => Err(D::Error::custom("this release reads version 1 only")),
        }
    }
}

pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
