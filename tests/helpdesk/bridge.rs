//! What the tests of an adapter put together: a client on a server that answers what it is told to, and events as lines.

use std::{collections::HashMap, sync::Arc};

use ponte::{
    clock::{Clock, Timestamp},
    helpdesk::{self, ClientDeps, Secrets},
    http,
    lime::Identity,
    message::{AgentEvent, AgentEventKind, Content, ConversationId, TicketEvents, TicketId},
    relay::ports::{
        Author, CustomerMessage, EventPoller, Headers, Helpdesk, Line, NewConversation, NoFiles, Origin, Profile,
        Rejection, StoredFiles, TicketRef, Unverified, WebhookVerifier,
    },
    secret::Secret,
    settings::HelpdeskSettings,
};
use serde_json::Value;
use service_rules::{Language, Priority, Route};

pub(super) use crate::conformance::server::{FILE, OneFile};

use super::server::{Answer, Call, Server};

pub(super) const OPENING: &str = "0f3a9c5e7b1d4e2f8a6c0b9d7e5f3a1c-5b8e2d41f7a0";
pub(super) const CUSTOMER: &str = "c41d8a07e2b95f3664d0a9c8b7e1f250";
/// 20 November 2026, 12:00:00 UTC.
pub(super) const NOW: Timestamp = Timestamp(1_795_176_000_000);

struct Fixed;

impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        NOW
    }
}

