//! What the client asks of Zendesk, in order, and what it makes of the answers.

use crate::every_port::EveryPort;
use std::{sync::Arc, time::Duration};

use ponte::{
    message::SourceId,
    relay::{
        Failure,
        ports::{CustomerMessage, EndedBy, NoFiles, NotDelivered},
    },
};
use serde_json::{Value, json};

use super::{
    AUDITS, CUSTOMER, NOW, PUT, TICKET, answers, audits, client, client_with, count, fixture, lines, text, ticket, to,
    updated,
};
use crate::helpdesk::server::{Answer, Server};

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
    let server = answers(&[audits(&[]), ticket("open"), updated(), audits(&["ended-5b8e2d41f7a0"])]);
    let client_ = client(&server);
    client_.ended(&to(), EndedBy::Customer).await.unwrap();
    client_.ended(&to(), EndedBy::Customer).await.unwrap();
    client_.ended(&to(), EndedBy::Agent).await.unwrap();
    let calls = server.calls();
    assert_eq!(lines(&calls), [AUDITS, TICKET, PUT, AUDITS]);
    let expected = json!({ "ticket": {
        "comment": { "body": "The customer has left the conversation.", "public": false },
        "status": "solved",
        "metadata": { "ponte": "ended-5b8e2d41f7a0" },
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
