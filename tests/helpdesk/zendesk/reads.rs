//! What is read of an event that a webhook only named.

use crate::every_port::EveryPort;
use ponte::{
    message::{AgentEventKind, Content, SourceId, TicketId},
    relay::Failure,
};
use serde_json::{Value, json};

use super::{answers, client, lines, to};

const CUSTOMER: u64 = 8_447_388_090_494;

fn ticket() -> (u16, Value) {
    (200, json!({ "ticket": { "id": 5158, "requester_id": CUSTOMER, "status": "open" } }))
}

fn user(id: u64, role: &str) -> (u16, Value) {
    (200, json!({ "user": { "id": id, "name": "Ana Agente", "role": role } }))
}

fn comment(id: u64, author: u64, fields: &Value) -> Value {
    let mut comment = json!({ "id": id, "author_id": author, "public": true, "body": format!("words of {id}") });
    comment.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    comment
}

fn comments(comments: &[Value]) -> (u16, Value) {
    (200, json!({ "comments": comments, "meta": { "has_more": false } }))
}

fn name(id: u64) -> SourceId {
    SourceId::exact(&format!("comment-{id}"))
}

async fn read(bodies: &[(u16, Value)], event: &SourceId) -> (Result<Vec<AgentEventKind>, Failure>, Vec<String>) {
    let server = answers(bodies);
    let read = client(&server).read(&to(), event).await;
    (read, lines(&server.calls()))
}

