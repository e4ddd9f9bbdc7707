//! Events that the helpdesk only named: what they were is read from it, and what it named before them and never told.
//!
//! Called by the worker `to-blip` before the first effect of a run.

use super::{Failure, ToCustomer, ports::TicketRef, run::Run};
use crate::{
    conversation::RecentId,
    message::{AgentEvent, AgentEventKind, SourceId},
};

/// What a reference may have become, by its own id.
const NAMES: [&str; 9] =
    ["reference", "message", "assigned", "closed", "merged", "transferred", "queued", "on_hold", "survey"];

/// An event of a job, or one that was told with it.
pub(super) struct Found {
    pub event: AgentEvent,
    /// It came before the one that was named, and may have been told.
    pub missed: bool,
    /// It was told before this run: nothing is read again, and the trail may not say so yet.
    pub told: bool,
}

impl ToCustomer {
    /// The events, with what their references stand for, and why the next one could not be read.
    ///
    /// A reference to one thing becomes this thing, under its id. One to several becomes these, each with an id of its own, and
    /// then itself, which says that all of them were told. `seen` is what was looked up in this run already.
    pub(super) async fn looked_up(
        &self,
        run: &mut Run<'_>,
        to: &TicketRef,
        events: &[AgentEvent],
        seen: &mut Vec<SourceId>,
    ) -> (Vec<Found>, Option<Failure>) {
        let mut found = Vec::new();
        for event in events {
            if event.kind != AgentEventKind::NeedsFetch {
                found.push(Found { event: event.clone(), missed: false, told: false });
            } else if let Err(unread) = self.look_up(run, to, &event.id, seen, &mut found).await {
                return (found, Some(unread));
            }
        }
        (found, None)
    }

    async fn look_up(
        &self,
        run: &mut Run<'_>,
        to: &TicketRef,
        id: &SourceId,
        seen: &mut Vec<SourceId>,
        found: &mut Vec<Found>,
    ) -> Result<(), Failure> {
        if self.was_told(run, to, id) {
            let event = AgentEvent { id: id.clone(), kind: AgentEventKind::NeedsFetch };
            found.push(Found { event, missed: false, told: true });
            return Ok(());
        }
        if seen.contains(id) {
            return Ok(());
        }
        let Some(reader) = self.helpdesk.event_reader() else { return Ok(()) };
        let before = none_if_gone(reader.missed_before(to, id).await)?;
        let missed = before.iter().map(|id| (id, true));
        for (id, missed) in missed.chain([(id, false)]) {
            if self.was_told(run, to, id) || seen.contains(id) {
                continue;
            }
            let mut kinds = none_if_gone(reader.read(to, id).await)?;
            seen.push(id.clone());
            if kinds.len() > 1 {
                kinds.push(AgentEventKind::NeedsFetch);
            }
            let last = kinds.len().saturating_sub(1);
            let id_of = |number| if number == last { id.clone() } else { id.part(number) };
            let event = |(number, kind)| Found { event: AgentEvent { id: id_of(number), kind }, missed, told: false };
            found.extend(kinds.into_iter().enumerate().map(event));
        }
        Ok(())
    }

    fn was_told(&self, run: &mut Run<'_>, to: &TicketRef, id: &SourceId) -> bool {
        NAMES.iter().any(|name| run.knows(RecentId::of_ticket(&to.ticket, name, id, &self.key)))
    }
}

/// What is gone by now cannot be told.
fn none_if_gone<T>(read: Result<Vec<T>, Failure>) -> Result<Vec<T>, Failure> {
    match read {
        Err(Failure::Gone) => Ok(Vec::new()),
        read => read,
    }
}
