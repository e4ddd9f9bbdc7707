//! The helpdesk `zendesk`. The fixtures' sources are in `tests/fixtures/zendesk/README.md`.

mod calls;
mod events;
mod files;
mod oauth;
mod opening;
mod reads;
pub(super) mod routing;
mod schedules;
mod signatures;
mod staffing;

use std::sync::Arc;

use ponte::{
    clock::{Clock, Timestamp},
    helpdesk::{self, ClientDeps, Secrets},
    http,
    message::{Content, ConversationId, TicketId},
    relay::ports::{CustomerMessage, Helpdesk, NoFiles, StoredFiles, TicketRef},
    secret::Secret,
    settings::HelpdeskSettings,
};
use serde_json::{Value, json};

use super::server::{Answer, Call, Server};

const OPENING: &str = "0f3a9c5e7b1d4e2f8a6c0b9d7e5f3a1c-5b8e2d41f7a0";
/// 20 November 2026, 12:00:00, as in `signatures.json`.
const NOW: Timestamp = Timestamp(1_795_176_000_000);

const PUT: &str = "PUT tickets/5158";
const TICKET: &str = "GET tickets/5158";
const AUDITS: &str = "GET tickets/5158/audits";
const CUSTOMER: u64 = 8_447_388_090_494;

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
    let (settings, secrets, means) = parts(other_side, key, own, files);
    helpdesk::client(&settings, secrets, means).unwrap()
}

/// What a client is made of.
fn parts(
    other_side: &Server,
    key: &str,
    own: &str,
    files: Arc<dyn StoredFiles>,
) -> (HelpdeskSettings, Secrets, ClientDeps) {
    let settings = HelpdeskSettings { name: "zendesk".into(), url: other_side.url.clone(), own: own.to_owned() };
    let secret = |value: &str| Secret::new(value.to_owned(), Arc::new(value.to_owned()), Arc::new(Fixed));
    let texts = crate::rules::english();
    let means = ClientDeps { http: http::client("").unwrap(), texts: texts.into(), clock: Arc::new(Fixed), files };
    (settings, Secrets { credentials: secret(key), webhook: secret("") }, means)
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

fn message(id: &str, content: Content) -> CustomerMessage {
    CustomerMessage { id: id.to_owned(), content, at: NOW, late: false, may_be_duplicate: false }
}

fn text(id: &str) -> CustomerMessage {
    message(id, Content::text(format!("words of {id}")))
}

fn ticket(status: &str) -> (u16, Value) {
    (200, json!({ "ticket": { "id": 5158, "external_id": OPENING, "requester_id": CUSTOMER, "status": status } }))
}

fn updated() -> (u16, Value) {
    (200, fixture("api-update-ticket-response-with-audit"))
}

fn count(value: u64) -> (u16, Value) {
    (200, json!({ "count": { "value": value, "refreshed_at": "2026-11-20T12:00:00Z" } }))
}

/// A history of updates with these marks.
fn audits(marks: &[&str]) -> (u16, Value) {
    let audits = marks.iter().map(|mark| json!({ "id": 1, "metadata": { "custom": { "ponte": mark }, "system": {} } }));
    let foreign = json!({ "id": 2, "metadata": { "custom": {} } });
    (
        200,
        json!({ "audits": audits.chain([foreign, json!({ "id": 3 })]).collect::<Vec<_>>(), "meta": { "has_more": false } }),
    )
}
