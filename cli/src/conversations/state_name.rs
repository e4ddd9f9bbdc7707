//! The states of a conversation, by name.

use clap::ValueEnum;
use ponte::conversation::State;
use serde::Serialize;

/// A state by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StateName {
    Claimed,
    Ticketed,
    Open,
    Closing,
    Closed,
}

impl StateName {
    /// The name of a state.
    pub fn of(state: State) -> Self {
        match state {
            State::Claimed => Self::Claimed,
            State::Ticketed => Self::Ticketed,
            State::Open => Self::Open,
            State::Closing { .. } => Self::Closing,
            State::Closed { .. } => Self::Closed,
        }
    }

    /// The name of the state as it is typed and printed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Claimed => "claimed",
            Self::Ticketed => "ticketed",
            Self::Open => "open",
            Self::Closing => "closing",
            Self::Closed => "closed",
        }
    }
}
