//! The helpdesk: with idempotency keys, as `webhook` has them, or without any.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
};

use ponte::{
    message::{Content, OpeningId, TicketId},
    relay::{
        Failure,
        ports::{CustomerMessage, NotDelivered, TicketRef},
    },
};

use super::{
    ledger::{Seen, Ticket},
    people,
    world::World,
};

/// The stated exception: a far side that does not know a repetition when it sees one.
const KEYLESS: &str = "the helpdesk has no idempotency key";

#[derive(Default)]
pub(crate) struct HelpdeskSide {
    keys: Mutex<HashSet<String>>,
}

/// What a ticket is called: `T-1` is the first of the ledger.
pub(crate) fn name(ticket: usize) -> TicketId {
    TicketId::new(format!("T-{}", ticket + 1))
}

pub(crate) fn number(ticket: &TicketId) -> Option<usize> {
    ticket.as_str().strip_prefix("T-")?.parse::<usize>().ok()?.checked_sub(1)
}

impl HelpdeskSide {
    /// Whether this is a repetition that the helpdesk recognises.
    fn repeated(&self, world: &World, key: String) -> bool {
        !self.keys.lock().unwrap().insert(key) && !world.weather.keyless
    }
}

/// The ticket that bears this mark.
pub(crate) fn marked(world: &World, opening: &OpeningId) -> Option<usize> {
    world.ledger().tickets.iter().position(|ticket| ticket.opening == *opening)
}

pub(crate) fn open(world: &Arc<World>, opening: &OpeningId, found: Option<usize>) -> TicketId {
    let found = if world.weather.keyless { found } else { marked(world, opening) };
    if let Some(ticket) = found {
        return name(ticket);
    }
    let mut ledger = world.ledger();
    let Some(chat) = ledger.chat_of(&opening.conversation()) else {
        ledger.wrong.push("a ticket was opened for nobody".to_owned());
        return TicketId::new("T-?");
    };
    ledger.tickets.push(Ticket { opening: opening.clone(), chat, at: world.now(), ended: Vec::new() });
    let ticket = ledger.tickets.len() - 1;
    drop(ledger);
    world.tell(|| format!("helpdesk opens {} for chat {chat}", name(ticket).as_str()));
    people::ticket_opened(world, ticket);
    name(ticket)
}

/// Whether it never takes this message.
pub(crate) fn is_refused(message: &CustomerMessage) -> bool {
    matches!(&message.content, Content::Text { text } if text.contains('!'))
}

pub(crate) fn refusal() -> Failure {
    Failure::Refused { why: "the helpdesk refuses the message", status: 422 }
}

pub(crate) fn deliver(
    world: &Arc<World>,
    excuse: Option<&'static str>,
    to: &TicketRef,
    message: &CustomerMessage,
) -> Result<(), Failure> {
    let text = match &message.content {
        Content::Text { text } => text.clone(),
        other => other.kind().to_owned(),
    };
    if is_refused(message) {
        return Err(refusal());
    }
    if world.helpdesk.repeated(world, format!("{}-{}", to.opening.conversation().as_str(), message.id)) {
        return Ok(());
    }
    let excuse = excuse.or(world.weather.keyless.then_some(KEYLESS));
    let late = if message.late { " (late)" } else { "" };
    world.tell(|| format!("helpdesk has on {}: {text}{late}", to.ticket.as_str()));
    let mut ledger = world.ledger();
    match number(&to.ticket).filter(|ticket| *ticket < ledger.tickets.len()) {
        Some(place) => {
            let at = world.now();
            ledger.at_helpdesk.push(Seen { at, text, place, late: message.late, excuse });
        }
        None => ledger.wrong.push(format!("words were posted on no ticket: {text}")),
    }
    Ok(())
}

pub(crate) fn not_delivered(
    world: &Arc<World>,
    excuse: Option<&'static str>,
    to: &TicketRef,
    message: &str,
    reason: &NotDelivered,
) {
    // As `webhook` has it: one notice of a message.
    if world.helpdesk.repeated(world, format!("{}-{message}-failed", to.opening.as_str())) {
        return;
    }
    world.tell(|| {
        format!("helpdesk is told on {} that {message} was not delivered: {}", to.ticket.as_str(), reason.code())
    });
    let excuse = excuse.or(world.weather.keyless.then_some(KEYLESS));
    let Some(place) = number(&to.ticket) else { return };
    world.ledger().notices.push(Seen { at: world.now(), text: message.to_owned(), place, late: true, excuse });
}

pub(crate) fn ended(world: &Arc<World>, to: &TicketRef) {
    if world.helpdesk.repeated(world, format!("{}-ended", to.opening.as_str())) {
        return;
    }
    world.tell(|| format!("helpdesk is told on {} that the customer is gone", to.ticket.as_str()));
    let at = world.now();
    let mut ledger = world.ledger();
    if let Some(ticket) = number(&to.ticket).and_then(|ticket| ledger.tickets.get_mut(ticket)) {
        ticket.ended.push(at);
    }
}
