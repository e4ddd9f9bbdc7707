//! Every call of the helpdesk `intercom` against Intercom's specification 2.15.

use crate::every_port::EveryPort;
use std::sync::Arc;

use ponte::{
    clock::{Clock, Timestamp},
    helpdesk::{self, ClientDeps, Secrets},
    http,
    lime::Identity,
    message::{Content, ConversationId, SourceId, TicketId},
    relay::ports::{
        Author, CustomerMessage, EndedBy, Helpdesk, Line, NewConversation, NoFiles, NotDelivered, Origin, Profile,
        TicketRef,
    },
    secret::Secret,
    settings::HelpdeskSettings,
    texts::Texts,
};
use serde_json::json;
use service_rules::Route;

use super::{Answer, Asked, Contract, Specification};

const SPECIFICATION: Specification = Specification { file: "intercom/intercom-2.15.yaml", patch };

/// A contact's id in `POST /conversations` is declared to be a UUID *and* to have 24 characters. No text is both, so that nobody
/// could begin a conversation; Intercom's own example there has the 24.
#[allow(clippy::needless_pass_by_value, reason = "as `Specification` has it")]
fn patch(specification: String) -> String {
    let both = "              format: uuid\n              minLength: 24\n              maxLength: 24\n";
    assert_eq!(specification.matches(both).count(), 1, "the specification is another one: is the patch still needed?");
    specification.replace(both, "              minLength: 24\n              maxLength: 24\n")
}

const OPENING: &str = "0f3a9c5e7b1d4e2f8a6c0b9d7e5f3a1c-5b8e2d41f7a0";
const CONTACT: &str = "667d60d18a68186f43bafddd";
const NOW: Timestamp = Timestamp(1_764_000_006_250);

const FIND: &str = "GET /contacts/find_by_external_id/{}";
const CREATE: &str = "POST /contacts";
const UNARCHIVE: &str = "POST /contacts/{}/unarchive";
const SEARCH: &str = "POST /conversations/search";
const BEGIN: &str = "POST /conversations";
const READ: &str = "GET /conversations/{}";
const ME: &str = "GET /me";
const REPLY: &str = "POST /conversations/{}/reply";
const CLOSE: &str = "POST /conversations/{}/parts";
const DELETE: &str = "DELETE /contacts/{}";

const ATTRIBUTES: &str = "GET /data_attributes";
const UPDATE: &str = "PUT /conversations/{}";
const TAG: &str = "POST /tags";
const SET_TAG: &str = "POST /conversations/{}/tags";
const TEAMS: &str = "GET /teams";
const ADMINS: &str = "GET /admins";

struct Fixed;

impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        NOW
    }
}

fn parts(contract: &Contract) -> (HelpdeskSettings, Secrets, ClientDeps) {
    let settings = HelpdeskSettings { name: "intercom".into(), url: contract.url.clone(), own: "{}".into() };
    let secret = |value: &str| Secret::new(value.to_owned(), Arc::new(String::new()), Arc::new(Fixed));
    let secrets = Secrets { credentials: secret("the-token"), webhook: secret("") };
    let http = http::client("").unwrap();
    let means = ClientDeps { http, texts: Texts::default().into(), clock: Arc::new(Fixed), files: Arc::new(NoFiles) };
    (settings, secrets, means)
}

/// A client that has met nobody yet.
fn client(contract: &Contract) -> Arc<dyn Helpdesk> {
    let (settings, secrets, means) = parts(contract);
    helpdesk::client(&settings, secrets, means).unwrap()
}

fn to() -> TicketRef {
    TicketRef { opening: ConversationId::parse(OPENING).unwrap(), ticket: TicketId::new("524") }
}

