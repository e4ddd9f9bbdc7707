//! How far the messages of a run are that are not done: by part, and by the tries of their files and tickets.

use super::run::Run;
use crate::conversation::{Partial, RecentId};

impl Run<'_> {
    /// How far a message is that is not through.
    pub(crate) fn partial(&mut self, entry: RecentId) -> Partial {
        self.direction().map_or_else(|| Partial::of(entry), |direction| direction.under_way.of(entry))
    }

    /// Remembers that a part of a message is done.
    pub(crate) fn through(&mut self, entry: RecentId, position: u32) {
        self.began = true;
        self.moved(entry, |partial| partial.is_through(position));
    }

    /// Remembers that files of a message were asked for in vain.
    pub(crate) fn tried(&mut self, entry: RecentId) {
        self.moved(entry, |partial| partial.tries = partial.tries.saturating_add(1).min(Partial::FILES_DECIDED - 1));
    }

    /// Remembers that each file of a message is had or lost, where one was asked for in vain before. Whether that is new.
    pub(crate) fn decides_files(&mut self, entry: RecentId) -> bool {
        let is_new = (1..Partial::FILES_DECIDED).contains(&self.partial(entry).tries);
        if is_new {
            self.moved(entry, |partial| partial.tries = Partial::FILES_DECIDED);
        }
        is_new
    }

    /// Remembers that the ticket was gone when a message was to be delivered. How often it was by now.
    pub(crate) fn reopens(&mut self, entry: RecentId) -> u8 {
        self.moved(entry, |partial| partial.openings = partial.openings.saturating_add(1));
        self.partial(entry).openings
    }

    /// A replay has all its tries again.
    pub(crate) fn begins_anew(&mut self, entry: RecentId) {
        let Partial { tries, openings, .. } = self.partial(entry);
        if tries > 0 || openings > 0 {
            self.moved(entry, |partial| (partial.tries, partial.openings) = (0, 0));
        }
    }

    /// Forgets how far something is that is no message of its own.
    pub(crate) fn finished(&mut self, entry: RecentId) {
        self.under_way.retain(|partial| partial.entry != entry);
        if let Some(direction) = self.direction()
            && direction.under_way.remove(entry)
        {
            self.unwritten = true;
        }
    }

    fn moved(&mut self, entry: RecentId, change: impl FnOnce(&mut Partial)) {
        let mut partial = self.partial(entry);
        change(&mut partial);
        if let Some(direction) = self.direction() {
            direction.under_way.put(partial);
            self.under_way.retain(|other| other.entry != entry);
            self.under_way.push(partial);
            self.unwritten = true;
        }
    }
}
