//! The helpdesk `zendesk`. The fixtures' sources are in `tests/fixtures/zendesk/README.md`.

mod calls;
mod events;
mod oauth;
mod reads;
mod routing;
mod schedules;
mod signatures;

use std::sync::Arc;

use ponte::{
    clock::{Clock, Timestamp},
    helpdesk::{self, ClientDeps, Secrets},
    http,
    message::{ConversationId, TicketId},
    relay::ports::{Helpdesk, NoFiles, StoredFiles, TicketRef},
    secret::Secret,
    settings::HelpdeskSettings,
};
use serde_json::Value;

use super::server::{Answer, Call, Server};

const OPENING: &str = "0f3a9c5e7b1d4e2f8a6c0b9d7e5f3a1c-5b8e2d41f7a0";
/// 20 November 2026, 12:00:00, as in `signatures.json`.
const NOW: Timestamp = Timestamp(1_795_176_000_000);

struct Fixed;

impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        NOW
    }
}

/// A fixture, as JSON.
fn fixture(name: &str) -> Value {
    let path = format!("{}/fixtures/zendesk/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn client(other_side: &Server) -> Arc<dyn Helpdesk> {
    client_with(other_side, "ponte@desk.test.invalid/token:the-token", "{}", Arc::new(NoFiles))
}

fn client_with(other_side: &Server, key: &str, own: &str, files: Arc<dyn StoredFiles>) -> Arc<dyn Helpdesk> {
    let settings = HelpdeskSettings { name: "zendesk".into(), url: other_side.url.clone(), own: own.to_owned() };
    let secret = |value: &str| Secret::new(value.to_owned(), Arc::new(value.to_owned()), Arc::new(Fixed));
    let texts = crate::rules::english();
    let means = ClientDeps { http: http::client("").unwrap(), texts, clock: Arc::new(Fixed), files };
    let secrets = Secrets { credentials: secret(key), webhook: secret("") };
    helpdesk::client(&settings, secrets, means).unwrap()
}

fn to() -> TicketRef {
    TicketRef { opening: ConversationId::parse(OPENING).unwrap(), ticket: TicketId::new("5158") }
}

fn answers(bodies: &[(u16, Value)]) -> Server {
    Server::new(bodies.iter().cloned().map(Answer::from).collect())
}

/// The calls, each a line, below `/api/v2/`.
fn lines(calls: &[Call]) -> Vec<String> {
    calls.iter().map(|call| call.line().replace("/api/v2/", "")).collect()
}
