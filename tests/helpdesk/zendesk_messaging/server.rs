//! The client against a server on this machine, and what that answers.

use std::sync::Arc;

use ponte::{
    clock::{Clock, Timestamp},
    helpdesk::{self, ClientDeps, Secrets},
    http,
    lime::Identity,
    message::{Content, ConversationId, TicketId},
    relay::ports::{Author, CustomerMessage, Helpdesk, Line, NewConversation, NoFiles, Origin, Profile, TicketRef},
    secret::Secret,
    settings::{HelpdeskSettings, SettingsError},
};
use serde_json::{Value, json};

use super::{
    super::server::{Answer, Call, Server},
    APP, OPENING, schema,
};

pub(super) const TICKET: &str = "f52b01137aa6c250bc7251fa";
pub(super) const USER: &str = "26508c10541a4b0ff472e5e2";
pub(super) const CUSTOMER: &str = "c41d8a07e2b95f3664d0a9c8b7e1f250";
pub(super) const KEY: &str = "app_5ec3f4cfdd4a1e001163b3d2:s3cr3t";
pub(super) const NOW: Timestamp = Timestamp(1_764_000_006_250);

struct Fixed;

impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        NOW
    }
}

pub(super) fn try_client(url: &str, key: &str, own: &str) -> Result<Arc<dyn Helpdesk>, SettingsError> {
    let own = format!(r#"{{"app":"{APP}"{own}}}"#);
    let settings = HelpdeskSettings { name: "zendesk-messaging".into(), url: format!("{url}/sc"), own };
    let secret = |value: &str| Secret::new(value.to_owned(), Arc::new(value.to_owned()), Arc::new(Fixed));
    let secrets = Secrets { credentials: secret(key), webhook: secret("") };
    let texts = crate::rules::english();
    let means = ClientDeps {
        http: http::client("").unwrap(),
        texts: texts.into(),
        clock: Arc::new(Fixed),
        files: Arc::new(NoFiles),
    };
    helpdesk::client(&settings, secrets, means)
}

pub(super) fn client_with(server: &Server, own: &str) -> Arc<dyn Helpdesk> {
    try_client(&server.url, KEY, own).unwrap()
}

pub(super) fn client(server: &Server) -> Arc<dyn Helpdesk> {
    client_with(server, "")
}

pub(super) fn to() -> TicketRef {
    TicketRef { opening: ConversationId::parse(OPENING).unwrap(), ticket: TicketId::new(TICKET) }
}

pub(super) fn opening() -> NewConversation {
    let line = |author, text: &str| Line { author, text: text.to_owned(), at: Some("2025-11-24T15:59:40.000Z".into()) };
    NewConversation {
        id: to().opening,
        customer: CUSTOMER.to_owned(),
        profile: Profile {
            name: Some("Maria".into()),
            phone: Some("+5531".into()),
            email: None,
            identity: Identity::parse("5531999990000@wa.gw.msging.net").ok(),
            ..Profile::default()
        },
        profile_known: true,
        channel: "whatsapp".to_owned(),
        origin: Origin { mode: "router", bot: None, blip_ticket: None, referral: None },
        transcript: Some(vec![line(Author::Bot, "Olá!"), line(Author::Customer, "quero falar\ncom alguém")]),
        at: NOW,
        route: service_rules::Route::default(),
        route_notes: Vec::new(),
        previous: None,
    }
}

pub(super) fn message(content: Content, again: bool) -> CustomerMessage {
    CustomerMessage { id: "0123456789abcdef".to_owned(), content, at: NOW, late: false, may_be_duplicate: again }
}

pub(super) fn answers(bodies: &[(u16, Value)]) -> Server {
    Server::new(bodies.iter().cloned().map(Answer::from).collect())
}

pub(super) fn error(status: u16, code: &str) -> (u16, Value) {
    (status, json!({ "errors": [{ "code": code, "title": "?" }] }))
}

pub(super) fn user() -> (u16, Value) {
    (201, json!({ "user": { "id": USER, "externalId": CUSTOMER } }))
}

pub(super) fn conversation(active: Option<&str>) -> Value {
    let mut conversation = json!({ "id": TICKET, "type": "personal", "metadata": { "ponte_opening": OPENING } });
    if let Some(kind) = active {
        conversation["activeSwitchboardIntegration"] = json!({ "id": "1", "name": "x", "integrationType": kind });
    }
    conversation
}

#[allow(clippy::needless_pass_by_value, reason = "it is made for each call")]
pub(super) fn one(conversation: Value) -> (u16, Value) {
    (201, json!({ "conversation": conversation }))
}

pub(super) fn said(id: &str) -> (u16, Value) {
    (201, json!({ "messages": [{ "id": id }] }))
}

pub(super) fn done() -> (u16, Value) {
    (200, json!({}))
}

pub(super) fn messages(messages: &[Value]) -> (u16, Value) {
    (200, json!({ "messages": messages, "meta": { "hasMore": false } }))
}

/// A message of the bridge's that is there already.
pub(super) fn ours(id: &str) -> Value {
    let author = json!({ "type": "business", "displayName": "Ponte" });
    json!({ "id": format!("id-of-{id}"), "author": author, "metadata": { "ponte_id": id } })
}

/// The calls, each a line below the app's path, after a look at their headers and bodies.
pub(super) fn checked(calls: &[Call]) -> Vec<String> {
    let below = format!("/sc/v2/apps/{APP}/");
    let line = |call: &Call| {
        schema::check(call).unwrap();
        // Basic, of "app_5ec3f4cfdd4a1e001163b3d2:s3cr3t".
        assert_eq!(call.header("authorization"), Some("Basic YXBwXzVlYzNmNGNmZGQ0YTFlMDAxMTYzYjNkMjpzM2NyM3Q="));
        call.line().replace(&below, "").replace(TICKET, "T")
    };
    calls.iter().map(line).collect()
}

pub(super) const MESSAGES: &str = "GET conversations/T/messages";
pub(super) const SAY: &str = "POST conversations/T/messages";
pub(super) const READ: &str = "GET conversations/T";
pub(super) const PASS: &str = "POST conversations/T/passControl";
pub(super) const OFFER: &str = "POST conversations/T/offerControl";
