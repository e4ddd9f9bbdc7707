//! The helpdesk: with idempotency keys, as `webhook` has them, or without any.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
};

use ponte::{
    message::{ConversationId, SourceId, TicketId},
    relay::{
        Failure,
        ports::{CustomerMessage, NotDelivered, TicketRef},
    },
};

use super::{
    broken::Broken,
    files,
    harsh::Harsh,
    ledger::{Kind, Ledger, Refusal, Refused, Said, Seen, Speaker, Ticket},
    other_side::By,
    people,
    world::World,
};

/// The stated exception: a side that does not know a repetition when it sees one.
const KEYLESS: &str = "the helpdesk has no idempotency key";

#[derive(Default)]
pub(crate) struct HelpdeskSide {
    keys: Mutex<HashSet<String>>,
}

/// What a ticket of the helpdesk is called: `T-1` is the first of the ledger.
pub(crate) fn name(ticket: usize) -> TicketId {
    TicketId::new(format!("T-{}", ticket + 1))
}

pub(crate) fn number(ticket: &TicketId) -> Option<usize> {
    ticket.as_str().strip_prefix("T-")?.parse::<usize>().ok()?.checked_sub(1)
}

impl HelpdeskSide {
    /// Whether this is a repetition that the helpdesk recognises.
    fn repeated(&self, world: &World, key: String) -> bool {
        !self.keys.lock().unwrap().insert(key) && !world.plan.keyless
    }
}

/// What the ticket of a stay is called.
pub(crate) fn name_of(world: &World, stay: usize) -> TicketId {
    name(world.ledger().first(stay))
}

/// The ticket that bears this mark.
pub(crate) fn marked(world: &World, opening: &ConversationId) -> Option<usize> {
    world.ledger().tickets.iter().position(|ticket| ticket.opening == *opening)
}

pub(crate) fn open(world: &Arc<World>, opening: &ConversationId, found: Option<usize>) -> TicketId {
    let found = if world.plan.keyless { found } else { marked(world, opening) };
    if let Some(ticket) = found {
        return name_of(world, ticket);
    }
    let mut ledger = world.ledger();
    let Some(chat) = ledger.chat_of(&opening.conversation()) else {
        ledger.wrong.push("a ticket was opened for nobody".to_owned());
        return TicketId::new("T-?");
    };
    let last = ledger.tickets.iter().rposition(|ticket| ticket.chat == chat && !ticket.gone);
    let by_itself = world.plan.lasting && !world.plan.reopens();
    let first = last.filter(|_| by_itself).map(|last| ledger.first(last));
    drop(ledger);
    begins(world, opening, chat, first)
}

/// A stay on a ticket, a new one or one that was there.
fn begins(world: &Arc<World>, opening: &ConversationId, chat: usize, first: Option<usize>) -> TicketId {
    let mut ledger = world.ledger();
    let (opening, ended) = (opening.clone(), Vec::new());
    ledger.tickets.push(Ticket { opening, chat, at: world.now(), first, gone: false, ended });
    let stay = ledger.tickets.len() - 1;
    drop(ledger);
    let name = name_of(world, stay);
    let how = if first.is_some() { "goes on with" } else { "opens" };
    world.tell(|| format!("helpdesk {how} {} for chat {chat}", name.as_str()));
    people::ticket_opened(world, stay);
    name
}

/// Opens a ticket again. Of eight, one is refused, and one cannot be opened. One that is gone stays so.
pub(crate) fn reopen(
    world: &Arc<World>,
    ticket: &TicketId,
    opening: &ConversationId,
    found: Option<usize>,
) -> Result<Option<TicketId>, Failure> {
    let found = if world.plan.keyless { found } else { marked(world, opening) };
    if let Some(stay) = found {
        let made = name_of(world, stay);
        return Ok((made == *ticket).then_some(made));
    }
    let ledger = world.ledger();
    let Some(number) = number(ticket).filter(|number| *number < ledger.tickets.len()) else { return Ok(None) };
    let (chat, first, last) = (ledger.tickets[number].chat, ledger.first(number), ledger.last(number));
    let gone = ledger.tickets[last].gone;
    drop(ledger);
    if gone {
        return Err(Failure::Gone);
    }
    // Always the same of one conversation, and in each play of a history: the names of conversations differ.
    match (chat + last) % 8 {
        0 => {
            world.strike("a ticket is not opened again", || ticket.as_str().to_owned());
            Err(Failure::Refused { why: "closed for good", status: 422 })
        }
        1 => Ok(None),
        _ => Ok(Some(begins(world, opening, chat, Some(first)))),
    }
}

