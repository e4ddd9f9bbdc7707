//! Every call of the helpdesk `chatwoot` against Chatwoot's specification.

use crate::every_port::EveryPort;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use ponte::{
    clock::{Clock, Timestamp},
    helpdesk::{self, ClientDeps, Secrets},
    http,
    message::{Content, ConversationId, SourceId, TicketId},
    relay::{
        Failure,
        ports::{
            CustomerMessage, EndedBy, FileBytes, NewConversation, NotDelivered, Origin, Profile, StoredFiles, TicketRef,
        },
    },
    secret::Secret,
    settings::HelpdeskSettings,
    texts::Texts,
};
use serde_json::json;
use service_rules::{Priority, Route};

use super::{Answer, Asked, Contract, Specification};

const SPECIFICATION: Specification = Specification { file: "chatwoot/chatwoot-4.x.json", patch };

/// As it is.
fn patch(specification: String) -> String {
    specification
}

const OPENING: &str = "0f3a9c5e7b1d4e2f8a6c0b9d7e5f3a1c-5b8e2d41f7a0";
const CUSTOMER: &str = "c41d8a07e2b95f3664d0a9c8b7e1f250";
const NOW: Timestamp = Timestamp(1_764_000_006_250);
const FILE: &str = "https://api.example/media/1";

/// Not below the account, so that it is not among the calls that are read.
const PROFILE: &str = "GET /api/v1/profile";
const SEARCH: &str = "GET /api/v1/accounts/{}/contacts/search";
const CREATE: &str = "POST /api/v1/accounts/{}/contacts";
const DELETE: &str = "DELETE /api/v1/accounts/{}/contacts/{}";
const OF_CONTACT: &str = "GET /api/v1/accounts/{}/contacts/{}/conversations";
const BEGIN: &str = "POST /api/v1/accounts/{}/conversations";
const ACTIVE: &str = "GET /api/v1/accounts/{}/conversations";
const READ: &str = "GET /api/v1/accounts/{}/conversations/{}";
const LOOK: &str = "GET /api/v1/accounts/{}/conversations/{}/messages";
const SAY: &str = "POST /api/v1/accounts/{}/conversations/{}/messages";
const STATUS: &str = "POST /api/v1/accounts/{}/conversations/{}/toggle_status";

const SET_ATTRIBUTES: &str = "POST /api/v1/accounts/{}/conversations/{}/custom_attributes";
const PRIORITY: &str = "POST /api/v1/accounts/{}/conversations/{}/toggle_priority";
const LABELS: &str = "GET /api/v1/accounts/{}/conversations/{}/labels";
const LABEL: &str = "POST /api/v1/accounts/{}/conversations/{}/labels";
const SET: &str = "POST /api/v1/accounts/{}/conversations/{}/custom_attributes";
const TEAMS: &str = "GET /api/v1/accounts/{}/teams";
const AGENTS: &str = "GET /api/v1/accounts/{}/agents";
const MEMBERS: &str = "GET /api/v1/accounts/{}/teams/{}/team_members";
const INBOX: &str = "GET /api/v1/accounts/{}/inbox_members/{}";
const ATTRIBUTES: &str = "GET /api/v1/accounts/{}/custom_attribute_definitions";

struct Fixed;

impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        NOW
    }
}

struct OneFile;

#[async_trait]
impl StoredFiles for OneFile {
    async fn open(&self, url: &str) -> Result<Option<FileBytes>, Failure> {
        let bytes = Box::pin(futures_util::stream::iter([Ok(Bytes::from_static(b"%PDF-1.7"))]));
        let file = FileBytes { name: "conta.pdf".into(), mime: "application/pdf".into(), size: 8, bytes };
        Ok((url == FILE).then_some(file))
    }
}

fn parts(contract: &Contract) -> (HelpdeskSettings, Secrets, ClientDeps) {
    let own = r#"{"account":3,"inbox":9}"#.to_owned();
    let settings = HelpdeskSettings { name: "chatwoot".into(), url: contract.url.clone(), own };
    let secret = |value: &str| Secret::new(value.to_owned(), Arc::new(String::new()), Arc::new(Fixed));
    let secrets = Secrets { credentials: secret("the-token"), webhook: secret("") };
    let http = http::client("").unwrap();
    (
        settings,
        secrets,
        ClientDeps { http, texts: Texts::default().into(), clock: Arc::new(Fixed), files: Arc::new(OneFile) },
    )
}

fn to() -> TicketRef {
    TicketRef { opening: ConversationId::parse(OPENING).unwrap(), ticket: TicketId::new("118") }
}

