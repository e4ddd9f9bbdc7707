//! What the client asks of `ServiceNow`, in order, and what it makes of the answers.

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
    super::bridge::{Adapter, FILE, OneFile, answers, file, opening, text, to},
    ADAPTER, RECORD, entry, fixture, gone, mark, one, record, rows,
};
use crate::helpdesk::server::{Answer, Server};

const FIND: &str = "GET table/incident";
const CREATE: &str = "POST table/incident";
const JOURNAL: &str = "GET table/sys_journal_field";
const ATTACH: &str = "POST attachment/file";

fn read() -> String {
    format!("GET table/incident/{RECORD}")
}

fn change() -> String {
    format!("PATCH table/incident/{RECORD}")
}

fn created() -> (u16, Value) {
    (201, json!({ "result": { "sys_id": RECORD, "number": "INC0010001" } }))
}

fn changed() -> (u16, Value) {
    one(record(&json!({})))
}

#[tokio::test]
async fn a_conversation_becomes_a_record_with_a_note() {
    let server = answers(&[rows(&[]), created()]);
    assert_eq!(ADAPTER.client(&server).open(&opening()).await.unwrap().as_str(), RECORD);
    let calls = server.calls();
    assert_eq!(ADAPTER.lines(&calls), [FIND, CREATE]);
    assert_eq!(calls[0].header("authorization"), Some("Basic cG9udGU6dGhlLXBhc3N3b3Jk"));
    let body = &calls[1].body;
    assert_eq!(
        (&body["short_description"], &body["correlation_id"], &body["contact_type"], &body["assignment_group"]),
        (&json!("Blip · whatsapp · Maria"), &json!(mark()), &json!("chat"), &json!("Blip"))
    );
    let note = body["work_notes"].as_str().unwrap();
    assert!(note.contains("Phone: +5531") && note.contains("Customer: quero falar"), "{note}");
    assert!(body.get("comments").is_none(), "who the customer is, is for colleagues");
    let other = Adapter {
        own: r#"{"table":"sn_customerservice_case","closed_states":["3"],"fields":{"contact_type":"social"}}"#,
        ..ADAPTER
    };
    let server = answers(&[rows(&[]), created()]);
    other.client(&server).open(&opening()).await.unwrap();
    let calls = server.calls();
    assert_eq!(other.lines(&calls), ["GET table/sn_customerservice_case", "POST table/sn_customerservice_case"]);
    assert_eq!(calls[1].body["contact_type"], "social");
}

#[tokio::test]
async fn a_record_is_found_by_our_mark_and_not_by_what_a_misspelt_query_finds() {
    let server = answers(&[rows(&[record(&json!({ "correlation_id": "", "sys_id": "x" })), record(&json!({}))])]);
    assert_eq!(ADAPTER.client(&server).open(&opening()).await.unwrap().as_str(), RECORD);
    assert_eq!(ADAPTER.lines(&server.calls()), [FIND]);
    let server = answers(&[rows(&[record(&json!({ "correlation_id": "ponte:another" }))]), created()]);
    ADAPTER.client(&server).open(&opening()).await.unwrap();
    assert_eq!(ADAPTER.lines(&server.calls()), [FIND, CREATE]);
}

