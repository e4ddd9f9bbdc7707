//! What the client asks of Chatwoot, in order, and what it makes of the answers.

use crate::every_port::EveryPort;
use std::{sync::Arc, time::Duration};

use ponte::{
    message::SourceId,
    relay::{
        Failure,
        ports::{CustomerMessage, EndedBy, NotDelivered},
    },
};
use serde_json::{Value, json};

use super::{
    super::bridge::{CUSTOMER, FILE, OPENING, OneFile, answers, file, opening, text, to},
    ADAPTER, conversation, messages, ours, said,
};
use crate::helpdesk::server::{Answer, Server};

const SEARCH: &str = "GET contacts/search";
const CREATE: &str = "POST contacts";
const OF_CONTACT: &str = "GET contacts/52/conversations";
const BEGIN: &str = "POST conversations";
const SAY: &str = "POST conversations/118/messages";
const LOOK: &str = "GET conversations/118/messages";
const READ: &str = "GET conversations/118";
const STATUS: &str = "POST conversations/118/toggle_status";

fn contacts(contacts: impl Into<Value>) -> (u16, Value) {
    (200, json!({ "meta": {}, "payload": contacts.into() }))
}

fn known() -> (u16, Value) {
    let inbox = |id: u64, source: &str| json!({ "source_id": source, "inbox": { "id": id } });
    contacts(json!([
        { "id": 51, "identifier": "another", "name": CUSTOMER },
        { "id": 52, "identifier": CUSTOMER, "contact_inboxes": [inbox(8, "elsewhere"), inbox(9, "here")] },
    ]))
}

fn created() -> (u16, Value) {
    (200, json!({ "payload": { "contact": { "id": 52 }, "contact_inbox": { "source_id": CUSTOMER } } }))
}

fn begun() -> (u16, Value) {
    (200, json!({ "id": 118, "account_id": 3, "inbox_id": 9 }))
}

fn ok() -> (u16, Value) {
    (200, json!({ "id": 1 }))
}

#[tokio::test]
async fn a_new_customer_becomes_a_contact_and_a_conversation_with_a_note() {
    let server = answers(&[contacts(json!([])), created(), begun(), ok()]);
    let ticket = ADAPTER.client(&server).open(&opening()).await.unwrap();
    assert_eq!(ticket.as_str(), "118");
    let calls = server.calls();
    assert_eq!(ADAPTER.lines(&calls), [SEARCH, CREATE, BEGIN, SAY]);
    assert!(calls.iter().all(|call| call.header("api_access_token") == Some("the-token")));
    assert!(calls[0].path.ends_with(&format!("?q={CUSTOMER}")));
    let contact = json!({ "inbox_id": 9, "name": "Maria", "identifier": CUSTOMER, "source_id": CUSTOMER });
    assert_eq!(calls[1].body, contact);
    let begin = json!({
        "source_id": CUSTOMER, "inbox_id": 9, "contact_id": 52, "status": "open", "custom_attributes": { "ponte": OPENING },
    });
    assert_eq!(calls[2].body, begin);
    let note = &calls[3].body;
    assert_eq!(
        (&note["private"], &note["message_type"], &note["source_id"]),
        (&json!(true), &json!("outgoing"), &json!("ponte:dossier-1-5b8e2d41f7a0"))
    );
    let text = note["content"].as_str().unwrap();
    assert!(
        text.contains("Phone: +5531") && text.contains("Bot: Olá!") && text.contains("Customer: quero falar"),
        "{text}"
    );
}

#[tokio::test]
async fn a_known_customer_and_a_repeated_opening_are_found() {
    let another = json!({ "id": 90, "custom_attributes": { "ponte": OPENING.replace("f7a0", "f7a1") } });
    let server = answers(&[known(), (200, json!({ "payload": [another] })), begun(), ok()]);
    ADAPTER.client(&server).open(&opening()).await.unwrap();
    let calls = server.calls();
    assert_eq!(ADAPTER.lines(&calls), [SEARCH, OF_CONTACT, BEGIN, SAY]);
    assert_eq!(calls[2].body["source_id"], "here", "what the contact is called in this inbox");

    let ours = json!({ "id": 118, "custom_attributes": { "ponte": OPENING } });
    let found = || [known(), (200, json!({ "payload": [another.clone(), ours.clone()] }))];
    let server = answers(&[found().to_vec(), vec![messages(&[]), ok()]].concat());
    assert_eq!(ADAPTER.client(&server).open(&opening()).await.unwrap().as_str(), "118");
    assert_eq!(ADAPTER.lines(&server.calls()), [SEARCH, OF_CONTACT, LOOK, SAY], "its note was lost");
    let server =
        answers(&[found().to_vec(), vec![messages(&[super::ours(5, "ponte:dossier-1-5b8e2d41f7a0")])]].concat());
    ADAPTER.client(&server).open(&opening()).await.unwrap();
    assert_eq!(ADAPTER.lines(&server.calls()), [SEARCH, OF_CONTACT, LOOK]);
}

