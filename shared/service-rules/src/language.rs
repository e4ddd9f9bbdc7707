//! The languages that Ponte speaks.

use serde::{Deserialize, Serialize};

use crate::fold::fold;

/// A language of Ponte's own texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Language {
    /// Portuguese of Brazil.
    #[default]
    #[serde(rename = "pt-BR")]
    Portuguese,
    /// English.
    #[serde(rename = "en")]
    English,
    /// Spanish.
    #[serde(rename = "es")]
    Spanish,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Portuguese, Self::English, Self::Spanish];

    /// The language of exactly this BCP 47 tag, in any case. `None` when it is not one of ours.
    pub fn parse(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(tag))
    }

    /// The language that somebody means: a tag with or without a region (`pt`, `en_US`), or the language's name in one of the three.
    pub fn guess(text: &str) -> Option<Self> {
        let folded = fold(text);
        match folded.as_str() {
            "portugues" | "portuguese" => return Some(Self::Portuguese),
            "ingles" | "english" => return Some(Self::English),
            "espanhol" | "espanol" | "spanish" | "castellano" => return Some(Self::Spanish),
            _ => {}
        }
        match folded.split(['-', '_']).next()? {
            "pt" => Some(Self::Portuguese),
            "en" => Some(Self::English),
            "es" => Some(Self::Spanish),
            _ => None,
        }
    }

    /// So many minutes in words: "1 minuto", "2 minutos".
    pub(crate) fn minutes(self, count: &str) -> String {
        let (one, several) = match self {
            Self::Portuguese | Self::Spanish => ("minuto", "minutos"),
            Self::English => ("minute", "minutes"),
        };
        format!("{count} {}", if count == "1" { one } else { several })
    }

    /// The BCP 47 tag.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Portuguese => "pt-BR",
            Self::English => "en",
            Self::Spanish => "es",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_for_a_language() {
        for language in Language::ALL {
            assert_eq!(Language::parse(language.tag()), Some(language));
            assert_eq!(Language::guess(language.tag()), Some(language));
            assert_eq!(serde_json::to_value(language).unwrap(), language.tag());
        }
        assert_eq!(Language::guess("Português"), Some(Language::Portuguese));
        assert_eq!(Language::guess("EN_us"), Some(Language::English));
        assert_eq!(Language::guess("español"), Some(Language::Spanish));
        assert_eq!(Language::guess("est"), None);
        assert_eq!(Language::parse("pt"), None);
    }
}
