//! What is due in a conversation, and when to look again.
//!
//! A timer's cause is worked out each time from the words and the rules, and never stored as the truth. So a clock that stood still does what
//! is due now, not what was due then: a warning comes first, and what it warns of only after the whole distance between the two. Moments are
//! Unix seconds. Nothing here sends anything: the worker carries the effects out and remembers them with [`ConversationTimes::done`].

mod causes;
mod times;

#[cfg(test)]
use times::Writer;
pub use times::{AgentTimes, ConversationTimes, CustomerTimes, Told, ToldTimes};

use crate::{ChannelNames, ServiceRules};
use causes::{Cause, causes};

/// Two texts of our own are at least so many seconds apart.
const BETWEEN_TEXTS: i64 = 60;

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Tell the customer that we are still looking for somebody (`still_searching`), and put a note on the ticket (`note_unanswered`).
    WarnUnanswered {
        /// Since when the customer waits.
        since: i64,
    },
    /// Tell the customer that there is nobody (`no_agent_now`), give the customer back to the bot, and put a note on the ticket
    /// (`note_handed_back`), which stays open. The conversation ends.
    HandBack,
    /// Put a note on the ticket (`note_agent_silent`). The customer is told nothing.
    NoteAgentSilent {
        /// Since when the customer waits for a word.
        since: i64,
    },
    /// Ask the customer whether somebody is there (`inactive_warning`).
    WarnCustomerSilent {
        /// In how many seconds the conversation is closed.
        closes_in: i64,
    },
    /// Tell the customer (`inactive_closed`) and close both sides, with this tag.
    CloseForSilence {
        /// The tag of the ticket.
        tag: Option<String>,
    },
}

impl Effect {
    /// Whether the customer reads something because of it, so that it waits for the morning.
    pub fn tells_customer(&self) -> bool {
        !matches!(self, Self::NoteAgentSilent { .. })
    }

    /// Whether the conversation is over with it.
    pub fn ends(&self) -> bool {
        matches!(self, Self::HandBack | Self::CloseForSilence { .. })
    }
}

/// What is due now, and when to look next.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Due {
    /// What is to be done now, in this order. At most one of them tells the customer something, and one that ends the conversation is alone.
    pub effects: Vec<Effect>,
    /// When to look again once the effects are done, always after now. `None`: nothing will be due whatever anybody says.
    pub next: Option<i64>,
}

/// What is due in a conversation at `now`.
///
/// Words need not move `next`: a timer that a word begins is not due before the `next` that was told before it. A transfer, a hold and its
/// end are seen within an hour where the caller does not look anew.
pub fn due(
    times: &ConversationTimes,
    rules: &ServiceRules,
    channel: Option<ChannelNames<'_>>,
    queue: Option<&str>,
    now: i64,
) -> Due {
    let waking = rules.waking(queue);
    // What tells the customer something waits for the morning; nothing is due in the past.
    let when = |cause: &Cause| match &cause.effect {
        Some(effect) if effect.tells_customer() => waking.first_open(cause.at.max(now)),
        _ => Some(cause.at.max(now)),
    };
    let find = |times: &ConversationTimes| -> Vec<(i64, Option<Effect>)> {
        let found = causes(times, rules, channel, queue, now);
        found.into_iter().filter_map(|cause| Some((when(&cause)?, cause.effect))).collect()
    };
    let mut effects: Vec<Effect> = Vec::new();
    for effect in find(times).into_iter().filter(|(at, _)| *at == now).filter_map(|(_, effect)| effect) {
        if effect.ends() {
            effects = vec![effect];
            break;
        }
        if !effect.tells_customer() || !effects.iter().any(Effect::tells_customer) {
            effects.push(effect);
        }
    }
    let mut after = times.clone();
    for effect in &effects {
        after.done(effect, now);
    }
    // What is due as well and had to stand back comes a little later.
    let soon = now.saturating_add(BETWEEN_TEXTS);
    let next = find(&after).into_iter().map(|(at, _)| if at <= now { soon } else { at }).min();
    Due { effects, next }
}

#[cfg(test)]
mod tests;
