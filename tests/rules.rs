//! Service rules for tests.

use std::{collections::BTreeMap, sync::Arc};

use ponte::texts::{Language, TextKey, Texts};
use service_rules::{
    ServiceRules,
    texts::{LanguageTexts, OwnText, Texts as RuleTexts},
};

/// What a customer is told of the course of a conversation. Most tests have none of it, so that only what people said is seen.
pub(crate) const COURSE: [TextKey; 3] = [TextKey::Greeting, TextKey::AgentJoined, TextKey::Closing];

/// Rules without anything but the attendant of Blip's tickets, without whom none is opened.
pub(crate) fn attended() -> ServiceRules {
    ServiceRules { agent_identity: Some("agent%40example.com@blip.ai".to_owned()), ..ServiceRules::default() }
}

/// Rules with these texts in place of Ponte's, in each language.
pub(crate) fn saying(texts: impl IntoIterator<Item = (TextKey, OwnText)>) -> ServiceRules {
    let own: BTreeMap<TextKey, OwnText> = texts.into_iter().collect();
    let texts = Language::ALL.map(|language| (language, LanguageTexts(own.clone())));
    ServiceRules { texts: RuleTexts(texts.into()), ..attended() }
}

/// Rules without these texts.
pub(crate) fn silent(keys: &[TextKey]) -> ServiceRules {
    saying(keys.iter().map(|key| (*key, OwnText::Off)))
}

/// Ponte's own texts in English, as most adapters' tests have them.
pub(crate) fn english() -> Texts {
    Texts { language: Language::English, ..Texts::for_agents(&Arc::new(ServiceRules::default())) }
}
