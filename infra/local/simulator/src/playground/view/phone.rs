//! The customer's phone: where the customer is, and the chat.

use serde_json::Value;

use super::line::{Bubble, FileAt, Line, Who, on_the_phone};
use super::tick;
use crate::clock;
use crate::ledger::{Direction, Origin, Seen};
use crate::message::Content;
use crate::state::{Person, Place, State};

/// After this long, nobody types any more, whatever was told last.
const TYPING_MS: i64 = 30_000;
/// The scale of the stack's service rules.
pub(in crate::playground) const RATINGS: [&str; 5] = ["1", "2", "3", "4", "5"];

/// Whom the customer's words reach now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::playground) enum With {
    Bot,
    /// Through the bridge; the agent, once the customer's ticket has one.
    Agent(Option<String>),
    /// Another service of the router.
    Service(String),
}

/// What is on the phone of one customer.
#[derive(Clone, Debug)]
pub(in crate::playground) struct Phone {
    pub(in crate::playground) name: String,
    pub(in crate::playground) domain: String,
    /// Through a router; else with a ticket of Blip's custom attendance channel.
    pub(in crate::playground) router: bool,
    pub(in crate::playground) with: With,
    pub(in crate::playground) lines: Vec<Line>,
    /// The key of the line whose buttons can be tapped.
    pub(in crate::playground) tappable: Option<String>,
    /// Whether the bridge waits for a rating.
    pub(in crate::playground) rates: bool,
    /// Whether the agent types, as far as the customer's app shows it.
    pub(in crate::playground) typing: bool,
}

/// The phone of the customer with this number.
pub(in crate::playground) fn phone(state: &State, index: usize) -> Option<Phone> {
    let person = state.people.get(index)?;
    let mut lines = bot_talk(person);
    let notes = state.ledger.notes.iter().enumerate().filter(|(_, note)| note.customer == person.name);
    for (number, note) in notes {
        let key = format!("p-n{number}");
        if note.kind == "answers" {
            let bubble = Bubble { who: Who::Own, content: note.text.as_str().into(), file: None, tick: None };
            lines.push(Line::said(key, note.at, bubble));
        } else if let Some(what) = on_the_phone(note) {
            lines.push(Line::happened(key, note.at, what));
        }
    }
    for (number, sent) in state.ledger.sent.iter().enumerate() {
        if sent.lane.customer == person.name && sent.lane.direction == Direction::ToAgent {
            let tick = Some(tick::of_customer(state, sent));
            let file = Some(FileAt::Sent(number));
            let bubble = Bubble { who: Who::Own, content: sent.content.clone(), file, tick };
            lines.push(Line::said(format!("p-s{number}"), sent.at, bubble));
        }
    }
    for (number, seen) in seen_by(state, person) {
        let who = if seen.origin == Origin::System { Who::Ponte } else { Who::Other };
        let bubble = Bubble { who, content: seen.content.clone(), file: Some(FileAt::Seen(number)), tick: None };
        lines.push(Line::said(format!("p-v{number}"), seen.at, bubble));
    }
    lines.sort_by_key(|line| line.at);
    let (name, domain) = (person.name.clone(), person.profile.domain().to_owned());
    let (router, with) = (person.tunnel.is_some(), with(state, person));
    let tappable = tappable(&lines);
    let (rates, typing) = (is_asked(state, person), typing(state, person));
    Some(Phone { name, domain, router, with, lines, tappable, rates, typing })
}

/// Whether these words answer what the bridge itself has asked last, a rating: they are for no agent.
pub(in crate::playground) fn is_answer(state: &State, index: usize, text: &str) -> bool {
    let Some(person) = state.people.get(index) else { return false };
    is_asked(state, person) && RATINGS.contains(&text.trim())
}

/// Whether the bridge has asked for a rating, and nothing came after it: the agent has closed, and its last words name the ends of the scale.
fn is_asked(state: &State, person: &Person) -> bool {
    let asks = |seen: &Seen| {
        let text = seen.content.to_string();
        seen.origin == Origin::System && text.contains('1') && text.contains('5')
    };
    let last = seen_by(state, person).map(|(_, seen)| seen).last();
    let answered = |at: i64| {
        let own = |note: &crate::ledger::Note| note.customer == person.name && note.kind == "answers" && note.at >= at;
        state.ledger.notes.iter().any(own)
    };
    person.closing && last.is_some_and(|seen| asks(seen) && !answered(seen.at))
}

fn seen_by<'a>(state: &'a State, person: &'a Person) -> impl Iterator<Item = (usize, &'a Seen)> {
    let own = |seen: &Seen| seen.lane.customer == person.name && seen.lane.direction == Direction::ToCustomer;
    state.ledger.seen.iter().enumerate().filter(move |(_, seen)| own(seen))
}

/// The talk with the bot, in which the bridge had no part.
fn bot_talk(person: &Person) -> Vec<Line> {
    let items = person.thread.iter().enumerate().filter(|(_, (_, with_bridge))| !with_bridge);
    let line = |(number, (item, _)): (usize, &(Value, bool))| {
        let text = |key: &str| item.get(key).and_then(Value::as_str);
        let content = Content::from_blip(text("type")?, item.get("content")?)?;
        let who = if text("direction") == Some("received") { Who::Own } else { Who::Other };
        let bubble = Bubble { who, content, file: None, tick: None };
        Some(Line::said(format!("p-b{number}"), clock::parse(text("date")?), bubble))
    };
    items.filter_map(line).collect()
}

fn with(state: &State, person: &Person) -> With {
    let here = match (&person.tunnel, &person.place) {
        (Some(_), Place::Bridge) => true,
        (Some(_), Place::Service(name)) => return With::Service(name.clone()),
        (Some(_), Place::MainBot) => false,
        (None, _) => {
            let ticket = person.ticket.as_ref().and_then(|id| state.tickets.get(id));
            ticket.is_some_and(|ticket| !ticket.ended())
        }
    };
    if !here {
        return With::Bot;
    }
    let last = state.conversations.iter().rfind(|one| one.customer == person.name && one.ended.is_none());
    With::Agent(last.and_then(|one| one.agent.clone()))
}

/// The last question with buttons, unless the customer has said something since.
fn tappable(lines: &[Line]) -> Option<String> {
    let bubbles = lines.iter().rev().filter_map(|line| Some((line, line.bubble()?)));
    let (line, _) = bubbles
        .take_while(|(_, bubble)| bubble.who != Who::Own)
        .find(|(_, bubble)| matches!(bubble.content, Content::Choices { .. }))?;
    Some(line.key.clone())
}

fn typing(state: &State, person: &Person) -> bool {
    let told = state.ledger.notes.iter().rfind(|note| note.customer == person.name && note.kind == "typing");
    let read = seen_by(state, person).map(|(_, seen)| seen.at).last().unwrap_or(0);
    told.is_some_and(|note| note.text == "composing" && note.at > read && clock::now_ms() - note.at < TYPING_MS)
}
