//! The agent's desk: the queue, and the ticket that is open.

use serde_json::Value;

use super::line::{Bubble, FileAt, Line, Who, at_the_desk};
use super::tick;
use crate::clock;
use crate::ledger::{Direction, Origin};
use crate::state::{Conversation, State};

/// After this long, nobody types any more, whatever was told last.
const TYPING_MS: i64 = 30_000;

/// A ticket in the list.
#[derive(Clone, Debug)]
pub(in crate::playground) struct InQueue {
    pub(in crate::playground) ticket: String,
    pub(in crate::playground) name: String,
    pub(in crate::playground) queue: Option<String>,
    pub(in crate::playground) agent: Option<String>,
    pub(in crate::playground) over: bool,
    /// What the customer has written since the agent last wrote.
    pub(in crate::playground) unread: usize,
}

/// The ticket that is open on the desk.
#[derive(Clone, Debug)]
pub(in crate::playground) struct Opened {
    pub(in crate::playground) listed: InQueue,
    /// What the helpdesk was told of the customer: phone, e-mail and channel.
    pub(in crate::playground) known: Vec<String>,
    /// Why it is in this queue, and what the bot handed over.
    pub(in crate::playground) notes: Vec<String>,
    pub(in crate::playground) priority: Option<String>,
    /// What was said to the bot before: whether it was the customer, and the text.
    pub(in crate::playground) before: Vec<(bool, String)>,
    pub(in crate::playground) lines: Vec<Line>,
    pub(in crate::playground) typing: bool,
}

#[derive(Clone, Debug)]
pub(in crate::playground) struct Desk {
    /// Newest first, those that are over at the end.
    pub(in crate::playground) list: Vec<InQueue>,
    pub(in crate::playground) opened: Option<Opened>,
}

/// The desk with this ticket open; with none named, the last one of the customer with this number, once an agent has taken it.
pub(in crate::playground) fn desk(state: &State, ticket: Option<&str>, customer: Option<usize>) -> Desk {
    let mut list: Vec<InQueue> = state.conversations.iter().rev().map(|one| listed(state, one)).collect();
    list.sort_by_key(|one| one.over);
    let name = customer.and_then(|index| state.people.get(index)).map(|person| person.name.as_str());
    let open = match ticket {
        Some(ticket) => state.conversation_of(ticket),
        None => state.conversations.iter().rfind(|one| Some(one.customer.as_str()) == name && one.agent.is_some()),
    };
    Desk { list, opened: open.map(|one| opened(state, one)) }
}

fn listed(state: &State, one: &Conversation) -> InQueue {
    let sent = state.ledger.sent.iter().filter(|sent| sent.lane.conversation == one.conversation);
    let wrote = sent.filter(|sent| sent.lane.direction == Direction::ToCustomer).map(|sent| sent.at).max().unwrap_or(0);
    let unread = state.ledger.seen.iter().filter(|seen| {
        seen.lane.conversation == one.conversation
            && seen.lane.direction == Direction::ToAgent
            && seen.origin != Origin::System
            && seen.at > wrote
    });
    let text = |path: &str| one.started.pointer(path).and_then(Value::as_str).map(str::to_owned);
    InQueue {
        ticket: one.ticket.clone(),
        name: text("/customer/name").unwrap_or_else(|| one.customer.clone()),
        queue: one.queue.clone().or_else(|| text("/routing/queue")),
        agent: one.agent.clone(),
        over: one.closed || one.ended.is_some(),
        unread: unread.count(),
    }
}

fn opened(state: &State, one: &Conversation) -> Opened {
    let text = |path: &str| one.started.pointer(path).and_then(Value::as_str).map(str::to_owned);
    let known = ["/customer/phone", "/customer/email", "/customer/channel"].into_iter().filter_map(text).collect();
    let said = one.started.pointer("/transcript/messages").and_then(Value::as_array);
    let before = said.into_iter().flatten().filter_map(|line| {
        let text = |key: &str| line.get(key).and_then(Value::as_str);
        Some((text("from") == Some("customer"), text("text")?.to_owned()))
    });
    let notes = one.started.pointer("/routing/notes").and_then(Value::as_array);
    let notes = notes.into_iter().flatten().filter_map(|note| Some(note.as_str()?.to_owned()));
    Opened {
        listed: listed(state, one),
        known,
        notes: notes.collect(),
        priority: text("/routing/priority"),
        before: before.collect(),
        lines: lines(state, one),
        typing: typing(one),
    }
}

fn lines(state: &State, one: &Conversation) -> Vec<Line> {
    let mut lines = Vec::new();
    // The ledger's notes name the customer only, whose conversations follow each other.
    let began = |note: &&crate::ledger::Note| note.customer == one.customer && note.kind == "started";
    let starts = || state.ledger.notes.iter().filter(began);
    let from = starts().find(|note| note.text == one.ticket).map_or(0, |note| note.at);
    let until = starts().find(|note| note.at > from).map_or(i64::MAX, |note| note.at);
    for (number, note) in state.ledger.notes.iter().enumerate() {
        if note.customer == one.customer
            && (from..until).contains(&note.at)
            && let Some(what) = at_the_desk(note)
        {
            lines.push(Line::happened(format!("d-n{number}"), note.at, what));
        }
    }
    for (number, seen) in state.ledger.seen.iter().enumerate() {
        if seen.lane.conversation == one.conversation && seen.lane.direction == Direction::ToAgent {
            let who = if seen.origin == Origin::System { Who::Ponte } else { Who::Other };
            let bubble = Bubble { who, content: seen.content.clone(), file: Some(FileAt::Seen(number)), tick: None };
            lines.push(Line::said(format!("d-v{number}"), seen.at, bubble));
        }
    }
    for (number, sent) in state.ledger.sent.iter().enumerate() {
        if sent.lane.conversation == one.conversation && sent.lane.direction == Direction::ToCustomer {
            let (tick, file) = (Some(tick::of_agent(state, sent, one)), Some(FileAt::Sent(number)));
            let bubble = Bubble { who: Who::Own, content: sent.content.clone(), file, tick };
            lines.push(Line::said(format!("d-s{number}"), sent.at, bubble));
        }
    }
    lines.sort_by_key(|line| line.at);
    lines
}

fn typing(one: &Conversation) -> bool {
    let kind = |event: &Value| event.get("type").and_then(Value::as_str).map(str::to_owned);
    let told =
        one.events.iter().rfind(|event| matches!(kind(event).as_deref(), Some("customer.typing" | "message.created")));
    told.is_some_and(|event| {
        let at = event.get("timestamp").and_then(Value::as_str).map_or(0, clock::parse);
        event.pointer("/data/on") == Some(&Value::Bool(true)) && clock::now_ms() - at < TYPING_MS
    })
}
