//! What the client asks of Zendesk, in order, and what it makes of the answers.

use crate::every_port::EveryPort;
use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use ponte::{
    lime::Identity,
    message::{Content, SourceId},
    relay::{
        Failure,
        ports::{
            Author, CustomerMessage, EndedBy, FileBytes, Line, NewConversation, NoFiles, NotDelivered, Origin, Profile,
            StoredFiles,
        },
    },
};
use serde_json::{Value, json};

use super::{NOW, OPENING, answers, client, client_with, fixture, lines, to};
use crate::helpdesk::server::{Answer, Server};

const PUT: &str = "PUT tickets/5158";
const TICKET: &str = "GET tickets/5158";
const AUDITS: &str = "GET tickets/5158/audits";
const CUSTOMER: u64 = 8_447_388_090_494;

pub(super) fn opening(transcript: &str) -> NewConversation {
    let line = |author, text: &str| Line { author, text: text.to_owned(), at: Some("2026-11-20T11:58:00.000Z".into()) };
    NewConversation {
        id: to().opening,
        customer: "c41d8a07e2b95f3664d0a9c8b7e1f250".to_owned(),
        profile: Profile {
            name: Some("Maria\nda  Silva".into()),
            phone: Some("+5531".into()),
            email: Some("maria@customers.test.invalid".into()),
            identity: Identity::parse("5531999990000@wa.gw.msging.net").ok(),
            ..Profile::default()
        },
        profile_known: true,
        channel: "whatsapp".to_owned(),
        origin: Origin { mode: "router", bot: None, blip_ticket: None, referral: None },
        transcript: Some(vec![line(Author::Bot, "Olá!"), line(Author::Customer, transcript)]),
        at: NOW,
        route: service_rules::Route::default(),
        route_notes: Vec::new(),
    }
}

fn message(id: &str, content: Content) -> CustomerMessage {
    CustomerMessage { id: id.to_owned(), content, at: NOW, late: false, may_be_duplicate: false }
}

fn text(id: &str) -> CustomerMessage {
    message(id, Content::text(format!("words of {id}")))
}

fn none() -> (u16, Value) {
    (200, json!({ "tickets": [], "count": 0 }))
}

