//! What the client asks of Intercom, in order, and what it makes of the answers. Every body is held against the
//! specification.

use crate::every_port::EveryPort;
use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use ponte::{
    clock::{Clock, Timestamp},
    helpdesk::{self, ClientDeps, Secrets},
    http,
    lime::Identity,
    message::{Content, ConversationId, SourceId, TicketId},
    relay::{
        Failure,
        ports::{
            Author, CustomerMessage, EndedBy, Helpdesk, Line, NewConversation, NoFiles, NotDelivered, Origin, Profile,
            TicketRef,
        },
    },
    secret::{Secret, SecretSource},
    settings::HelpdeskSettings,
};
use serde_json::{Value, json};

use super::{
    super::server::{Answer, Call, Server},
    fixture, schema,
};

const OPENING: &str = "0f3a9c5e7b1d4e2f8a6c0b9d7e5f3a1c-5b8e2d41f7a0";
pub(super) const CONTACT: &str = "667d60d18a68186f43bafddd";
/// Four seconds before the end of the window in `api-rate-limited.json`.
const NOW: Timestamp = Timestamp(1_764_000_006_250);

struct Fixed;

impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        NOW
    }
}

/// A secret that is another one when it is fetched anew.
struct Next;

#[async_trait]
impl SecretSource for Next {
    async fn fetch(&self) -> Option<String> {
        Some("the-next-token".to_owned())
    }
}

/// Its first value was fetched long ago.
struct LongAgo(std::sync::atomic::AtomicBool);

impl Clock for LongAgo {
    fn now(&self) -> Timestamp {
        if self.0.swap(true, std::sync::atomic::Ordering::Relaxed) { NOW } else { Timestamp(0) }
    }
}

fn client(other_side: &Server) -> Arc<dyn Helpdesk> {
    client_with(other_side, "{}")
}

pub(super) fn client_with(other_side: &Server, own: &str) -> Arc<dyn Helpdesk> {
    let settings = HelpdeskSettings { name: "intercom".into(), url: other_side.url.clone(), own: own.into() };
    let clock = Arc::new(LongAgo(std::sync::atomic::AtomicBool::new(false)));
    let credentials = Secret::new("the-token".to_owned(), Arc::new(Next), clock);
    let webhook = Secret::new(String::new(), Arc::new(String::new()), Arc::new(Fixed));
    let texts = crate::rules::english();
    let http = http::client("").unwrap();
    let means = ClientDeps { http, texts: texts.into(), clock: Arc::new(Fixed), files: Arc::new(NoFiles) };
    helpdesk::client(&settings, Secrets { credentials, webhook }, means).unwrap()
}

fn to() -> TicketRef {
    TicketRef { opening: ConversationId::parse(OPENING).unwrap(), ticket: TicketId::new("524") }
}

pub(super) fn opening() -> NewConversation {
    let line = |author, text: &str| Line { author, text: text.to_owned(), at: Some("2025-11-24T15:59:40.000Z".into()) };
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
        transcript: Some(vec![line(Author::Bot, "Olá!"), line(Author::Customer, "quero falar\ncom alguém")]),
        at: NOW,
        route: service_rules::Route::default(),
        route_notes: Vec::new(),
        previous: None,
    }
}

fn message(content: Content, again: bool) -> CustomerMessage {
    CustomerMessage { id: "0123456789abcdef".to_owned(), content, at: NOW, late: false, may_be_duplicate: again }
}

/// An answer that is good, or only has this status.
fn answers(bodies: &[(u16, Value)]) -> Server {
    Server::new(bodies.iter().cloned().map(Answer::from).collect())
}

fn me() -> (u16, Value) {
    (200, json!({ "type": "admin", "id": "991267459", "email": "bot@desk.example", "name": "Ponte" }))
}

fn contact() -> (u16, Value) {
    (200, json!({ "type": "contact", "id": CONTACT, "role": "user" }))
}

fn error(status: u16, code: &str, message: &str) -> (u16, Value) {
    (status, json!({ "type": "error.list", "errors": [{ "code": code, "message": message }] }))
}

