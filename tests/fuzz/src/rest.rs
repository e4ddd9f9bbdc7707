//! The REST channel: any request, and what waits for its sender.
//!
//! The first byte says whether the token is right, and which request it is.

use std::{
    collections::HashMap,
    ops::RangeInclusive,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use ponte::{
    clock::Timestamp,
    conversation::{CustomerRecord, Desk, Ending, Placement},
    lime::{Envelope, Node},
    message::{Capabilities, Content, ConversationId, CustomerKey, TicketId, contents_of, document_of},
    queue::ToHelpdeskJob,
    relay::ports::{ClosedFrom, CustomerChannel as _, NoJournal, Outgoing, Progress, Rejection, Store, StoreError},
    rest::{self, Entry, Head, Outbox, RestChannel, RestEndpoint, RestRequest},
    rotation::{Rotating, Values, ValuesSource},
};
use serde_json::Value;

use crate::{
    first,
    ports::{Kept, Still, comes_back, key, now, received},
};

const TOKEN: &str = "a-token-for-the-rest-channel";

/// `POST /webhooks/rest/webhook`, and the tracker.
pub fn rest(bytes: &[u8]) {
    let (flags, body) = first(bytes);
    let text = String::from_utf8_lossy(body);
    let queue = Arc::new(Kept::default());
    let outbox = Arc::new(Table::default());
    let endpoint = RestEndpoint {
        outbox: outbox.clone(),
        store: Arc::new(Empty),
        queue: queue.clone(),
        clock: Arc::new(Still),
        key: key(),
        helpdesk: Capabilities::everything(60_000),
        token: Rotating::new(TOKEN, |token| Ok(token.to_owned()), Arc::new(Unchanged), Arc::new(Still))
            .expect("a token"),
        hold: Duration::ZERO,
        journal: Arc::new(NoJournal),
    };
    let right = flags & 1 == 0;
    let token = if right { Some(TOKEN) } else { Some(&*text) };

    if flags & 2 != 0 {
        let tracker = now(endpoint.tracker(token, &text));
        assert!(right || matches!(tracker, Err(Rejection::Unauthorized(_))), "no token is needed");
        if let Ok(tracker) = tracker {
            assert_eq!(tracker["sender_id"].as_str(), Some(&*text));
        }
        return;
    }
    let asked = RestRequest { token, headers: &(), body, request: "request-1" };
    let answer = now(endpoint.post(&asked));
    let jobs = queue.jobs();
    if !right {
        assert!(matches!(answer, Err(Rejection::Unauthorized(_))) && jobs.is_empty(), "no token is needed");
        return;
    }
    let request: Option<rest::wire::Request> = serde_json::from_slice(body).ok();
    let Some(request) = request else { return assert!(jobs.is_empty() && answer.is_err()) };
    for job in &jobs {
        let read: ToHelpdeskJob = received(job);
        let Ok(Envelope::Message(message)) = Envelope::from_value(read.envelope) else { panic!("no message") };
        let sender = message.sender().and_then(rest::sender);
        assert_eq!(sender.as_deref(), Some(request.sender.as_str()), "another one's words");
        // What was said arrives as it was said.
        let said: String = contents_of(&message.document)
            .into_iter()
            .map(|content| if let Content::Text { text } = content { text } else { panic!("{content:?}") })
            .collect();
        assert_eq!(Some(said.trim()), request.message.as_deref().map(str::trim));
    }
    let Ok(answer) = answer else { return };
    assert_eq!(answer.body, Value::Array(Vec::new()), "nothing waits");
    told(&request, &outbox, &endpoint);
}

/// What an agent says waits for the sender, is given, and is given once.
fn told(request: &rest::wire::Request, outbox: &Arc<Table>, endpoint: &RestEndpoint) {
    let Some(words) = request.message.as_deref().filter(|words| !words.trim().is_empty()) else { return };
    let to: Node = rest::address(&request.sender).expect("it was taken");
    let channel = RestChannel { outbox: outbox.clone(), clock: Arc::new(Still), key: key() };
    let document = document_of(&Content::text(words));
    let message = Outgoing { id: Some("ponte.1".to_owned()), to: to.clone(), document };
    for _ in 0..2 {
        now(channel.send(&message)).expect("the outbox takes it");
    }
    let body = serde_json::json!({ "sender": request.sender }).to_string();
    let ask = || {
        now(endpoint.post(&RestRequest {
            token: Some(TOKEN),
            headers: &(),
            body: body.as_bytes(),
            request: "request-2",
        }))
    };
    let given = ask().expect("the same sender asks").body;
    let given: Vec<Value> = given.as_array().expect("a list").clone();
    assert!(!given.is_empty(), "what was said is lost");
    assert!(given.iter().all(|line| line["recipient_id"].as_str() == Some(&request.sender)));
    assert_eq!(ask().expect("the same sender asks").body, Value::Array(Vec::new()), "it is given twice");
    outbox.of(&CustomerKey::of(&to, &key()), |(head, entries)| {
        comes_back(head);
        entries.iter().for_each(comes_back);
    });
}

/// A token that never changes.
struct Unchanged;

#[async_trait]
impl ValuesSource for Unchanged {
    async fn fetch(&self) -> Option<Values> {
        Some(Values { current: TOKEN.to_owned(), previous: None })
    }
}

/// The table of what waits: each sender's head, and what was sent.
#[derive(Default)]
struct Table(Mutex<HashMap<CustomerKey, (Head, Vec<Entry>)>>);

impl Table {
    fn of<T>(&self, key: &CustomerKey, f: impl FnOnce(&mut (Head, Vec<Entry>)) -> T) -> T {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        f(all.entry(key.clone()).or_default())
    }
}

#[async_trait]
impl Outbox for Table {
    async fn head(&self, key: &CustomerKey, _: Timestamp) -> Result<Head, StoreError> {
        Ok(self.of(key, |(head, _)| head.clone()))
    }

    async fn put_head(&self, key: &CustomerKey, read: u64, head: &Head, _: Timestamp) -> Result<(), StoreError> {
        self.of(key, |(known, _)| {
            if known.version != read {
                return Err(StoreError::Conflict);
            }
            known.clone_from(head);
            Ok(())
        })
    }

    async fn add(
        &self,
        key: &CustomerKey,
        read: u64,
        head: &Head,
        entry: &Entry,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if self.knows(key, &entry.id, now).await? {
            return Err(StoreError::Conflict);
        }
        self.put_head(key, read, head, now).await?;
        self.of(key, |(_, entries)| entries.push(entry.clone()));
        Ok(())
    }

    async fn entries(
        &self,
        key: &CustomerKey,
        numbers: RangeInclusive<u64>,
        _: Timestamp,
    ) -> Result<Vec<Entry>, StoreError> {
        Ok(self.of(key, |(_, all)| all.iter().filter(|entry| numbers.contains(&entry.number)).cloned().collect()))
    }

    async fn knows(&self, key: &CustomerKey, id: &str, _: Timestamp) -> Result<bool, StoreError> {
        Ok(self.of(key, |(_, entries)| entries.iter().any(|entry| entry.id == id)))
    }
}

/// A conversation store without a conversation.
struct Empty;

#[async_trait]
impl Store for Empty {
    async fn conversation(&self, _: &CustomerKey, _: Timestamp) -> Result<Option<CustomerRecord>, StoreError> {
        Ok(None)
    }

    async fn claim(&self, _: &CustomerRecord, _: Option<&ConversationId>, _: Timestamp) -> Result<(), StoreError> {
        Err(StoreError::Conflict)
    }

    async fn store_ticket(
        &self,
        _: &ConversationId,
        _: &TicketId,
        _: &Placement,
        _: Timestamp,
    ) -> Result<(), StoreError> {
        Err(StoreError::Conflict)
    }

    async fn move_ticket(
        &self,
        _: &ConversationId,
        _: &TicketId,
        _: &TicketId,
        _: Timestamp,
    ) -> Result<(), StoreError> {
        Err(StoreError::Conflict)
    }

    async fn record_inbound(&self, _: &ConversationId, _: &Progress<'_>) -> Result<(), StoreError> {
        Err(StoreError::Conflict)
    }

    async fn record_outbound(&self, _: &ConversationId, _: &Progress<'_>) -> Result<(), StoreError> {
        Err(StoreError::Conflict)
    }

    async fn begin_closing(&self, _: &ConversationId, _: Timestamp, _: Ending<'_>) -> Result<(), StoreError> {
        Err(StoreError::Conflict)
    }

    async fn ask(&self, _: &ConversationId, _: Timestamp, _: Option<&str>, _: Timestamp) -> Result<(), StoreError> {
        Ok(())
    }

    async fn leave(&self, _: &ConversationId, _: Timestamp) -> Result<(), StoreError> {
        Err(StoreError::Conflict)
    }

    async fn call_back(&self, _: &ConversationId, _: Timestamp, _: Desk) -> Result<(), StoreError> {
        Err(StoreError::Conflict)
    }

    async fn left(&self, _: &ConversationId, _: Timestamp, _: (u64, u64)) -> Result<(), StoreError> {
        Err(StoreError::Conflict)
    }

    async fn close(&self, _: &ConversationId, _: Timestamp) -> Result<ClosedFrom, StoreError> {
        Err(StoreError::Conflict)
    }

    async fn conversation_of_ticket(&self, _: &TicketId, _: Timestamp) -> Result<Option<ConversationId>, StoreError> {
        Ok(None)
    }

    async fn opening_before(&self, _: &TicketId, _: Timestamp) -> Result<Option<ConversationId>, StoreError> {
        Ok(None)
    }
}
