//! What happens next in a conversation while nobody says anything: its timers, by the service rules in force.

use ponte::{conversation::CustomerRecord, message::channel_names};
use service_rules::{Effect, ServiceRules, due};

/// How many steps ahead are told.
const AHEAD: usize = 4;

/// Something that the clock will do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coming {
    /// When, in Unix seconds.
    pub at: i64,
    pub effect: Effect,
}

/// What the timers do from `now` (Unix seconds) on, one after another, as long as nobody says anything. At most a few steps; nothing of a
/// conversation that is closing or closed.
pub fn coming(conversation: &CustomerRecord, rules: &ServiceRules, now: i64) -> Vec<Coming> {
    let (mut times, mut at, mut coming) = (conversation.times(), now, Vec::new());
    if !matches!(conversation.state, ponte::conversation::State::Open) {
        return coming;
    }
    let channel = channel_names(&conversation.channel);
    for _ in 0..64 {
        let found = due(&times, rules, Some(channel), conversation.placement.queue.as_deref(), at);
        for effect in found.effects {
            times.done(&effect, at);
            let ends = effect.ends();
            coming.push(Coming { at, effect });
            if ends || coming.len() >= AHEAD {
                return coming;
            }
        }
        match found.next {
            Some(next) if next > at => at = next,
            _ => break,
        }
    }
    coming
}
