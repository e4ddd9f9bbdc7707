//! The queues of the helpdesk.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::ServiceRules;
use crate::{Language, fold::same};

/// A queue: a team, a group, a department, as the helpdesk calls it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Queue {
    /// The name that customers read; by language, where it differs.
    pub name: QueueName,
    /// The helpdesk's own name or id of it. Absent: the name for customers (of the default language).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub helpdesk: Option<String>,
}

/// A name, in one form or by language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum QueueName {
    /// The same in each language.
    One(String),
    /// By language. Where one is missing, that of the default language, else any.
    ByLanguage(
        #[cfg_attr(feature = "schema", schemars(with = "crate::schema::NameByLanguage"))] BTreeMap<Language, String>,
    ),
}

impl QueueName {
    /// The name in a language; `None` of an empty table, which reading refuses.
    fn of(&self, language: Language, default: Language) -> Option<&str> {
        match self {
            Self::One(name) => Some(name),
            Self::ByLanguage(names) => names
                .get(&language)
                .or_else(|| names.get(&default))
                .or_else(|| names.values().next())
                .map(String::as_str),
        }
    }

    /// All the names.
    pub(crate) fn all(&self) -> impl Iterator<Item = &str> {
        let (one, many) = match self {
            Self::One(name) => (Some(name), None),
            Self::ByLanguage(names) => (None, Some(names.values())),
        };
        one.into_iter().chain(many.into_iter().flatten()).map(String::as_str)
    }
}

impl ServiceRules {
    /// The id of the queue that somebody means by its id, the helpdesk's name or a name for customers, without regard to case and accents.
    /// An id counts before a name.
    pub fn find_queue(&self, meant: &str) -> Option<&str> {
        let id = self.queues.keys().find(|id| same(id, meant));
        let named = || {
            let is_meant = |queue: &Queue| {
                queue.helpdesk.as_deref().is_some_and(|name| same(name, meant))
                    || queue.name.all().any(|name| same(name, meant))
            };
            self.queues.iter().find(|(_, queue)| is_meant(queue)).map(|(id, _)| id)
        };
        id.or_else(named).map(String::as_str)
    }

    /// The helpdesk's own name or id of a queue. Of one that the rules do not have (the bot may name it where there are no routes), what it
    /// was called.
    pub fn helpdesk_queue<'a>(&'a self, id: &'a str) -> &'a str {
        let Some(queue) = self.queues.get(id) else { return id };
        let default = self.language.default;
        queue.helpdesk.as_deref().or_else(|| queue.name.of(default, default)).unwrap_or(id)
    }

    /// What customers read for a queue.
    pub fn queue_name<'a>(&'a self, id: &'a str, language: Language) -> &'a str {
        self.queues.get(id).and_then(|queue| queue.name.of(language, self.language.default)).unwrap_or(id)
    }
}