/// A fixture, as JSON.
pub(super) fn fixture(folder: &str, name: &str) -> Value {
    let path = format!("{}/fixtures/{folder}/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// One adapter, as the tests set it up.
pub(super) struct Adapter {
    pub name: &'static str,
    pub own: &'static str,
    pub credentials: &'static str,
    pub secret: &'static str,
    /// What its paths begin with, left out in [`lines`].
    pub below: &'static str,
}

impl Adapter {
    fn settings(&self, url: &str) -> HelpdeskSettings {
        HelpdeskSettings { name: self.name.to_owned(), url: url.to_owned(), own: self.own.to_owned() }
    }

    fn secrets(&self) -> Secrets {
        let secret = |value: &str| Secret::new(value.to_owned(), Arc::new(value.to_owned()), Arc::new(Fixed));
        Secrets { credentials: secret(self.credentials), webhook: secret(self.secret) }
    }

    fn means(files: Arc<dyn StoredFiles>) -> ClientDeps {
        let texts = crate::rules::english();
        ClientDeps { http: http::client("").unwrap(), texts: texts.into(), clock: Arc::new(Fixed), files }
    }

    /// A client that knows nothing yet.
    pub(super) fn client(&self, server: &Server) -> Arc<dyn Helpdesk> {
        self.client_with(server, Arc::new(NoFiles))
    }

    pub(super) fn client_with(&self, server: &Server, files: Arc<dyn StoredFiles>) -> Arc<dyn Helpdesk> {
        helpdesk::client(&self.settings(&server.url), self.secrets(), Self::means(files)).unwrap()
    }

    pub(super) fn sweep(&self, server: &Server) -> Arc<dyn EventPoller> {
        let means = Self::means(Arc::new(NoFiles));
        helpdesk::poller(&self.settings(&server.url), self.secrets(), means).unwrap().unwrap()
    }

    pub(super) fn verifier(&self) -> Box<dyn WebhookVerifier> {
        helpdesk::verifier(&self.settings(""), self.secret).unwrap()
    }

    /// What the verifier makes of a body that came with these headers to this path.
    pub(super) fn through(
        &self,
        headers: &[(&str, String)],
        path: &str,
        body: &str,
    ) -> Result<Vec<TicketEvents>, Rejection> {
        let headers = self::headers(headers);
        let request = Unverified { headers: &headers, path, body: body.as_bytes() };
        let verifier = self.verifier();
        let checked = verifier.verify(&request, NOW)?;
        verifier.events(&request, checked)
    }

    /// The calls, each a line, below the adapter's own path.
    pub(super) fn lines(&self, calls: &[Call]) -> Vec<String> {
        calls.iter().map(|call| call.line().replacen(self.below, "", 1)).collect()
    }
}

struct Map(HashMap<String, String>);

impl Headers for Map {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

pub(super) fn answers(bodies: &[(u16, Value)]) -> Server {
    Server::new(bodies.iter().cloned().map(Answer::from).collect())
}

pub(super) fn to(ticket: &str) -> TicketRef {
    TicketRef { opening: ConversationId::parse(OPENING).unwrap(), ticket: TicketId::new(ticket) }
}

/// An opening with everything in it.
pub(super) fn opening() -> NewConversation {
    let line = |author, text: &str| Line { author, text: text.to_owned(), at: Some("2026-11-20T11:58:00.000Z".into()) };
    NewConversation {
        id: to("").opening,
        customer: CUSTOMER.to_owned(),
        profile: Profile {
            name: Some("Maria".into()),
            phone: Some("+5531".into()),
            email: Some("maria@customers.test.invalid".into()),
            identity: Identity::parse("5531999990000@wa.gw.msging.net").ok(),
            ..Profile::default()
        },
        profile_known: true,
        channel: "whatsapp".to_owned(),
        origin: Origin { mode: "router", bot: None, blip_ticket: None, referral: None },
        transcript: Some(vec![line(Author::Bot, "Olá!"), line(Author::Customer, "quero falar com alguém")]),
        at: NOW,
        // The language of the stack, so that nothing is decided.
        route: Route { language: Language::English, ..Route::default() },
        route_notes: Vec::new(),
        previous: None,
    }
}

/// An opening at `at` of a customer whose name has lines and blanks, who said `words` to the bot at `said_at` (RFC 3339), without a route.
pub(super) fn opening_of(words: &str, said_at: &str, at: Timestamp) -> NewConversation {
    let opening = opening();
    let line = |author, text: &str| Line { author, text: text.to_owned(), at: Some(said_at.to_owned()) };
    NewConversation {
        profile: Profile { name: Some("Maria\nda  Silva".into()), ..opening.profile },
        transcript: Some(vec![line(Author::Bot, "Olá!"), line(Author::Customer, words)]),
        at,
        route: Route::default(),
        ..opening
    }
}

/// [`opening`] with every part of a route. Each test changes what it needs.
pub(super) fn routed() -> NewConversation {
    let text = |text: &str| Some(text.to_owned());
    let route = Route {
        queue: text("Financeiro"),
        agent: text("ana@example.com"),
        skills: vec!["cobranca".to_owned()],
        priority: Some(Priority::High),
        tags: vec!["boleto".to_owned(), "vip".to_owned()],
        fields: [("Contrato".to_owned(), "77-1020".to_owned())].into(),
        subject: text("Segunda via"),
        ticket_type: text("inquiry"),
        brand: text("loja"),
        form: text("cobranca"),
        ..Route::default()
    };
    NewConversation { route, route_notes: vec!["Queue: Financeiro.".to_owned()], ..opening() }
}

pub(super) fn message(id: &str, content: Content) -> CustomerMessage {
    CustomerMessage { id: id.to_owned(), content, at: NOW, late: false, may_be_duplicate: false }
}

pub(super) fn text(id: &str) -> CustomerMessage {
    message(id, Content::text(format!("words of {id}")))
}

pub(super) fn file(id: &str, caption: Option<&str>) -> CustomerMessage {
    let content = Content::File {
        url: FILE.to_owned(),
        name: Some("conta.pdf".to_owned()),
        mime: Some("application/pdf".to_owned()),
        size: Some(8),
        caption: caption.map(str::to_owned),
    };
    message(id, content)
}

/// What an event tells, as a line.
pub(super) fn line(kind: &AgentEventKind) -> String {
    match kind {
        AgentEventKind::Message { contents, agent } => {
            let contents: Vec<String> = contents.iter().map(|c| serde_json::to_string(c).unwrap()).collect();
            let agent = agent.as_ref().and_then(|agent| agent.name.clone()).unwrap_or_else(|| "?".to_owned());
            format!("{agent} says {}", contents.join(" "))
        }
        AgentEventKind::Assigned { agent } => format!("given to {}", agent.name.as_deref().unwrap_or("?")),
        AgentEventKind::Merged { into } => format!("merged into {}", into.as_str()),
        AgentEventKind::Closed { service: None } => "closed".to_owned(),
        AgentEventKind::Closed { service: Some(service) } => format!("closed for {service}"),
        AgentEventKind::NeedsFetch => "to be read".to_owned(),
        AgentEventKind::Typing { on } => format!("typing {on}"),
        AgentEventKind::Transferred { queue, unassigned, by } => {
            let queue =
                queue.as_ref().map(|queue| [&queue.id, &queue.name].into_iter().flatten().cloned().collect::<Vec<_>>());
            let mut line = format!("transferred to {}", queue.unwrap_or_default().join(" "));
            line.push_str(if *unassigned { ", unassigned" } else { "" });
            line.push_str(if by.is_some() { ", by an agent" } else { "" });
            line
        }
        AgentEventKind::Queued { position } => format!("place {position}"),
        AgentEventKind::OnHold { on } => format!("on hold {on}"),
        AgentEventKind::Survey { contents } => {
            let contents: Vec<String> = contents.iter().map(|c| serde_json::to_string(c).unwrap()).collect();
            format!("survey {}", contents.join(" "))
        }
        AgentEventKind::Withdrawn { message, partly } => {
            format!("withdrawn {}{}", message.as_str(), if *partly { " partly" } else { "" })
        }
    }
}

/// The events, each a line: ticket, id, and what it tells.
pub(super) fn told(tickets: &[TicketEvents]) -> Vec<String> {
    let lines = |tickets: &TicketEvents| {
        let ticket = tickets.ticket.as_str().to_owned();
        let line = move |AgentEvent { id, kind }: &AgentEvent| format!("{ticket} {} {}", id.as_str(), line(kind));
        tickets.events.iter().map(line).collect::<Vec<_>>()
    };
    tickets.iter().flat_map(lines).collect()
}

/// What was read, each a line.
pub(super) fn read(kinds: &[AgentEventKind]) -> Vec<String> {
    kinds.iter().map(line).collect()
}

/// The headers of a request.
pub(super) fn headers(headers: &[(&str, String)]) -> impl Headers + use<> {
    Map(headers.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect())
}
