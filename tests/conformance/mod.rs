//! What every helpdesk must do, tried with every adapter: the same list of behaviours, against a small server that keeps what it
//! is told as that helpdesk would.
//!
//! A new adapter is a file in `specimens/` and a line in [`SPECIMENS`]. What a helpdesk cannot do is said there with its
//! reason, and stands in the table that the test prints:
//! `cargo test -p ponte-tests conformance -- --nocapture`.

mod behaviours;
pub(crate) mod far;
mod routing;
mod specimens;

use crate::every_port::EveryPort;
use std::sync::Arc;

use ponte::{
    clock::{Clock, Timestamp},
    helpdesk::{self, ClientDeps, Secrets},
    http,
    message::{AgentEventKind, ConversationId, TicketEvents, TicketId},
    relay::ports::{Headers, Helpdesk, Rejection, TicketRef, Unverified, WebhookVerifier},
    secret::Secret,
    settings::HelpdeskSettings,
};
use serde_json::Value;

use behaviours::BEHAVIOURS;
use far::{Answer, Call, Desk, Far, OneFile};
use routing::{BY_NAME, RouteNames, Routed};

/// Every adapter.
const SPECIMENS: &[Specimen] = &[
    specimens::webhook::SPECIMEN,
    specimens::zendesk::SPECIMEN,
    specimens::zendesk_messaging::SPECIMEN,
    specimens::intercom::SPECIMEN,
    specimens::request_tracker::SPECIMEN,
    specimens::chatwoot::SPECIMEN,
    specimens::servicenow::SPECIMEN,
    specimens::servicenow_tickets::SPECIMEN,
    specimens::omnize::SPECIMEN,
    specimens::helper::SPECIMEN,
];

/// 21 November 2026, 12:00:00 UTC.
const NOW: Timestamp = Timestamp(1_795_262_400_000);
/// No header: what stands behind the door's own address.
const PATH: &str = ":path";
const OPENING: &str = "0f3a9c5e7b1d4e2f8a6c0b9d7e5f3a1c-5b8e2d41f7a0";

/// One helpdesk, as its adapter meets it.
struct Specimen {
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

impl Specimen {
    fn settings(&self, url: &str) -> HelpdeskSettings {
        HelpdeskSettings { name: self.name.to_owned(), url: url.to_owned(), own: self.settings.to_owned() }
    }

    /// A client that knows nothing yet, as that of a function which has just been started.
    fn client(&self, far: &Far) -> Arc<dyn Helpdesk> {
        let secret = |value: &str| Secret::new(value.to_owned(), Arc::new(value.to_owned()), Arc::new(Fixed));
        let texts = crate::rules::english();
        let means =
            ClientDeps { http: http::client("").unwrap(), texts, clock: Arc::new(Fixed), files: Arc::new(OneFile) };
        let secrets = Secrets { credentials: secret(self.credentials), webhook: secret(self.secret) };
        helpdesk::client(&self.settings(&far.url), secrets, means).unwrap()
    }

    fn door(&self) -> Box<dyn WebhookVerifier> {
        helpdesk::verifier(&self.settings("http://127.0.0.1"), self.secret).unwrap()
    }

    /// What the door makes of `body` with these headers.
    fn through(&self, headers: Vec<(&'static str, String)>, body: &str) -> Result<Vec<TicketEvents>, Rejection> {
        let headers = Map(headers);
        let path = headers.get(PATH).unwrap_or_default();
        let request = Unverified { headers: &headers, path, body: body.as_bytes() };
        let door = self.door();
        let verified = door.verify(&request, NOW)?;
        door.events(&request, verified)
    }

    /// What an event means for the customer in the end, with what must be read of it.
    async fn told(&self, far: &Far, happening: Happening) -> Result<Vec<AgentEventKind>, String> {
        let body = (self.event)(happening).to_string();
        let events = self.through((self.sign)(&body, NOW), &body).map_err(|error| format!("{happening:?}: {error}"))?;
        let client = self.client(far);
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

#[tokio::test]
async fn every_helpdesk_does_what_every_helpdesk_must() {
    let names: Vec<&str> = SPECIMENS.iter().map(|specimen| specimen.name).collect();
    let mut table = vec![format!("| | {} |", names.join(" | ")), format!("|---|{}", "---|".repeat(names.len()))];
    let (mut reasons, mut wrong) = (Vec::new(), Vec::new());
    for (behaviour, try_it) in BEHAVIOURS {
        let mut row = format!("| {behaviour} |");
        for specimen in SPECIMENS {
            let cannot = specimen.cannot.iter().find(|(name, _)| name == behaviour);
            let outcome = try_it(specimen).await;
            row.push_str(match (&outcome, cannot) {
                (Ok(()), None) => " yes |",
                (_, Some((_, reason))) => {
                    reasons.push(format!("{} cannot: {behaviour}. {reason}", specimen.name));
                    if outcome.is_ok() {
                        wrong.push(format!("{} can: {behaviour}", specimen.name));
                    }
                    " cannot |"
                }
                (Err(why), None) => {
                    wrong.push(format!("{}, {behaviour}: {why}", specimen.name));
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
    let far = Far::start(SPECIMENS[0].answer).await;
    let mut wrong = Vec::new();
    for specimen in SPECIMENS {
        let client = specimen.client(&far);
        let can = client.capabilities();
        let ports = [
            ("typing", can.typing, client.presence().is_some()),
            ("receipts", can.receipts, client.receipts().is_some()),
            ("max_batch", can.max_batch > 1, client.batches().is_some()),
        ];
        wrong.extend(ports.into_iter().filter(|(_, says, has)| says != has).map(|(port, ..)| (specimen.name, port)));
    }
    assert_eq!(wrong, []);
}

#[test]
fn no_adapter_is_left_out_and_no_behaviour_is_misspelt() {
    let names: Vec<&str> = SPECIMENS.iter().map(|specimen| specimen.name).collect();
    for name in helpdesk::NAMES {
        assert!(names.contains(name), "{name} has no line in SPECIMENS");
    }
    for specimen in SPECIMENS {
        for (behaviour, _) in specimen.cannot {
            assert!(BEHAVIOURS.iter().any(|(known, _)| known == behaviour), "{}: {behaviour}", specimen.name);
        }
    }
}
