//! What was said, and what each side saw. People, Blip and the helpdesk write it; only the verdict reads it.

use std::collections::{BTreeMap, HashMap};

use super::{bug::Bug, files::Host};
use ponte::{
    hash::HashKey,
    lime::Node,
    message::{ConversationId, CustomerKey},
    trail::{MessageHash, Metric, StepName},
};
use service_rules::EndReason;

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
    /// The ticket goes to this queue, as the service rules call it, where the helpdesk says which; or it leaves its agent.
    Moves { into: Option<&'static str>, unassigned: bool },
    /// The ticket is on hold, or goes on.
    Holds(bool),
    /// The customer has this place in the queue.
    Place(u32),
    /// The agent takes the words of this number back.
    Withdraws(usize),
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
    /// The other side refuses it: all of it, or this part alone.
    pub poison: Option<Poison>,
    /// The helpdesk says of every ticket that it is gone, when it gets this.
    pub cursed: bool,
    /// How often it was parked, where it is cursed.
    pub parked: usize,
    /// The parts that are files, and the hosts that these lie at.
    pub files: BTreeMap<usize, Host>,
    /// What it does to the worker.
    pub bug: Option<Bug>,
    /// It was typed into Blip's waiting ticket.
    pub typed: bool,
    /// A copy is safe in the queue.
    pub stored: bool,
    /// When the last copy came through an endpoint into the queue. Nobody can know how old a copy is that comes late.
    pub came: u64,
    /// How many copies came so.
    pub copies: usize,
    /// Its endpoint left our mark out.
    pub markless: bool,
    /// It was let go because nobody knew its ticket.
    pub unknown: bool,
    /// Its record was parked once, whatever for.
    pub set_aside: bool,
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

    /// Whether the other side refuses this part, counted from 1.
    pub(crate) fn refused(&self, part: usize) -> bool {
        self.poison.is_some_and(|poison| poison == Poison::Whole || poison == Poison::Part(part))
    }

    /// What is really sent: Blip or the helpdesk refuses what has an exclamation mark, and the helpdesk has no ticket for what has a tilde.
    pub(crate) fn content(&self) -> Vec<String> {
        let curse = if self.cursed { "~" } else { "" };
        let mark = |part| if self.refused(part) { "!" } else { curse };
        self.texts().iter().enumerate().map(|(at, text)| format!("{text}{}", mark(at + 1))).collect()
    }
}

/// What of a message the other side refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Poison {
    Whole,
    /// One part, counted from 1.
    Part(usize),
}

/// One address of a customer.
#[derive(Debug)]
pub(crate) struct Chat {
    pub address: String,
    pub key: CustomerKey,
    /// Blip's ticket, on the custom attendance channel.
    pub desk: Option<String>,
}

/// A ticket of the helpdesk; or the further stay of a conversation on one that was handed out again.
#[derive(Debug)]
pub(crate) struct Ticket {
    pub opening: ConversationId,
    pub chat: usize,
    pub at: u64,
    /// The first stay on the same ticket.
    pub first: Option<usize>,
    /// The helpdesk said of it that it is gone.
    pub gone: bool,
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
    /// A file that is lost, in words.
    pub lost: bool,
    /// Why the bridge cannot be blamed should this be one too many.
    pub excuse: Option<&'static str>,
    /// The call that did it, in `calls`.
    pub call: usize,
    /// The opening that its id names, at Blip.
    pub opening: Option<ConversationId>,
    /// The id that it was posted with, at the helpdesk.
    pub named: String,
}

/// A call of Blip or the helpdesk, as the bridge knows it.
#[derive(Debug)]
pub(crate) struct Call {
    /// The number of the invocation.
    pub by: usize,
    pub begun: u64,
    /// When the relay was told that it had its effect.
    pub answered: Option<u64>,
}

/// Something that Blip or the helpdesk will never take.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub at: u64,
    pub what: Refused,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refused {
    /// Words: their number.
    Words(usize),
    /// The redirect of an opening.
    Redirect(ConversationId),
}

/// A message of the bridge's own to Blip: `redirect`, `greeting`, …
#[derive(Debug)]
pub(crate) struct System {
    pub opening: ConversationId,
    pub name: String,
    pub seen: Seen,
    /// Of a redirect: why the conversation ended, as the bot is told.
    pub ended: Option<String>,
}

