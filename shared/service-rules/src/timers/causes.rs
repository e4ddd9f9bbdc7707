//! The causes for which something is due, each by itself.

use super::{ConversationTimes, Effect, Told};
use crate::{AgentSilent, ChannelNames, Count, CustomerSilent, Period, Schedule, ServiceRules, Unanswered};

/// How often a conversation is looked at whose timers begin with something that is told elsewhere: a transfer, the end of a hold.
const LOOK_AGAIN: i64 = 60 * 60;

/// Something that will be due, or a time to look again.
pub(super) struct Cause {
    /// When, in Unix seconds; it may be past.
    pub(super) at: i64,
    /// What. `None`: only to look.
    pub(super) effect: Option<Effect>,
}

/// The timers of one conversation, as its rules have them.
struct Timers<'a> {
    times: &'a ConversationTimes,
    schedule: Schedule<'a>,
    now: i64,
}

/// All causes, those before that matter more.
pub(super) fn causes(
    times: &ConversationTimes,
    rules: &ServiceRules,
    channel: Option<ChannelNames<'_>>,
    queue: Option<&str>,
    now: i64,
) -> Vec<Cause> {
    if times.told.once.has(Told::ENDED) {
        return Vec::new();
    }
    let silence = &rules.silence;
    let conversation = Timers { times, schedule: rules.schedule(queue), now };
    let mut causes = conversation.unanswered(silence.unanswered(channel));
    causes.extend(conversation.customer(silence.customer_silent(channel)));
    causes.extend(conversation.agent(silence.agent_silent(channel)));
    if times.agent.on_hold {
        let look = Cause { at: now.saturating_add(LOOK_AGAIN), effect: None };
        return if causes.is_empty() { causes } else { vec![look] };
    }
    causes
}

impl Timers<'_> {
    fn unanswered(&self, rule: &Unanswered) -> Vec<Cause> {
        let count = rule.count.unwrap_or(Count::OpenHours);
        let Some(first) = rule.warn_after.or(rule.hand_back_after) else { return Vec::new() };
        let since = self.times.waiting_since();
        let warned = self.times.told.unanswered_at.filter(|warned| *warned >= since);
        let is_answered = self.times.agent.first_human_word_at.is_some();
        if let (Some(warn), None, false) = (rule.warn_after, warned, is_answered) {
            return Self::cause(self.after(since, warn, count), Effect::WarnUnanswered { since });
        }
        let hand_back = rule.hand_back_after.filter(|_| !is_answered);
        let at = hand_back.and_then(|after| self.second(since, rule.warn_after.zip(warned), after, count));
        let mut causes = Self::cause(at, Effect::HandBack);
        // Only a transfer begins it again.
        let seldom = self.now.saturating_add(LOOK_AGAIN);
        causes.extend(self.look(first, count).map(|look| Cause { at: look.at.max(seldom), ..look }));
        causes
    }

    fn customer(&self, rule: &CustomerSilent) -> Vec<Cause> {
        let count = rule.count.unwrap_or(Count::Clock);
        let Some(first) = rule.warn_after.or(rule.close_after) else { return Vec::new() };
        let look = self.look(first, count);
        let (customer, agent) = (&self.times.customer, &self.times.agent);
        // A customer who was transferred waits for us.
        let is_answered = |last: &i64| agent.queued_at.is_none_or(|queued| *last > queued);
        let last = agent.last_word_at.filter(|last| is_answered(last) && !customer.waits(agent));
        let Some(last) = last else { return look.into_iter().collect() };
        let since = agent.resumed_at.map_or(last, |resumed| resumed.max(last));
        let warned = self.times.told.customer_silent_at.filter(|warned| *warned >= since);
        if let (Some(warn), None) = (rule.warn_after, warned) {
            let closes_in = rule.close_after.map_or(0, |close| close.seconds_after(warn));
            return Self::cause(self.after(since, warn, count), Effect::WarnCustomerSilent { closes_in });
        }
        let at = rule.close_after.and_then(|close| self.second(since, rule.warn_after.zip(warned), close, count));
        let mut causes = Self::cause(at, Effect::CloseForSilence { tag: rule.tag.clone() });
        // Words of both sides begin it again, and its first step may be due before the second one of now.
        causes.extend(look);
        causes
    }

    fn agent(&self, rule: &AgentSilent) -> Vec<Cause> {
        let count = rule.count.unwrap_or(Count::OpenHours);
        let Some(after) = rule.note_after else { return Vec::new() };
        let (customer, agent) = (&self.times.customer, &self.times.agent);
        let is_taken = agent.assigned_at.is_some() || agent.first_human_word_at.is_some();
        let waits = customer.waits_since.filter(|_| is_taken && customer.waits(agent));
        // One note for one silence: until the agent writes.
        let is_noted = |waits: &i64| self.times.told.agent_silent_at.is_some_and(|noted| noted >= *waits);
        let Some(waits) = waits.filter(|waits| !is_noted(waits)) else {
            return self.look(after, count).into_iter().collect();
        };
        let since = agent.assigned_at.max(agent.resumed_at).map_or(waits, |later| later.max(waits));
        Self::cause(self.after(since, after, count), Effect::NoteAgentSilent { since: waits })
    }

    fn cause(at: Option<i64>, effect: Effect) -> Vec<Cause> {
        at.map(|at| Cause { at, effect: Some(effect) }).into_iter().collect()
    }

    /// When the second step of a timer is due: after its time, and at the whole distance from the first one.
    fn second(&self, since: i64, warned: Option<(Period, i64)>, after: Period, count: Count) -> Option<i64> {
        let at = self.after(since, after, count)?;
        let Some((warn, warned)) = warned else { return Some(at) };
        let from_warning = self.after_seconds(warned, after.seconds_after(warn), count)?;
        Some(at.max(from_warning))
    }

    /// A timer that a word may begin: it is not due before this time.
    fn look(&self, after: Period, count: Count) -> Option<Cause> {
        Some(Cause { at: self.after(self.now, after, count)?, effect: None })
    }

    fn after(&self, from: i64, period: Period, count: Count) -> Option<i64> {
        self.after_seconds(from, period.seconds(), count)
    }

    fn after_seconds(&self, from: i64, seconds: i64, count: Count) -> Option<i64> {
        match count {
            Count::Clock => Some(from.saturating_add(seconds)),
            Count::OpenHours => self.schedule.after_working_time(from, seconds),
        }
    }
}