fn begun() -> (u16, Value) {
    (200, json!({ "type": "user_message", "id": "403918330", "message_type": "inapp", "conversation_id": "524" }))
}

fn part(kind: &str, author: &str, body: &str) -> Value {
    json!({
        "type": "conversation_part", "id": "7001", "part_type": kind, "body": body, "created_at": NOW.seconds(),
        "author": { "type": author, "id": "1", "name": "Ana" }, "attachments": [],
    })
}

fn conversation(state: &str, parts: &[Value]) -> (u16, Value) {
    let parts = json!({ "type": "conversation_part.list", "conversation_parts": parts, "total_count": parts.len() });
    let contacts = json!({ "type": "contact.list", "contacts": [{ "type": "contact", "id": CONTACT }] });
    let source = json!({ "type": "conversation", "id": "1", "body": format!("Blip · whatsapp [{OPENING}]") });
    let whole = json!({
        "type": "conversation", "id": "524", "state": state, "source": source, "contacts": contacts,
        "conversation_parts": parts,
    });
    (200, whole)
}

/// The calls, each a line, after a look at their headers and bodies.
fn checked(calls: &[Call]) -> Vec<String> {
    for call in calls {
        schema::check(call).unwrap();
        assert_eq!(call.header("intercom-version"), Some("2.15"));
        assert!(call.header("authorization").unwrap().starts_with("Bearer the-"));
        let plain = call.path.ends_with("?display_as=plaintext");
        assert_eq!(plain, call.line() == "GET /conversations/524", "{}", call.path);
    }
    calls.iter().map(Call::line).collect()
}

const FIND: &str = "GET /contacts/find_by_external_id/c41d8a07e2b95f3664d0a9c8b7e1f250";
const READ: &str = "GET /conversations/524";
const REPLY: &str = "POST /conversations/524/reply";

#[tokio::test]
async fn a_new_customer_is_a_contact_a_conversation_and_a_note() {
    let missing = error(404, "not_found", "User Not Found");
    let server = answers(&[missing, contact(), begun(), me(), conversation("open", &[])]);
    assert_eq!(client(&server).open(&opening()).await.unwrap().as_str(), "524");
    let calls = server.calls();
    assert_eq!(checked(&calls), [FIND, "POST /contacts", "POST /conversations", "GET /me", REPLY]);
    // Neither e-mail nor phone: Intercom would write to the customer by itself, or find somebody else.
    let expected = json!({ "role": "user", "external_id": "c41d8a07e2b95f3664d0a9c8b7e1f250", "name": "Maria <3" });
    assert_eq!(calls[1].body, expected);
    assert_eq!(calls[2].body["body"], format!("Blip · whatsapp [{OPENING}]"));
    let note = calls[4].body["body"].as_str().unwrap();
    assert_eq!((&calls[4].body["message_type"], &calls[4].body["admin_id"]), (&json!("note"), &json!("991267459")));
    for said in
        ["Name: Maria &lt;3<br>", "Phone: +5531", "a@b.example", "[2025-11-24 15:59 UTC] Bot: Olá!", "com alguém"]
    {
        assert!(note.contains(said), "{said}: {note}");
    }
}

/// The first try was made, and its answer lost.
#[tokio::test]
async fn an_opening_that_is_repeated_finds_its_conversation() {
    let other =
        json!({ "id": "1", "source": { "body": "Blip · whatsapp [0f3a9c5e7b1d4e2f8a6c0b9d7e5f3a1c-ffffffffffff]" } });
    let ours = conversation("open", &[]).1;
    let found = (200, json!({ "type": "conversation.list", "conversations": [other, ours] }));
    let server = answers(&[contact(), found, conversation("open", &[]), me(), conversation("open", &[])]);
    let client_ = client(&server);
    assert_eq!(client_.open(&opening()).await.unwrap().as_str(), "524");
    let calls = server.calls();
    assert_eq!(checked(&calls), [FIND, "POST /conversations/search", READ, "GET /me", REPLY]);
    assert_eq!(
        calls[1].body["query"]["value"][0],
        json!({ "field": "contact_ids", "operator": "=", "value": CONTACT })
    );
    // And the note, once it is there, is not written again.
    let note = part("note", "admin", calls[4].body["body"].as_str().unwrap());
    let server = answers(&[
        contact(),
        (200, json!({ "conversations": [conversation("open", &[]).1] })),
        conversation("open", &[note]),
    ]);
    client(&server).open(&opening()).await.unwrap();
    assert_eq!(checked(&server.calls()), [FIND, "POST /conversations/search", READ]);
}