fn user() -> (u16, Value) {
    (201, json!({ "user": { "id": CUSTOMER, "role": "end-user" } }))
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

#[tokio::test]
async fn a_conversation_is_a_ticket_whose_first_comment_is_a_note() {
    let server = answers(&[none(), user(), ticket("new")]);
    assert_eq!(client(&server).open(&opening("quero falar com alguém")).await.unwrap().as_str(), "5158");
    let calls = server.calls();
    assert_eq!(lines(&calls), ["GET tickets", "POST users/create_or_update", "POST tickets"]);
    assert_eq!(calls[0].path.split('?').nth(1), Some(format!("external_id={OPENING}").as_str()));
    // `email/token` and the token, as Basic.
    assert_eq!(calls[0].header("authorization"), Some("Basic cG9udGVAZGVzay50ZXN0LmludmFsaWQvdG9rZW46dGhlLXRva2Vu"));
    // No e-mail address: Zendesk would write to the customer.
    let user = json!({ "user": { "external_id": "c41d8a07e2b95f3664d0a9c8b7e1f250", "name": "Maria da Silva", "verified": true } });
    assert_eq!(calls[1].body, user);
    assert_eq!(calls[2].header("idempotency-key"), Some(OPENING));
    let mut ticket = calls[2].body["ticket"].clone();
    let body = ticket["comment"].as_object_mut().unwrap().remove("body").unwrap();
    let expected = json!({
        "subject": "Blip · whatsapp · Maria da Silva",
        "external_id": OPENING,
        "requester_id": CUSTOMER,
        "comment": { "public": false },
        "tags": ["blip"],
    });
    assert_eq!(ticket, expected);
    // The documented request has the same fields, and more of them.
    let documented = fixture("api-create-ticket-request");
    for field in expected.as_object().unwrap().keys() {
        assert!(documented["body"]["ticket"].get(field).is_some(), "{field}");
    }
    for said in ["Phone: +5531", "[2026-11-20 11:58 UTC] Bot: Olá!", "Customer: quero falar com alguém"] {
        assert!(body.as_str().unwrap().contains(said), "{said}: {body}");
    }
}

#[tokio::test]
async fn an_opening_that_is_repeated_finds_its_ticket() {
    let found = (200, json!({ "tickets": [ticket("open").1["ticket"].clone()] }));
    let server = answers(std::slice::from_ref(&found));
    assert_eq!(client(&server).open(&opening("oi")).await.unwrap().as_str(), "5158");
    assert_eq!(lines(&server.calls()), ["GET tickets"]);
    // Whoever does not know the filter answers with every ticket: none of them is ours.
    let foreign = (200, json!({ "tickets": [{ "id": 1, "external_id": "another" }, { "id": 2 }] }));
    let server = answers(&[foreign, user(), ticket("new")]);
    assert_eq!(client(&server).open(&opening("oi")).await.unwrap().as_str(), "5158");
    // The same key with other words, since the transcript went on: the first try's ticket is found next time.
    let server = answers(&[none(), user(), (400, fixture("api-error-idempotency-mismatch")["body"].clone()), found]);
    let client = client(&server);
    assert_eq!(client.open(&opening("oi")).await.unwrap_err().kind(), "later");
    assert_eq!(client.open(&opening("oi")).await.unwrap().as_str(), "5158");
}

#[tokio::test]
async fn a_long_talk_with_the_bot_goes_on_in_notes_and_each_is_there_once() {
    let long = "palavra ".repeat(2700);
    let server = answers(&[none(), user(), ticket("new"), updated(), updated(), updated()]);
    client(&server).open(&opening(&long)).await.unwrap();
    let calls = server.calls();
    assert_eq!(lines(&calls)[3..], [PUT, PUT, PUT]);
    let marks = [3, 4, 5].map(|at: usize| calls[at].body["ticket"]["metadata"]["ponte"].clone());
    assert_eq!(marks, ["dossier-2", "dossier-3", "dossier-4"]);
    assert_eq!(calls[3].body["ticket"]["comment"]["public"], false);
    // One was lost.
    let found = (200, json!({ "tickets": [ticket("open").1["ticket"].clone()] }));
    let server = answers(&[found, audits(&["dossier-4", "dossier-2"]), updated()]);
    client(&server).open(&opening(&long)).await.unwrap();
    let calls = server.calls();
    assert_eq!(lines(&calls), ["GET tickets", AUDITS, PUT]);
    assert_eq!(calls[2].body["ticket"]["metadata"]["ponte"], "dossier-3");
}

#[tokio::test]
async fn words_are_a_public_comment_of_the_requester() {
    let server = answers(&[ticket("open"), updated(), updated()]);
    let client = client(&server);
    client.deliver(&to(), &text("m-1")).await.unwrap();
    client.deliver(&to(), &text("m-2")).await.unwrap();
    let calls = server.calls();
    assert_eq!(lines(&calls), [TICKET, PUT, PUT], "who the requester is, is asked once");
    let expected = json!({ "ticket": {
        "comment": { "body": "words of m-1", "public": true, "author_id": CUSTOMER },
        "metadata": { "ponte": "m-1" },
    } });
    assert_eq!(calls[1].body, expected);
}

#[tokio::test]
async fn what_waited_together_is_one_comment_in_order_with_its_times() {
    let later = |id: &str, seconds| CustomerMessage { at: NOW.plus(Duration::from_secs(seconds)), ..text(id) };
    let burst = [later("a", 0), later("b", 61), later("c", 3600)];
    let body = async |own: &str| {
        let server = answers(&[ticket("open"), updated()]);
        client_with(&server, "an-oauth-token", own, Arc::new(NoFiles)).deliver_batch(&to(), &burst).await.unwrap();
        let call = server.calls().pop().unwrap();
        assert_eq!(call.header("authorization"), Some("Bearer an-oauth-token"));
        assert_eq!(call.body["ticket"]["metadata"]["ponte"], "a,b,c");
        call.body["ticket"]["comment"]["body"].as_str().unwrap().to_owned()
    };
    assert_eq!(body("{}").await, "[12:00:00 UTC] words of a\n[12:01:01 UTC] words of b\n[13:00:00 UTC] words of c");
    let brasilia = body(r#"{"minutes_from_utc":-180}"#).await;
    assert_eq!(brasilia, "[09:00:00] words of a\n[09:01:01] words of b\n[10:00:00] words of c");
}

/// A repetition in other company: what is there is left out, whoever it was written with.
#[tokio::test]
async fn what_may_be_there_is_looked_for_before_it_is_repeated() {
    let again = |id| CustomerMessage { may_be_duplicate: true, ..text(id) };
    let server = answers(&[audits(&["x", "a,b"]), ticket("open"), updated(), audits(&["a,b", "c,d"])]);
    let client = client(&server);
    client.deliver_batch(&to(), &[again("a"), again("b"), again("c"), text("d")]).await.unwrap();
    let calls = server.calls();
    assert_eq!(lines(&calls), [AUDITS, TICKET, PUT]);
    assert_eq!(calls[2].body["ticket"]["metadata"]["ponte"], "c,d");
    client.deliver(&to(), &again("d")).await.unwrap();
    assert_eq!(lines(&server.calls()), [AUDITS]);
}

#[tokio::test]
async fn the_whole_history_is_looked_through() {
    let mut first = audits(&["x"]);
    first.1["meta"] = json!({ "has_more": true, "after_cursor": "eyJv" });
    let server = answers(&[first, audits(&["a"])]);
    client(&server).deliver(&to(), &CustomerMessage { may_be_duplicate: true, ..text("a") }).await.unwrap();
    let calls = server.calls();
    assert_eq!(lines(&calls), [AUDITS, AUDITS]);
    assert!(calls[1].path.ends_with("page%5Bsize%5D=100&page%5Bafter%5D=eyJv"), "{}", calls[1].path);
}

/// The marks of ten messages fit into the metadata that Zendesk keeps.
#[test]
fn the_marks_of_a_burst_fit() {
    let settings = ponte::settings::HelpdeskSettings { name: "zendesk".into(), url: String::new(), own: String::new() };
    let together = ponte::helpdesk::capabilities(&settings).unwrap().max_batch;
    let key = ponte::hash::HashKey::new(b"test");
    let marks: Vec<String> = (0..together).map(|n| key.hex(&["customer-message", &n.to_string()])).collect();
    let metadata = json!({ "ponte": marks.join(",") }).to_string();
    assert!(together > 1 && metadata.len() < 1024, "{}", metadata.len());
}

struct OneFile;

#[async_trait]
impl StoredFiles for OneFile {
    async fn open(&self, url: &str) -> Result<Option<FileBytes>, Failure> {
        let pieces = ["%PDF", "-1.7"].map(|piece| Ok(Bytes::from_static(piece.as_bytes())));
        Ok(url.contains("/media/").then(|| FileBytes {
            name: "conta de água.pdf".to_owned(),
            mime: "application/pdf".to_owned(),
            size: 8,
            bytes: Box::pin(futures_util::stream::iter(pieces)),
        }))
    }
}

fn file(url: &str, caption: Option<&str>) -> Content {
    Content::File {
        url: url.to_owned(),
        name: Some("conta de água.pdf".to_owned()),
        mime: Some("application/pdf".to_owned()),
        size: Some(8),
        caption: caption.map(str::to_owned),
    }
}

#[tokio::test]
async fn a_file_is_uploaded_and_one_that_cannot_be_is_a_link() {
    let uploaded = || (201, json!({ "upload": { "token": "6bk3gql82em5nmf" } }));
    let server = answers(&[ticket("open"), uploaded(), updated(), (413, json!({})), updated(), updated()]);
    let client = client_with(&server, "k", "{}", Arc::new(OneFile));
    let url = "https://api.example/media/1";
    client.deliver(&to(), &message("a", file(url, Some("segue")))).await.unwrap();
    client.deliver(&to(), &message("b", file(url, None))).await.unwrap();
    client.deliver(&to(), &message("c", file("https://elsewhere.example/1", None))).await.unwrap();
    let calls = server.calls();
    assert_eq!(lines(&calls), [TICKET, "POST uploads", PUT, "POST uploads", PUT, PUT]);
    let upload = &calls[1];
    assert!(upload.path.ends_with("uploads?filename=conta+de+%C3%A1gua.pdf"), "{}", upload.path);
    assert_eq!((upload.text.as_str(), upload.header("content-type")), ("%PDF-1.7", Some("application/pdf")));
    assert_eq!(upload.header("content-length"), Some("8"));
    let comment = |at: usize| calls[at].body["ticket"]["comment"].clone();
    assert_eq!((&comment(2)["body"], &comment(2)["uploads"]), (&json!("segue"), &json!(["6bk3gql82em5nmf"])));
    assert_eq!(comment(4)["body"], format!("conta de água.pdf\n{url}"), "too large for this account");
    assert_eq!(comment(5)["body"], "conta de água.pdf\nhttps://elsewhere.example/1");
    assert_eq!(comment(5).get("uploads"), None);
    // An upload has no effect by itself.
    let server = answers(&[ticket("open"), (500, json!({}))]);
    let client = client_with(&server, "k", "{}", Arc::new(OneFile));
    assert_eq!(client.deliver(&to(), &message("a", file(url, None))).await.unwrap_err().kind(), "later");
}

#[tokio::test]
async fn what_comes_after_the_end_is_a_note_and_opens_nothing() {
    let late = CustomerMessage { late: true, ..text("a") };
    let server = answers(&[updated(), audits(&["a"])]);
    let client = client(&server);
    client.deliver(&to(), &late).await.unwrap();
    client.deliver(&to(), &CustomerMessage { may_be_duplicate: true, ..late }).await.unwrap();
    let calls = server.calls();
    assert_eq!(lines(&calls), [PUT, AUDITS]);
    let comment = &calls[0].body["ticket"]["comment"];
    assert_eq!(comment["public"], false);
    assert_eq!(comment["body"], "The customer wrote this before the end, and it came after:\nwords of a");
}

#[tokio::test]
async fn the_agent_is_told_in_notes_and_each_once() {
    let comments =
        (200, json!({ "comments": [{ "id": 7, "body": "Bom dia,\nMaria", "public": true, "author_id": 1 }] }));
    let server =
        answers(&[audits(&[]), updated(), comments, audits(&[]), updated(), audits(&["n", "not-delivered-comment-7"])]);
    let client = client(&server);
    client.note(&to(), "n", "something was parked").await.unwrap();
    let id = SourceId::exact("comment-7");
    client.not_delivered(&to(), &id, &NotDelivered::Closed).await.unwrap();
    client.note(&to(), "n", "something was parked").await.unwrap();
    let calls = server.calls();
    assert_eq!(lines(&calls), [AUDITS, PUT, "GET tickets/5158/comments", AUDITS, PUT, AUDITS]);
    let note = |at: usize| calls[at].body["ticket"].clone();
    assert_eq!(
        note(1),
        json!({ "comment": { "body": "something was parked", "public": false }, "metadata": { "ponte": "n" } })
    );
    assert!(note(4)["comment"]["body"].as_str().unwrap().ends_with("\n> Bom dia,"), "{}", note(4));
    assert_eq!(note(4)["comment"]["public"], false);
}

#[tokio::test]
async fn a_customer_who_left_is_a_note_and_a_solved_ticket() {
    let server = answers(&[audits(&[]), ticket("open"), updated(), audits(&["ended"])]);
    let client_ = client(&server);
    client_.ended(&to(), EndedBy::Customer).await.unwrap();
    client_.ended(&to(), EndedBy::Customer).await.unwrap();
    client_.ended(&to(), EndedBy::Agent).await.unwrap();
    let calls = server.calls();
    assert_eq!(lines(&calls), [AUDITS, TICKET, PUT, AUDITS]);
    let expected = json!({ "ticket": {
        "comment": { "body": "The customer has left the conversation.", "public": false },
        "status": "solved",
        "metadata": { "ponte": "ended" },
    } });
    assert_eq!(calls[2].body, expected);
    // A field that an agent must fill in first: the note is there all the same.
    let cannot =
        (422, json!({ "error": "RecordInvalid", "details": { "base": [{ "description": "Type: is required" }] } }));
    let server = answers(&[audits(&[]), ticket("open"), cannot, updated()]);
    client(&server).ended(&to(), EndedBy::Transfer).await.unwrap();
    assert_eq!(server.calls()[3].body["ticket"].get("status"), None);
    // It is solved already.
    let server = answers(&[audits(&[]), ticket("solved"), updated()]);
    client(&server).ended(&to(), EndedBy::Customer).await.unwrap();
    assert_eq!(server.calls()[2].body["ticket"].get("status"), None);
}

#[tokio::test]
async fn answers_are_read_as_what_they_mean() {
    let check = async |answer: Answer, expected: Failure| {
        let status = answer.status;
        let server = Server::new(vec![ticket("open").into(), answer, ticket("open").into(), count(7).into()]);
        assert_eq!(client(&server).deliver(&to(), &text("a")).await.unwrap_err(), expected, "{status}");
    };
    let refused = |status| Failure::Refused { why: "the helpdesk refuses the message", status };
    let wait =
        |seconds| Failure::Later { after: Some(Duration::from_secs(seconds)), why: "the helpdesk asks to wait (429)" };
    let limited = fixture("api-rate-limited");
    assert_eq!(
        (&limited["headers"]["retry-after"], &limited["headers"]["ratelimit-reset"]),
        (&json!("17"), &json!("17"))
    );
    let body = || limited["body"].clone();
    check(Answer { status: 429, headers: "retry-after: 17\r\nratelimit-reset: 90\r\n", body: body() }, wait(17)).await;
    check(Answer { status: 429, headers: "ratelimit-reset: 17\r\n", body: body() }, wait(17)).await;
    check(Answer { status: 429, headers: "ratelimit-reset: 99999\r\n", body: body() }, wait(600)).await;
    check((422, fixture("api-error-closed-ticket")["body"].clone()).into(), Failure::Gone).await;
    check((404, json!({ "error": "RecordNotFound" })).into(), Failure::Gone).await;
    check((422, json!({ "error": "RecordInvalid", "details": { "base": [] } })).into(), refused(422)).await;
    check((422, json!("strange")).into(), refused(422)).await;
    check((400, json!({})).into(), refused(400)).await;
    check(
        (409, json!({ "error": "UpdateConflict" })).into(),
        Failure::later("conflict with a concurrent update (409)"),
    )
    .await;
    check((503, json!({})).into(), Failure::Later { after: None, why: "the helpdesk is not available (503)" }).await;
    check((500, json!({})).into(), Failure::Unknown { why: "the helpdesk fails (500)" }).await;
    for status in [401, 403] {
        check((status, json!({})).into(), crate::helpdesk::refused_key(status)).await;
    }
}

fn invalid() -> (u16, Value) {
    (422, json!({ "error": "RecordInvalid", "details": { "base": [{ "description": "..." }] } }))
}

#[tokio::test]
async fn a_ticket_that_is_full_is_left() {
    let server = answers(&[ticket("open"), invalid(), ticket("open"), count(5000)]);
    assert_eq!(client(&server).deliver(&to(), &text("a")).await, Err(Failure::Gone));
    assert_eq!(lines(&server.calls()), [TICKET, PUT, TICKET, "GET tickets/5158/comments/count"]);
}

#[tokio::test]
async fn a_requester_who_was_merged_into_another_is_asked_for_anew() {
    let mut merged = ticket("open");
    merged.1["ticket"]["requester_id"] = 9.into();
    let server = answers(&[ticket("open"), invalid(), merged, updated(), updated()]);
    let client = client(&server);
    client.deliver(&to(), &text("a")).await.unwrap();
    client.deliver(&to(), &text("b")).await.unwrap();
    let calls = server.calls();
    assert_eq!(lines(&calls), [TICKET, PUT, TICKET, PUT, PUT]);
    assert_eq!([3, 4].map(|at: usize| calls[at].body["ticket"]["comment"]["author_id"].clone()), [9, 9]);
}

/// Blip did not answer who it is: a name that Zendesk knows is better than none.
#[tokio::test]
async fn a_customer_without_a_name_keeps_the_one_that_is_known() {
    let nameless = || {
        let mut opening = opening("oi");
        opening.profile = Profile::default();
        opening.profile_known = false;
        opening
    };
    let known = json!({ "id": CUSTOMER, "external_id": "c41d8a07e2b95f3664d0a9c8b7e1f250", "name": "Maria" });
    let server = answers(&[none(), (200, json!({ "users": [{ "id": 1 }, known] })), ticket("new")]);
    client(&server).open(&nameless()).await.unwrap();
    let calls = server.calls();
    assert_eq!(lines(&calls), ["GET tickets", "GET users", "POST tickets"]);
    assert_eq!(calls[2].body["ticket"]["requester_id"], CUSTOMER);
    let server =
        answers(&[none(), (200, json!({ "users": [{ "id": 1, "external_id": "another" }] })), user(), ticket("new")]);
    client(&server).open(&nameless()).await.unwrap();
    assert_eq!(server.calls()[2].body["user"]["name"], "Blip whatsapp");
}

#[tokio::test]
async fn the_key_goes_to_the_accounts_own_files_only() {
    let server = answers(&[]);
    let client = client(&server);
    let access = |url: &str| client.file_access(url).is_some();
    assert!(access(&format!("{}/attachments/token/abc/?name=a.pdf", server.url)));
    for elsewhere in ["https://evil.example/attachments/token/abc", "http://127.0.0.1/attachments", "no link", ""] {
        assert!(!access(elsewhere), "{elsewhere}");
    }
}