fn opening() -> NewConversation {
    NewConversation {
        id: to().opening,
        customer: CUSTOMER.to_owned(),
        profile: Profile { name: Some("Maria <3".into()), ..Profile::default() },
        profile_known: true,
        channel: "whatsapp".to_owned(),
        origin: Origin { mode: "router", bot: None, blip_ticket: None, referral: None },
        transcript: None,
        at: NOW,
        route: service_rules::Route::default(),
        route_notes: Vec::new(),
        previous: None,
    }
}

fn message(content: Content) -> CustomerMessage {
    CustomerMessage { id: "0123456789abcdef".to_owned(), content, at: NOW, late: false, may_be_duplicate: false }
}

/// The examples are placeholders (`"string"`, 0): ids are as they were asked for, and nothing else is changed.
fn as_asked(asked: &Asked, answer: &mut Answer) {
    match asked.call.as_str() {
        READ => answer.body["id"] = asked.path.rsplit('/').next().into(),
        CREATE => answer.body["payload"] = json!({ "contact": { "id": 52 } }),
        _ => {}
    }
}

/// The same, with what a route names.
fn with_names(asked: &Asked, answer: &mut Answer) {
    as_asked(asked, answer);
    match asked.call.as_str() {
        BEGIN => answer.body["id"] = 118.into(),
        TEAMS => answer.body = json!([{ "id": 4, "name": "financeiro" }]),
        AGENTS => answer.body = json!([{ "id": 7, "name": "Ana" }]),
        ATTRIBUTES => answer.body = json!([{ "attribute_key": "contrato", "attribute_display_name": "Contrato" }]),
        LABELS => answer.body = json!({ "payload": ["vip"] }),
        _ => {}
    }
}

fn known(asked: &Asked, answer: &mut Answer) {
    as_asked(asked, answer);
    if asked.call == SEARCH {
        answer.body["payload"] = json!([{ "id": 52, "identifier": CUSTOMER }]);
    }
}