#[tokio::test]
async fn a_contact_that_is_in_the_way_is_used() {
    let none = (200, json!({ "conversations": [] }));
    let missing = || error(404, "not_found", "User Not Found");
    let words = format!("A contact matching those details already exists with id={CONTACT}");
    let server = answers(&[missing(), error(409, "conflict", &words), none.clone(), begun(), me(), contact()]);
    client(&server).open(&opening()).await.unwrap();
    let calls = server.calls();
    let rest = ["POST /conversations/search", "POST /conversations", "GET /me", REPLY];
    assert_eq!(checked(&calls), [&[FIND, "POST /contacts"], &rest[..]].concat());
    assert_eq!(calls[3].body["from"], json!({ "type": "user", "id": CONTACT }));
    // An archived one is taken back first.
    let words = format!("An archived contact matching those details already exists with id={CONTACT}");
    let server =
        answers(&[missing(), error(409, "conflict", &words), contact(), none.clone(), begun(), me(), contact()]);
    client(&server).open(&opening()).await.unwrap();
    let unarchive = format!("POST /contacts/{CONTACT}/unarchive");
    assert_eq!(checked(&server.calls()), [&[FIND, "POST /contacts", &unarchive], &rest[..]].concat());
    // Where the words say nothing, it is looked for.
    let server = answers(&[missing(), error(409, "conflict", "?"), contact(), none, begun(), me(), contact()]);
    client(&server).open(&opening()).await.unwrap();
    assert_eq!(checked(&server.calls()), [&[FIND, "POST /contacts", FIND], &rest[..]].concat());
}

#[tokio::test]
async fn words_are_a_reply_of_the_contact() {
    let example = fixture("api-reply-user-request");
    let ok = || conversation("open", &[]);
    let server = answers(&[ok(), ok(), ok(), ok()]);
    let client = client(&server);
    let file = |mime: &str, name: &str, caption: Option<&str>| Content::File {
        url: format!("https://bucket.example.invalid/{name}"),
        name: Some(name.to_owned()),
        mime: Some(mime.to_owned()),
        size: Some(9),
        caption: caption.map(str::to_owned),
    };
    let picture = file("image/jpeg", "foto.jpg", Some("Não consigo entrar"));
    client.deliver(&to(), &message(picture, false)).await.unwrap();
    for (mime, name) in [("image/png", "a.png"), ("application/pdf", "a.pdf")] {
        client.deliver(&to(), &message(file(mime, name, None), false)).await.unwrap();
    }
    let calls = server.calls();
    assert_eq!(checked(&calls), [READ, REPLY, REPLY, REPLY], "whose it is, is asked once");
    let mut expected = example["body"].clone();
    expected["created_at"] = NOW.seconds().into();
    assert_eq!(calls[1].body, expected);
    assert_eq!(
        (&calls[2].body["body"], &calls[2].body["attachment_urls"][0]),
        (&json!("a.png"), &json!("https://bucket.example.invalid/a.png"))
    );
    // `attachment_urls` is for pictures: another file is its link.
    assert_eq!(calls[3].body["body"], "a.pdf\nhttps://bucket.example.invalid/a.pdf");
    assert_eq!(calls[3].body.get("attachment_urls"), None);
}

