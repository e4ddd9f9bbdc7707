//! One stack in memory: jobs go in, records of its queues are worked, and what came out is looked at.

use std::{sync::Arc, time::Duration};

use ponte::{
    clock::Clock,
    conversation::CustomerRecord,
    hash::HashKey,
    lime::Node,
    message::{Agent, AgentEvent, AgentEventKind, Content, ConversationId, CustomerKey, MEGABYTE, SourceId, TicketId},
    queue::{Job, Record, ToCustomerJob, VERSION},
    relay::{
        CloseTicket, Deadline, ToCustomer, ToHelpdesk, Worker,
        accept::{self, Accepted},
        ports::{CustomerChannel, FixedRules, Helpdesk as _, Rejection, Rules},
        work,
    },
};
use serde_json::{Value, json};

use crate::rules::{COURSE, silent};
use service_rules::ServiceRules;

use super::{
    blip::MemoryBlip,
    helpdesk::{MemoryHelpdesk, Told},
    ports::{HandClock, MemoryFiles, MemoryJournal, MemoryQueue, MemoryStore, text},
    waits::MemoryWaits,
};

pub(crate) const ROUTER: &str = "f1a26d54@tunnel.msging.net";
/// The largest file that is passed on.
const FILE_LIMIT: u64 = 25 * MEGABYTE;
pub(crate) const DESK: &str = "ba11b95c@desk.msging.net/Webhook";

pub(crate) struct World {
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) queue: Arc<MemoryQueue>,
    pub(crate) blip: Arc<MemoryBlip>,
    /// What the workers take for Blip, where it is not that alone.
    pub(crate) channels: Option<Arc<dyn CustomerChannel>>,
    pub(crate) helpdesk: Arc<MemoryHelpdesk>,
    pub(crate) files: Arc<MemoryFiles>,
    pub(crate) clock: Arc<HandClock>,
    pub(crate) key: HashKey,
    pub(crate) rules: Arc<dyn Rules>,
    pub(crate) waits: Arc<MemoryWaits>,
    pub(crate) journal: Arc<MemoryJournal>,
    /// How long a function may take.
    pub(crate) limit: Duration,
    /// Whether `to-helpdesk` knows that the router's key is given.
    pub(crate) calls_back: bool,
}

impl World {
    /// A stack without texts of its own, so that only what people said is seen.
    pub(crate) fn new() -> Self {
        Self::with(silent(&COURSE))
    }

    pub(crate) fn with(rules: ServiceRules) -> Self {
        Self {
            store: Arc::default(),
            queue: Arc::default(),
            blip: Arc::default(),
            channels: None,
            helpdesk: Arc::default(),
            files: Arc::default(),
            clock: Arc::new(HandClock::new()),
            key: HashKey::new(b"test"),
            rules: Arc::new(FixedRules(Arc::new(rules))),
            waits: Arc::default(),
            journal: Arc::default(),
            limit: Duration::from_secs(30),
            calls_back: false,
        }
    }

    fn customers(&self) -> Arc<dyn CustomerChannel> {
        self.channels.clone().unwrap_or_else(|| self.blip.clone())
    }

    fn deadline(&self) -> Deadline {
        Deadline(self.clock.now().plus(self.limit))
    }

    /// A request at Blip's endpoint.
    pub(crate) async fn blip_endpoint(&self, token: Option<&str>, body: &[u8]) -> Result<Accepted, Rejection> {
        let body = ponte::blip::verify(token, "token", body)?;
        accept::from_blip(body, &*self.queue, &*self.clock, &self.key, self.helpdesk.capabilities()).await
    }

    /// What the endpoint makes of an envelope.
    pub(crate) async fn job(&self, envelope: &Value) -> Job {
        let body = envelope.to_string();
        self.blip_endpoint(Some("token"), body.as_bytes()).await.unwrap();
        self.queue.sent.lock().unwrap().pop().unwrap()
    }

    pub(crate) async fn customer_record(&self, envelope: &Value, attempts: u32) -> Record {
        record(&self.job(envelope).await, attempts)
    }

    /// The customer's envelopes arrive as one batch. Returns the records that come again.
    pub(crate) async fn customer(&self, envelopes: &[Value]) -> Vec<String> {
        let mut records = Vec::new();
        for envelope in envelopes {
            records.push(self.customer_record(envelope, 1).await);
        }
        self.to_helpdesk(records).await
    }

    pub(crate) async fn to_helpdesk(&self, records: Vec<Record>) -> Vec<String> {
        let worker = ToHelpdesk {
            store: self.store.clone(),
            channel: self.customers(),
            helpdesk: self.helpdesk.clone(),
            name: "memory".to_owned(),
            queue: self.queue.clone(),
            files: self.files.clone(),
            clock: self.clock.clone(),
            key: self.key.clone(),
            rules: self.rules.clone(),
            waits: self.waits.clone(),
            journal: self.journal.clone(),
            file_limit: FILE_LIMIT,
            calls_back: self.calls_back,
        };
        self.work(&worker, records).await
    }

    /// Events of one ticket arrive, each as a job of its own. Returns the records that come again.
    pub(crate) async fn agent(&self, ticket: &str, events: impl IntoIterator<Item = AgentEvent>) -> Vec<String> {
        let records = events.into_iter().map(|event| self.agent_record(ticket, event, 1)).collect();
        self.to_blip(records).await
    }

    pub(crate) fn agent_record(&self, ticket: &str, event: AgentEvent, attempts: u32) -> Record {
        self.agent_job(ticket, event, attempts, false)
    }

