//! The helpdesk `request-tracker`. The fixtures' source is in `tests/fixtures/request-tracker/README.md`.

mod calls;
mod events;
mod reads;
pub(super) mod routing;
mod sweeps;

use std::sync::Arc;

use ponte::{
    clock::{Clock, Timestamp},
    helpdesk::{self, ClientDeps, request_tracker::RequestTrackerClient},
    http,
    message::{ConversationId, TicketId},
    relay::ports::{NoFiles, StoredFiles, TicketRef},
    secret::Secret,
    settings::HelpdeskSettings,
};
use serde_json::{Value, json};

use super::server::{Answer, Call, Server};

const OPENING: &str = "0f3a9c5e7b1d4e2f8a6c0b9d7e5f3a1c-5b8e2d41f7a0";
/// 21 November 2026, 08:46:30: nine seconds after the agent's reply in the fixtures.
const NOW: Timestamp = Timestamp(1_795_250_790_000);

struct Fixed;

impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        NOW
    }
}

/// A fixture, as JSON.
fn fixture(name: &str) -> Value {
    let path = format!("{}/fixtures/request-tracker/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn settings(url: &str) -> HelpdeskSettings {
    HelpdeskSettings { name: "request-tracker".into(), url: url.to_owned(), own: "{}".into() }
}

fn secret(value: &str) -> Secret {
    Secret::new(value.to_owned(), Arc::new(value.to_owned()), Arc::new(Fixed))
}

fn means() -> ClientDeps {
    let texts = crate::rules::english();
    ClientDeps {
        http: http::client("").unwrap(),
        texts: texts.into(),
        clock: Arc::new(Fixed),
        files: Arc::new(NoFiles),
    }
}

fn client(other_side: &Server) -> RequestTrackerClient {
    client_with(other_side, Arc::new(NoFiles))
}

fn client_with(other_side: &Server, files: Arc<dyn StoredFiles>) -> RequestTrackerClient {
    let url = format!("{}/rt/", other_side.url);
    let means = ClientDeps { files, ..means() };
    let capabilities = helpdesk::capabilities(&settings(&url)).unwrap();
    RequestTrackerClient::new(&url, "{}", secret("1-31-test"), means, capabilities).unwrap()
}

fn to() -> TicketRef {
    TicketRef { opening: ConversationId::parse(OPENING).unwrap(), ticket: TicketId::new("4") }
}

fn answers(bodies: &[(u16, Value)]) -> Server {
    Server::new(bodies.iter().cloned().map(Answer::from).collect())
}

/// The ticket of the fixtures; `fields` replace its own.
fn ticket(fields: &Value) -> (u16, Value) {
    let mut ticket = fixture("ticket-4-resolved");
    ticket.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    (200, ticket)
}

fn list(items: &[Value]) -> (u16, Value) {
    (200, json!({ "items": items, "count": items.len(), "page": 1, "per_page": 20, "total": null, "pages": null }))
}

/// The calls, each a line, below `/rt/REST/2.0/`.
fn lines(calls: &[Call]) -> Vec<String> {
    for call in calls {
        assert_eq!(call.header("authorization"), Some("token 1-31-test"));
    }
    calls.iter().map(|call| call.line().replace("/rt/REST/2.0/", "")).collect()
}

/// A value of a call's query, decoded.
fn query(call: &Call, name: &str) -> Option<String> {
    let url = reqwest::Url::parse(&format!("http://x{}", call.path)).unwrap();
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}