/// Intercom has no idempotency key: what was tried before is looked for.
#[tokio::test]
async fn a_reply_is_looked_for_before_it_is_repeated() {
    let there = |parts: &[Value]| answers(&[conversation("open", parts), conversation("open", &[])]);
    let again = message(Content::text("Bom dia,\nAna"), true);
    let server = there(&[part("comment", "user", "<p>Bom dia,<br>Ana</p>")]);
    client(&server).deliver(&to(), &again).await.unwrap();
    assert_eq!(checked(&server.calls()), [READ]);
    let mut earlier = part("comment", "user", "Bom dia, Ana");
    earlier["created_at"] = (NOW.seconds() - 1).into();
    for other in [earlier, part("comment", "user", "Boa tarde"), part("comment", "admin", "Bom dia, Ana")] {
        let server = there(&[other]);
        client(&server).deliver(&to(), &again).await.unwrap();
        assert_eq!(checked(&server.calls()), [READ, REPLY]);
    }
    // Said twice within a second, and not tried before: both are passed on.
    let server = there(&[part("comment", "user", "Bom dia, Ana")]);
    client(&server).deliver(&to(), &message(Content::text("Bom dia, Ana"), false)).await.unwrap();
    assert_eq!(checked(&server.calls()), [READ, REPLY]);
}

#[tokio::test]
async fn what_comes_after_the_end_is_a_note() {
    let server = answers(&[conversation("closed", &[]), me(), conversation("closed", &[])]);
    let late = CustomerMessage { late: true, ..message(Content::text("obrigada!"), false) };
    client(&server).deliver(&to(), &late).await.unwrap();
    let calls = server.calls();
    assert_eq!(checked(&calls), [READ, "GET /me", REPLY]);
    assert_eq!(calls[2].body["message_type"], "note");
    assert!(calls[2].body["body"].as_str().unwrap().contains("<br>obrigada!"));
    let server = answers(&[conversation("closed", &[part("note", "admin", calls[2].body["body"].as_str().unwrap())])]);
    client(&server).deliver(&to(), &late).await.unwrap();
    assert_eq!(checked(&server.calls()), [READ]);
}

#[tokio::test]
async fn the_agent_is_told_in_notes_and_each_once() {
    let seen = || conversation("open", &[part("comment", "admin", "Segue o contrato")]);
    let ok = || conversation("open", &[]);
    let server = answers(&[seen(), seen(), me(), ok(), seen(), ok()]);
    let client_ = client(&server);
    client_.not_delivered(&to(), &SourceId::exact("7001"), &NotDelivered::Closed).await.unwrap();
    client_.note(&to(), "parked-1", "A message is kept aside.").await.unwrap();
    let calls = server.calls();
    assert_eq!(checked(&calls), [READ, READ, "GET /me", REPLY, READ, REPLY], "whose token it is, is asked once");
    let body = |call: &Call| call.body["body"].as_str().unwrap().to_owned();
    assert!(body(&calls[3]).contains("already closed.<br>&gt; Segue o contrato"), "{}", body(&calls[3]));
    let notes: Vec<Value> = [3, 5].iter().map(|at| part("note", "admin", &body(&calls[*at]))).collect();
    let server = answers(&[conversation("open", &notes), conversation("open", &notes), conversation("open", &notes)]);
    let client_ = client(&server);
    client_.not_delivered(&to(), &SourceId::exact("7001"), &NotDelivered::Superseded).await.unwrap();
    client_.note(&to(), "parked-1", "A message is kept aside.").await.unwrap();
    assert_eq!(checked(&server.calls()), [READ, READ, READ]);
}

#[tokio::test]
async fn a_customer_who_left_is_a_note_and_a_close() {
    let server = answers(&[conversation("open", &[]), me(), conversation("open", &[]), conversation("closed", &[])]);
    client(&server).ended(&to(), EndedBy::Customer).await.unwrap();
    let calls = server.calls();
    assert_eq!(checked(&calls), [READ, "GET /me", REPLY, "POST /conversations/524/parts"]);
    assert_eq!(calls[3].body["body"], format!("[{OPENING}]"), "so that the verifier knows it for our own");
    // Again: neither twice. Nor where an agent ended it.
    let server = answers(&[conversation("closed", &[part("note", "admin", calls[2].body["body"].as_str().unwrap())])]);
    client(&server).ended(&to(), EndedBy::Transfer).await.unwrap();
    assert_eq!(checked(&server.calls()), [READ]);
    client(&answers(&[])).ended(&to(), EndedBy::Agent).await.unwrap();
}

