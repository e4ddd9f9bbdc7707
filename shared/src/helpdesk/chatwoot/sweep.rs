//! The relay's port of the sweep on Chatwoot: it posts a webhook once, whether or not it arrives.
//!
//! The conversations of the inbox are listed by their last activity, and of each that had one since the last look, its messages
//! are. The cursor is `since:from`, both seconds of Chatwoot's own clock: messages since the first are looked at, in the
//! conversations that were last active since the second. It stays two minutes behind, for what becomes visible late; what is found
//! twice has the same id.

use async_trait::async_trait;

use super::{
    ChatwootClient,
    client::{number, older},
    map,
    wire::{Conversation, Message},
};
use crate::{
    message::{AgentEvent, TicketEvents, TicketId},
    relay::{
        Failure,
        ports::{Sweep, Swept},
    },
};

/// How many seconds old is what nothing earlier becomes visible after.
const SETTLED: i64 = 120;
/// How many conversations are looked into in one look: each is a call or more.
const MOST: usize = 25;
/// How many pages of 25 conversations are listed.
const MOST_PAGES: usize = 80;
/// How many pages of 20 messages are read of one conversation.
const MOST_MESSAGES: usize = 10;

/// Where a look begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cursor {
    since: i64,
    from: i64,
}

impl Cursor {
    fn parse(cursor: &str) -> Option<Self> {
        let (since, from) = cursor.split_once(':')?;
        Some(Self { since: since.parse().ok()?, from: from.parse().ok()? })
    }

    fn at(seconds: i64) -> Self {
        Self { since: seconds, from: seconds }
    }

    fn text(self) -> String {
        format!("{}:{}", self.since, self.from)
    }
}

#[async_trait]
impl Sweep for ChatwootClient {
    async fn since(&self, cursor: Option<&str>) -> Result<Swept, Failure> {
        let Some(cursor) = cursor.and_then(Cursor::parse) else {
            let newest = self.calls.active(self.inbox, 1).await?.iter().filter_map(|c| c.last_activity_at).max();
            let begin = Cursor::at(newest.unwrap_or_default().saturating_sub(SETTLED));
            return Ok(Swept { tickets: Vec::new(), cursor: begin.text(), more: false });
        };
        let mut active = self.active_since(cursor.from).await?;
        let newest = active.last().map_or(cursor.from.saturating_sub(1), |(at, _)| *at);
        active.retain(|(_, conversation)| map::marked(conversation).is_some());
        let more = active.len() > MOST;
        let next = if more {
            // All of one second, or the next look would begin with the same.
            let last = active.get(MOST - 1).map_or(newest, |(at, _)| *at);
            active.retain(|(at, _)| *at <= last);
            Cursor { from: last.saturating_add(1), ..cursor }
        } else {
            Cursor::at(newest.saturating_sub(SETTLED).max(cursor.since))
        };
        let mut tickets = Vec::new();
        for (_, conversation) in active {
            tickets.extend(self.events_of(&conversation, cursor.since).await?);
        }
        Ok(Swept { tickets, cursor: next.text(), more })
    }
}

impl ChatwootClient {
    /// The conversations that were active since then, by when, the longest ago first.
    async fn active_since(&self, from: i64) -> Result<Vec<(i64, Conversation)>, Failure> {
        let mut active: Vec<(i64, Conversation)> = Vec::new();
        for page in 1..=MOST_PAGES {
            let page = self.calls.active(self.inbox, page).await?;
            let all = page.len();
            let at = |c: Conversation| Some((c.last_activity_at?, c));
            let since: Vec<_> = page.into_iter().filter_map(at).filter(|(at, _)| *at >= from).collect();
            let last = since.len() < all || all == 0;
            // A conversation that becomes active meanwhile pushes another onto the next page.
            let new = |(_, c): &(i64, Conversation)| active.iter().all(|(_, known)| known.id != c.id);
            let since: Vec<_> = since.into_iter().filter(new).collect();
            active.extend(since);
            if last {
                active.sort_by_key(|(at, _)| *at);
                return Ok(active);
            }
        }
        Err(Failure::later("more conversations were active than can be listed"))
    }

    /// What agents did in a conversation since then.
    async fn events_of(&self, conversation: &Conversation, since: i64) -> Result<Option<TicketEvents>, Failure> {
        let Some(ticket) = conversation.id.as_deref() else { return Ok(None) };
        let mut messages: Vec<Message> = Vec::new();
        let mut before = None;
        for _ in 0..MOST_MESSAGES {
            let page = self.calls.messages(ticket, before).await?;
            let reached = page.iter().any(|message| message.created_at.is_some_and(|at| at < since));
            before = older(&page, before);
            messages.extend(page);
            if reached || before.is_none() {
                break;
            }
        }
        let told = messages.iter().filter(|message| map::is_for_customer(message));
        let told = told.filter(|message| message.created_at.is_some_and(|at| at >= since));
        let mut numbers: Vec<u64> = told.filter_map(number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let mut events: Vec<AgentEvent> = numbers.iter().map(|id| map::message_event(&id.to_string())).collect();
        if conversation.status.as_deref() == Some(map::RESOLVED) {
            let at = conversation.last_activity_at.unwrap_or_default();
            events.push(map::end_event(&at.to_string()));
        }
        let opening = map::marked(conversation);
        Ok((!events.is_empty()).then(|| TicketEvents { ticket: TicketId::new(ticket), opening, events }))
    }
}
