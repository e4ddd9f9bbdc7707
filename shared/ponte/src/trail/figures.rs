//! The figures of a conversation, as the write that changed its state says them: once.

use serde_json::{Map, Value, json};

use super::StepName;
use crate::{clock::Timestamp, conversation::CustomerRecord, message::ConversationId};

/// The queue of a conversation that is in none of the service rules'.
pub const NO_QUEUE: &str = "none";

/// What is counted or measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Metric {
    ConversationsOpened,
    ConversationsReopened,
    TimeToAssignment,
    TimeToFirstWord,
    TimeFromAssignmentToFirstWord,
    ConversationsEnded,
    HandlingTime,
    RatingsAsked,
    Rating,
}

impl Metric {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::ConversationsOpened,
        Self::ConversationsReopened,
        Self::TimeToAssignment,
        Self::TimeToFirstWord,
        Self::TimeFromAssignmentToFirstWord,
        Self::ConversationsEnded,
        Self::HandlingTime,
        Self::RatingsAsked,
        Self::Rating,
    ];

    /// Its name in CloudWatch.
    pub fn name(self) -> &'static str {
        match self {
            Self::ConversationsOpened => "ConversationsOpened",
            Self::ConversationsReopened => "ConversationsReopened",
            Self::TimeToAssignment => "TimeToAssignment",
            Self::TimeToFirstWord => "TimeToFirstWord",
            Self::TimeFromAssignmentToFirstWord => "TimeFromAssignmentToFirstWord",
            Self::ConversationsEnded => "ConversationsEnded",
            Self::HandlingTime => "HandlingTime",
            Self::RatingsAsked => "RatingsAsked",
            Self::Rating => "Rating",
        }
    }

    /// Its unit in CloudWatch.
    pub fn unit(self) -> &'static str {
        match self {
            Self::TimeToAssignment
            | Self::TimeToFirstWord
            | Self::TimeFromAssignmentToFirstWord
            | Self::HandlingTime => "Seconds",
            Self::Rating => "None",
            _ => "Count",
        }
    }

    /// The sets of dimensions that it is kept by. CloudWatch bills each value that occurs, so that no set has two of them.
    pub fn dimensions(self) -> &'static [&'static [&'static str]] {
        match self {
            Self::ConversationsOpened => &[&["Queue"], &["Route"]],
            Self::ConversationsEnded => &[&["Queue"], &["Reason"], &["Stage"]],
            Self::ConversationsReopened | Self::RatingsAsked => &[&["Queue"]],
            // Percentiles of queues do not add up to those of all.
            _ => &[&[], &["Queue"]],
        }
    }
}

/// How far a conversation came before it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    /// It has no ticket: refused, or outside the hours.
    NoTicket,
    /// No agent had it.
    Waiting,
    /// An agent had it, and wrote nothing.
    Assigned,
    /// An agent wrote.
    Answered,
}

impl Stage {
    /// Of a conversation as it was read.
    pub fn of(conversation: &CustomerRecord) -> Self {
        match conversation {
            _ if conversation.ticket.is_none() => Self::NoTicket,
            _ if conversation.outbound.last.0 > 0 => Self::Answered,
            _ if conversation.agent.is_some() => Self::Assigned,
            _ => Self::Waiting,
        }
    }

    /// The value of the dimension.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoTicket => "no_ticket",
            Self::Waiting => "waiting",
            Self::Assigned => "assigned",
            Self::Answered => "answered",
        }
    }
}

/// Figures of one moment of one conversation, which is a step of its trail, too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    pub step: StepName,
    pub conversation: ConversationId,
    pub at: Timestamp,
    /// The id of a queue of the service rules, or [`NO_QUEUE`].
    pub queue: String,
    /// The id of a route of the rules, or how the queue was found.
    pub route: Option<String>,
    /// Why it ended.
    pub reason: Option<&'static str>,
    pub stage: Option<Stage>,
    pub values: Vec<(Metric, u64)>,
}

impl Figures {
    /// Figures without a value yet. A queue that the rules do not know is a name of the helpdesk's, of which there may be any number: it counts as none.
    pub fn new(
        step: StepName,
        conversation: &CustomerRecord,
        rules: &service_rules::ServiceRules,
        at: Timestamp,
    ) -> Self {
        let queue = conversation.placement.queue.as_deref().filter(|queue| rules.queues.contains_key(*queue));
        Self {
            step,
            conversation: conversation.opening.clone(),
            at,
            queue: queue.unwrap_or(NO_QUEUE).to_owned(),
            route: None,
            reason: None,
            stage: None,
            values: Vec::new(),
        }
    }

