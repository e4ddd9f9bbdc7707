//! Where a ticket of Blip Desk stands.
//!
//! Every value that begins `Closed` is an end: the documentation knows two of them, Builder's exports a third
//! (`ClosedClientInactivity`). An unknown value means "no change".

/// The status of a ticket (docs.blip.ai, extensions/desk, 2023). Read without regard to case.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum TicketStatus {
    /// Not set.
    None,
    /// In a queue.
    Waiting,
    /// With an agent.
    Open,
    /// Given to an agent who has not yet seen it.
    Assigned,
    /// Ended; the whole word, `ClosedAttendant` or `ClosedClient` or another.
    Closed(String),
    /// Went on as another ticket.
    Transferred,
    /// A word we do not know: no change.
    Other(String),
}

impl TicketStatus {
    /// Reads a status.
    pub fn parse(text: &str) -> Self {
        match text.to_ascii_lowercase().as_str() {
            "none" => Self::None,
            "waiting" => Self::Waiting,
            "open" => Self::Open,
            "assigned" => Self::Assigned,
            "transferred" => Self::Transferred,
            word if word.starts_with("closed") => Self::Closed(text.to_owned()),
            _ => Self::Other(text.to_owned()),
        }
    }

    /// Whether nothing more happens under this ticket's id.
    pub fn is_ended(&self) -> bool {
        matches!(self, Self::Closed(_) | Self::Transferred)
    }
}
