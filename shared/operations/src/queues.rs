//! The three queues by their names, each with the queue that it parks in.

use std::{fmt, str::FromStr};

use serde::Serialize;

/// One of the queues, by the name of its worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum QueueName {
    /// What customers wrote, on its way to the agents.
    ToHelpdesk,
    /// What agents wrote, on its way to the customers.
    ToBlip,
    /// Closings.
    CloseTicket,
}

impl QueueName {
    /// All, in the order in which they are replayed: words before the closing that follows them.
    pub const ALL: [Self; 3] = [Self::ToHelpdesk, Self::ToBlip, Self::CloseTicket];

    /// The name as people write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ToHelpdesk => "to-helpdesk",
            Self::ToBlip => "to-blip",
            Self::CloseTicket => "close-ticket",
        }
    }

    /// The outputs of the template that hold the URLs of the queue and of its parked queue.
    pub(crate) fn outputs(self) -> (&'static str, &'static str) {
        match self {
            Self::ToHelpdesk => ("ToHelpdeskQueueUrl", "ToHelpdeskParkedQueueUrl"),
            Self::ToBlip => ("ToBlipQueueUrl", "ToBlipParkedQueueUrl"),
            Self::CloseTicket => ("CloseTicketQueueUrl", "CloseTicketParkedQueueUrl"),
        }
    }
}

impl FromStr for QueueName {
    type Err = &'static str;

    /// Reads a name as [`QueueName::as_str`] writes it.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|one| one.as_str() == text).ok_or("no queue has this name")
    }
}

impl fmt::Display for QueueName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A queue's own URL, and that of its parked queue.
#[derive(Debug, Clone)]
pub struct QueuePair {
    pub name: QueueName,
    pub main: String,
    pub parked: String,
}

/// Where a message is: in the queue of a worker, or in the queue of parked messages behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// On its way: the worker's own queue.
    Waiting,
    /// What could not be processed.
    Parked,
}

impl QueuePair {
    /// The URL of one of the two.
    pub fn url(&self, place: Place) -> &str {
        match place {
            Place::Waiting => &self.main,
            Place::Parked => &self.parked,
        }
    }

    /// What it is called where something is wrong with it.
    pub(crate) fn called(&self, place: Place) -> String {
        match place {
            Place::Waiting => self.name.to_string(),
            Place::Parked => format!("{}-parked", self.name),
        }
    }
}
