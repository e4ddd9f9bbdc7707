//! The ways onto Blip, told apart by the domain of the sender's address, so that there is no mode to configure.

use crate::{lime::Node, message::REST_DOMAIN};

/// How a customer reaches us, hence how the conversation ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryPoint {
    /// A router's customer (`@tunnel.msging.net`): we are its human-service sub-bot. Ends with a redirect.
    Router,
    /// A ticket of the custom attendance channel (`{ticket}@desk.msging.net/Webhook`). Ends with `ClosedAttendant`.
    Desk { ticket: String },
    /// A stand-alone bot on a channel. Ends in the conversation store only.
    Bot,
    /// A sender of the REST channel (`rest`), which is not Blip's. Ends with a redirect, which the channel tells as the end.
    Rest,
}

impl EntryPoint {
    /// The way of the customer at `address` (docs.blip.ai, tunnel and desk extensions, 2023).
    pub fn of(address: &Node) -> Self {
        match address.domain().to_ascii_lowercase().as_str() {
            "tunnel.msging.net" => Self::Router,
            "desk.msging.net" => Self::Desk { ticket: address.name().to_owned() },
            REST_DOMAIN => Self::Rest,
            _ => Self::Bot,
        }
    }

    /// The word for it in logs and in the in-house contract.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Router => "router",
            Self::Desk { .. } => "ticket",
            Self::Bot => "bot",
            Self::Rest => "rest",
        }
    }
}
