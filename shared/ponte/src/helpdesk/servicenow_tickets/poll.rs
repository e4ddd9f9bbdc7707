//! The relay's port of the sweep on `ServiceNow`, which tells nobody what happens in it.
//!
//! The records of ours that changed since the last look are listed, and what was written on them. The cursor is `since:from`, both
//! seconds of `ServiceNow`'s own clock: rows since the first are looked at, of the records that were changed since the second. Where
//! more records than a page were changed in one second, it is `since:from:id`: of that second, those with a higher id are still to
//! come. It stays a minute behind, for what becomes visible late; what is found twice has the same id.

use async_trait::async_trait;

use super::{
    ServiceNowTicketsClient, journal, mapping,
    pages::{Page, Point},
    wire::Record,
};
use crate::{
    message::{AgentEvent, TicketEvents, TicketId},
    relay::{
        Failure,
        ports::{EventPoller, Swept},
    },
};

/// How many seconds old is what nothing earlier becomes visible after.
const SETTLED: i64 = 60;

#[async_trait]
impl EventPoller for ServiceNowTicketsClient {
    async fn since(&self, cursor: Option<&str>) -> Result<Swept, Failure> {
        let Some((since, point)) = cursor.and_then(parsed) else {
            let begin = self.calls.now().seconds().saturating_sub(SETTLED);
            return Ok(Swept { tickets: Vec::new(), cursor: format!("{begin}:{begin}"), more: false });
        };
        let Page { rows: changed, next } = self.calls.changed(mapping::MARK, &point).await?;
        let more = next.is_some();
        let cursor = if let Some(next) = next {
            let from = journal::seconds(&next.moment).ok_or(Failure::later("unexpected response from the helpdesk"))?;
            let id = next.id.map(|id| format!(":{id}")).unwrap_or_default();
            format!("{since}:{from}{id}")
        } else {
            let at = |record: &Record| record.updated.as_deref().and_then(journal::seconds);
            let newest = changed.iter().filter_map(at).max().or(journal::seconds(&point.moment));
            let settled = newest.unwrap_or(since).saturating_sub(SETTLED).max(since);
            format!("{settled}:{settled}")
        };
        let tickets = self.events_of(&changed, &journal::moment(since)).await?;
        Ok(Swept { tickets, cursor, more })
    }
}

/// Since when rows are looked at, and where the page of records begins.
fn parsed(cursor: &str) -> Option<(i64, Point)> {
    let mut parts = cursor.splitn(3, ':');
    let (since, from) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    Some((since, Point { moment: journal::moment(from), id: parts.next().map(str::to_owned) }))
}

impl ServiceNowTicketsClient {
    /// What agents did on these records since then, by record, in order.
    async fn events_of(&self, changed: &[Record], since: &str) -> Result<Vec<TicketEvents>, Failure> {
        let ids: Vec<&str> = changed.iter().filter_map(|record| record.id.as_deref()).collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        // By moment; words before the files that came with them.
        let mut found: Vec<(String, String, AgentEvent)> = Vec::new();
        for entry in self.calls.comments_since(&ids, since).await? {
            if let (Some(id), Some(record), Some(created)) = (&entry.id, &entry.record, &entry.created)
                && mapping::is_for_customer(&entry, record, &self.settings)
            {
                found.push((record.clone(), created.clone(), mapping::entry_event(id)));
            }
        }
        if self.settings.agent_files {
            for file in self.calls.attachments(&ids, since).await? {
                if let (Some(id), Some(record), Some(created)) = (&file.id, &file.record, &file.created)
                    && mapping::is_somebodys(file.author.as_deref(), &self.settings)
                {
                    found.push((record.clone(), created.clone(), mapping::file_event(id)));
                }
            }
        }
        let place = |(_, at, event): &(String, String, AgentEvent)| (at.clone(), event.id.as_str().to_owned());
        found.sort_by(|one, other| {
            let (one, other) = (place(one), place(other));
            journal::order((&one.0, &one.1), (&other.0, &other.1))
        });
        let tickets = changed.iter().filter_map(|record| {
            let (id, updated) = (record.id.as_deref()?, record.updated.as_deref()?);
            let of_record = found.iter().filter(|(of, _, _)| of == id).map(|(_, _, event)| event.clone());
            let owner = record.assigned_to.value.as_deref().map(mapping::owner_event);
            let end = self.is_closed(record).then(|| mapping::end_event(updated));
            let events: Vec<AgentEvent> = owner.into_iter().chain(of_record).chain(end).collect();
            let opening = mapping::marked(record.correlation_id.as_deref());
            (!events.is_empty()).then(|| TicketEvents { ticket: TicketId::new(id), opening, events })
        });
        Ok(tickets.collect())
    }
}