#[derive(Default)]
pub(crate) struct Ledger {
    pub chats: Vec<Chat>,
    pub said: Vec<Said>,
    pub tickets: Vec<Ticket>,
    pub at_helpdesk: Vec<Seen>,
    pub at_blip: Vec<Seen>,
    pub system: Vec<System>,
    /// That a message did not reach the customer: its source id, on which ticket. `lost` says that it was for a file of it.
    pub notices: Vec<Seen>,
    /// The same where the helpdesk takes no notices: who should have been told, and cannot be.
    pub unheard: Vec<(usize, String)>,
    /// What the agent was told that nobody said: when, and of which opening.
    pub notes: Vec<(u64, ConversationId)>,
    /// Of those: that the agent says nothing.
    pub notes_of_silence: Vec<(u64, ConversationId)>,
    /// That the customer has words which were taken back: their number, and the note.
    pub notes_of_withdrawn: Vec<(usize, Seen)>,
    /// What was in the batch of an invocation of `to-blip`.
    pub batches: HashMap<usize, Vec<usize>>,
    pub refusals: Vec<Refusal>,
    /// On which tickets the helpdesk said that they are gone: which words were posted, and the ticket.
    pub gone: Vec<(usize, usize)>,
    /// Late notes for a ticket that is gone: nobody reads them.
    pub unread: Vec<usize>,
    pub calls: Vec<Call>,
    /// When an invocation had written down what it did, by its number.
    pub written: HashMap<usize, u64>,
    /// The tries of each file: how long each lasted.
    pub tries: BTreeMap<String, Vec<u64>>,
    /// Which invocation told on which ticket that something was parked.
    pub noted: Vec<(usize, usize)>,
    /// When `closing` was written, and when Blip's ticket was closed by us.
    pub closings: Vec<(u64, ConversationId)>,
    /// The same with why.
    pub endings: Vec<(u64, ConversationId, EndReason)>,
    pub desk_closed: Vec<(u64, usize)>,
    /// The steps of each message, as the trail has them.
    pub trail: HashMap<MessageHash, Vec<StepName>>,
    /// How often each figure of an opening was told.
    pub figures: HashMap<(ConversationId, Metric), usize>,
    /// What is wrong at the moment it happens.
    pub wrong: Vec<String>,
}

impl Ledger {
    pub(crate) fn chat(&mut self, address: &str, desk: Option<String>, key: &HashKey) -> usize {
        let key = CustomerKey::of(&Node::parse(address).unwrap(), key);
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
            poison: None,
            cursed: false,
            parked: 0,
            files: BTreeMap::new(),
            bug: None,
            typed: false,
            stored: false,
            came: 0,
            copies: 0,
            markless: false,
            unknown: false,
            set_aside: false,
            done: None,
        });
        number
    }

    /// Which message a text is of. `None` when nobody said it.
    pub(crate) fn of_text(&self, text: &str) -> Option<&Said> {
        let name = text.split('/').next()?.trim_end_matches(['!', '~']);
        let number: usize = name.get(1..)?.parse().ok()?;
        self.said.get(number).filter(|said| said.name == name)
    }

    /// The agent's message with this id on this ticket.
    pub(crate) fn of_source(&self, ticket: usize, source: &str) -> Option<&Said> {
        self.said.iter().find(|said| {
            said.source == source && matches!(said.by, Speaker::Agent(on) if self.first(on) == self.first(ticket))
        })
    }

    /// The first stay on the same ticket.
    pub(crate) fn first(&self, ticket: usize) -> usize {
        self.tickets.get(ticket).and_then(|ticket| ticket.first).unwrap_or(ticket)
    }

    /// The last stay on the same ticket.
    pub(crate) fn last(&self, ticket: usize) -> usize {
        let first = self.first(ticket);
        self.tickets.iter().rposition(|ticket| ticket.first == Some(first)).unwrap_or(first)
    }

    /// Of several stays on a ticket the one of this opening, else the last.
    pub(crate) fn stay(&self, ticket: usize, opening: &ConversationId) -> usize {
        let first = self.first(ticket);
        let here = |number: &usize| self.first(*number) == first && self.tickets[*number].opening == *opening;
        (0..self.tickets.len()).find(here).unwrap_or_else(|| self.last(ticket))
    }

    pub(crate) fn chat_at(&self, address: &str) -> Option<usize> {
        self.chats.iter().position(|chat| chat.address == address)
    }

    pub(crate) fn chat_of(&self, key: &CustomerKey) -> Option<usize> {
        self.chats.iter().position(|chat| chat.key == *key)
    }
}
