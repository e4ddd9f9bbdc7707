//! What every helpdesk must do, tried with every adapter: the same list of behaviours, against a small server that keeps what it
//! is told as that helpdesk would.
//!
//! A new adapter is a file in `fakes/` and a line in [`FAKES`]. What a helpdesk cannot do is said there with its
//! reason, and stands in the table that the test prints:
//! `cargo test -p ponte-tests conformance -- --nocapture`.

mod behaviours;
mod fakes;
mod reopening;
mod routing;
pub(crate) mod server;
mod staffing;

use crate::every_port::EveryPort;
use std::sync::Arc;

use ponte::{
    clock::{Clock, Timestamp},
    helpdesk::{self, ClientDeps, Secrets},
    http,
    message::{AgentEventKind, ConversationId, SourceId, TicketEvents, TicketId},
    relay::ports::{Headers, Helpdesk, Rejection, Staffing, TicketRef, Unverified, WebhookVerifier},
    secret::Secret,
    settings::HelpdeskSettings,
    texts::Texts,
};
use serde_json::Value;

use behaviours::BEHAVIOURS;
use routing::{BY_NAME, RouteNames, Routed};
use server::{Answer, Call, Desk, OneFile, Server};

/// Every adapter.
const FAKES: &[Fake] = &[
    fakes::webhook::FAKE,
    fakes::zendesk::FAKE,
    fakes::zendesk_messaging::FAKE,
    fakes::intercom::FAKE,
    fakes::request_tracker::FAKE,
    fakes::chatwoot::FAKE,
    fakes::servicenow::FAKE,
    fakes::servicenow_tickets::FAKE,
    fakes::omnize::FAKE,
    fakes::helper::FAKE,
];

/// 21 November 2026, 12:00:00 UTC.
const NOW: Timestamp = Timestamp(1_795_262_400_000);
/// No header: what stands behind the endpoint's own address.
const PATH: &str = ":path";
const OPENING: &str = "0f3a9c5e7b1d4e2f8a6c0b9d7e5f3a1c-5b8e2d41f7a0";

/// One helpdesk, as its adapter meets it.
struct Fake {
    name: &'static str,
    settings: &'static str,
    credentials: &'static str,
    /// The secret that its events prove themselves with.
    secret: &'static str,
    /// What the helpdesk's API does and answers.
    answer: fn(&mut Desk, &Call) -> Answer,
    /// The headers that prove `body`, sent at `at`; [`PATH`] stands for what the address ends with.
    sign: fn(body: &str, at: Timestamp) -> Vec<(&'static str, String)>,
    /// The webhook for something that happened on ticket `1`.
    event: fn(Happening) -> Value,
    /// The header by which a 429 asks to wait 17 seconds.
    wait: (&'static str, &'static str),
    /// The calls of an opening without a route, in order.
    opens_with: &'static [&'static str],
    /// How a route names its queue and its field.
    route: RouteNames,
    /// Behaviours that it cannot have, each with the reason.
    cannot: &'static [(&'static str, &'static str)],
}

/// What happens in a helpdesk. The agent is Ana, the words are `Bom dia!`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Happening {
    /// The agent's first words, and her second.
    Says(u8),
    /// A note for colleagues only.
    Notes,
    /// What the bridge wrote itself comes back.
    Echoes,
    Takes,
    /// The ticket goes from another team to `Financeiro`.
    Moves,
    /// The ticket waits for the customer.
    Rests,
    /// The agent deletes her first words.
    Deletes,
    Closes,
    /// Something that no release knows.
    Unknown,
}

struct Fixed;

impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        NOW
    }
}

struct Map(Vec<(&'static str, String)>);

impl Headers for Map {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(header, _)| *header == name).map(|(_, value)| value.as_str())
    }
}

impl Fake {
    fn settings(&self, url: &str) -> HelpdeskSettings {
        HelpdeskSettings { name: self.name.to_owned(), url: url.to_owned(), own: self.settings.to_owned() }
    }

    /// A client that knows nothing yet, as that of a function which has just been started.
    fn client(&self, server: &Server) -> Arc<dyn Helpdesk> {
        self.client_saying(server, crate::rules::english())
    }

    /// The same with these texts for agents.
    fn client_saying(&self, server: &Server, texts: Texts) -> Arc<dyn Helpdesk> {
        let (settings, secrets, deps) = self.parts(server, texts);
        helpdesk::client(&settings, secrets, deps).unwrap()
    }

    /// What asks whether somebody is online; `None` where it does not tell.
    fn staffing(&self, server: &Server) -> Option<Arc<dyn Staffing>> {
        let (settings, secrets, deps) = self.parts(server, crate::rules::english());
        helpdesk::staffing(&settings, secrets, deps).unwrap()
    }

    /// What a client is made of.
    fn parts(&self, server: &Server, texts: Texts) -> (HelpdeskSettings, Secrets, ClientDeps) {
        let secret = |value: &str| Secret::new(value.to_owned(), Arc::new(value.to_owned()), Arc::new(Fixed));
        let means = ClientDeps {
            http: http::client("").unwrap(),
            texts: texts.into(),
            clock: Arc::new(Fixed),
            files: Arc::new(OneFile),
        };
        let secrets = Secrets { credentials: secret(self.credentials), webhook: secret(self.secret) };
        (self.settings(&server.url), secrets, means)
    }

    fn verifier(&self) -> Box<dyn WebhookVerifier> {
        helpdesk::verifier(&self.settings("http://127.0.0.1"), self.secret).unwrap()
    }