#[tokio::test]
async fn a_long_note_is_several_and_each_is_there_once() {
    let small = Adapter { own: r#"{"longest_text":120}"#, ..ADAPTER };
    let server = answers(&[rows(&[]), created(), changed(), changed()]);
    small.client(&server).open(&opening()).await.unwrap();
    let lines = small.lines(&server.calls());
    assert!(lines.len() > 2 && lines[2..].iter().all(|line| *line == change()), "{lines:?}");
    // Of an opening that is repeated, what is there is left.
    let note = |call: &crate::helpdesk::server::Call| call.body["work_notes"].as_str().unwrap().to_owned();
    let server =
        answers(&[rows(&[record(&json!({}))]), rows(&[]), changed(), rows(&[]), changed(), rows(&[]), changed()]);
    let _ = small.client(&server).open(&opening()).await;
    let calls = server.calls();
    assert_eq!(small.lines(&calls)[..3], [FIND, JOURNAL, &change()]);
    let mut row = entry("n", "ponte", &note(&calls[2]), "12:00:00");
    row["element"] = "work_notes".into();
    let server = answers(&[rows(&[record(&json!({}))]), rows(&[row])]);
    let _ = small.client(&server).open(&opening()).await;
    assert!(!small.lines(&server.calls()).contains(&change()));
}

#[tokio::test]
async fn words_are_written_with_their_id_and_a_repetition_sees_it() {
    let server = answers(&[changed()]);
    ADAPTER.client(&server).deliver(&to(RECORD), &text("a")).await.unwrap();
    let calls = server.calls();
    assert_eq!(ADAPTER.lines(&calls), [change()]);
    assert_eq!(calls[0].body, json!({ "comments": "words of a", "correlation_display": "ponte:a" }));
    let again = CustomerMessage { may_be_duplicate: true, ..text("a") };
    let server = answers(&[one(record(&json!({ "correlation_display": "ponte:a" })))]);
    ADAPTER.client(&server).deliver(&to(RECORD), &again).await.unwrap();
    assert_eq!(ADAPTER.lines(&server.calls()), [read()]);
    let server = answers(&[one(record(&json!({ "correlation_display": "ponte:before" }))), changed()]);
    ADAPTER.client(&server).deliver(&to(RECORD), &again).await.unwrap();
    assert_eq!(ADAPTER.lines(&server.calls()), [read(), change()]);
}

#[tokio::test]
async fn what_comes_after_the_end_is_a_work_note_once() {
    let late = CustomerMessage { late: true, ..text("a") };
    let server = answers(&[rows(&[]), changed()]);
    ADAPTER.client(&server).deliver(&to(RECORD), &late).await.unwrap();
    let calls = server.calls();
    assert_eq!(ADAPTER.lines(&calls), [JOURNAL, &change()]);
    let note = calls[1].body["work_notes"].as_str().unwrap().to_owned();
    assert!(note.contains("words of a") && calls[1].body.get("comments").is_none());
    let mut row = entry("n", "ponte", &note, "12:00:00");
    row["element"] = "work_notes".into();
    let server = answers(&[rows(&[row.clone()])]);
    ADAPTER.client(&server).deliver(&to(RECORD), &late).await.unwrap();
    assert_eq!(ADAPTER.lines(&server.calls()), [JOURNAL]);
    // A row that a misspelt query found is not it.
    row["element_id"] = "another".into();
    let server = answers(&[rows(&[row]), changed()]);
    ADAPTER.client(&server).deliver(&to(RECORD), &late).await.unwrap();
    assert_eq!(ADAPTER.lines(&server.calls()), [JOURNAL, &change()]);
}

#[tokio::test]
async fn a_file_is_attached_before_the_words_that_name_it() {
    let send = async |answered: &[(u16, Value)], message: CustomerMessage| {
        let server = answers(answered);
        ADAPTER.client_with(&server, Arc::new(OneFile)).deliver(&to(RECORD), &message).await.unwrap();
        server.calls()
    };
    let attached = || (201, fixture("attachment-created"));
    let calls = send(&[attached(), changed()], file("a", Some("segue"))).await;
    assert_eq!(ADAPTER.lines(&calls), [ATTACH, &change()]);
    assert_eq!((calls[0].text.as_str(), calls[0].header("content-type")), ("%PDF-1.7", Some("application/pdf")));
    assert!(calls[0].path.ends_with(&format!("?table_name=incident&table_sys_id={RECORD}&file_name=conta.pdf")));
    assert_eq!(calls[1].body["comments"], "segue\n📎 conta.pdf");
    let again = CustomerMessage { may_be_duplicate: true, ..file("a", None) };
    let there = json!({ "sys_id": "f", "table_sys_id": RECORD, "file_name": "conta.pdf", "size_bytes": "8", "sys_created_by": "ponte",
        "sys_created_on": "2026-11-20 12:00:00" });
    let calls = send(&[changed(), rows(std::slice::from_ref(&there)), changed()], again.clone()).await;
    assert_eq!(ADAPTER.lines(&calls), [read().as_str(), "GET attachment", &change()]);
    for other in
        [json!({ "size_bytes": "9" }), json!({ "sys_created_by": "ana.souza" }), json!({ "table_sys_id": "x" })]
    {
        let mut row = there.clone();
        row.as_object_mut().unwrap().extend(other.as_object().unwrap().clone());
        let calls = send(&[changed(), rows(&[row]), attached(), changed()], again.clone()).await;
        assert_eq!(ADAPTER.lines(&calls)[2], ATTACH, "{other}");
    }
    let calls = send(&[(413, json!({})), changed()], file("a", None)).await;
    assert_eq!(calls[1].body["comments"], format!("conta.pdf\n{FILE}"), "what it does not take is a link");
}

#[tokio::test]
async fn what_the_bridge_says_is_said_once() {
    let server = answers(&[rows(&[]), changed()]);
    ADAPTER.client(&server).note(&to(RECORD), "n", "something was parked").await.unwrap();
    assert_eq!(ADAPTER.lines(&server.calls()), [JOURNAL, &change()]);
    let server = answers(&[one(entry("a", "ana.souza", "Segue o boleto\nobrigada", "12:00:00")), rows(&[]), changed()]);
    ADAPTER.client(&server).not_delivered(&to(RECORD), &SourceId::exact("a"), &NotDelivered::Closed).await.unwrap();
    let calls = server.calls();
    assert!(calls[2].body["work_notes"].as_str().unwrap().contains("\n> Segue o boleto"));
}

#[tokio::test]
async fn a_customer_who_leaves_resolves_the_record_as_it_is_set() {
    let server = answers(&[rows(&[]), changed(), changed(), changed()]);
    ADAPTER.client(&server).ended(&to(RECORD), EndedBy::Customer).await.unwrap();
    let calls = server.calls();
    assert_eq!(ADAPTER.lines(&calls), [JOURNAL, &change(), &read(), &change()]);
    assert_eq!(calls[3].body, json!({ "state": "6", "close_code": "Solved" }));
    let server = answers(&[rows(&[]), changed(), one(record(&json!({ "state": "7" })))]);
    ADAPTER.client(&server).ended(&to(RECORD), EndedBy::Transfer).await.unwrap();
    assert_eq!(ADAPTER.lines(&server.calls()).len(), 3, "it is over already");
    let server =
        answers(&[rows(&[]), changed(), changed(), (403, json!({ "error": { "message": "Operation Failed" } }))]);
    ADAPTER.client(&server).ended(&to(RECORD), EndedBy::Customer).await.unwrap();
    let none = Adapter { own: "", ..ADAPTER };
    let server = answers(&[rows(&[]), changed()]);
    none.client(&server).ended(&to(RECORD), EndedBy::Customer).await.unwrap();
    assert_eq!(none.lines(&server.calls()), [JOURNAL, &change()]);
    ADAPTER.client(&answers(&[])).ended(&to(RECORD), EndedBy::Agent).await.unwrap();
}

#[tokio::test]
async fn an_answer_means_what_it_means_in_servicenow() {
    let check = async |answer: Answer, wanted: Failure| {
        let status = answer.status;
        let server = Server::new(vec![answer]);
        assert_eq!(ADAPTER.client(&server).deliver(&to(RECORD), &text("a")).await.unwrap_err(), wanted, "{status}");
    };
    let later = |why, after: Option<u64>| Failure::Later { after: after.map(Duration::from_secs), why };
    let limited = fixture("api-rate-limited");
    let answer = Answer { status: 429, headers: "retry-after: 1480\r\n", body: limited["body"].clone() };
    check(answer, later("the helpdesk asks to wait (429)", Some(1480))).await;
    check(gone().into(), Failure::Gone).await;
    check((404, json!("hibernating")).into(), later("no ServiceNow answers at this address", None)).await;
    for status in [401, 403] {
        check((status, json!({})).into(), crate::helpdesk::refused_key(status)).await;
    }
    check((400, json!({})).into(), Failure::Refused { why: "the helpdesk refuses the message", status: 400 }).await;
    check((500, json!({})).into(), Failure::Unknown { why: "the helpdesk fails (500)" }).await;
    // Something else that answers in its place does not end conversations.
    let server = answers(&[rows(&[]), changed(), one(json!({ "sys_id": "x", "state": "7" }))]);
    let failure = ADAPTER.client(&server).ended(&to(RECORD), EndedBy::Customer).await.unwrap_err();
    assert_eq!(failure, later("unexpected response from the helpdesk", None));
    let token = Adapter { credentials: "an-oauth-token", ..ADAPTER };
    let server = answers(&[changed()]);
    token.client(&server).deliver(&to(RECORD), &text("a")).await.unwrap();
    assert_eq!(server.calls()[0].header("authorization"), Some("Bearer an-oauth-token"));
}

#[tokio::test]
async fn a_rating_is_a_column_that_is_read_back() {
    let column = |value: &str| one(json!({ "sys_id": RECORD, "u_csat": value }));
    for (read_back, is_kept) in [(column("4"), true), (column(""), false), (one(json!({ "sys_id": RECORD })), false)] {
        let server = answers(&[changed(), read_back]);
        let outcome = ADAPTER.client(&server).rated(&to(RECORD), 4, Some("u_csat")).await;
        assert!(matches!(outcome, Ok(()) | Err(Failure::Refused { .. })) && outcome.is_ok() == is_kept, "{outcome:?}");
        let calls = server.calls();
        assert_eq!(ADAPTER.lines(&calls), [change(), read()]);
        assert_eq!(calls[0].body, json!({ "u_csat": "4" }));
        assert!(calls[1].path.ends_with("?sysparm_fields=sys_id%2Cu_csat"), "{}", calls[1].path);
    }
    let server = answers(&[]);
    let client = ADAPTER.client(&server);
    client.rated(&to(RECORD), 4, None).await.unwrap();
    for column in ["work_notes", "u_csat^state=6"] {
        assert!(matches!(client.rated(&to(RECORD), 4, Some(column)).await, Err(Failure::Refused { .. })), "{column}");
    }
    assert!(server.calls().is_empty());
}