    /// An event that a look found.
    pub(crate) fn polled_record(&self, ticket: &str, event: AgentEvent) -> Record {
        self.agent_job(ticket, event, 1, true)
    }

    fn agent_job(&self, ticket: &str, event: AgentEvent, attempts: u32, polled: bool) -> Record {
        let job = ToCustomerJob {
            v: VERSION,
            replayed: false,
            polled,
            received_at: self.clock.now(),
            ticket: TicketId::new(ticket),
            opening: None,
            events: vec![event],
        };
        record(&job.addressed("memory", &self.key), attempts)
    }

    pub(crate) async fn to_blip(&self, records: Vec<Record>) -> Vec<String> {
        let worker = ToCustomer {
            store: self.store.clone(),
            queue: self.queue.clone(),
            channel: self.customers(),
            helpdesk: self.helpdesk.clone(),
            files: self.files.clone(),
            clock: self.clock.clone(),
            key: self.key.clone(),
            rules: self.rules.clone(),
            waits: self.waits.clone(),
            close_delay: Duration::from_secs(10),
            journal: self.journal.clone(),
            file_limit: FILE_LIMIT,
        };
        self.work(&worker, records).await
    }

    /// Works every close that was handed on.
    pub(crate) async fn closes(&self, attempts: u32) -> Vec<String> {
        let jobs = std::mem::take(&mut *self.queue.sent.lock().unwrap());
        let worker = CloseTicket {
            store: self.store.clone(),
            channel: self.customers(),
            helpdesk: self.helpdesk.clone(),
            clock: self.clock.clone(),
            rules: self.rules.clone(),
            journal: self.journal.clone(),
        };
        self.work(&worker, jobs.iter().map(|job| record(job, attempts)).collect()).await
    }

    async fn work(&self, worker: &dyn Worker, records: Vec<Record>) -> Vec<String> {
        work(worker, &*self.queue, &*self.clock, records, self.deadline()).await
    }

    /// The words that the helpdesk was told, `late` ones marked.
    pub(crate) fn said(&self) -> Vec<String> {
        let told = self.helpdesk.told.lock().unwrap();
        told.iter()
            .filter_map(|told| match told {
                Told::Said { ticket, content: Content::Text { text }, late } => {
                    Some(format!("{ticket} {text}{}", if *late { " (late)" } else { "" }))
                }
                _ => None,
            })
            .collect()
    }

    /// What Blip took, in words; a redirect as `->`.
    pub(crate) fn sent(&self) -> Vec<String> {
        let sent = self.blip.sent.lock().unwrap();
        sent.iter()
            .map(|message| match &message.document {
                ponte::lime::Document::Redirect(to) => format!("-> {}", to.address.as_deref().unwrap_or("main bot")),
                ponte::lime::Document::ChatState(state) => format!("({})", state.state),
                document => text(document),
            })
            .collect()
    }

    /// The notifications that Blip took.
    pub(crate) fn notified(&self) -> Vec<String> {
        let notified = self.blip.notified.lock().unwrap();
        let line = |n: &ponte::lime::Notification| {
            let code = n.reason.as_ref().and_then(|reason| reason.code).map(|code| format!(" {code}"));
            let id = n.header.id.as_deref().unwrap_or_default();
            format!("{}{} {id}", n.event.as_str(), code.unwrap_or_default())
        };
        notified.iter().map(line).collect()
    }

    pub(crate) fn told(&self) -> Vec<Told> {
        self.helpdesk.told.lock().unwrap().clone()
    }

    pub(crate) fn conversation(&self, address: &str) -> Option<CustomerRecord> {
        let key = CustomerKey::of(&Node::parse(address).unwrap(), &self.key);
        self.store.kept.get(&key)
    }

    pub(crate) fn opening(&self, address: &str) -> ConversationId {
        self.conversation(address).unwrap().opening
    }
}

/// A stack in which a conversation is open.
pub(crate) async fn open() -> World {
    let world = World::new();
    world.customer(&[words(ROUTER, "0", "oi")]).await;
    world
}

pub(crate) fn record(job: &Job, attempts: u32) -> Record {
    Record {
        id: job.deduplication.clone(),
        receipt: "receipt".into(),
        group: job.group.clone(),
        attempts,
        body: job.body.clone(),
    }
}

pub(crate) fn words(from: &str, id: &str, text: &str) -> Value {
    json!({ "id": id, "from": from, "to": "bridge@msging.net", "type": "text/plain", "content": text })
}

pub(crate) fn ticket(status: &str, input: Option<&str>) -> Value {
    let input = input.map_or(json!({}), |text| json!({ "type": "text/plain", "value": text }));
    json!({
        "id": format!("Ticket:ba11b95c:{status}"), "from": DESK, "type": "application/vnd.iris.ticket+json",
        "content": {
            "id": "ba11b95c", "status": status, "provider": "Webhook", "ownerIdentity": "bot@msging.net",
            "customerIdentity": "553199990001@wa.gw.msging.net", "customerInput": input,
        },
    })
}

pub(crate) fn says(id: &str, text: &str) -> AgentEvent {
    AgentEvent {
        id: SourceId::new(id),
        kind: AgentEventKind::Message { contents: vec![Content::text(text)], agent: None },
    }
}

pub(crate) fn takes(id: &str, name: &str) -> AgentEvent {
    AgentEvent {
        id: SourceId::new(id),
        kind: AgentEventKind::Assigned { agent: Agent { id: None, name: Some(name.into()) } },
    }
}

pub(crate) fn closes(id: &str, service: Option<&str>) -> AgentEvent {
    AgentEvent { id: SourceId::new(id), kind: AgentEventKind::Closed { service: service.map(str::to_owned) } }
}
