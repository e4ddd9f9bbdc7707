//! Blip: it keeps what it took, does not drop a resent id, answers what it knows, and has tickets of its own.

use std::{
    collections::{BTreeMap, HashSet},
    sync::{Arc, Mutex},
};

use ponte::{
    lime::{Document, Notification, words},
    message::{BlipId, BlipPart, SourceId},
    relay::{
        Failure,
        ports::{Outgoing, Typed},
    },
};

use super::{
    ledger::{Seen, System},
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

/// Blip takes a message.
pub(crate) fn take(world: &Arc<World>, excuse: Option<&'static str>, message: &Outgoing) -> Result<(), Failure> {
    let text = words(&message.document);
    if text.contains('!') && world.ledger().of_text(&text).is_some() {
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
    let excuse = excuse.or(world.weather.blind_blip.then_some("Blip could not be asked"));
    let seen = Seen { at: world.now(), text, place, late: false, excuse };
    world.tell(|| format!("Blip has for chat {place}: {} [{}]", seen.text, short(id)));
    let Some(BlipId { opening, part: BlipPart::System(name) }) = parsed else {
        let number = ledger.of_text(&seen.text).map(|said| said.name.clone());
        ledger.at_blip.push(seen);
        drop(ledger);
        if let Some(name) = number {
            people::channel_may_fail(world, id, &name);
        }
        return Ok(());
    };
    let redirect = name == "redirect";
    ledger.system.push(System { opening, name, seen });
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
    world.tell(|| format!("Blip is told {:?} of {}", notification.event, notification.id.as_deref().unwrap_or("-")));
}
