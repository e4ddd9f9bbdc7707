//! What was said, and what each side saw. People and far sides write it; only the verdict reads it.

use super::bug::Bug;
use ponte::{
    hash::HashKey,
    lime::Node,
    message::{ConversationKey, OpeningId},
};

/// Who said it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Speaker {
    /// In this chat.
    Customer(usize),
    /// On this ticket.
    Agent(usize),
    /// Blip, about a message of this number that the channel did not take.
    Channel(usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Words in so many parts.
    Words(usize),
    /// Someone takes the ticket, or types.
    Gesture,
    /// The agent closes.
    Close,
    /// Blip's ticket waits.
    Waiting,
    /// Blip's ticket ended.
    Ended,
    /// The channel did not take a message of ours.
    Failed,
}

/// One message or event of a source.
#[derive(Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own about this message")]
pub(crate) struct Said {
    /// Where it stands in the ledger.
    pub number: usize,
    /// How it is called here; no two are called alike. Its parts read `name`, or `name/1`, `name/2`, …
    pub name: String,
    /// The source's own id.
    pub source: String,
    pub by: Speaker,
    pub kind: Kind,
    pub at: u64,
    /// The far side refuses it.
    pub poison: bool,
    /// What it does to the worker.
    pub bug: Option<Bug>,
    /// It was typed into Blip's waiting ticket.
    pub typed: bool,
    /// A copy is safe in the queue.
    pub stored: bool,
    /// When the last copy came through a door into the queue. Nobody can know how old a copy is that comes late.
    pub came: u64,
    /// How many copies came so.
    pub copies: usize,
    /// Its door left our mark out.
    pub markless: bool,
    /// It was let go because nobody knew its ticket.
    pub unknown: bool,
    /// When the bridge was done with it: no later effect has an excuse.
    pub done: Option<u64>,
}

impl Said {
    pub(crate) fn parts(&self) -> usize {
        if let Kind::Words(parts) = self.kind { parts } else { 0 }
    }

    pub(crate) fn texts(&self) -> Vec<String> {
        match self.parts() {
            1 => vec![self.name.clone()],
            parts => (1..=parts).map(|part| format!("{}/{part}", self.name)).collect(),
        }
    }

    /// What is really sent: a far side refuses what has an exclamation mark.
    pub(crate) fn content(&self) -> Vec<String> {
        let mark = if self.poison { "!" } else { "" };
        self.texts().iter().map(|text| format!("{text}{mark}")).collect()
    }
}

/// One address of a customer.
#[derive(Debug)]
pub(crate) struct Chat {
    pub address: String,
    pub key: ConversationKey,
    /// Blip's ticket, on the custom attendance channel.
    pub desk: Option<String>,
}

/// A ticket of the helpdesk.
#[derive(Debug)]
pub(crate) struct Ticket {
    pub opening: OpeningId,
    pub chat: usize,
    pub at: u64,
    /// When the bridge said that the customer is gone, each time.
    pub ended: Vec<u64>,
}

/// Words that a side saw, or that something happened there.
#[derive(Debug)]
pub(crate) struct Seen {
    pub at: u64,
    pub text: String,
    /// The ticket, at the helpdesk; the chat, at Blip.
    pub place: usize,
    /// The agent was told that it belongs to what is over.
    pub late: bool,
    /// Why the bridge cannot be blamed should this be one too many.
    pub excuse: Option<&'static str>,
}

/// A message of the bridge's own to Blip: `redirect`, `greeting`, …
#[derive(Debug)]
pub(crate) struct System {
    pub opening: OpeningId,
    pub name: String,
    pub seen: Seen,
}

#[derive(Default)]
pub(crate) struct Ledger {
    pub chats: Vec<Chat>,
    pub said: Vec<Said>,
    pub tickets: Vec<Ticket>,
    pub at_helpdesk: Vec<Seen>,
    pub at_blip: Vec<Seen>,
    pub system: Vec<System>,
    /// That a message did not reach the customer: its source id, on which ticket.
    pub notices: Vec<Seen>,
    /// Which invocation told on which ticket that something was parked.
    pub noted: Vec<(usize, usize)>,
    /// When `closing` was written, and when Blip's ticket was closed by us.
    pub closings: Vec<(u64, OpeningId)>,
    pub desk_closed: Vec<(u64, usize)>,
    /// What is wrong at the moment it happens.
    pub wrong: Vec<String>,
}

impl Ledger {
    pub(crate) fn chat(&mut self, address: &str, desk: Option<String>, key: &HashKey) -> usize {
        let key = ConversationKey::of(&Node::parse(address).unwrap(), key);
        self.chats.push(Chat { address: address.to_owned(), key, desk });
        self.chats.len() - 1
    }

    /// Writes down what somebody says; its name begins with a letter for who that is.
    pub(crate) fn say(&mut self, by: Speaker, kind: Kind, at: u64) -> usize {
        let number = self.said.len();
        let letter = match by {
            Speaker::Customer(_) => "c",
            Speaker::Agent(_) => "a",
            Speaker::Channel(_) => "n",
        };
        let name = format!("{letter}{number}");
        let source = name.clone();
        self.said.push(Said {
            number,
            name,
            source,
            by,
            kind,
            at,
            poison: false,
            bug: None,
            typed: false,
            stored: false,
            came: 0,
            copies: 0,
            markless: false,
            unknown: false,
            done: None,
        });
        number
    }

    /// Which message a text is of. `None` when nobody said it.
    pub(crate) fn of_text(&self, text: &str) -> Option<&Said> {
        let name = text.split('/').next()?.trim_end_matches('!');
        let number: usize = name.get(1..)?.parse().ok()?;
        self.said.get(number).filter(|said| said.name == name)
    }

    pub(crate) fn chat_at(&self, address: &str) -> Option<usize> {
        self.chats.iter().position(|chat| chat.address == address)
    }

    pub(crate) fn chat_of(&self, key: &ConversationKey) -> Option<usize> {
        self.chats.iter().position(|chat| chat.key == *key)
    }
}
