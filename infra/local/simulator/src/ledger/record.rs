//! The ledger: everything that one side said and the other side saw, in order and with the time.
//!
//! A message is followed by its content, never by its id: ids belong to the bridge under test. Each thing seen is matched at
//! once with the first message of the same conversation, direction and content that has not arrived yet, so messages with
//! equal contents are told apart by their order.

use std::collections::HashMap;

use serde::Serialize;

use super::digest::Digest;
use super::entries::{Label, Lane, Note, Origin, Seen, Sent};
use crate::clock;
use crate::message::Content;

/// The whole ledger.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Ledger {
    pub sent: Vec<Sent>,
    pub seen: Vec<Seen>,
    pub notes: Vec<Note>,
    /// What the bridge sent to a customer who was not with it, or to a ticket that was not open.
    pub strays: Vec<String>,
    /// What the bridge did wrong on the wire: a bad signature, a wrong key, a malformed body, a reused id.
    pub faults: Vec<String>,
    /// 4xx answers of the bridge to our deliveries.
    pub refusals: Vec<String>,
    /// Deliveries that were given up after the last try.
    pub undelivered: Vec<String>,
    /// Requests of the bridge with a webhook-id that had been taken before; they have no effect.
    pub redelivered: u32,
    /// Notifications that the bridge sent to Blip: event and message id.
    pub receipts: Vec<(String, String)>,
    /// The file behind each link that this simulator made for a message.
    #[serde(skip)]
    digests: HashMap<String, Digest>,
}

impl Ledger {
    /// Records the file behind a link, for the message that will bring it.
    pub(crate) fn upload(&mut self, url: &str, digest: Digest) {
        self.digests.insert(url.to_owned(), digest);
    }

    pub(crate) fn say(&mut self, label: Label, lane: Lane, content: Content, after_close: bool) {
        let file = match &content {
            Content::File { url, .. } => self.digests.get(url).cloned(),
            _ => None,
        };
        let at = clock::now_ms();
        self.sent.push(Sent { label, lane, content, file, at, late: after_close, arrived: None, refused: None });
    }

    pub(crate) fn see(&mut self, lane: Lane, content: Content, system: bool) {
        let at = clock::now_ms();
        let origin = if system { Origin::System } else { self.origin(&lane, &content, at) };
        self.seen.push(Seen { lane, content, at, origin });
    }

    fn origin(&mut self, lane: &Lane, content: &Content, at: i64) -> Origin {
        let same = |sent: &Sent| sent.lane.direction == lane.direction && sent.content.matches(content);
        let open = |fits: &dyn Fn(&Sent) -> bool| {
            let fits = |sent: &Sent| sent.arrived.is_none() && same(sent) && fits(sent);
            let named = self.sent.iter().position(|sent| fits(sent) && sent.content.is_named_as(content));
            named.or_else(|| self.sent.iter().position(fits))
        };
        let own = open(&|sent| sent.lane == *lane);
        let next = || open(&|sent| sent.lane.customer == lane.customer && sent.late);
        let found = own.or_else(next);
        if let Some(sent) = found.and_then(|index| self.sent.get_mut(index)) {
            sent.arrived = Some(at);
            return Origin::Message(sent.label.clone());
        }
        if self.sent.iter().any(|sent| same(sent) && sent.lane == *lane) {
            return Origin::Again;
        }
        let other = self.sent.iter().find(|sent| same(sent));
        other.map_or(Origin::Nobody, |sent| Origin::Leaked(sent.lane.conversation.clone()))
    }

    pub(crate) fn refuse(&mut self, label: &str, reason: String) {
        match self.sent.iter_mut().find(|sent| sent.label.0 == label) {
            Some(sent) => sent.refused = Some(reason),
            None => self.faults.push(format!("message.failed names a message nobody sent: {label}")),
        }
    }

    pub(crate) fn note(&mut self, customer: &str, kind: &'static str, text: impl Into<String>) {
        let (customer, at) = (customer.to_owned(), clock::now_ms());
        self.notes.push(Note { customer, at, kind, text: text.into() });
    }

    /// The message with this label, if it counts as one for the bridge.
    pub fn message(&self, label: &Label) -> Option<&Sent> {
        self.sent.iter().find(|sent| sent.label == *label)
    }

    /// Whether the other side has seen this message.
    pub fn arrived(&self, label: &Label) -> bool {
        self.message(label).is_some_and(|sent| sent.arrived.is_some())
    }

    /// How many entries there are: it grows with each.
    pub fn size(&self) -> usize {
        let wrong = [&self.strays, &self.faults, &self.refusals, &self.undelivered].map(Vec::len);
        self.sent.len() + self.seen.len() + self.notes.len() + wrong.iter().sum::<usize>()
    }

    /// Whether each message has been seen or was given back with a reason.
    pub fn settled(&self) -> bool {
        self.sent.iter().all(|sent| sent.arrived.is_some() || sent.refused.is_some())
    }
}
