//! What an event was that the scrip only named, and what came before it.

use crate::every_port::EveryPort;
use std::fmt::Write as _;

use ponte::{
    message::{AgentEventKind, Content, SourceId},
    relay::Failure,
};
use serde_json::{Value, json};

use super::{Server, answers, client, fixture, lines, list, query, ticket, to};

const TRANSACTION: &str = "GET transaction/113";
const TICKET: &str = "GET ticket/4";
const ANA: &str = "GET user/agent.ana";

/// A transaction of the fixtures; `fields` replace its own.
fn transaction(name: &str, fields: &Value) -> (u16, Value) {
    let mut transaction = fixture(name);
    transaction.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    (200, transaction)
}

fn reply(fields: &Value) -> (u16, Value) {
    transaction("transaction-113-public-reply", fields)
}

fn user(name: &str, real_name: &str, privileged: u8) -> (u16, Value) {
    (
        200,
        json!({ "Name": name, "RealName": real_name, "Privileged": privileged, "EmailAddress": "x@desk.test.invalid" }),
    )
}

fn ana() -> (u16, Value) {
    user("agent.ana", "Ana Agente", 1)
}

fn attachment(id: u32, mime: &str, name: &str, length: u64) -> Value {
    json!({ "id": id.to_string(), "ContentType": mime, "Filename": name, "ContentLength": length.to_string() })
}

fn body(base64: &str) -> (u16, Value) {
    (200, json!({ "id": 1, "Content": base64 }))
}

async fn read(server: &Server) -> Result<Vec<AgentEventKind>, Failure> {
    client(server).read(&to(), &SourceId::exact("113")).await
}

/// One line for what was read, and what was asked for it.
async fn told(bodies: &[(u16, Value)]) -> (String, Vec<String>) {
    let server = answers(bodies);
    let mut line = String::new();
    for kind in read(&server).await.unwrap() {
        match kind {
            AgentEventKind::Message { contents, agent } => {
                let _ = write!(line, "{} says", agent.unwrap().name.unwrap());
                for content in contents {
                    let _ = match content {
                        Content::Text { text } => write!(line, " {text:?}"),
                        Content::File { url, name, mime, size, .. } => {
                            let url = url.replace(&server.url, "");
                            write!(line, " {url} {name:?} {mime:?} {size:?}")
                        }
                        other => panic!("{other:?}"),
                    };
                }
            }
            AgentEventKind::Assigned { agent } => write!(line, "given to {:?}", agent.name).unwrap(),
            AgentEventKind::Closed { service } => write!(line, "closed {service:?}").unwrap(),
            other => line.push_str(&crate::helpdesk::bridge::line(&other)),
        }
    }
    (line, lines(&server.calls()))
}

