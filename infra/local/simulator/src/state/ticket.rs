//! A ticket of the custom attendance channel as Blip keeps it.

use serde_json::{Value, json};

use super::bots::OWNER_BOT;
use crate::clock;
use crate::message::Content;

/// A ticket of the custom attendance channel.
#[derive(Debug)]
pub(crate) struct Ticket {
    pub(crate) person: usize,
    /// The ledger's name of its conversation.
    pub(crate) conversation: String,
    pub(crate) status: String,
    pub(crate) agent: Option<String>,
    pub(crate) document: Value,
    /// Thread messages, oldest first.
    pub(crate) messages: Vec<Value>,
}

impl Ticket {
    pub(crate) fn ended(&self) -> bool {
        self.status.starts_with("Closed")
    }
}

/// The ticket document as it is posted (ticket-waiting.json).
pub(crate) fn waiting_document(id: &str, number: u64, identity: &str, team: Option<&str>, input: &Content) -> Value {
    let domain = identity.split_once('@').map_or("", |(_, domain)| domain);
    let (mime, value) = input.to_blip();
    let mut document = json!({
        "id": id, "sequentialId": number, "ownerIdentity": OWNER_BOT, "customerIdentity": identity,
        "customerDomain": domain, "provider": "Webhook", "status": "Waiting",
        "storageDate": clock::text(clock::now_ms()), "rating": 0, "unreadMessages": 0, "closed": false,
        "customerInput": {"type": mime, "value": value},
    });
    if let (Some(team), Some(fields)) = (team, document.as_object_mut()) {
        fields.insert("team".to_owned(), team.into());
    }
    document
}
