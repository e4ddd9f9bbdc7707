//! Saves what a run did, and merges it with what another writer did meanwhile.
//!
//! The write is conditional on the opening and on the direction's sequence. A conflict (a zombie of the same
//! group, or our own write repeated by the SDK) is read again and merged: what took effect is never reported
//! as failed.

use super::{Run, Side, before};
use crate::{
    clock::Timestamp,
    conversation::{CustomerRecord, State, Timers},
    relay::{
        Failure,
        ports::{Progress, StoreError},
    },
};

/// Conflicts in a row before the run gives up. Two writers of one group are already an accident.
const MAX_MERGES: usize = 5;

impl Run<'_> {
    /// Reads the conversation again, after a write of someone else, and keeps what this run did. What was said of one opening is
    /// not written into another.
    pub(crate) async fn reload(&mut self, now: Timestamp) -> Result<(), StoreError> {
        let conversation = self.store.conversation(&self.key, now).await?;
        self.before = before(self.side, conversation.as_ref());
        let told = self.direction().map(|direction| direction.last_notice_at);
        let before = std::mem::replace(&mut self.conversation, conversation);
        let (partials, delivered, passed_on) = (
            std::mem::take(&mut self.under_way),
            std::mem::take(&mut self.delivered),
            std::mem::take(&mut self.passed_on),
        );
        if let Some(direction) = self.direction() {
            direction.last_notice_at = direction.last_notice_at.max(told.unwrap_or_default());
            direction.under_way.merge(&partials);
        }
        self.under_way = partials;
        for entry in delivered {
            self.delivered(entry);
        }
        for entry in passed_on {
            self.passed_on(entry);
        }
        let opening = |conversation: &Option<CustomerRecord>| conversation.as_ref().map(|c| c.opening.clone());
        let same = opening(&before) == opening(&self.conversation);
        let ticketed = self.conversation.as_ref().is_some_and(|c| c.state == State::Ticketed);
        self.opens &= same && ticketed;
        if !same {
            self.agent = None;
            self.offer = None;
            self.queue = None;
            self.desk = None;
        }
        if let Some(conversation) = &mut self.conversation {
            if let Some(queue) = &self.queue {
                conversation.placement.queue = Some(queue.clone());
            }
            if let Some(agent) = &self.agent {
                conversation.agent = Some(agent.clone());
            }
            conversation.desk = self.desk.unwrap_or(conversation.desk);
        }
        // Whoever closes a conversation says when to look at it again.
        let is_over =
            |conversation: &CustomerRecord| matches!(conversation.state, State::Closing { .. } | State::Closed { .. });
        let is_over = self.conversation.as_ref().is_some_and(is_over);
        self.spoke = self.spoke.filter(|_| same);
        self.timers = self.timers.filter(|_| same);
        self.due_at = self.due_at.filter(|_| same && !is_over);
        if let (Some(conversation), Some(timers)) = (&mut self.conversation, self.timers) {
            conversation.timers = Timers { due_at: self.due_at.or(conversation.timers.due_at), ..timers };
        }
        Ok(())
    }

    /// Remembers since when the customer waits for a word: the first one that nobody answered.
    fn begins_to_wait(&mut self, now: Timestamp) {
        let Some(conversation) = &mut self.conversation else { return };
        if self.spoke.is_none() || self.side != Side::Inbound || matches!(conversation.state, State::Closed { .. }) {
            return;
        }
        let times = conversation.times();
        if times.agent.on_hold && conversation.state == State::Open {
            // The word ends the hold, and the timers begin anew.
            self.due_at = Some(now);
        }
        let waits = times.customer.waits(&times.agent) && times.customer.last_word_at.is_some();
        if !waits {
            // The opening's own words began it, and their time is there.
            let since = (times.agent.last_word_at.is_some()).then(|| now.seconds());
            if conversation.timers.waits_since != since {
                conversation.timers.waits_since = since;
                self.timers = Some(conversation.timers);
            }
        }
    }

    /// Whether there is something to write.
    fn has_changed(&self) -> bool {
        self.unwritten
            || self.opens
            || self.agent.is_some()
            || self.queue.is_some()
            || self.desk.is_some()
            || self.timers.is_some()
            || self.due_at.is_some()
    }

    /// What this write, and no other, made known.
    fn told_by_this_write(&mut self) {
        let (Some(read), Some(after)) = (&self.before, &self.conversation) else { return };
        self.times = read.until(after, self.said.take());
        self.before = before(self.side, Some(after));
    }

    /// Writes what this run did, if it did anything.
    pub(crate) async fn save(&mut self, now: Timestamp) -> Result<(), Failure> {
        for _ in 0..MAX_MERGES {
            if !self.has_changed() {
                return Ok(());
            }
            let spoke = self.spoke;
            self.begins_to_wait(now);
            let Some(direction) = self.direction() else { return Ok(()) };
            direction.sequence += 1;
            direction.last = direction.last.max(spoke.unwrap_or_default());
            let direction = direction.clone();
            let Some(conversation) = &self.conversation else { return Ok(()) };
            let progress = Progress {
                direction: &direction,
                opens: self.opens,
                agent: self.agent.as_deref(),
                offer: self.offer.as_deref(),
                queue: self.queue.as_deref(),
                desk: self.desk,
                timers: self.timers,
                due_at: self.due_at,
            };
            let written = match self.side {
                Side::Inbound => self.store.record_inbound(&conversation.opening, &progress).await,
                Side::Outbound => self.store.record_outbound(&conversation.opening, &progress).await,
            };
            match written {
                Ok(()) => {
                    self.told_by_this_write();
                    self.unwritten = false;
                    self.delivered.clear();
                    self.passed_on.clear();
                    self.under_way.clear();
                    self.opens = false;
                    self.agent = None;
                    self.offer = None;
                    self.queue = None;
                    self.desk = None;
                    self.timers = None;
                    self.due_at = None;
                    self.spoke = None;
                    return Ok(());
                }
                Err(StoreError::Conflict) => self.reload(now).await?,
                Err(StoreError::Unavailable) => {
                    // The sequence in memory must match the conversation store again for the next try of this run.
                    if let Some(direction) = self.direction() {
                        direction.sequence -= 1;
                    }
                    return Err(StoreError::Unavailable.into());
                }
            }
        }
        Err(StoreError::Conflict.into())
    }
}
