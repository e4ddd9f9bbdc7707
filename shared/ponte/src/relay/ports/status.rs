//! What becomes of an agent's message.

/// How far a message of the agent has come. It only moves forwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It is on the customer's device.
    Received,
    /// The customer has seen it.
    Consumed,
}

impl Status {
    /// The word for it in the in-house contract.
    pub fn name(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Consumed => "consumed",
        }
    }
}
