//! What agents are told, as the service rules say it now: a change of them is in force in clients that live for hours.

use std::sync::Arc;

use crate::{relay::ports::Rules, texts::Texts};

/// The texts that Ponte writes to agents, by the present service rules or as they were at the start.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "it holds a port")]
pub struct AgentTexts(Source);

#[derive(Clone)]
enum Source {
    Rules(Arc<dyn Rules>),
    Fixed(Texts),
}

impl AgentTexts {
    /// Those of the rules that are in force, at each moment.
    pub fn of(rules: Arc<dyn Rules>) -> Self {
        Self(Source::Rules(rules))
    }

    /// As they are now.
    pub(super) fn now(&self) -> Texts {
        match &self.0 {
            Source::Rules(rules) => Texts::for_agents(&rules.current()),
            Source::Fixed(texts) => texts.clone(),
        }
    }
}

/// Texts that do not change.
impl From<Texts> for AgentTexts {
    fn from(texts: Texts) -> Self {
        Self(Source::Fixed(texts))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use service_rules::{Language, LanguageRules, ServiceRules};

    use super::*;

    #[derive(Default)]
    struct Pushed(Mutex<Arc<ServiceRules>>);

    impl Rules for Pushed {
        fn current(&self) -> Arc<ServiceRules> {
            self.0.lock().unwrap().clone()
        }
    }

    #[test]
    fn a_change_of_the_rules_is_a_change_of_what_agents_read() {
        let rules = Arc::new(Pushed::default());
        let texts = AgentTexts::of(rules.clone());
        assert_eq!(texts.now().language, Language::Portuguese);
        let language = LanguageRules { default: Language::Spanish, ..LanguageRules::default() };
        *rules.0.lock().unwrap() = Arc::new(ServiceRules { language, ..ServiceRules::default() });
        assert_eq!(texts.now().language, Language::Spanish);
        assert_eq!(AgentTexts::from(Texts::default()).now().language, Language::Portuguese);
    }
}