#[tokio::test]
async fn a_contact_that_somebody_made_meanwhile_is_taken() {
    let refused = (422, json!({ "message": "Identifier has already been taken", "attributes": ["identifier"] }));
    let none = || contacts(json!([]));
    let server = answers(&[none(), refused.clone(), known(), (200, json!({ "payload": [] })), begun(), ok()]);
    ADAPTER.client(&server).open(&opening()).await.unwrap();
    assert_eq!(ADAPTER.lines(&server.calls()), [SEARCH, CREATE, SEARCH, OF_CONTACT, BEGIN, SAY]);
    let server = answers(&[none(), refused, none()]);
    let failure = ADAPTER.client(&server).open(&opening()).await.unwrap_err();
    assert_eq!(failure, Failure::Refused { why: "the helpdesk refuses the contact", status: 422 });
}

#[tokio::test]
async fn words_are_incoming_and_a_repetition_is_looked_for() {
    let server = answers(&[ok()]);
    ADAPTER.client(&server).deliver(&to("118"), &text("a")).await.unwrap();
    let calls = server.calls();
    assert_eq!(ADAPTER.lines(&calls), [SAY]);
    let wanted =
        json!({ "content": "words of a", "message_type": "incoming", "private": false, "source_id": "ponte:a" });
    assert_eq!(calls[0].body, wanted);

    let again = CustomerMessage { may_be_duplicate: true, ..text("a") };
    // Page by page of twenty, backwards.
    let page = || messages(&(30..50).map(|id| said(id, "oi", 1)).collect::<Vec<_>>());
    let server = answers(&[page(), messages(&[ours(10, "ponte:a")])]);
    ADAPTER.client(&server).deliver(&to("118"), &again).await.unwrap();
    let calls = server.calls();
    assert_eq!(ADAPTER.lines(&calls), [LOOK, LOOK]);
    assert!(calls[1].path.ends_with("?before=30"));
    let server = answers(&[messages(&[ours(10, "ponte:b")]), ok()]);
    ADAPTER.client(&server).deliver(&to("118"), &again).await.unwrap();
    assert_eq!(ADAPTER.lines(&server.calls()), [LOOK, SAY]);
    // A server that does not know `before` does not hold it for ever.
    let server = answers(&[page(), page(), ok()]);
    ADAPTER.client(&server).deliver(&to("118"), &again).await.unwrap();
    assert_eq!(ADAPTER.lines(&server.calls()), [LOOK, LOOK, SAY]);
}

#[tokio::test]
async fn what_comes_after_the_end_is_a_note() {
    let server = answers(&[ok()]);
    ADAPTER.client(&server).deliver(&to("118"), &CustomerMessage { late: true, ..text("a") }).await.unwrap();
    let body = &server.calls()[0].body;
    assert_eq!((&body["private"], &body["message_type"]), (&json!(true), &json!("outgoing")));
    assert!(body["content"].as_str().unwrap().ends_with("words of a"));
}

#[tokio::test]
async fn a_file_is_uploaded_or_linked() {
    let send = |answers: &[(u16, Value)], caption: Option<&'static str>| {
        let server = super::super::bridge::answers(answers);
        async move {
            let client = ADAPTER.client_with(&server, Arc::new(OneFile));
            client.deliver(&to("118"), &file("a", caption)).await.unwrap();
            server.calls()
        }
    };
    let calls = send(&[ok()], Some("segue")).await;
    assert_eq!(ADAPTER.lines(&calls), [SAY]);
    let form = &calls[0].text;
    for part in [
        "name=\"content\"\r\n\r\nsegue",
        "name=\"message_type\"\r\n\r\nincoming",
        "name=\"source_id\"\r\n\r\nponte:a",
        "name=\"attachments[]\"; filename=\"conta.pdf\"",
        "application/pdf",
        "%PDF-1.7",
    ] {
        assert!(form.contains(part), "{part} in {form}");
    }
    let calls = send(&[(422, json!({ "message": "File is too big" })), ok()], None).await;
    assert_eq!(calls[1].body["content"], format!("conta.pdf\n{FILE}"), "what it does not take is a link");
}

#[tokio::test]
async fn what_the_bridge_says_is_said_once() {
    let server = answers(&[messages(&[]), ok(), messages(&[ours(5, "ponte:n")])]);
    let client = ADAPTER.client(&server);
    client.note(&to("118"), "n", "something was parked").await.unwrap();
    client.note(&to("118"), "n", "something was parked").await.unwrap();
    let calls = server.calls();
    assert_eq!(ADAPTER.lines(&calls), [LOOK, SAY, LOOK]);
    assert_eq!((&calls[1].body["private"], &calls[1].body["source_id"]), (&json!(true), &json!("ponte:n")));

    let server = answers(&[messages(&[said(7, "Segue o boleto\nobrigada", 1)]), messages(&[]), ok()]);
    let client = ADAPTER.client(&server);
    client.not_delivered(&to("118"), &SourceId::exact("7"), &NotDelivered::Closed).await.unwrap();
    let calls = server.calls();
    assert_eq!(ADAPTER.lines(&calls), [LOOK, LOOK, SAY]);
    assert!(calls[2].body["content"].as_str().unwrap().ends_with("\n> Segue o boleto"));
}