/// Whether an agent closed the last stay on the ticket, or the bridge ended it.
pub(crate) fn is_over(world: &World, ticket: &TicketId) -> bool {
    let ledger = world.ledger();
    let Some(stay) = number(ticket).map(|ticket| ledger.last(ticket)) else { return false };
    let is_closed = ledger.said.iter().any(|said| said.kind == Kind::Close && said.by == Speaker::Agent(stay));
    is_closed || ledger.tickets.get(stay).is_some_and(|ticket| !ticket.ended.is_empty())
}

/// Refuses to open a ticket for the customer who is suspended.
pub(crate) fn suspended(world: &World, opening: &ConversationId) -> Result<(), Failure> {
    let chat = world.ledger().chat_of(&opening.conversation());
    if chat.is_some_and(|chat| world.suspends(chat)) {
        world.strike("the helpdesk refuses a customer", || format!("chat {}", chat.unwrap_or_default()));
        return Err(Failure::Refused { why: "this customer is suspended", status: 422 });
    }
    Ok(())
}

/// Whether it never takes this message.
pub(crate) fn is_refused(message: &CustomerMessage) -> bool {
    files::of_content(&message.content).0.contains('!')
}

pub(crate) fn refusal() -> Failure {
    Failure::Refused { why: "the helpdesk refuses the message", status: 422 }
}

/// Where a call leads: the stay of its opening on its ticket. A ticket may be gone, or be so for this message.
fn place(world: &World, to: &TicketRef, text: &str, late: bool, alone: bool) -> Result<Option<usize>, Failure> {
    let mut ledger = world.ledger();
    let Some(stay) = number(&to.ticket).filter(|ticket| *ticket < ledger.tickets.len()) else { return Ok(None) };
    let stay = ledger.stay(stay, &to.opening);
    let cursed = text.contains('~') && world.now() < world.curse_ends();
    if cursed || ledger.tickets[stay].gone {
        ledger.tickets[stay].gone = true;
        let said = ledger.of_text(text).map(|said| said.number);
        ledger.unread.extend(said.filter(|_| late));
        if let Some(said) = said.filter(|_| cursed) {
            if alone {
                ledger.gone.push((said, stay));
            }
            ledger.refusals.push(Refusal { at: world.now(), what: Refused::Words(said) });
        }
        drop(ledger);
        world.strike("a ticket is gone", || format!("{} for {text}", to.ticket.as_str()));
        return Err(Failure::Gone);
    }
    Ok(Some(stay))
}

/// Whether there is a ticket for these words, which are posted with others.
pub(crate) fn has_ticket(world: &World, to: &TicketRef, message: &CustomerMessage) -> Result<(), Failure> {
    place(world, to, &files::of_content(&message.content).0, message.late, false).map(drop)
}

pub(crate) fn deliver(world: &Arc<World>, by: By, to: &TicketRef, message: &CustomerMessage) -> Result<(), Failure> {
    let (text, lost) = files::of_content(&message.content);
    let place = place(world, to, &text, message.late, true)?;
    if is_refused(message) {
        let mut ledger = world.ledger();
        if let Some(said) = ledger.of_text(&text).map(|said| said.number) {
            ledger.refusals.push(Refusal { at: world.now(), what: Refused::Words(said) });
        }
        return Err(refusal());
    }
    if world.helpdesk.repeated(world, format!("{}-{}", to.opening.conversation().as_str(), message.id)) {
        return Ok(());
    }
    let excuse = by.excuse.or(world.plan.keyless.then_some(KEYLESS));
    let late = if message.late { " (late)" } else { "" };
    world.tell(|| format!("helpdesk has on {}: {}{late}", to.ticket.as_str(), text.replace('\n', " ")));
    let mut ledger = world.ledger();
    let Some(place) = place else {
        ledger.wrong.push(format!("words were posted on no ticket: {text}"));
        return Ok(());
    };
    for text in names(&text) {
        let (at, late, call, named) = (world.now(), message.late, by.call, message.id.clone());
        ledger.at_helpdesk.push(Seen { at, text, place, late, lost, excuse, call, opening: None, named });
    }
    Ok(())
}

