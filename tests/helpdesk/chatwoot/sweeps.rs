//! What a sweep finds that no webhook told.

use std::sync::Arc;

use ponte::relay::ports::EventPoller;
use serde_json::{Value, json};

use super::{
    super::bridge::{OPENING, answers, told},
    ADAPTER, messages, ours, said,
};
use crate::helpdesk::server::Server;

fn active(conversations: &[Value]) -> (u16, Value) {
    (200, json!({ "data": { "meta": {}, "payload": conversations } }))
}

fn conversation(id: u64, at: i64, status: &str) -> Value {
    json!({ "id": id, "status": status, "last_activity_at": at, "custom_attributes": { "ponte": OPENING } })
}

fn sweep(server: &Server) -> Arc<dyn EventPoller> {
    ADAPTER.sweep(server)
}

#[tokio::test]
async fn the_first_look_only_finds_where_to_begin() {
    let server = answers(&[active(&[conversation(118, 1000, "open")]), active(&[])]);
    let first = sweep(&server).since(None).await.unwrap();
    assert_eq!((first.tickets.len(), first.cursor.as_str(), first.more), (0, "880:880", false));
    let calls = server.calls();
    assert_eq!(ADAPTER.lines(&calls), ["GET conversations"]);
    for part in ["inbox_id=9", "status=all", "assignee_type=all", "page=1"] {
        assert!(calls[0].path.contains(part), "{part}");
    }
    assert_eq!(sweep(&server).since(Some("nonsense")).await.unwrap().cursor, "-120:-120");
}

#[tokio::test]
async fn what_agents_said_since_is_found_in_order_and_the_end_after_it() {
    let foreign = json!({ "id": 7, "status": "open", "last_activity_at": 3000, "custom_attributes": {} });
    let old = conversation(100, 899, "open");
    let server = answers(&[
        active(&[foreign, conversation(118, 2000, "resolved"), conversation(119, 1500, "open"), old]),
        messages(&[said(5, "a", 1500)]),
        messages(&[said(3, "antes", 899), ours(4, "ponte:x"), said(6, "b", 900), said(8, "c", 2000)]),
    ]);
    let found = sweep(&server).since(Some("900:900")).await.unwrap();
    let expected = ["119 5 to be read", "118 6 to be read", "118 8 to be read", "118 resolved/2000 to be read"];
    assert_eq!(told(&found.tickets), expected);
    assert!(found.tickets.iter().all(|ticket| ticket.opening.as_ref().is_some_and(|o| o.as_str() == OPENING)));
    // Two minutes behind the newest, whosever it is.
    assert_eq!((found.cursor.as_str(), found.more), ("2880:2880", false));
    let lines = ADAPTER.lines(&server.calls());
    assert_eq!(lines, ["GET conversations", "GET conversations/119/messages", "GET conversations/118/messages"]);
}

#[tokio::test]
async fn a_long_conversation_is_read_back_to_where_the_look_begins() {
    let page = |from: u64, at: i64| messages(&(from..from + 20).map(|id| said(id, "x", at)).collect::<Vec<_>>());
    let server = answers(&[
        active(&[conversation(118, 2000, "open")]),
        active(&[]),
        page(121, 2000),
        page(101, 1000),
        page(81, 500),
    ]);
    let found = sweep(&server).since(Some("900:900")).await.unwrap();
    assert_eq!(found.tickets[0].events.len(), 40);
    let calls = server.calls();
    assert!(calls[3].path.ends_with("before=121") && calls[4].path.ends_with("before=101"));
}
