//! Where a customer goes when a conversation ends, behind a router.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Why a conversation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// The agent closed it.
    Agent,
    /// Nobody answered.
    NoAgent,
    /// The customer said nothing any more.
    Inactive,
    /// It began outside the hours.
    OutsideHours,
    /// The customer ended it with a word.
    Customer,
}

impl EndReason {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Agent, Self::NoAgent, Self::Inactive, Self::OutsideHours, Self::Customer];

    /// The word in the document, and in the context of a redirect: `{"ponte":{"ended":"no_agent"}}`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::NoAgent => "no_agent",
            Self::Inactive => "inactive",
            Self::OutsideHours => "outside_hours",
            Self::Customer => "customer",
        }
    }

    /// The reason of this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == word)
    }
}

/// The router's service that takes the customer back. A name is spelt as in the router; an empty one is the main bot.
///
/// Counted first: the route's own; the queue's for the reason, then for every reason; the one for the reason; the default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ReturnService {
    /// Where nothing else says it. Absent: the main bot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// Whether the redirect tells the bot why the conversation ended, as `{"ponte":{"ended":"agent"}}`: the bot gets that as if the customer had
    /// said it. Absent: wherever anything but the agent ended it, and with a rating or a survey.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<bool>,
    /// By the reason of the end.
    #[serde(default, skip_serializing_if = "Reasons::is_empty")]
    pub by_reason: Reasons,
    /// By queue: a service, or a service for each reason.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub by_queue: BTreeMap<String, ReturnTo>,
}

/// A service for each reason.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Reasons {
    /// The agent closed the conversation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// Nobody answered (`silence.unanswered.hand_back_after`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_agent: Option<String>,
    /// The customer said nothing any more (`silence.customer_silent.close_after`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inactive: Option<String>,
    /// The conversation began outside the hours (`hours.outside`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outside_hours: Option<String>,
    /// The customer ended it with a word (`leaving.words`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
}

impl Reasons {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn of(&self, reason: EndReason) -> Option<&str> {
        let service = match reason {
            EndReason::Agent => &self.agent,
            EndReason::NoAgent => &self.no_agent,
            EndReason::Inactive => &self.inactive,
            EndReason::OutsideHours => &self.outside_hours,
            EndReason::Customer => &self.customer,
        };
        service.as_deref()
    }

    /// Each with its key.
    pub(crate) fn each(&self) -> impl Iterator<Item = (&'static str, &str)> {
        EndReason::ALL.into_iter().filter_map(|reason| Some((reason.as_str(), self.of(reason)?)))
    }
}

/// A service, or one for each reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum ReturnTo {
    /// The same for each reason.
    Service(String),
    /// By reason.
    ByReason(Reasons),
}

impl ReturnService {
    /// Whether the bot is told why the conversation ended.
    pub fn tells(&self, reason: EndReason, is_rated: bool) -> bool {
        self.context.unwrap_or(reason != EndReason::Agent || is_rated)
    }

    /// The service that takes the customer back; `None` is the main bot. `route` is the service that the route of the opening named.
    pub fn of<'a>(&'a self, queue: Option<&str>, reason: EndReason, route: Option<&'a str>) -> Option<&'a str> {
        let by_queue = || match self.by_queue.get(queue?)? {
            ReturnTo::Service(service) => Some(service.as_str()),
            ReturnTo::ByReason(reasons) => reasons.of(reason),
        };
        let chosen = route.or_else(by_queue).or_else(|| self.by_reason.of(reason)).or(self.default.as_deref());
        chosen.filter(|service| !service.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_rule_says_where_the_customer_goes() {
        let json = r#"{"default":"main","by_reason":{"customer":"menu"},"by_queue":{"sales":"offers","billing":{"agent":"survey"},"help":""}}"#;
        let rules: ReturnService = serde_json::from_str(json).unwrap();
        let of = |queue, reason| rules.of(queue, reason, None);
        assert_eq!(of(None, EndReason::Agent), Some("main"));
        assert_eq!(of(None, EndReason::Customer), Some("menu"));
        assert_eq!(of(Some("sales"), EndReason::Customer), Some("offers"));
        assert_eq!(of(Some("billing"), EndReason::Agent), Some("survey"));
        assert_eq!(of(Some("billing"), EndReason::Customer), Some("menu"));
        assert_eq!(of(Some("billing"), EndReason::NoAgent), Some("main"));
        assert!(rules.tells(EndReason::NoAgent, false) && rules.tells(EndReason::Agent, true));
        assert!(!rules.tells(EndReason::Agent, false));
        assert_eq!(of(Some("help"), EndReason::Agent), None, "the main bot");
        assert_eq!(of(Some("other"), EndReason::Agent), Some("main"));
        assert_eq!(rules.of(Some("sales"), EndReason::Agent, Some("vip")), Some("vip"));
        assert_eq!(
            serde_json::to_string(&rules).unwrap(),
            json.replace(
                r#""sales":"offers","billing":{"agent":"survey"},"help":"""#,
                r#""billing":{"agent":"survey"},"help":"","sales":"offers""#
            )
        );
        assert_eq!(ReturnService::default().of(Some("sales"), EndReason::Agent, None), None);
    }
}