fn contents(read: Result<Vec<AgentEventKind>, Failure>) -> (String, Vec<Content>) {
    match read.unwrap().pop() {
        Some(AgentEventKind::Message { contents, agent }) => (agent.unwrap().name.unwrap(), contents),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_comment_is_its_words_and_its_files() {
    let html = json!({
        "html_body": "<div class=\"zd-comment\"><p>Segue o <b>boleto</b>.</p></div>",
        "attachments": [
            { "file_name": "boleto.pdf", "content_url": "https://desk.test.invalid/a/1", "content_type": "application/pdf", "size": 9 },
            { "file_name": "odd", "content_url": "javascript:alert(1)" },
        ],
    });
    let list = comments(&[comment(9, CUSTOMER, &json!({})), comment(8, 5, &html)]);
    let (got, calls) = read(&[ticket(), list, user(5, "agent")], &name(8)).await;
    assert_eq!(calls, ["GET tickets/5158", "GET tickets/5158/comments", "GET users/5"]);
    let file = Content::File {
        url: "https://desk.test.invalid/a/1".to_owned(),
        name: Some("boleto.pdf".to_owned()),
        mime: Some("application/pdf".to_owned()),
        size: Some(9),
        caption: None,
    };
    // One that cannot be had: the agent is told.
    let odd = Content::File { url: String::new(), name: Some("odd".to_owned()), mime: None, size: None, caption: None };
    assert_eq!(contents(got), ("Ana Agente".to_owned(), vec![Content::text("Segue o *boleto*."), file, odd]));
}

#[tokio::test]
async fn words_are_read_as_text_where_there_is_no_html() {
    let list = comments(&[comment(8, 5, &json!({ "body": "a <b> c" }))]);
    let (got, _) = read(&[ticket(), list, user(5, "admin")], &name(8)).await;
    assert_eq!(contents(got).1, [Content::text("a <b> c")]);
}

/// A trigger names the latest comment, whoever wrote it, and an agent may have made it private since.
#[tokio::test]
async fn only_what_an_agent_says_in_public_travels() {
    let check = async |comment: Value, more: &[(u16, Value)]| {
        let (got, _) = read(&[&[ticket(), comments(&[comment])], more].concat(), &name(8)).await;
        assert_eq!(got, Ok(Vec::new()));
    };
    check(comment(8, CUSTOMER, &json!({})), &[]).await;
    check(comment(8, 5, &json!({ "public": false })), &[]).await;
    check(comment(8, 5, &json!({ "public": null })), &[]).await;
    check(comment(8, 5, &json!({})), &[user(5, "end-user")]).await;
    // Zendesk itself has no user.
    check(comment(8, 5, &json!({ "author_id": -1 })), &[(404, json!({}))]).await;
}

#[tokio::test]
async fn a_comment_that_is_not_there_yet_is_waited_for_and_one_that_was_deleted_is_not() {
    let (got, _) = read(&[ticket(), comments(&[comment(7, CUSTOMER, &json!({}))])], &name(8)).await;
    assert_eq!(got.unwrap_err().kind(), "later");
    let (got, _) = read(&[ticket(), comments(&[comment(9, CUSTOMER, &json!({}))])], &name(8)).await;
    assert_eq!(got, Ok(Vec::new()));
    let (got, _) = read(&[(404, json!({}))], &name(8)).await;
    assert_eq!(got, Err(Failure::Gone));
}

#[tokio::test]
async fn an_assignment_is_the_name_of_who_has_it() {
    let event = SourceId::exact("assignee-5-c6d7e8f9-0a1b");
    let (got, calls) = read(&[user(5, "agent")], &event).await;
    assert_eq!(calls, ["GET users/5"]);
    assert!(
        matches!(&got.unwrap()[..], [AgentEventKind::Assigned { agent }] if agent.name.as_deref() == Some("Ana Agente"))
    );
}

#[tokio::test]
async fn whose_key_it_is_is_asked_once() {
    let server = answers(&[user(9, "agent")]);
    let client = client(&server);
    for _ in 0..2 {
        assert_eq!(client.bridge_user_id().await.unwrap().as_deref(), Some("9"));
    }
    assert_eq!(lines(&server.calls()), ["GET users/me"]);
}

/// The agent does not learn it otherwise: the words of the comment arrive.
#[tokio::test]
async fn a_malicious_file_is_told_to_the_agent() {
    let files = json!({ "attachments": [
        { "file_name": "bad.exe", "content_url": "https://desk.test.invalid/a/2", "malware_scan_result": "malware_found" },
    ] });
    let list = comments(&[comment(8, 5, &files)]);
    let audits = (200, json!({ "audits": [] }));
    let server = answers(&[ticket(), list, user(5, "agent"), audits, (200, json!({}))]);
    let got = client(&server).read(&to(), &name(8)).await;
    assert_eq!(contents(got).1, [Content::text("words of 8")]);
    let calls = server.calls();
    let note = &calls.last().unwrap().body["ticket"];
    assert_eq!(
        (&note["comment"]["public"], &note["metadata"]["ponte"]),
        (&json!(false), &json!("not-delivered-comment-8"))
    );
}

/// The bridge solves the ticket when the customer leaves; that must not send away who may have come back.
#[tokio::test]
async fn an_end_is_the_agents_unless_the_bridge_made_it() {
    let solved = SourceId::exact("solved-a8b9c1d2");
    let history = |mark: &str| (200, json!({ "audits": [{ "metadata": { "custom": { "ponte": mark } } }] }));
    let (got, _) = read(&[history("a,b")], &solved).await;
    assert_eq!(got, Ok(vec![AgentEventKind::Closed { service: None }]));
    let (got, _) = read(&[history("ended-5b8e2d41f7a0")], &solved).await;
    assert_eq!(got, Ok(Vec::new()));
    // Words whose webhook was lost come before the end.
    let list = comments(&[comment(9, CUSTOMER, &json!({})), comment(8, 5, &json!({}))]);
    let server = answers(&[ticket(), list, user(5, "agent")]);
    assert_eq!(client(&server).missed_before(&to(), &solved).await.unwrap(), [name(8)]);
}

/// A merge closes the ticket, and its history names the one that lives.
#[tokio::test]
async fn a_ticket_that_was_merged_is_left_and_not_ended() {
    let solved = SourceId::exact("solved-a8b9c1d2");
    let merge = |id: u64, source: Value| json!({ "id": id, "via": { "channel": "web", "source": source } });
    let history = |audits: Value| (200, json!({ "audits": audits }));
    let into = |ticket: &str| Ok(vec![AgentEventKind::Merged { into: TicketId::new(ticket) }]);
    let closed = || Ok(vec![AgentEventKind::Closed { service: None }]);
    let from = |ticket: Value| json!({ "from": { "ticket_id": ticket, "subject": "x" }, "to": {}, "rel": "merge" });
    let other = json!({ "from": { "ticket_id": 77 }, "rel": "follow_up" });
    for (audits, expected) in [
        (json!([merge(3, from(json!(9001)))]), into("9001")),
        (json!([merge(3, from(json!("9001")))]), into("9001")),
        (json!([merge(9, from(json!(9002))), merge(3, from(json!(9001)))]), into("9002")),
        (json!([merge(3, json!({ "to": { "ticket_id": 9003 }, "from": {}, "rel": "merge" }))]), into("9003")),
        // Itself, none, several that are in it, another relation, and what no release knows.
        (json!([merge(3, from(json!(5158)))]), closed()),
        (json!([merge(3, from(json!(null)))]), closed()),
        (json!([merge(3, json!({ "from": { "ticket_ids": [1, 2] }, "rel": "merge" }))]), closed()),
        (json!([merge(3, other)]), closed()),
        (json!([{ "via": "web" }, { "via": { "source": [] } }, { "via": null }]), closed()),
    ] {
        let (got, _) = read(&[history(audits.clone())], &solved).await;
        assert_eq!(got, expected, "{audits}");
    }
    let server = answers(&[history(json!([merge(3, from(json!(9001)))])), (404, json!({}))]);
    let client = client(&server);
    assert_eq!(client.merged_into(&to()).await, Ok(Some(TicketId::new("9001"))));
    assert_eq!(client.merged_into(&to()).await, Ok(None), "a ticket that was deleted");
}

#[tokio::test]
async fn what_was_missed_before_a_comment_are_the_agents_words_before_it() {
    let list = comments(&[
        comment(12, 5, &json!({})),
        comment(11, CUSTOMER, &json!({})),
        comment(10, 5, &json!({})),
        comment(9, 5, &json!({ "public": false })),
        comment(8, 6, &json!({})),
    ]);
    let server = answers(&[ticket(), list, user(5, "agent"), user(6, "agent")]);
    let missed = client(&server).missed_before(&to(), &name(12)).await.unwrap();
    assert_eq!(missed, [name(8), name(10)], "oldest first");
    assert_eq!(lines(&server.calls()).len(), 4, "each author is asked for once");
}

/// The comments are one call for both, and another when the event is not among them.
#[tokio::test]
async fn what_was_looked_at_a_moment_ago_is_read_without_another_look() {
    let first = comments(&[comment(8, 5, &json!({}))]);
    let then = comments(&[comment(9, 5, &json!({})), comment(8, 5, &json!({}))]);
    let server = answers(&[ticket(), first, user(5, "agent"), then]);
    let client = client(&server);
    client.missed_before(&to(), &name(8)).await.unwrap();
    assert_eq!(contents(client.read(&to(), &name(8)).await).1, [Content::text("words of 8")]);
    assert_eq!(lines(&server.calls()), ["GET tickets/5158", "GET tickets/5158/comments", "GET users/5"]);
    assert_eq!(contents(client.read(&to(), &name(9)).await).1, [Content::text("words of 9")]);
    assert_eq!(lines(&server.calls()), ["GET tickets/5158/comments"]);
}