#[tokio::test]
async fn answers_are_read_as_what_they_mean() {
    let deliver = async |server: &Server| client(server).deliver(&to(), &message(Content::text("oi"), false)).await;
    let limited = fixture("api-rate-limited");
    let reset = "x-ratelimit-remaining: 0\r\nx-ratelimit-reset: 1764000010\r\n";
    let server = Server::new(vec![Answer { status: 429, headers: reset, body: limited["body"].clone() }]);
    let after = Some(Duration::from_millis(4_750));
    assert_eq!(deliver(&server).await, Err(Failure::Later { after, why: "the helpdesk asks to wait (429)" }));
    for (reset, seconds) in [("1", 1), ("9999999999", 61)] {
        let headers = format!("x-ratelimit-reset: {reset}\r\n").leak();
        let server = Server::new(vec![Answer { status: 429, headers, body: Value::Null }]);
        assert_eq!(deliver(&server).await.unwrap_err().retry_after(), Some(Duration::from_secs(seconds)));
    }
    let kind = async |answers_: &[(u16, Value)]| deliver(&answers(answers_)).await.map_or_else(|f| f.kind(), |()| "ok");
    assert_eq!(kind(&[error(404, "not_found", "Resource Not Found")]).await, "gone");
    assert_eq!(kind(&[conversation("open", &[]), (422, json!({}))]).await, "refused");
    assert_eq!(kind(&[conversation("open", &[]), (500, json!({}))]).await, "unknown", "it may have been posted");
    assert_eq!(kind(&[(500, json!({}))]).await, "later", "nothing was posted yet");
    assert_eq!(kind(&[(200, json!([]))]).await, "later");
    let restricted = || error(403, "api_plan_restricted", "Active subscription needed.");
    assert_eq!(kind(&[restricted(), restricted()]).await, "unauthorized");
}

#[tokio::test]
async fn a_token_that_is_refused_is_fetched_anew() {
    let refused = error(401, "unauthorized", "Access Token Invalid");
    let server = answers(&[refused, conversation("open", &[]), conversation("open", &[])]);
    client(&server).deliver(&to(), &message(Content::text("oi"), false)).await.unwrap();
    let calls = server.calls();
    let tokens: Vec<_> = calls.iter().map(|call| call.header("authorization").unwrap()).collect();
    assert_eq!(tokens, ["Bearer the-token", "Bearer the-next-token", "Bearer the-next-token"]);
}

/// The conversation was given to another contact, into which the customer's was merged.
#[tokio::test]
async fn a_contact_that_was_merged_is_asked_for_anew() {
    let gone = error(404, "not_found", "User Not Found");
    let mut merged = conversation("open", &[]);
    merged.1["contacts"]["contacts"][0]["id"] = "aaaaaaaaaaaaaaaaaaaaaaaa".into();
    let server =
        answers(&[conversation("open", &[]), conversation("open", &[]), gone, merged, conversation("open", &[])]);
    let client = client(&server);
    for text in ["um", "dois"] {
        client.deliver(&to(), &message(Content::text(text), false)).await.unwrap();
    }
    let calls = server.calls();
    assert_eq!(checked(&calls), [READ, REPLY, REPLY, READ, REPLY]);
    assert_eq!(calls[4].body["intercom_user_id"], "aaaaaaaaaaaaaaaaaaaaaaaa");
}

/// The specification is a judge: it refuses what is not its own.
#[test]
fn the_specification_refuses_other_bodies() {
    let server = |body: Value| Call::made("POST", "/conversations/524/reply", body);
    let good = fixture("api-reply-user-request")["body"].clone();
    assert_eq!(schema::check(&server(good.clone())), Ok(()));
    for (field, value) in [("message_type", json!("note")), ("body", json!(5)), ("intercom_user_id", Value::Null)] {
        let mut bad = good.clone();
        bad[field] = value;
        assert!(schema::check(&server(bad)).is_err(), "{field}");
    }
    assert!(schema::check(&Call::made("POST", "/conversations/524/replies", good)).is_err());
}
