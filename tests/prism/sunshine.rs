//! Every call of the helpdesk `zendesk-messaging` against the specification of Sunshine Conversations 17.0.0.

use crate::every_port::EveryPort;
use std::sync::Arc;

use ponte::{
    clock::{Clock, Timestamp},
    helpdesk::{self, ClientDeps, Secrets},
    http,
    message::{Content, ConversationId, SourceId, TicketId},
    relay::ports::{
        Author, CustomerMessage, EndedBy, Helpdesk, Line, NewConversation, NoFiles, NotDelivered, Origin, Profile,
        Status, TicketRef,
    },
    secret::Secret,
    settings::HelpdeskSettings,
    texts::Texts,
};
use serde_json::{Value, json};
use service_rules::{Priority, Route};

use super::{Answer, Asked, Contract, Specification};

pub(super) const SPECIFICATION: Specification =
    Specification { file: "sunshine-conversations/sunshine-conversations-17.0.0.yaml", patch };

/// The generator of the specification left examples like `{"user":""}` in its objects, and Prism would answer those. Without them
/// it makes objects of the fields' own examples.
#[allow(clippy::needless_pass_by_value, reason = "as `Specification` has it")]
fn patch(specification: String) -> String {
    let whole: Value = serde_yaml_ng::from_str(&specification).unwrap();
    // JSON is YAML, and leaves no date to be read as one.
    without_examples(whole).to_string()
}

fn without_examples(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let kept = fields.into_iter().filter(|(name, value)| name != "example" || !value.is_object());
            Value::Object(kept.map(|(name, value)| (name, without_examples(value))).collect())
        }
        Value::Array(values) => values.into_iter().map(without_examples).collect(),
        other => other,
    }
}

/// The server is ready for the adapter: what it answers is whole, and what is wrong is refused.
#[tokio::test]
async fn the_specification_is_served() {
    let contract = Contract::start("sunshine", &SPECIFICATION).await;
    let http = http::client("").unwrap();
    let user = |key: Option<&str>, body: Value| {
        let request = http.post(format!("{}/v2/apps/5963c0d619a30a2e00de36b8/users", contract.url)).json(&body);
        key.map_or(request.try_clone().unwrap(), |key| request.basic_auth(key, Some("secret")))
    };
    let good = json!({ "externalId": "c41d8a07e2b95f3664d0a9c8b7e1f250" });
    let answer: Value = user(Some("key"), good.clone()).send().await.unwrap().json().await.unwrap();
    assert!(answer["user"]["id"].as_str().is_some_and(|id| !id.is_empty()), "{answer}");
    assert_eq!(contract.made(), ["POST /v2/apps/{}/users"]);
    user(None, good).send().await.unwrap();
    user(Some("key"), json!({ "externalId": 5, "profile": "Maria" })).send().await.unwrap();
    let refused = contract.refused();
    assert_eq!(refused.len(), 2, "{refused:?}");
    assert!(refused[0].1.starts_with("401 ") && refused[1].1.starts_with("422 "), "{refused:?}");
}

const OPENING: &str = "0f3a9c5e7b1d4e2f8a6c0b9d7e5f3a1c-5b8e2d41f7a0";
const NOW: Timestamp = Timestamp(1_764_000_006_250);

const USER: &str = "POST /v2/apps/{}/users";
const DELETE: &str = "DELETE /v2/apps/{}/users/{}";
const FIND: &str = "GET /v2/apps/{}/conversations";
const BEGIN: &str = "POST /v2/apps/{}/conversations";
const READ: &str = "GET /v2/apps/{}/conversations/{}";
const PARTICIPANTS: &str = "GET /v2/apps/{}/conversations/{}/participants";
const LOOK: &str = "GET /v2/apps/{}/conversations/{}/messages";
const SAY: &str = "POST /v2/apps/{}/conversations/{}/messages";
const SHOW: &str = "POST /v2/apps/{}/conversations/{}/activity";
const PASS: &str = "POST /v2/apps/{}/conversations/{}/passControl";
const OFFER: &str = "POST /v2/apps/{}/conversations/{}/offerControl";
const RELEASE: &str = "POST /v2/apps/{}/conversations/{}/releaseControl";

struct Fixed;

impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        NOW
    }
}