#[tokio::test]
async fn a_public_reply_is_what_the_agent_wrote() {
    let attachments = (200, fixture("transaction-113-attachments"));
    let bodies = [reply(&json!({})), ticket(&json!({})), ana(), attachments, (200, fixture("attachment-103"))];
    let (said, asked) = told(&bodies).await;
    assert_eq!(said, r#"Ana Agente says "O prazo é de 2 dias úteis.\nPosso ajudar em algo mais?""#);
    assert_eq!(asked, [TRANSACTION, TICKET, ANA, "GET transaction/113/attachments", "GET attachment/103"]);
}

#[tokio::test]
async fn who_the_agent_is_is_asked_once() {
    let taken = || reply(&json!({ "Type": "Set", "Field": "Owner", "NewValue": "27" }));
    let server = answers(&[taken(), ticket(&json!({})), ana(), taken(), ticket(&json!({}))]);
    let client = client(&server);
    for _ in 0..2 {
        assert_eq!(client.read(&to(), &SourceId::exact("113")).await.unwrap().len(), 1);
    }
    assert_eq!(lines(&server.calls()), [TRANSACTION, TICKET, "GET user/27", TRANSACTION, TICKET]);
}

#[tokio::test]
async fn a_comment_and_our_own_words_are_nothing() {
    for name in ["transaction-115-internal-comment", "transaction-108-own-message"] {
        let (said, asked) = told(&[transaction(name, &json!({})), ticket(&json!({}))]).await;
        assert_eq!((said.as_str(), asked.len()), ("", 2), "{name}");
    }
    // By its mark, too, should the bridge's user have become another one.
    let own = transaction("transaction-108-own-message", &json!({ "Creator": { "id": "the-bridge-of-last-year" } }));
    assert_eq!(told(&[own, ticket(&json!({}))]).await.0, "");
    // And by its user, where the field is missing.
    let own = transaction("transaction-108-own-message", &json!({ "CustomFields": [] }));
    assert_eq!(told(&[own, ticket(&json!({}))]).await.0, "");
    let closed = json!({ "Type": "Status", "NewValue": "resolved", "Creator": { "id": "blip-bridge" } });
    assert_eq!(told(&[reply(&closed), ticket(&json!({}))]).await.0, "", "the bridge resolves what the customer left");
}

#[tokio::test]
async fn a_customer_who_answers_rts_email_is_not_told_his_own_words() {
    let bruno = || reply(&json!({ "Creator": { "id": "bruno@customers.test.invalid" } }));
    assert_eq!(told(&[bruno(), ticket(&json!({}))]).await.0, "");
    // Nor does anybody else who only writes e-mail.
    let stranger = user("bruno@customers.test.invalid", "Bruno", 0);
    let (said, asked) = told(&[bruno(), ticket(&json!({ "Requestor": [] })), stranger]).await;
    assert_eq!((said.as_str(), asked.len()), ("", 3));
}

#[tokio::test]
async fn an_end_is_an_end() {
    let status = async |new: Value| {
        let status = reply(&json!({ "Type": "Status", "Field": "Status", "NewValue": new }));
        told(&[status, ticket(&json!({}))]).await.0
    };
    for end in ["resolved", "rejected", "deleted"] {
        assert_eq!(status(end.into()).await, "closed None", "{end}");
    }
    for other in [json!("open"), Value::Null] {
        assert_eq!(status(other.clone()).await, "", "{other}");
    }
    assert_eq!(status(json!("stalled")).await, "on hold true");
    let goes_on = json!({ "Type": "Status", "Field": "Status", "OldValue": "stalled", "NewValue": "open" });
    assert_eq!(told(&[reply(&goes_on), ticket(&json!({}))]).await.0, "on hold false");
    let by_system = json!({ "Type": "Status", "NewValue": "resolved", "Creator": { "id": "RT_System" } });
    assert_eq!(told(&[reply(&by_system), ticket(&json!({}))]).await.0, "");
}

#[tokio::test]
async fn an_owner_is_told_by_the_name_that_customers_may_read() {
    let set = |field: &str, new: &str| reply(&json!({ "Type": "Set", "Field": field, "NewValue": new }));
    assert_eq!(told(&[set("Owner", "27"), ticket(&json!({})), ana()]).await.0, r#"given to Some("Ana Agente")"#);
    assert_eq!(told(&[set("Owner", "27"), ticket(&json!({})), user("agent.ana", " ", 1)]).await.0, "given to None");
    let nobody = user("Nobody", "Nobody in particular", 0);
    let in_sales = || ticket(&json!({ "Queue": { "id": "7", "type": "queue" } }));
    let queues = || (200, json!({ "items": [{ "id": "7", "Name": "Vendas" }] }));
    let (given_back, asked) = told(&[set("Owner", "6"), in_sales(), nobody, queues()]).await;
    assert_eq!(given_back, "transferred to 7 Vendas, unassigned");
    assert!(asked[3].starts_with("GET queues/all"), "{asked:?}");
    assert_eq!(told(&[set("Queue", "7"), in_sales(), queues()]).await.0, "transferred to 7 Vendas");
    let unseen = (403, json!({ "message": "Permission Denied" }));
    assert_eq!(
        told(&[set("Queue", "7"), in_sales(), unseen]).await.0,
        "transferred to 7",
        "a queue that may not be seen"
    );
    assert_eq!(told(&[set("Priority", "27"), ticket(&json!({}))]).await.0, "");
    // A take is two transactions: one is told.
    let watcher = reply(&json!({ "Type": "SetWatcher", "Field": "Owner", "NewValue": "27" }));
    assert_eq!(told(&[watcher, ticket(&json!({}))]).await.0, "");
}

#[tokio::test]
async fn a_transaction_of_another_ticket_is_not_told_here() {
    let other = reply(&json!({ "Object": { "type": "ticket", "id": "5" } }));
    assert_eq!(told(&[other, ticket(&json!({}))]).await.0, "");
}

#[tokio::test]
async fn html_and_files_come_along() {
    let parts = list(&[
        attachment(3, "multipart/mixed", "", 0),
        attachment(4, "text/html", "", 21),
        attachment(5, "text/plain", "a b.txt", 3),
        attachment(6, "image/png", "", 9),
        // What RT makes of no words.
        attachment(7, "application/octet-stream", "", 0),
    ]);
    // "<p>Bom <b>dia</b></p>", in two lines.
    let html = body("PHA+Qm9tIDxiPmRp\nYTwvYj48L3A+\n");
    let (said, asked) = told(&[reply(&json!({})), ticket(&json!({})), ana(), parts, html]).await;
    let text = r#""Bom *dia*""#;
    let file = r#"/rt/REST/2.0/attachment/5 Some("a b.txt") Some("text/plain") Some(3)"#;
    let picture = r#"/rt/REST/2.0/attachment/6 None Some("image/png") Some(9)"#;
    assert_eq!(said, format!("Ana Agente says {text} {file} {picture}"));
    assert_eq!(asked.last().unwrap(), "GET attachment/4", "a file's bytes are fetched when it is copied");
}

#[tokio::test]
async fn an_email_of_an_agent_is_told_once() {
    let parts = list(&[
        attachment(3, "multipart/alternative", "", 0),
        attachment(4, "text/plain", "", 3),
        attachment(5, "text/html", "", 10),
    ]);
    let (said, asked) = told(&[reply(&json!({})), ticket(&json!({})), ana(), parts, body("b2xh")]).await;
    assert_eq!((said.as_str(), asked.len()), (r#"Ana Agente says "ola""#, 5));
    // A text that nobody reads as a message is a file.
    let parts = list(&[attachment(4, "text/plain", "", 300_000)]);
    let (said, _) = told(&[reply(&json!({})), ticket(&json!({})), ana(), parts]).await;
    assert_eq!(said, r#"Ana Agente says /rt/REST/2.0/attachment/4 None Some("text/plain") Some(300000)"#);
    let parts = list(&[attachment(4, "text/plain", "", 2)]);
    assert_eq!(told(&[reply(&json!({})), ticket(&json!({})), ana(), parts, body("IAo=")]).await.0, "");
}

/// The bridge's key may read more than whoever wrote the link.
#[tokio::test]
async fn a_picture_on_rts_own_host_is_not_fetched() {
    let parts = || list(&[attachment(4, "text/html", "", 30)]);
    // <p>oi<img src="http://127.0.0.1/REST/2.0/attachment/9"><img src="https://x.example/a.png"></p>
    let html = "PHA+b2k8aW1nIHNyYz0iaHR0cDovLzEyNy4wLjAuMS9SRVNULzIuMC9hdHRhY2htZW50LzkiPjxpbWcg\n\
        c3JjPSJodHRwczovL3guZXhhbXBsZS9hLnBuZyI+PC9wPg==";
    let (said, _) = told(&[reply(&json!({})), ticket(&json!({})), ana(), parts(), body(html)]).await;
    assert_eq!(said, r#"Ana Agente says "oi" https://x.example/a.png None None None"#);
}

#[tokio::test]
async fn the_key_goes_to_rts_attachments_only() {
    let server = answers(&[]);
    let client = client(&server);
    let has_key = |url: &str| client.file_access(url).is_some();
    assert!(has_key(&format!("{}/rt/REST/2.0/attachment/5", server.url)));
    for other in ["/rt/REST/2.0/ticket/5", "/rt/REST/2.0/attachment/../ticket/5", "/attachment/5", ""] {
        assert!(!has_key(&format!("{}{other}", server.url)), "{other}");
    }
    for other in ["https://x.example/rt/REST/2.0/attachment/5", "", "x"] {
        assert!(!has_key(other), "{other}");
    }
}

/// RT fails with a 500 at a transaction that is not there.
#[tokio::test]
async fn a_transaction_that_is_gone_is_told_from_an_rt_that_fails() {
    let failed = || (500, json!({ "message": "Internal Server Error" }));
    assert_eq!(read(&answers(&[failed(), list(&[])])).await, Err(Failure::Gone));
    let there = json!({ "id": "113", "Type": "Correspond" });
    assert_eq!(read(&answers(&[failed(), list(&[there])])).await.unwrap_err().kind(), "later");
    assert_eq!(read(&answers(&[failed(), failed()])).await.unwrap_err().kind(), "later");
}

#[tokio::test]
async fn what_was_never_told_is_asked_for() {
    let item = |id: &str| json!({ "id": id, "Type": "Correspond", "ObjectId": "4" });
    let server = answers(&[list(&[item("112"), item("109"), item("101")])]);
    let missed = client(&server).missed_before(&to(), &SourceId::exact("113")).await.unwrap();
    assert_eq!(missed, ["101", "109", "112"].map(SourceId::exact), "the oldest first");
    let calls = server.calls();
    assert_eq!(lines(&calls), ["GET transactions"]);
    let asked = query(&calls[0], "query").unwrap();
    for part in ["ObjectId = '4'", "id < '113'", "Creator != '__CurrentUser__'", "Creator != 'RT_System'"] {
        assert!(asked.contains(part), "{part}: {asked}");
    }
    let rest = ["orderby", "order", "per_page"].map(|name| query(&calls[0], name).unwrap());
    assert_eq!(rest, ["id", "DESC", "8"]);
}
