//! What a message of the bridge does: it is shown to the customer if the customer can be reached at that address now.
//!
//! Of what Blip does with a message after a redirect, or to a closed ticket, nothing is documented; here it is accepted, shown
//! to nobody, and recorded as a stray.

use std::sync::Arc;

use serde_json::{Value, json};

use super::receipts::{notify, notify_all, record};
use super::redirect;
use super::request::{Refusal, bad};
use crate::ledger::{Direction, Lane};
use crate::message::{CHATSTATE, Content, REDIRECT, thread_item};
use crate::state::{Place, State, World};

/// A message as far as it is read here.
#[derive(Debug)]
struct Message<'a> {
    id: Option<&'a str>,
    to: &'a str,
    mime: &'a str,
    content: &'a Value,
}

/// Whom an address reaches.
enum Reached {
    Tunnel(usize),
    Ticket(usize, String),
}

pub(super) fn take(world: &Arc<World>, envelope: &Value) -> Result<(), Refusal> {
    let text = |key: &str| envelope.get(key).and_then(Value::as_str);
    let message = Message {
        id: text("id"),
        to: text("to").ok_or_else(|| bad("a message without `to`"))?,
        mime: text("type").ok_or_else(|| bad("a message without `type`"))?,
        content: envelope.get("content").ok_or_else(|| bad("a message without `content`"))?,
    };
    world.write(|state| {
        record_accepted(state, &message);
        match reach(state, message.to) {
            Ok(reached) => show(world, state, &message, &reached),
            // That nobody sees the agent typing is no harm.
            Err(_) if message.mime == CHATSTATE => {}
            Err(why) => state.ledger.strays.push(format!("{why}: {} {}", message.mime, message.content)),
        }
    });
    Ok(())
}

fn record_accepted(state: &mut State, message: &Message<'_>) {
    let Some(id) = message.id else { return };
    let document = json!([message.to, message.mime, message.content]);
    let before = state.documents.insert(id.to_owned(), document.clone());
    if before.is_some_and(|before| before != document) {
        state.ledger.faults.push(format!("the id {id} was used for two messages"));
    }
    record(state, id, message.to, "accepted", None);
}

/// Finds the customer whom a message to this address reaches at this moment, or says why it reaches nobody.
fn reach(state: &mut State, to: &str) -> Result<Reached, String> {
    let identity = to.split('/').next().unwrap_or(to);
    let same = |tunnel: &String| tunnel.eq_ignore_ascii_case(identity);
    if let Some(index) = state.people.iter().position(|person| person.tunnel.as_ref().is_some_and(same)) {
        let person = state.person(index).map_err(|error| error.to_string())?;
        return match &person.place {
            Place::Bridge => Ok(Reached::Tunnel(index)),
            place => Err(format!("{} is with {place:?}, not with the bridge", person.name)),
        };
    }
    let id = identity.strip_suffix("@desk.msging.net").unwrap_or_default();
    let ticket = state.tickets.get(id).ok_or_else(|| format!("nobody has the address {to}"))?;
    if !to.ends_with("@desk.msging.net/Webhook") {
        state.ledger.faults.push(format!("a reply to {to}, which is not the address the customer wrote from"));
    }
    match ticket.status.as_str() {
        "Open" => Ok(Reached::Ticket(ticket.person, id.to_owned())),
        status => Err(format!("ticket {id} is {status}, not Open")),
    }
}

fn show(world: &Arc<World>, state: &mut State, message: &Message<'_>, reached: &Reached) {
    let (index, ticket) = match reached {
        Reached::Tunnel(index) => (*index, None),
        Reached::Ticket(index, ticket) => (*index, Some(ticket)),
    };
    let conversation = ticket.and_then(|id| Some(state.tickets.get(id)?.conversation.clone()));
    let Ok(person) = state.person(index) else {
        return;
    };
    let name = person.name.clone();
    let lane = match conversation {
        Some(conversation) => Lane { customer: name.clone(), conversation, direction: Direction::ToCustomer },
        None => person.lane(Direction::ToCustomer),
    };
    if message.mime == CHATSTATE {
        let what = message.content.get("state").and_then(Value::as_str).unwrap_or_default().to_owned();
        return state.ledger.note(&name, "typing", what);
    }
    if message.mime == REDIRECT {
        if ticket.is_some() {
            return state.ledger.faults.push(format!("a redirect to a ticket of {name}"));
        }
        return redirect::apply(world, state, index, message.id, message.content);
    }
    if let (Some(id), false) = (message.id.filter(|id| !is_system(id)), state.blip.failures.is_empty()) {
        let (code, description) = state.blip.failures.remove(0);
        return notify(world, state, index, id, "failed", Some(json!({"code": code, "description": description})));
    }
    let id = message.id.unwrap_or_default();
    let item = thread_item(id, "sent", message.mime, message.content);
    if let Some(ticket) = ticket.and_then(|id| state.tickets.get_mut(id)) {
        ticket.messages.push(thread_item(id, "received", message.mime, message.content));
    }
    if let Ok(person) = state.person(index) {
        person.thread.push((item, true));
    }
    match Content::from_blip(message.mime, message.content) {
        Some(content) => state.ledger.see(lane, content, is_system(id)),
        None => state.ledger.faults.push(format!("{name} was sent what no app can show: {}", message.mime)),
    }
    if message.id.is_some() {
        notify_all(world, state, index, id);
    }
}

/// Whether an id is one of the bridge's own texts: `ponte.{conversation}.greeting`, where a person's words have the number of
/// the part in the third place.
fn is_system(id: &str) -> bool {
    let third = id.strip_prefix("ponte.").and_then(|rest| rest.split('.').nth(1));
    third.is_some_and(|part| part.starts_with(|first: char| first.is_ascii_alphabetic()))
}

#[cfg(test)]
mod tests {
    use super::is_system;

    #[test]
    fn tells_system_texts_from_words() {
        assert!(is_system("ponte.c1.greeting"));
        assert!(is_system("ponte.c1.joined.YW5h"));
        assert!(!is_system("ponte.c1.1.VC0x.bS0x"));
        assert!(!is_system("123e4567-e89b-12d3-a456-426655440000"));
    }
}
