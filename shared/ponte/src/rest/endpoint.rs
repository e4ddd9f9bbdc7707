//! The endpoint of the REST channel: takes what a customer says, and gives what waits for that customer.
//!
//! Called by the function `rest-channel`. A request that cannot be kept is answered with 503 and gives nothing, so that the client
//! sends it again whole.

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};

use super::{
    Outbox, address, mapping, reading,
    wire::{Answer as Line, Request},
};
use crate::{
    clock::Clock,
    conversation::State,
    hash::HashKey,
    message::{Capabilities, CustomerKey},
    relay::{
        accept::{self, Accepted},
        body,
        ports::{Headers, Journal, Queue, Rejection, Store, StoreError, Verified},
    },
    rotation::Rotating,
    secret::same,
};

/// How often the outbox is looked into while a request is held.
const LOOK: Duration = Duration::from_millis(500);
/// How often a write is tried that others are quicker with.
const TRIES: usize = 5;

/// The use case of the REST channel: takes a customer's text, and answers with what waits.
#[allow(missing_debug_implementations, reason = "it holds ports")]
pub struct RestEndpoint {
    pub outbox: Arc<dyn Outbox>,
    pub store: Arc<dyn Store>,
    pub queue: Arc<dyn Queue>,
    pub clock: Arc<dyn Clock>,
    pub key: HashKey,
    /// What the helpdesk can show of presence.
    pub helpdesk: Capabilities,
    /// The token that a client has to present.
    pub token: Rotating<String>,
    /// How long a request is held for which nothing waits.
    pub hold: Duration,
    /// Where the first step of a message goes.
    pub journal: Arc<dyn Journal>,
}

/// A request, as far as this endpoint reads it.
#[derive(Clone, Copy)]
#[allow(missing_debug_implementations, reason = "it holds what a customer said, and a token")]
pub struct RestRequest<'a> {
    /// The query's `token`, or what follows `Bearer ` in `Authorization`.
    pub token: Option<&'a str>,
    pub headers: &'a dyn Headers,
    pub body: &'a [u8],
    /// What names a message that the client does not name: no two requests have the same.
    pub request: &'a str,
}

/// The answer to a request of the REST channel.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    pub body: Value,
    /// The newest that this answer holds, or what the request named.
    pub cursor: String,
}

impl RestEndpoint {
    async fn verify(&self, token: Option<&str>) -> Result<(), Rejection> {
        let presented = token.unwrap_or_default().trim();
        let check = |token: &String| {
            if same(presented, token.trim()) {
                Ok(())
            } else {
                Err(Rejection::Unauthorized("the token does not match"))
            }
        };
        self.token.admit(check).await.map(|_| ())
    }

    /// `POST /webhooks/rest/webhook`.
    pub async fn post(&self, asked: &RestRequest<'_>) -> Result<Answer, Rejection> {
        self.verify(asked.token).await?;
        body::written_plainly(asked.headers)?;
        body::within_limits(asked.body)?;
        let request: Request = serde_json::from_slice(asked.body)
            .map_err(|_| Rejection::Malformed("the body is no JSON object with `sender`"))?;
        let from = address(&request.sender).ok_or(Rejection::Unprocessable("`sender` is empty or too long"))?;
        let cursor = request.cursor.as_ref().map(cursor).transpose()?;
        if let Some(words) = request.message.as_deref().filter(|words| !words.trim().is_empty()) {
            let id = request.message_id.as_deref().filter(|id| !id.trim().is_empty()).unwrap_or(asked.request);
            let id = mapping::source_id(id);
            let envelope = mapping::envelope(from.as_str(), id.as_str(), words).to_string();
            let body = Verified(envelope.as_bytes());
            let accepted = accept::named(body, Some(id), &*self.queue, &*self.clock, &self.key, &self.helpdesk).await?;
            if let Accepted::Queued(steps) = accepted {
                for step in steps {
                    self.journal.step(step);
                }
            }
        }
        let key = CustomerKey::of(&from, &self.key);
        let begun = self.clock.now();
        loop {
            let answer = self.give(&key, &request.sender, cursor).await.map_err(|_| Rejection::NotStored)?;
            let empty = answer.body.as_array().is_none_or(Vec::is_empty);
            if !empty || self.clock.now().since(begun) >= self.hold {
                return Ok(answer);
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// What waits, as much as one answer holds. Without a cursor it is given once, and is gone if the answer is lost; with one, what
    /// the client has is not given again.
    async fn give(&self, key: &CustomerKey, sender: &str, cursor: Option<u64>) -> Result<Answer, StoreError> {
        for _ in 0..TRIES {
            let now = self.clock.now();
            let mut head = self.outbox.head(key, now).await?;
            let (read, from) = (head.version, head.after(cursor));
            let waiting = reading::after(&*self.outbox, key, &head, from, now).await?;
            let newest = waiting.last().map_or(from, |entry| entry.number);
            let lines = waiting.iter().flat_map(|entry| {
                entry.items.iter().map(|item| {
                    let line = Line { recipient_id: sender, item, cursor: entry.number.to_string() };
                    serde_json::to_value(line).unwrap_or_default()
                })
            });
            let answer = Answer { body: Value::Array(lines.collect()), cursor: newest.to_string() };
            if head.give(if cursor.is_some() { from } else { newest }, now) {
                match self.outbox.put_head(key, read, &head, now).await {
                    Err(StoreError::Conflict) => continue,
                    outcome => outcome?,
                }
            }
            return Ok(answer);
        }
        Err(StoreError::Conflict)
    }

    /// `GET /conversations/{sender}/tracker`: the state of a conversation in Rasa's shape, as far as it has one here. Its slots say
    /// whether the conversation is open and who is there; its events are what was sent within a day, the newest of it.
    pub async fn tracker(&self, token: Option<&str>, sender: &str) -> Result<Value, Rejection> {
        self.verify(token).await?;
        let address = address(sender).ok_or(Rejection::Unprocessable("`sender` is empty or too long"))?;
        let key = CustomerKey::of(&address, &self.key);
        let now = self.clock.now();
        let read = async {
            let head = self.outbox.head(&key, now).await?;
            let sent = reading::newest(&*self.outbox, &key, &head, now).await?;
            Ok::<_, StoreError>((sent, self.store.conversation(&key, now).await?))
        };
        let (sent, conversation) = read.await.map_err(|_| Rejection::NotStored)?;
        let open = conversation.as_ref().is_some_and(|one| !matches!(one.state, State::Closed { .. }));
        let agent = conversation.as_ref().filter(|_| open).and_then(|one| one.agent.clone());
        let events = sent.iter().flat_map(|entry| &entry.items).map(|item| {
            json!({ "event": "bot", "text": item.text, "data": {
                "buttons": item.buttons, "image": item.image, "attachment": item.attachment, "custom": item.custom,
            } })
        });
        Ok(json!({
            "conversation_id": sender,
            "sender_id": sender,
            "slots": { "ponte_open": open, "ponte_agent": agent },
            "paused": open,
            "events": events.collect::<Vec<_>>(),
            "latest_input_channel": "rest",
        }))
    }
}

/// A cursor is a number, or the same as text.
fn cursor(value: &Value) -> Result<u64, Rejection> {
    let number = value.as_u64().or_else(|| value.as_str()?.trim().parse().ok());
    number.ok_or(Rejection::Unprocessable("`cursor` is none of ours"))
}
