//! The relay's port of the sweep on Chatwoot: it posts a webhook once, whether or not it arrives.
//!
//! The conversations of the inbox are listed by their last activity, and of each that had one since the last look, its messages
//! are. The cursor is `since:from:id`, seconds of Chatwoot's own clock and a conversation: messages since the first are looked at, in
//! the conversations that were last active after the second, or in it and have a higher id. Without an id, all of that second are
//! still to come. It stays two minutes behind, for what becomes visible late; what is found twice has the same id.

use async_trait::async_trait;

use super::{
    ChatwootClient,
    active::Active,
    client::{number, older},
    cursor::Cursor,
    mapping,
    wire::{Conversation, Message},
};
use crate::{
    message::{AgentEvent, TicketEvents, TicketId},
    relay::{
        Failure,
        ports::{EventPoller, Swept},
    },
};

/// How many seconds old is what nothing earlier becomes visible after.
const SETTLED: i64 = 120;
#[async_trait]
impl EventPoller for ChatwootClient {
    async fn since(&self, cursor: Option<&str>) -> Result<Swept, Failure> {
        let Some(cursor) = cursor.and_then(Cursor::parse) else {
            let newest = self.calls.active(self.inbox, 1).await?.iter().filter_map(|c| c.last_activity_at).max();
            let begin = Cursor::at(newest.unwrap_or_default().saturating_sub(SETTLED));
            return Ok(Swept { tickets: Vec::new(), cursor: begin.text(), more: false });
        };
        let Active { mut oldest, newest, more } = self.active_since(cursor).await?;
        let next = match oldest.last() {
            Some((at, id, _)) if more => Cursor { from: *at, id: *id, ..cursor },
            _ => Cursor::at(newest.unwrap_or(cursor.seen()).saturating_sub(SETTLED).max(cursor.since)),
        };
        oldest.retain(|(_, _, conversation)| mapping::marked(conversation).is_some());
        let mut tickets = Vec::new();
        for (_, _, conversation) in oldest {
            tickets.extend(self.events_of(&conversation, cursor.since).await?);
        }
        Ok(Swept { tickets, cursor: next.text(), more })
    }
}

impl ChatwootClient {
    /// What agents did in a conversation since then. All its messages back to there are read before the first of them is told, a page
    /// at a time: they are told in order.
    async fn events_of(&self, conversation: &Conversation, since: i64) -> Result<Option<TicketEvents>, Failure> {
        let Some(ticket) = conversation.id.as_deref() else { return Ok(None) };
        let mut messages: Vec<Message> = Vec::new();
        let mut before = None;
        loop {
            let page = match self.calls.messages(ticket, before).await {
                // It was deleted since it was listed.
                Err(Failure::Gone) => return Ok(None),
                page => page?,
            };
            let reached = page.iter().any(|message| message.created_at.is_some_and(|at| at < since));
            before = older(&page, before);
            messages.extend(page);
            if reached || before.is_none() {
                break;
            }
        }
        let told = messages.iter().filter(|message| mapping::is_told(message));
        let told = told.filter(|message| message.created_at.is_some_and(|at| at >= since));
        let mut numbers: Vec<u64> = told.filter_map(number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let mut events: Vec<AgentEvent> = numbers.iter().map(|id| mapping::message_event(&id.to_string())).collect();
        if conversation.status.as_deref() == Some(mapping::RESOLVED) {
            let at = conversation.last_activity_at.unwrap_or_default();
            events.push(mapping::end_event(&at.to_string()));
        }
        let opening = mapping::marked(conversation);
        Ok((!events.is_empty()).then(|| TicketEvents { ticket: TicketId::new(ticket), opening, events }))
    }
}
