//! What happens when nobody says anything.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    channel::{ChannelNames, of_channel},
    is_default,
};
use crate::written::Period;

/// What happens when nobody says anything. Everything is off unless it is written here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Silence {
    /// No person has answered yet.
    #[serde(default, skip_serializing_if = "is_default")]
    pub unanswered: Unanswered,
    /// The customer wrote, and the agent says nothing.
    #[serde(default, skip_serializing_if = "is_default")]
    pub agent_silent: AgentSilent,
    /// The agent wrote, and the customer says nothing.
    #[serde(default, skip_serializing_if = "is_default")]
    pub customer_silent: CustomerSilent,
    /// What is different on a channel.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub by_channel: BTreeMap<String, ChannelSilence>,
}

/// The timers of one channel. One that is here is taken as a whole; an empty one (`{}`) is off.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ChannelSilence {
    /// No person has answered yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unanswered: Option<Unanswered>,
    /// The customer wrote, and the agent says nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_silent: Option<AgentSilent>,
    /// The agent wrote, and the customer says nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_silent: Option<CustomerSilent>,
}

/// No person has answered yet. Counted from the opening, or from the last transfer to another queue.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Unanswered {
    /// After this time the customer is told that we are still looking for somebody, and the ticket gets a note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warn_after: Option<Period>,
    /// After this time the customer is told that there is nobody, and goes back to the bot. The ticket stays open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hand_back_after: Option<Period>,
    /// How time is counted. Absent: in open hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<Count>,
}

/// The customer wrote, and the agent says nothing. Counted from the first word that has no answer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AgentSilent {
    /// After this time the ticket gets a note. The customer is told nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note_after: Option<Period>,
    /// How time is counted. Absent: in open hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<Count>,
}

/// The agent wrote, and the customer says nothing. Counted from the agent's last word; a word of either side begins it anew.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CustomerSilent {
    /// After this time the customer is asked whether somebody is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warn_after: Option<Period>,
    /// After this time the conversation is closed on both sides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub close_after: Option<Period>,
    /// The tag that the ticket gets with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// How time is counted. Absent: by the clock, as the 24 hours of WhatsApp do not sleep.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<Count>,
}

/// How time is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Count {
    /// All the time.
    Clock,
    /// Only while the queue is open.
    OpenHours,
}

impl Silence {
    /// The timer for conversations that nobody answered, on a channel.
    pub fn unanswered(&self, channel: Option<ChannelNames<'_>>) -> &Unanswered {
        self.of(channel).and_then(|own| own.unanswered.as_ref()).unwrap_or(&self.unanswered)
    }

    /// The timer for agents who say nothing, on a channel.
    pub fn agent_silent(&self, channel: Option<ChannelNames<'_>>) -> &AgentSilent {
        self.of(channel).and_then(|own| own.agent_silent.as_ref()).unwrap_or(&self.agent_silent)
    }

    /// The timer for customers who say nothing, on a channel.
    pub fn customer_silent(&self, channel: Option<ChannelNames<'_>>) -> &CustomerSilent {
        self.of(channel).and_then(|own| own.customer_silent.as_ref()).unwrap_or(&self.customer_silent)
    }

    fn of(&self, channel: Option<ChannelNames<'_>>) -> Option<&ChannelSilence> {
        of_channel(&self.by_channel, channel)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_has_timers_of_its_own() {
        let json = r#"{"unanswered":{"warn_after":"10m"},"customer_silent":{"warn_after":"22h","close_after":"23h","tag":"inatividade"},"by_channel":{"blip-chat":{"customer_silent":{"warn_after":"30m","close_after":"45m","count":"open_hours"}},"email":{"customer_silent":{}}}}"#;
        let silence: Silence = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&silence).unwrap(), json);
        let named = |name: &'static str| Some(ChannelNames { name, domain: "" });
        let close = |channel| silence.customer_silent(channel).close_after.map(|period| period.to_string());
        assert_eq!(close(None).as_deref(), Some("23h"));
        assert_eq!(close(named("whatsapp")).as_deref(), Some("23h"));
        assert_eq!(close(named("blip-chat")).as_deref(), Some("45m"));
        assert_eq!(close(named("email")), None);
        assert_eq!(silence.unanswered(named("email")).warn_after, Some(Period::minutes(10)));
        assert_eq!(silence.agent_silent(named("email")).note_after, None);
    }
}
