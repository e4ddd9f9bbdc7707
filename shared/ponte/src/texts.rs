//! What the bridge itself says to customers and agents: the company's own words where the service rules have some, else Ponte's
//! ([`TextKey::own`]).

use std::sync::Arc;

use service_rules::ServiceRules;
pub use service_rules::{
    Language,
    texts::{Placeholder, TextKey},
};

/// What is said in one language.
#[derive(Debug, Clone, Default)]
pub struct Texts {
    /// The rules that have the company's own words.
    pub rules: Arc<ServiceRules>,
    /// The language.
    pub language: Language,
}

impl Texts {
    /// What agents are told: in the rules' own language, whatever the customer's is.
    pub fn for_agents(rules: &Arc<ServiceRules>) -> Self {
        Self { rules: rules.clone(), language: rules.language.default }
    }

    /// The text, its placeholders replaced. `None` where the company switched it off.
    pub fn say(&self, key: TextKey, values: &[(Placeholder, &str)]) -> Option<String> {
        self.rules.texts.render(self.language, key, values)
    }

    /// A text that cannot be switched off.
    pub fn must_say(&self, key: TextKey, values: &[(Placeholder, &str)]) -> String {
        self.say(key, values).unwrap_or_else(|| key.own(self.language).to_owned())
    }
}
