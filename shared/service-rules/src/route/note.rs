//! Where the conversation went and why, for the agent's first note.

use super::{DecidedBy, Routed};
use crate::{
    Language, Priority, ServiceRules,
    texts::{Placeholder, TextKey},
};

impl Priority {
    /// The word for people.
    pub fn words(self, language: Language) -> &'static str {
        let [portuguese, english, spanish] = match self {
            Self::Low => ["baixa", "low", "baja"],
            Self::Normal => ["normal", "normal", "normal"],
            Self::High => ["alta", "high", "alta"],
            Self::Urgent => ["urgente", "urgent", "urgente"],
        };
        match language {
            Language::Portuguese => portuguese,
            Language::English => english,
            Language::Spanish => spanish,
        }
    }
}

impl Routed {
    /// The lines for the first note: queue, priority, the reason, and a queue that is not known. `None` when nothing was decided.
    ///
    /// `language` is that of the agents, the default of the rules, and not the customer's.
    pub fn note(&self, rules: &ServiceRules, language: Language) -> Option<String> {
        let say = |key, values: &[(Placeholder, &str)]| rules.texts.render(language, key, values);
        let route = &self.route;
        let queue = route.queue.as_deref().map(|queue| rules.queue_name(queue, language));
        let reason = match (self.by, &self.rule) {
            (DecidedBy::Context, _) => say(TextKey::RouteByContext, &[]),
            (DecidedBy::Rule, Some(rule)) => say(TextKey::RouteByRule, &[(Placeholder::Rule, rule)]),
            (DecidedBy::Ticket, _) => say(TextKey::RouteByTicket, &[]),
            (DecidedBy::Default, _) => say(TextKey::RouteByDefault, &[]),
            (DecidedBy::Rule | DecidedBy::Nothing, _) => None,
        };
        let lines = [
            queue.and_then(|queue| say(TextKey::RouteQueue, &[(Placeholder::Queue, queue)])),
            route
                .priority
                .and_then(|priority| say(TextKey::RoutePriority, &[(Placeholder::Priority, priority.words(language))])),
            reason,
            self.unknown_queue
                .as_deref()
                .and_then(|name| say(TextKey::RouteUnknownQueue, &[(Placeholder::Name, name)])),
        ];
        let lines: Vec<String> = lines.into_iter().flatten().collect();
        (!lines.is_empty()).then(|| lines.join("\n"))
    }
}