fn parts(contract: &Contract, own: &str) -> (HelpdeskSettings, Secrets, ClientDeps) {
    let own = format!(r#"{{"app":"5963c0d619a30a2e00de36b8"{own}}}"#);
    let settings = HelpdeskSettings { name: "zendesk-messaging".into(), url: contract.url.clone(), own };
    let secret = |value: &str| Secret::new(value.to_owned(), Arc::new(String::new()), Arc::new(Fixed));
    let secrets = Secrets { credentials: secret("app_5ec3:secret"), webhook: secret("") };
    let http = http::client("").unwrap();
    let means = ClientDeps { http, texts: Texts::default().into(), clock: Arc::new(Fixed), files: Arc::new(NoFiles) };
    (settings, secrets, means)
}

/// A client that has met nobody yet.
fn client(contract: &Contract, own: &str) -> Arc<dyn Helpdesk> {
    let (settings, secrets, means) = parts(contract, own);
    helpdesk::client(&settings, secrets, means).unwrap()
}

fn to() -> TicketRef {
    TicketRef { opening: ConversationId::parse(OPENING).unwrap(), ticket: TicketId::new("029c31f25a21b47effd7be90") }
}

fn opening() -> NewConversation {
    let line = Line { author: Author::Bot, text: "Olá!".to_owned(), at: Some("2025-11-24T15:59:40.000Z".into()) };
    NewConversation {
        id: to().opening,
        customer: "c41d8a07e2b95f3664d0a9c8b7e1f250".to_owned(),
        profile: Profile { name: Some("Maria".into()), phone: Some("+5531".into()), ..Profile::default() },
        profile_known: true,
        channel: "whatsapp".to_owned(),
        origin: Origin { mode: "router", bot: None, blip_ticket: None, referral: None },
        transcript: Some(vec![line]),
        at: NOW,
        route: service_rules::Route::default(),
        route_notes: Vec::new(),
        previous: None,
    }
}

fn message(content: Content) -> CustomerMessage {
    CustomerMessage { id: "0123456789abcdef".to_owned(), content, at: NOW, late: false, may_be_duplicate: false }
}

/// The examples of one file are of different conversations: the one that was asked for is answered, and agents have it.
fn as_asked(asked: &Asked, answer: &mut Answer) {
    if asked.call == READ {
        answer.body["conversation"]["id"] = asked.path.rsplit('/').next().into();
        answer.body["conversation"]["activeSwitchboardIntegration"]["integrationType"] = "zd:agentWorkspace".into();
    }
    // A list without an end would be read on and on.
    if [FIND, LOOK].contains(&asked.call.as_str()) {
        answer.body["meta"]["hasMore"] = false.into();
    }
}

/// The user is there already: 409 is not declared. `mark` is what the conversation that is found bears.
fn known(mark: &'static str) -> impl Fn(&Asked, &mut Answer) + Send {
    move |asked, answer| {
        as_asked(asked, answer);
        match asked.call.as_str() {
            USER => *answer = Answer { status: 409, body: json!({ "errors": [{ "code": "conflict" }] }) },
            FIND => answer.body["conversations"][0]["metadata"] = json!({ "ponte_opening": mark }),
            _ => {}
        }
    }
}

#[tokio::test]
async fn every_call_is_as_zendesk_publishes_it() {
    let contract = Contract::start("sunshine-client", &SPECIFICATION).await;
    let fields = r#","ticket":{"dataCapture.ticketField.123":"{phone}"}"#;

    // A new customer, and one who is known.
    contract.answers(as_asked);
    client(&contract, fields).open(&opening()).await.unwrap();
    assert_eq!(contract.made(), [USER, BEGIN, PASS, SAY, PASS, OFFER]);
    // One who goes somewhere.
    let route = Route {
        queue: Some("360000111".into()),
        priority: Some(Priority::High),
        tags: vec!["boleto".into()],
        fields: [("444".to_owned(), "77-1020".to_owned())].into(),
        ..Route::default()
    };
    client(&contract, "").open(&NewConversation { route, ..opening() }).await.unwrap();
    assert_eq!(contract.made(), [USER, BEGIN, PASS, SAY, PASS, OFFER]);
    contract.answers(known("another"));
    client(&contract, "").open(&opening()).await.unwrap();
    assert_eq!(contract.made(), [USER, FIND, BEGIN, PASS, SAY, PASS, OFFER]);
    // An opening that is repeated.
    contract.answers(known(OPENING));
    client(&contract, "").open(&opening()).await.unwrap();
    assert_eq!(contract.made(), [USER, FIND, READ, OFFER]);

    contract.answers(as_asked);
    let client = client(&contract, r#","receipts":true"#);
    let text = || message(Content::text("Bom dia"));
    let file = |mime: &str, caption: Option<&str>| {
        message(Content::File {
            url: "https://bucket.example.invalid/foto".to_owned(),
            name: Some("foto".to_owned()),
            mime: Some(mime.to_owned()),
            size: Some(9),
            caption: caption.map(str::to_owned),
        })
    };
    client.deliver(&to(), &text()).await.unwrap();
    assert_eq!(contract.made(), [PARTICIPANTS, SAY]);
    for file in [file("image/jpeg", Some("Veja")), file("image/png", None), file("application/pdf", None)] {
        client.deliver(&to(), &file).await.unwrap();
        assert_eq!(contract.made(), [SAY]);
    }
    client.deliver(&to(), &CustomerMessage { may_be_duplicate: true, ..text() }).await.unwrap();
    assert_eq!(contract.made(), [LOOK, SAY]);
    client.deliver(&to(), &CustomerMessage { late: true, ..text() }).await.unwrap();
    assert_eq!(contract.made(), [LOOK, SAY]);
    client.not_delivered(&to(), &SourceId::exact("7001"), &NotDelivered::Closed).await.unwrap();
    assert_eq!(contract.made(), [LOOK, LOOK, SAY]);
    client.note(&to(), "parked-1", "uma nota").await.unwrap();
    assert_eq!(contract.made(), [LOOK, SAY]);
    client.status(&to(), &SourceId::exact("7001"), Status::Consumed).await.unwrap();
    assert_eq!(contract.made(), [SHOW]);
    client.ended(&to(), EndedBy::Customer).await.unwrap();
    assert_eq!(contract.made(), [LOOK, SAY, READ, RELEASE]);

    let (settings, secrets, means) = parts(&contract, "");
    let contacts = helpdesk::contacts(&settings, secrets, means).unwrap().unwrap();
    assert!(contacts.forget(&opening().customer).await.unwrap());
    assert_eq!(contract.made(), [DELETE]);

    contract.holds(include_str!("../../shared/ponte/src/helpdesk/zendesk_messaging/calls.rs"), "/v2/apps/{}");
}