    /// What the verifier makes of `body` with these headers.
    fn through(&self, headers: Vec<(&'static str, String)>, body: &str) -> Result<Vec<TicketEvents>, Rejection> {
        let headers = Map(headers);
        let path = headers.get(PATH).unwrap_or_default();
        let request = Unverified { headers: &headers, path, body: body.as_bytes() };
        let verifier = self.verifier();
        let checked = verifier.verify(&request, NOW)?;
        verifier.events(&request, checked)
    }

    /// The ids of the events of one webhook.
    fn event_ids(&self, happening: Happening) -> Result<Vec<SourceId>, String> {
        let body = (self.event)(happening).to_string();
        let events = self.through((self.sign)(&body, NOW), &body).map_err(|error| format!("{happening:?}: {error}"))?;
        Ok(events.into_iter().flat_map(|ticket| ticket.events).map(|event| event.id).collect())
    }

    /// What an event means for the customer in the end, with what must be read of it.
    async fn told(&self, server: &Server, happening: Happening) -> Result<Vec<AgentEventKind>, String> {
        let body = (self.event)(happening).to_string();
        let events = self.through((self.sign)(&body, NOW), &body).map_err(|error| format!("{happening:?}: {error}"))?;
        let client = self.client(server);
        let mut told = Vec::new();
        for event in events.into_iter().flat_map(|ticket| ticket.events) {
            match event.kind {
                AgentEventKind::NeedsFetch => {
                    told.extend(client.read(&to(), &event.id).await.map_err(|failure| failure.to_string())?);
                }
                kind => told.push(kind),
            }
        }
        Ok(told)
    }
}

fn to() -> TicketRef {
    TicketRef { opening: ConversationId::parse(OPENING).unwrap(), ticket: TicketId::new("1") }
}

/// What the registry says of a helpdesk is what its client does.
#[tokio::test]
async fn the_registry_and_the_clients_agree_on_who_has_a_survey() {
    for fake in FAKES {
        let client = fake.client(&Server::start(fake.answer).await);
        assert_eq!(client.sends_surveys(), helpdesk::sends_surveys(fake.name), "{}", fake.name);
    }
}

#[tokio::test]
async fn every_helpdesk_does_what_every_helpdesk_must() {
    let names: Vec<&str> = FAKES.iter().map(|fake| fake.name).collect();
    let mut table = vec![format!("| | {} |", names.join(" | ")), format!("|---|{}", "---|".repeat(names.len()))];
    let (mut reasons, mut wrong) = (Vec::new(), Vec::new());
    for (behaviour, try_it) in BEHAVIOURS {
        let mut row = format!("| {behaviour} |");
        for fake in FAKES {
            let cannot = fake.cannot.iter().find(|(name, _)| name == behaviour);
            let outcome = try_it(fake).await;
            row.push_str(match (&outcome, cannot) {
                (Ok(()), None) => " yes |",
                (_, Some((_, reason))) => {
                    reasons.push(format!("{} cannot: {behaviour}. {reason}", fake.name));
                    if outcome.is_ok() {
                        wrong.push(format!("{} can: {behaviour}", fake.name));
                    }
                    " cannot |"
                }
                (Err(why), None) => {
                    wrong.push(format!("{}, {behaviour}: {why}", fake.name));
                    " **no** |"
                }
            });
        }
        table.push(row);
    }
    println!("{}\n\n{}", table.join("\n"), reasons.join("\n"));
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[tokio::test]
async fn a_helpdesk_offers_the_ports_that_its_capabilities_name() {
    let server = Server::start(FAKES[0].answer).await;
    let mut wrong = Vec::new();
    for fake in FAKES {
        let client = fake.client(&server);
        let can = client.capabilities();
        let ports = [
            ("typing", can.typing, client.presence().is_some()),
            ("receipts", can.receipts, client.receipts().is_some()),
            ("max_batch", can.max_batch > 1, client.batches().is_some()),
        ];
        wrong.extend(ports.into_iter().filter(|(_, says, has)| says != has).map(|(port, ..)| (fake.name, port)));
    }
    assert_eq!(wrong, []);
}

#[tokio::test]
async fn earlier_tickets_are_named_where_agents_do_not_see_them_by_themselves() {
    let server = Server::start(FAKES[0].answer).await;
    let mut named = Vec::new();
    for fake in FAKES {
        let client = fake.client(&server);
        if let Some(names) = client.earlier_tickets() {
            named.push((fake.name, names.ticket_name(&TicketId::new("4711")).replace(&server.url, "")));
        }
    }
    let expected = [
        ("webhook", "4711"),
        ("request-tracker", "#4711 /Ticket/Display.html?id=4711"),
        ("servicenow-tickets", "/incident.do?sys_id=4711"),
        ("omnize", "4711"),
    ];
    assert_eq!(named, expected.map(|(name, ticket)| (name, ticket.to_owned())));
}

#[test]
fn no_adapter_is_left_out_and_no_behaviour_is_misspelt() {
    let names: Vec<&str> = FAKES.iter().map(|fake| fake.name).collect();
    for name in helpdesk::NAMES {
        assert!(names.contains(name), "{name} has no line in FAKES");
    }
    for fake in FAKES {
        for (behaviour, _) in fake.cannot {
            assert!(BEHAVIOURS.iter().any(|(known, _)| known == behaviour), "{}: {behaviour}", fake.name);
        }
    }
}
