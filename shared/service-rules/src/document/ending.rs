//! The end of a conversation, and what comes after it: ending words, rating, reopening.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::is_default;
use crate::written::Period;

/// How a customer ends a conversation with a word.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Leaving {
    /// A message that is exactly one of these ends it, without regard to case and accents. Absent: no word does.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<String>,
    /// Whether the customer is asked first. Absent: yes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ask_back: Option<bool>,
}

impl Leaving {
    /// Whether the customer is asked before the conversation ends.
    pub fn asks_back(&self) -> bool {
        self.ask_back.unwrap_or(true)
    }
}

/// Who asks for a rating after a conversation, and how long its answer is waited for. The scale is 1 to 5.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RatingRules {
    /// Who asks. Absent: nobody here, so the bot may.
    #[serde(default, skip_serializing_if = "is_default")]
    pub asked_by: AskedBy,
    /// The field of the ticket that gets a rating which Ponte asked for, by the helpdesk's own name or id, as in `routing.fields`. Absent: none;
    /// the note on the ticket has it in any case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// How long Ponte waits for an answer before the customer goes back to the bot. Absent: 10m.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait: Option<Period>,
    /// Who asks, by queue.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub by_queue: BTreeMap<String, AskedBy>,
}

/// Who asks for a rating.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum AskedBy {
    /// Nobody. The bot may ask after the return.
    #[default]
    Nobody,
    /// Ponte asks before the return.
    Bridge,
    /// The helpdesk's own survey goes through to the customer.
    Helpdesk,
}

impl RatingRules {
    /// Who asks for the rating of a conversation of this queue.
    pub fn asked_by(&self, queue: Option<&str>) -> AskedBy {
        queue.and_then(|queue| self.by_queue.get(queue)).copied().unwrap_or(self.asked_by)
    }

    /// Whether the rules let this one ask, for any queue.
    pub(crate) fn has(&self, asker: AskedBy) -> bool {
        self.asked_by == asker || self.by_queue.values().any(|asked_by| *asked_by == asker)
    }

    /// How long an answer is waited for.
    pub fn wait(&self) -> Period {
        const DEFAULT: Period = Period::minutes(10);
        self.wait.unwrap_or(DEFAULT)
    }
}

/// What happens to a customer who comes back soon.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Reopening {
    /// Within this time after the end the same ticket goes on, where the helpdesk allows it; elsewhere a new one names the old. Absent: each
    /// conversation is a new one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<Period>,
    /// Within this time after the end a word of thanks opens nothing, and stands as a note in the old ticket. Absent: 5m.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thanks_within: Option<Period>,
    /// The words of thanks, in place of Ponte's. An empty list: no word is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thanks: Option<Vec<String>>,
}

/// Words that ask for nothing, in the three languages.
pub const DEFAULT_THANKS: [&str; 38] = [
    "obrigado",
    "obrigada",
    "obrigadão",
    "muito obrigado",
    "muito obrigada",
    "obg",
    "brigado",
    "brigada",
    "valeu",
    "vlw",
    "grato",
    "grata",
    "agradeço",
    "tchau",
    "até mais",
    "ok",
    "blz",
    "beleza",
    "thanks",
    "thank you",
    "thank you very much",
    "many thanks",
    "thx",
    "ty",
    "bye",
    "gracias",
    "muchas gracias",
    "mil gracias",
    "adiós",
    "chau",
    "👍",
    "🙏",
    "👏",
    "❤️",
    "😊",
    "😀",
    "😉",
    "🤝",
];

impl Reopening {
    /// How long the same ticket goes on; `None`: never.
    pub fn within(&self) -> Option<Period> {
        self.within
    }

    /// How long a word of thanks opens nothing.
    pub fn thanks_within(&self) -> Period {
        const DEFAULT: Period = Period::minutes(5);
        self.thanks_within.unwrap_or(DEFAULT)
    }

    /// The words of thanks.
    pub(crate) fn thanks(&self) -> Vec<&str> {
        match &self.thanks {
            Some(own) => own.iter().map(String::as_str).collect(),
            None => DEFAULT_THANKS.to_vec(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_absent_has_a_default() {
        let (rating, reopening) = (RatingRules::default(), Reopening::default());
        assert_eq!((rating.asked_by(Some("a")), rating.wait()), (AskedBy::Nobody, Period::minutes(10)));
        assert_eq!((reopening.within(), reopening.thanks_within()), (None, Period::minutes(5)));
        assert!(Leaving::default().asks_back());
        let rating: RatingRules =
            serde_json::from_str(r#"{"asked_by":"bridge","wait":"5m","by_queue":{"a":"helpdesk"}}"#).unwrap();
        assert_eq!(rating.asked_by(Some("a")), AskedBy::Helpdesk);
        assert_eq!(rating.asked_by(None), AskedBy::Bridge);
        assert_eq!(rating.wait(), Period::minutes(5));
    }
}