/// The parts that a text has: the last one of a message has the words of all that the bridge makes no parts of, each on a line.
fn names(text: &str) -> Vec<String> {
    text.lines().map(|line| line.trim().trim_end_matches('~').to_owned()).collect()
}

pub(crate) fn not_delivered(
    world: &Arc<World>,
    by: By,
    to: &TicketRef,
    message: &str,
    reason: &NotDelivered,
) -> Result<(), Failure> {
    let Some(place) = number(&to.ticket) else { return Ok(()) };
    let lost = matches!(reason, NotDelivered::File(_));
    let mut ledger = world.ledger();
    let place = ledger.first(place);
    if ledger.tickets.get(ledger.stay(place, &to.opening)).is_some_and(|ticket| ticket.gone) {
        return Err(Failure::Gone);
    }
    if world.plan.deaf {
        ledger.unheard.push((place, message.to_owned()));
        drop(ledger);
        world.strike("the helpdesk refuses a notice", || format!("about {message}"));
        return Err(Failure::Refused { why: "the helpdesk takes no notices", status: 422 });
    }
    drop(ledger);
    // As `webhook` has it: one notice of a message, and of each of its lost files no more than that.
    if world.helpdesk.repeated(world, format!("{}-{message}-failed", to.opening.as_str())) {
        return Ok(());
    }
    world.tell(|| {
        format!("helpdesk is told on {} that {message} was not delivered: {}", to.ticket.as_str(), reason.code())
    });
    let excuse = by.excuse.or(world.plan.keyless.then_some(KEYLESS));
    let (at, text, call) = (world.now(), message.to_owned(), by.call);
    let named = String::new();
    world.ledger().notices.push(Seen { at, text, place, late: true, lost, excuse, call, opening: None, named });
    Ok(())
}

/// A note that says of words which were taken back that the customer has them. As `webhook` has it: one of a name.
pub(crate) fn note_of_withdrawn(world: &World, by: By, to: &TicketRef, id: &str) {
    if world.plan.harsh != Some(Harsh::Desk) {
        return;
    }
    let of = {
        let ledger = world.ledger();
        let is_meant = |said: &&Said| {
            let message = SourceId::new(&said.source);
            let mine = matches!(said.by, Speaker::Agent(ticket) if helpdesk_ticket(&ledger, ticket) == to.ticket);
            mine && said.parts() > 0 && world.key.hex(&["withdrawn", message.as_str(), to.opening.as_str()]) == id
        };
        ledger.said.iter().find(is_meant).map(|said| said.number)
    };
    let Some(of) = of else { return };
    let name = if world.broken == Some(Broken::TellsEachWithdrawal) { by.call.to_string() } else { id.to_owned() };
    if world.helpdesk.repeated(world, format!("{}-note-{name}", to.opening.as_str())) {
        return;
    }
    let excuse = by.excuse.or(world.plan.keyless.then_some(KEYLESS));
    let (at, place, call) = (world.now(), number(&to.ticket).unwrap_or_default(), by.call);
    let mut ledger = world.ledger();
    let text = ledger.said[of].name.clone();
    world.tell(|| format!("helpdesk is told on {} that the customer has {text}", to.ticket.as_str()));
    ledger.notes_of_withdrawn.push((
        of,
        Seen { at, text, place, late: false, lost: false, excuse, call, opening: None, named: String::new() },
    ));
}

fn helpdesk_ticket(ledger: &Ledger, ticket: usize) -> TicketId {
    name(ledger.first(ticket))
}

pub(crate) fn ended(world: &Arc<World>, to: &TicketRef) -> Result<(), Failure> {
    if world.helpdesk.repeated(world, format!("{}-ended", to.opening.as_str())) {
        return Ok(());
    }
    world.tell(|| format!("helpdesk is told on {} that the customer is gone", to.ticket.as_str()));
    let at = world.now();
    let mut ledger = world.ledger();
    let Some(stay) = number(&to.ticket).map(|ticket| ledger.stay(ticket, &to.opening)) else { return Ok(()) };
    let Some(ticket) = ledger.tickets.get_mut(stay) else { return Ok(()) };
    if ticket.gone {
        return Err(Failure::Gone);
    }
    ticket.ended.push(at);
    Ok(())
}
