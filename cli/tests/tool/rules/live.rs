//! The names of a file, looked up in the helpdesk of the deployed stack.

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpListener,
};

use super::{Files, refused};
use crate::stack::{Desk, HELPDESK_KEY, Ran};

const RULES: &str = "version: 1
queues:
  billing: { name: Financeiro, helpdesk: Cobrança }
  legal: { name: Jurídico }
routing:
  default: { queue: billing, agent: ana@desk.test.invalid, tags: [bot] }
";

/// A Zendesk with one group and one agent, whose list of agents answers with `status`.
async fn helpdesk(status: u16) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let mut stream = BufReader::new(stream);
            let (mut first, mut line) = (String::new(), String::new());
            stream.read_line(&mut first).await.unwrap();
            while stream.read_line(&mut line).await.unwrap() > 2 {
                line.clear();
            }
            let list = |name: &str, item: Value| json!({ name: [item], "meta": { "has_more": false } });
            let (status, body) = if first.contains("/groups/assignable") {
                (200, list("groups", json!({ "id": 11, "name": "Cobrança" })))
            } else if first.starts_with("GET /api/v2/users?") {
                (status, list("users", json!({ "id": 14, "name": "Ana", "email": "ana@desk.test.invalid" })))
            } else {
                (404, json!({}))
            };
            let body = body.to_string();
            let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close", body.len());
            let _ = stream.write_all(format!("{head}\r\n\r\n{body}").as_bytes()).await;
        }
    });
    url
}

fn shows_no_key(ran: &Ran) {
    assert!(!ran.said.contains(HELPDESK_KEY) && !ran.wrong.contains(HELPDESK_KEY), "{}{}", ran.said, ran.wrong);
    assert!(!ran.said.contains("a-key-of-nobody") && !ran.wrong.contains("a-key-of-nobody"));
}

#[tokio::test]
async fn a_name_that_the_helpdesk_does_not_have_is_told_with_its_line() {
    let files = Files::of("live");
    let file = files.with("service.yaml", RULES);
    let desk = Desk::of("zendesk", &helpdesk(200).await).await;
    let ran = desk.run(&["rules", "check", &file, "--live"]).await;
    refused(&ran, 2, "is refused, errors: 1");
    let first = ran.said.lines().next().unwrap_or_default();
    assert!(first.starts_with("line 4, column 12: queues.legal.name: zendesk has no queue `Jurídico`"), "{}", ran.said);
    assert!(ran.said.contains("cannot be checked: tag (zendesk"), "{}", ran.said);
    shows_no_key(&ran);
    let ran = desk.run(&["rules", "check", &file, "--live", "--json"]).await;
    let told = ran.json();
    assert_eq!((&told["problems"][0]["line"], &told["live"]["helpdesk"]), (&json!(4), &json!("zendesk")));
    assert_eq!((&told["live"]["looked_up"], &told["live"]["unchecked"]), (&json!(3), &json!(["tag"])));
    // What is right is right, and a check without the helpdesk asks nobody.
    let right = files.with("right.yaml", RULES.replace("  legal: { name: Jurídico }\n", ""));
    let ran = desk.run(&["rules", "check", &right, "--live"]).await;
    assert_eq!(ran.code, 0, "{}{}", ran.said, ran.wrong);
    assert!(ran.said.contains("zendesk: names looked up: 2\n") && ran.said.ends_with("right.yaml: no errors\n"));
    assert_eq!(desk.run(&["rules", "check", &file]).await.code, 0);
}

#[tokio::test]
async fn a_helpdesk_that_fails_is_told_and_no_name_is_called_absent() {
    let files = Files::of("fails");
    let file = files.with("service.yaml", RULES.replace("  legal: { name: Jurídico }\n", ""));
    let desk = Desk::of("zendesk", &helpdesk(500).await).await;
    let ran = desk.run(&["rules", "check", &file, "--live"]).await;
    refused(&ran, 1, "zendesk did not answer for: agent");
    assert!(ran.said.contains("zendesk did not answer for every agent: not now"), "{}", ran.said);
    assert!(!ran.said.contains("has no agent"), "{}", ran.said);
    shows_no_key(&ran);
    // One that looks nothing up is not asked.
    let desk = Desk::of("servicenow", "http://127.0.0.1:1").await;
    let ran = desk.run(&["rules", "check", &file, "--live"]).await;
    assert_eq!(ran.code, 0, "{}{}", ran.said, ran.wrong);
    assert_eq!(ran.said.matches("cannot be checked: agent, queue, tag (servicenow").count(), 1, "{}", ran.said);
}