#[tokio::test]
async fn every_call_is_as_chatwoot_publishes_it() {
    let contract = Contract::start("chatwoot", &SPECIFICATION).await;
    let (settings, secrets, means) = parts(&contract);
    let client = helpdesk::client(&settings, secrets.clone(), means.clone()).unwrap();

    // A new customer, and one who is known.
    contract.answers(as_asked);
    client.open(&opening()).await.unwrap();
    assert_eq!(contract.made(), [SEARCH, CREATE, BEGIN, SAY]);
    contract.answers(known);
    client.open(&opening()).await.unwrap();
    assert_eq!(contract.made(), [SEARCH, OF_CONTACT, BEGIN, SAY]);

    // One who goes somewhere.
    contract.answers(with_names);
    let route = Route {
        queue: Some("Financeiro".into()),
        agent: Some("Ana".into()),
        priority: Some(Priority::Normal),
        tags: vec!["boleto".into()],
        fields: [("Contrato".to_owned(), "77-1020".to_owned())].into(),
        ..Route::default()
    };
    client.open(&NewConversation { route, ..opening() }).await.unwrap();
    assert_eq!(contract.made(), [TEAMS, AGENTS, ATTRIBUTES, SEARCH, CREATE, BEGIN, PRIORITY, LABELS, LABEL, SAY]);
    client.rated(&to(), 4, Some("Contrato")).await.unwrap();
    assert_eq!(contract.made(), [READ, SET]);
    contract.answers(known);

    let text = || message(Content::text("Bom dia"));
    client.deliver(&to(), &text()).await.unwrap();
    assert_eq!(contract.made(), [SAY]);
    client.deliver(&to(), &CustomerMessage { may_be_duplicate: true, ..text() }).await.unwrap();
    assert_eq!(contract.made(), [LOOK, SAY]);
    client.deliver(&to(), &CustomerMessage { late: true, ..text() }).await.unwrap();
    assert_eq!(contract.made(), [SAY]);
    client.not_delivered(&to(), &SourceId::exact("7001"), &NotDelivered::Closed).await.unwrap();
    assert_eq!(contract.made(), [LOOK, LOOK, SAY]);
    client.note(&to(), "parked-1", "uma nota").await.unwrap();
    assert_eq!(contract.made(), [LOOK, SAY]);
    client.missed_before(&to(), &SourceId::exact("7001")).await.unwrap();
    client.read(&to(), &SourceId::exact("resolved/1")).await.unwrap();
    assert_eq!(contract.made(), [LOOK, READ]);
    client.ended(&to(), EndedBy::Customer).await.unwrap();
    assert_eq!(contract.made(), [LOOK, SAY, READ, STATUS]);

    // One who comes back to a conversation that is resolved.
    contract.answers(|asked, answer| {
        known(asked, answer);
        if asked.call == READ {
            answer.body["status"] = "resolved".into();
        }
    });
    let reopens = client.reopens().unwrap();
    assert_eq!(reopens.reopen(&to().ticket, &opening()).await.unwrap(), Some(to().ticket));
    assert_eq!(contract.made(), [READ, SEARCH, OF_CONTACT, STATUS, READ, SET_ATTRIBUTES, SAY]);
    assert!(reopens.is_over(&to()).await.unwrap());
    assert_eq!(contract.made(), [READ]);
    contract.answers(known);

    let contacts = helpdesk::contacts(&settings, secrets.clone(), means.clone()).unwrap().unwrap();
    assert!(contacts.forget(CUSTOMER).await.unwrap());
    assert_eq!(contract.made(), [SEARCH, DELETE]);
    let staffing = helpdesk::staffing(&settings, secrets.clone(), means.clone()).unwrap().unwrap();
    contract.answers(|asked, answer| {
        with_names(asked, answer);
        match asked.call.as_str() {
            MEMBERS => answer.body[0]["availability_status"] = "busy".into(),
            INBOX => answer.body["payload"][0]["availability_status"] = "offline".into(),
            _ => {}
        }
    });
    assert_eq!(staffing.is_staffed(Some("Financeiro")).await.unwrap(), Some(false));
    assert_eq!(staffing.is_staffed(None).await.unwrap(), Some(false));
    assert_eq!(contract.made(), [TEAMS, MEMBERS, INBOX]);
    contract.answers(known);
    let sweep = helpdesk::poller(&settings, secrets, means).unwrap().unwrap();
    sweep.since(None).await.unwrap();
    assert_eq!(contract.made(), [ACTIVE]);

    contract.holds(include_str!("../../shared/ponte/src/helpdesk/chatwoot/calls.rs"), "/api/v1/accounts/{}");
    client.bridge_user_id().await.unwrap();
    assert_eq!(contract.made(), [PROFILE]);
    // Who is there as the specification's example has it.
    contract.answers(|asked, answer| {
        if asked.call == PROFILE {
            answer.body["id"] = 99.into();
        }
    });
    assert_eq!(staffing.is_staffed(None).await.unwrap(), Some(true));
    assert_eq!(contract.made(), [INBOX, PROFILE]);
    contract.answers(known);

    // The specification has no form for messages, which the real server takes: Prism refuses the kind of body, and then the file
    // is a link. `tests/helpdesk/chatwoot` holds the form.
    let file = Content::File { url: FILE.into(), name: None, mime: None, size: Some(8), caption: None };
    client.deliver(&to(), &message(file)).await.unwrap();
    let refused = contract.refused();
    assert!(refused.len() == 1 && refused[0].0 == SAY && refused[0].1.starts_with("415 "), "{refused:?}");
}

/// What the test above stands on: Prism finds these, and the client cannot hide them.
#[tokio::test]
async fn a_wrong_request_is_found() {
    let contract = Contract::start("chatwoot-wrong", &SPECIFICATION).await;
    let http = http::client("").unwrap();
    let messages = "conversations/118/messages";
    let cases = [
        ("as it should be", messages, json!({ "content": "oi", "message_type": "incoming" }), None),
        ("no words", messages, json!({ "message_type": "incoming" }), Some("422 ")),
        ("a kind that is none", messages, json!({ "content": "oi", "message_type": "shouted" }), Some("422 ")),
        ("a status that is none", "conversations/118/toggle_status", json!({ "status": "over" }), Some("422 ")),
        ("a contact of no inbox", "contacts", json!({ "name": "Maria" }), Some("400 ")),
        ("a conversation of no contact", "conversations", json!({ "inbox_id": 9 }), Some("422 ")),
        ("a path that is none", "conversations/118/message", json!({ "content": "oi" }), Some("404 ")),
    ];
    for (what, path, body, expected) in cases {
        let url = format!("{}/api/v1/accounts/3/{path}", contract.url);
        http.post(url).header("api_access_token", "the-token").json(&body).send().await.unwrap();
        let refused = contract.refused();
        assert_eq!(refused.len(), usize::from(expected.is_some()), "{what}: {refused:?}");
        assert!(refused.iter().all(|(_, why)| why.starts_with(expected.unwrap())), "{what}: {refused:?}");
    }
    http.get(format!("{}/api/v1/accounts/3/conversations/1", contract.url)).send().await.unwrap();
    assert!(contract.refused()[0].1.starts_with("401 "), "without a token");
}