fn opening() -> NewConversation {
    let line = Line { author: Author::Bot, text: "Olá!".to_owned(), at: Some("2025-11-24T15:59:40.000Z".into()) };
    NewConversation {
        id: to().opening,
        customer: "c41d8a07e2b95f3664d0a9c8b7e1f250".to_owned(),
        profile: Profile {
            name: Some("Maria <3".into()),
            phone: Some("+5531".into()),
            email: Some("a@b.example".into()),
            identity: Identity::parse("5531999990000@wa.gw.msging.net").ok(),
            ..Profile::default()
        },
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

/// The examples of one file are of different conversations: the one that was asked for is answered, and it is open.
fn as_asked(asked: &Asked, answer: &mut Answer) {
    if asked.call == READ {
        answer.body["id"] = asked.path.rsplit('/').next().into();
        answer.body["state"] = "open".into();
    }
}

/// The same, with what a route names.
fn with_names(asked: &Asked, answer: &mut Answer) {
    as_asked(asked, answer);
    match asked.call.as_str() {
        // The specification has a number in the address of an update.
        BEGIN => answer.body["conversation_id"] = "524".into(),
        TEAMS => answer.body["teams"] = json!([{ "type": "team", "id": "720001", "name": "Financeiro" }]),
        ADMINS => answer.body["admins"] = json!([{ "type": "admin", "id": "5001", "name": "Ana" }]),
        ATTRIBUTES => {
            answer.body["data"] = json!([{ "name": "Contrato", "data_type": "string", "api_writable": true }]);
        }
        _ => {}
    }
}

/// There is no contact; one that is created meets a conflict with these words, where there are any. Neither status is declared.
fn nobody(conflict: Option<String>) -> impl Fn(&Asked, &mut Answer) + Send {
    move |asked, answer| {
        as_asked(asked, answer);
        let error = |message: &str| json!({ "type": "error.list", "errors": [{ "code": "x", "message": message }] });
        match (asked.call.as_str(), &conflict) {
            (FIND, _) => *answer = Answer { status: 404, body: error("User Not Found") },
            (CREATE, Some(words)) => *answer = Answer { status: 409, body: error(words) },
            _ => {}
        }
    }
}

#[tokio::test]
async fn every_call_is_as_intercom_publishes_it() {
    let contract = Contract::start("intercom", &SPECIFICATION).await;

    // A new customer.
    contract.answers(nobody(None));
    client(&contract).open(&opening()).await.unwrap();
    assert_eq!(contract.made(), [FIND, CREATE, BEGIN, ME, REPLY]);
    // One who is archived.
    contract.answers(nobody(Some(format!("An archived contact already exists with id={CONTACT}"))));
    client(&contract).open(&opening()).await.unwrap();
    assert_eq!(contract.made(), [FIND, CREATE, UNARCHIVE, SEARCH, BEGIN, ME, REPLY]);
    // One who is known, with other conversations than this opening's.
    contract.answers(as_asked);
    client(&contract).open(&opening()).await.unwrap();
    assert_eq!(contract.made(), [FIND, SEARCH, BEGIN, ME, REPLY]);
    // An opening that is repeated: the conversation bears its mark.
    contract.answers(|asked, answer| {
        as_asked(asked, answer);
        if asked.call == SEARCH {
            answer.body["conversations"][0]["source"]["body"] = format!("Blip · whatsapp [{OPENING}]").into();
        }
    });
    client(&contract).open(&opening()).await.unwrap();
    assert_eq!(contract.made(), [FIND, SEARCH, READ, ME, REPLY]);

    // One who goes somewhere.
    contract.answers(with_names);
    let route = Route {
        queue: Some("Financeiro".into()),
        agent: Some("Ana".into()),
        subject: Some("Segunda via".into()),
        tags: vec!["boleto".into()],
        fields: [("Contrato".to_owned(), "77-1020".to_owned())].into(),
        ..Route::default()
    };
    client(&contract).open(&NewConversation { route, ..opening() }).await.unwrap();
    assert_eq!(
        contract.made(),
        [ATTRIBUTES, TEAMS, ADMINS, FIND, SEARCH, BEGIN, UPDATE, ME, TAG, SET_TAG, CLOSE, CLOSE, REPLY]
    );

    let rated = client(&contract);
    rated.rated(&to(), 4, Some("Contrato")).await.unwrap();
    assert_eq!(contract.made(), [ATTRIBUTES, UPDATE]);

    // Who is there, as the specification's example has it, and an admin who is away.
    contract.answers(as_asked);
    let (settings, secrets, means) = parts(&contract);
    let staffing = helpdesk::staffing(&settings, secrets, means).unwrap().unwrap();
    assert_eq!(staffing.is_staffed(None).await.unwrap(), Some(true));
    contract.answers(|asked, answer| {
        with_names(asked, answer);
        if asked.call == ADMINS {
            let away = json!({ "id": "1", "away_mode_enabled": true, "has_inbox_seat": true, "team_ids": [720_001] });
            answer.body["admins"] = json!([away]);
        }
    });
    assert_eq!(staffing.is_staffed(Some("Financeiro")).await.unwrap(), Some(false));
    assert_eq!(contract.made(), [ADMINS, ME, TEAMS, ADMINS]);

    contract.answers(as_asked);
    let client = client(&contract);
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
    assert_eq!(contract.made(), [READ, REPLY]);
    for file in [file("image/jpeg", Some("Veja")), file("image/jpeg", None), file("application/pdf", None)] {
        client.deliver(&to(), &file).await.unwrap();
        assert_eq!(contract.made(), [REPLY]);
    }
    client.deliver(&to(), &CustomerMessage { may_be_duplicate: true, ..text() }).await.unwrap();
    assert_eq!(contract.made(), [READ, REPLY]);
    client.deliver(&to(), &CustomerMessage { late: true, ..text() }).await.unwrap();
    assert_eq!(contract.made(), [READ, ME, REPLY]);
    client.not_delivered(&to(), &SourceId::exact("7001"), &NotDelivered::Closed).await.unwrap();
    assert_eq!(contract.made(), [READ, READ, REPLY]);
    client.note(&to(), "parked-1", "uma nota").await.unwrap();
    assert_eq!(contract.made(), [READ, REPLY]);
    client.ended(&to(), EndedBy::Customer).await.unwrap();
    assert_eq!(contract.made(), [READ, REPLY, CLOSE]);

    // One who comes back to a conversation that is closed.
    contract.answers(|asked, answer| {
        as_asked(asked, answer);
        if asked.call == READ {
            answer.body["state"] = "closed".into();
        }
    });
    let reopens = client.reopens().unwrap();
    assert_eq!(reopens.reopen(&to().ticket, &opening()).await.unwrap(), Some(to().ticket));
    assert_eq!(contract.made(), [READ, FIND, SEARCH, CLOSE, REPLY]);
    assert!(reopens.is_over(&to()).await.unwrap());
    assert_eq!(contract.made(), [READ]);
    contract.answers(as_asked);

    let (settings, secrets, means) = parts(&contract);
    let contacts = helpdesk::contacts(&settings, secrets, means).unwrap().unwrap();
    assert!(contacts.forget(&opening().customer).await.unwrap());
    assert_eq!(contract.made(), [FIND, DELETE]);

    contract.holds(include_str!("../../shared/ponte/src/helpdesk/intercom/calls.rs"), "");
}

/// What the test above stands on: Prism finds these, and the client cannot hide them.
#[tokio::test]
async fn a_wrong_request_is_found() {
    let contract = Contract::start("intercom-wrong", &SPECIFICATION).await;
    let http = http::client("").unwrap();
    let good = json!({ "message_type": "comment", "type": "user", "intercom_user_id": CONTACT, "body": "oi" });
    let with = |field: &str, value: serde_json::Value| {
        let mut body = good.clone();
        body[field] = value;
        body
    };
    let reply = "conversations/524/reply";
    let begin = |id: &str| json!({ "from": { "type": "user", "id": id }, "body": "oi" });
    let cases = [
        ("as it should be", reply, good.clone(), None),
        ("the same for a conversation", "conversations", begin(CONTACT), None),
        ("a kind that is none", reply, with("message_type", "nonsense".into()), Some("422 ")),
        ("no words", reply, json!({ "message_type": "comment", "type": "user" }), Some("422 ")),
        ("words that are a number", reply, with("body", json!({ "x": 5 })), Some("422 ")),
        ("a contact's id that is too short", "conversations", begin("1"), Some("422 ")),
        ("a path that is none", "conversations/524/replies", good.clone(), Some("404 ")),
    ];
    for (what, path, body, expected) in cases {
        let request = http.post(format!("{}/{path}", contract.url)).bearer_auth("the-token").json(&body);
        request.send().await.unwrap();
        let refused = contract.refused();
        assert_eq!(refused.len(), usize::from(expected.is_some()), "{what}: {refused:?}");
        assert!(refused.iter().all(|(_, why)| why.starts_with(expected.unwrap())), "{what}: {refused:?}");
    }
    // Without a token, and with a method that the path does not have.
    http.get(format!("{}/me", contract.url)).send().await.unwrap();
    http.request(reqwest::Method::DELETE, format!("{}/me", contract.url))
        .bearer_auth("the-token")
        .send()
        .await
        .unwrap();
    let refused = contract.refused();
    assert!(refused[0].1.starts_with("401 ") && refused[1].1.starts_with("405 "), "{refused:?}");
}
