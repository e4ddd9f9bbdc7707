//! Blip: it keeps what it took, does not drop a resent id, answers what it knows, and has tickets of its own.

use std::{
    collections::{BTreeMap, HashSet},
    sync::{Arc, Mutex},
};

use ponte::{
    lime::{Document, Notification},
    message::{BlipId, BlipPart, SourceId},
    relay::{
        Failure,
        ports::{Outgoing, Typed},
    },
};

use super::{
    fault_plan::LostWays,
    files,
    ledger::{Refusal, Refused, Seen, System},
    other_side::By,
    people,
    world::World,
};

/// A ticket of the custom attendance channel.
#[derive(Default)]
pub(crate) struct DeskTicket {
    pub ended: bool,
    /// What was typed while it waited: number and text.
    pub typed: Vec<(String, String)>,
}

#[derive(Default)]
pub(crate) struct BlipSide {
    known: Mutex<HashSet<String>>,
    pub desk: Mutex<BTreeMap<String, DeskTicket>>,
    /// The agents' messages that customers were shown and have not read yet: the chat, and the message's id.
    pub shown: Mutex<Vec<(usize, String)>>,
}

impl BlipSide {
    pub(crate) fn knows(&self, id: &str) -> bool {
        self.known.lock().unwrap().contains(id)
    }

    pub(crate) fn open_ticket(&self, ticket: &str) -> Result<(), Failure> {
        if self.desk.lock().unwrap().get(ticket).is_some_and(|ticket| ticket.ended) {
            Err(Failure::Gone)
        } else {
            Ok(())
        }
    }

    pub(crate) fn typed(&self, ticket: &str) -> Vec<Typed> {
        let desk = self.desk.lock().unwrap();
        let typed = desk.get(ticket).map(|ticket| ticket.typed.clone()).unwrap_or_default();
        typed.iter().map(|(id, text)| Typed { id: SourceId::new(id), document: Document::text(text) }).collect()
    }
}

/// Whether it never takes this redirect: the router lacks the service, or whatever it is.
fn no_way(world: &World, document: &Document) -> bool {
    let Document::Redirect(redirect) = document else { return false };
    match world.plan.lost_ways {
        LostWays::None => false,
        LostWays::Service => redirect.address.is_some(),
        LostWays::Every => true,
    }
}

/// Blip takes a message.
pub(crate) fn take(world: &Arc<World>, by: By, message: &Outgoing) -> Result<(), Failure> {
    let text = files::of_document(&message.document);
    let refused = world.ledger().of_text(&text).filter(|_| text.contains('!')).map(|said| said.number);
    let redirect = || message.id.as_deref().and_then(BlipId::parse).map(|id| id.opening);
    let what = match (refused, no_way(world, &message.document)) {
        (Some(said), _) => Some(Refused::Words(said)),
        (None, true) => redirect().map(Refused::Redirect),
        (None, false) => None,
    };
    if let Some(what) = what {
        world.strike("Blip refuses for good", || text.clone());
        world.ledger().refusals.push(Refusal { at: world.now(), what });
        return Err(Failure::Refused { why: "Blip refuses the message", status: 400 });
    }
    let mut ledger = world.ledger();
    let Some(place) = ledger.chat_at(message.to.as_str()) else {
        ledger.wrong.push(format!("words were sent to nobody: {}", message.to.as_str()));
        return Ok(());
    };
    let Some(id) = &message.id else { return Ok(()) };
    world.blip.known.lock().unwrap().insert(id.clone());
    let parsed = BlipId::parse(id);
    let excuse = by.excuse.or(world.plan.blind_blip.then_some("Blip could not be asked"));
    let opening = parsed.as_ref().map(|id| id.opening.clone());
    let (named, call) = (String::new(), by.call);
    let seen = Seen { at: world.now(), text, place, late: false, lost: false, excuse, call, opening, named };
    world.tell(|| format!("Blip has for chat {place}: {} [{}]", seen.text, short(id)));
    let Some(BlipId { opening, part: BlipPart::System(name) }) = parsed else {
        let number = ledger.of_text(&seen.text).map(|said| said.name.clone());
        ledger.at_blip.push(seen);
        drop(ledger);
        if world.plan.receipts {
            world.blip.shown.lock().unwrap().push((place, id.clone()));
        }
        if let Some(name) = number {
            people::channel_may_fail(world, id, &name);
        }
        return Ok(());
    };
    let redirect = name == "redirect";
    let ended = message.document.content()["context"]["value"]["ponte"]["ended"].as_str().map(str::to_owned);
    ledger.system.push(System { opening, name, seen, ended });
    drop(ledger);
    if redirect {
        people::sent_back(world, place);
    }
    Ok(())
}

/// The tail of an id of ours, for the history: its opening is another in every run.
fn short(id: &str) -> String {
    id.splitn(3, '.').nth(2).unwrap_or_default().to_owned()
}

/// Blip closes its ticket, as its attendant.
pub(crate) fn close_ticket(world: &Arc<World>, ticket: &str) {
    let ended =
        world.blip.desk.lock().unwrap().get_mut(ticket).map(|ticket| std::mem::replace(&mut ticket.ended, true));
    let mut ledger = world.ledger();
    let chat = ledger.chats.iter().position(|chat| chat.desk.as_deref() == Some(ticket));
    if let Some(chat) = chat.filter(|_| ended == Some(false)) {
        world.tell(|| format!("Blip closes the ticket of chat {chat}"));
        ledger.desk_closed.push((world.now(), chat));
        drop(ledger);
        people::desk_ticket_closed(world, chat);
    }
}

/// A receipt for the customer's side; a courtesy.
pub(crate) fn notified(world: &World, notification: &Notification) {
    world.tell(|| {
        format!("Blip is told {:?} of {}", notification.event, notification.header.id.as_deref().unwrap_or("-"))
    });
}