#[tokio::test]
async fn a_customer_who_leaves_resolves_the_conversation() {
    let server = answers(&[messages(&[]), ok(), conversation("open"), ok()]);
    ADAPTER.client(&server).ended(&to("118"), EndedBy::Customer).await.unwrap();
    let calls = server.calls();
    assert_eq!(ADAPTER.lines(&calls), [LOOK, SAY, READ, STATUS]);
    assert_eq!(calls[3].body, json!({ "status": "resolved" }));
    let server = answers(&[messages(&[ours(5, "ponte:ended-5b8e2d41f7a0")]), conversation("resolved")]);
    ADAPTER.client(&server).ended(&to("118"), EndedBy::Transfer).await.unwrap();
    assert_eq!(ADAPTER.lines(&server.calls()), [LOOK, READ]);
    let server = answers(&[]);
    ADAPTER.client(&server).ended(&to("118"), EndedBy::Agent).await.unwrap();
}

#[tokio::test]
async fn an_answer_means_what_it_means_in_chatwoot() {
    let check = async |answer: Answer, wanted: Failure| {
        let status = answer.status;
        let server = Server::new(vec![answer]);
        assert_eq!(ADAPTER.client(&server).deliver(&to("118"), &text("a")).await.unwrap_err(), wanted, "{status}");
    };
    let later = |why, after: Option<u64>| Failure::Later { after: after.map(Duration::from_secs), why };
    for status in [401, 403] {
        check((status, json!({})).into(), crate::helpdesk::refused_key(status)).await;
    }
    check((404, json!({ "error": "Resource could not be found" })).into(), Failure::Gone).await;
    check((404, json!("nginx")).into(), later("no Chatwoot answers at this address", None)).await;
    let flood = json!({ "message": "Too many messages", "attributes": ["base"] });
    check((422, flood).into(), later("the helpdesk takes no more messages this minute", Some(60))).await;
    let refused = Failure::Refused { why: "the helpdesk refuses the message", status: 422 };
    check((422, json!({ "message": "Content is too long" })).into(), refused).await;
    check((503, json!({})).into(), later("the helpdesk is not available (503)", None)).await;
    check((500, json!({})).into(), Failure::Unknown { why: "the helpdesk fails (500)" }).await;
    let slow = Answer { status: 429, headers: "retry-after: 17\r\n", body: json!({}) };
    check(slow, later("the helpdesk asks to wait (429)", Some(17))).await;
    // Something else that answers in Chatwoot's place does not end conversations.
    let server = answers(&[messages(&[]), ok(), (200, json!({ "id": 7, "status": "resolved" }))]);
    let failure = ADAPTER.client(&server).ended(&to("118"), EndedBy::Customer).await.unwrap_err();
    assert_eq!(failure, later("unexpected response from the helpdesk", None));
}

#[tokio::test]
async fn a_rating_is_a_custom_attribute_beside_the_others() {
    let definitions = |kind: &str| {
        let csat = json!({
            "attribute_key": "csat", "attribute_display_name": "Avaliação", "attribute_display_type": kind, "attribute_values": [],
        });
        (
            200,
            json!([csat, { "attribute_key": "ponte", "attribute_display_name": "Ponte", "attribute_display_type": "text" }]),
        )
    };
    let present =
        |attributes: Value| (200, json!({ "id": 118, "status": "resolved", "custom_attributes": attributes }));
    let server =
        answers(&[definitions("number"), present(json!({ "ponte": OPENING, "plano": "Ouro" })), (200, json!({}))]);
    let client = ADAPTER.client(&server);
    client.rated(&to("118"), 4, Some("avaliacao")).await.unwrap();
    let calls = server.calls();
    let expected =
        ["GET custom_attribute_definitions", "GET conversations/118", "POST conversations/118/custom_attributes"];
    assert_eq!(ADAPTER.lines(&calls), expected);
    let all = json!({ "custom_attributes": { "ponte": OPENING, "plano": "Ouro", "csat": 4 } });
    assert_eq!(calls[2].body, all, "Chatwoot replaces them together");
    for name in ["Marte", "ponte"] {
        let failure = client.rated(&to("118"), 4, Some(name)).await.unwrap_err();
        assert!(matches!(failure, Failure::Refused { .. }), "{name}: {failure}");
    }
    // Attributes that cannot be read are not replaced.
    let server = answers(&[definitions("number"), (200, json!({ "id": 118 }))]);
    let failure = ADAPTER.client(&server).rated(&to("118"), 4, Some("csat")).await.unwrap_err();
    assert!(matches!(failure, Failure::Later { .. }), "{failure}");
    // One that takes yes or no.
    let server = answers(&[definitions("checkbox")]);
    let failure = ADAPTER.client(&server).rated(&to("118"), 4, Some("csat")).await.unwrap_err();
    assert!(matches!(failure, Failure::Refused { status: 422, .. }), "{failure}");
}