    /// The same with one more value.
    #[must_use]
    pub fn with(mut self, metric: Metric, value: u64) -> Self {
        self.values.push((metric, value));
        self
    }

    /// The end of a conversation, begun at `at`: why, how far it was, and how long its agent had been at work on it.
    pub fn ends(
        conversation: &CustomerRecord,
        rules: &service_rules::ServiceRules,
        reason: &'static str,
        at: Timestamp,
    ) -> Self {
        let mut ends = Self::new(StepName::Ends, conversation, rules, at).with(Metric::ConversationsEnded, 1);
        (ends.reason, ends.stage) = (Some(reason), Some(Stage::of(conversation)));
        match conversation.desk.first_word_at {
            Some(first) => ends.with(Metric::HandlingTime, seconds_since(first, at)),
            None => ends,
        }
    }

    /// One line in CloudWatch's embedded metric format, which is a line of the trail, too. `request` is Lambda's, shortened.
    pub fn embedded(&self, namespace: &str, request: Option<&str>) -> Value {
        let mut line = Map::new();
        line.insert("message".to_owned(), self.step.as_str().into());
        line.insert("conversation".to_owned(), json!({ "id": self.conversation }));
        line.insert("Queue".to_owned(), self.queue.as_str().into());
        let known = [
            ("Route", self.route.as_deref()),
            ("Reason", self.reason),
            ("Stage", self.stage.map(Stage::as_str)),
            ("request", request),
        ];
        for (name, value) in known {
            if let Some(value) = value {
                line.insert(name.to_owned(), value.into());
            }
        }
        let mut directives: Vec<Value> = Vec::new();
        for (metric, value) in &self.values {
            line.insert(metric.name().to_owned(), (*value).into());
            let named = json!({ "Name": metric.name(), "Unit": metric.unit() });
            directives.push(json!({ "Namespace": namespace, "Dimensions": metric.dimensions(), "Metrics": [named] }));
        }
        line.insert("_aws".to_owned(), json!({ "Timestamp": self.at.0, "CloudWatchMetrics": directives }));
        Value::Object(line)
    }
}

/// The seconds from a moment in Unix seconds.
pub(crate) fn seconds_since(since: i64, now: Timestamp) -> u64 {
    u64::try_from(now.seconds().saturating_sub(since)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_in_the_embedded_format_names_only_what_it_holds() {
        let figures = Figures {
            step: StepName::Ends,
            conversation: ConversationId::new("k-1"),
            at: Timestamp(1_796_040_000_000),
            queue: "financeiro".to_owned(),
            route: None,
            reason: Some("agent"),
            stage: Some(Stage::Answered),
            values: vec![(Metric::ConversationsEnded, 1), (Metric::HandlingTime, 93)],
        };
        let line = figures.embedded("Ponte/ponte", Some("8f5c2a1b"));
        for directive in line["_aws"]["CloudWatchMetrics"].as_array().unwrap() {
            assert_eq!(directive["Namespace"], "Ponte/ponte");
            for dimension in directive["Dimensions"].as_array().unwrap().iter().flat_map(|set| set.as_array().unwrap())
            {
                assert!(line[dimension.as_str().unwrap()].is_string(), "{dimension} is a root member");
            }
            for metric in directive["Metrics"].as_array().unwrap() {
                assert!(line[metric["Name"].as_str().unwrap()].is_u64(), "{metric} is a root member");
            }
        }
        assert_eq!((&line["message"], &line["HandlingTime"]), (&json!("ends"), &json!(93)));
        assert!(line.to_string().len() < 700, "{} bytes", line.to_string().len());
    }

    #[test]
    fn every_metric_has_a_name_of_its_own_and_dimensions_that_are_never_people() {
        let names: std::collections::BTreeSet<_> = Metric::ALL.iter().map(|metric| metric.name()).collect();
        assert_eq!(names.len(), Metric::ALL.len());
        for dimension in Metric::ALL.iter().flat_map(|metric| metric.dimensions().iter().copied().flatten()) {
            assert!(["Queue", "Route", "Reason", "Stage"].contains(dimension), "{dimension}");
        }
    }
}
