//! The states of a conversation, by name.

use std::str::FromStr;

use ponte::conversation::State;
use serde::Serialize;

/// A state by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StateName {
    Claimed,
    Ticketed,
    Open,
    Closing,
    Closed,
}

impl FromStr for StateName {
    type Err = &'static str;

    /// Reads a name as [`StateName::as_str`] writes it.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|one| one.as_str() == text).ok_or("no state has this name")
    }
}

impl StateName {
    /// All, in the order in which a conversation has them.
    pub const ALL: [Self; 5] = [Self::Claimed, Self::Ticketed, Self::Open, Self::Closing, Self::Closed];

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
