//! What of a route is sent to Chatwoot, and what becomes of what Chatwoot has not.

use ponte::relay::ports::NewConversation;
use serde_json::{Value, json};
use service_rules::{Priority, Route};

use super::{super::bridge::opening, ADAPTER};
use crate::helpdesk::server::{Call, Server};

/// An account with a team, an agent, three attributes and labels on the conversation. `refuses` are the calls that it refuses.
fn account(refuses: &'static [&'static str]) -> Server {
    Server::serving(move |call: &Call| {
        let line = call.line().replacen(ADAPTER.below, "", 1);
        if refuses.contains(&line.as_str()) && (line != "POST conversations" || call.body.get("team_id").is_some()) {
            return (422, json!({ "message": "no" }));
        }
        let attribute = |key: &str, name: &str, kind: &str, values: Value| {
            json!({
                "attribute_key": key, "attribute_display_name": name, "attribute_display_type": kind,
                "attribute_values": values, "attribute_model": "conversation_attribute",
            })
        };
        match line.as_str() {
            "POST contacts" => (200, json!({ "payload": { "contact": { "id": 52 } } })),
            "GET teams" => (200, json!([{ "id": 4, "name": "cobrança" }])),
            "GET agents" => (200, json!([{ "id": 7, "name": "Ana Souza", "email": "ana@desk.test.invalid" }])),
            "GET custom_attribute_definitions" => {
                assert_eq!(call.query("attribute_model").as_deref(), Some("0"));
                let plans = attribute("plano", "Plano do cliente", "list", json!(["Ouro", "Prata"]));
                let ours = attribute("ponte", "Ponte", "text", json!([]));
                (200, json!([plans, attribute("vip", "VIP", "checkbox", json!([])), ours]))
            }
            "POST conversations" => (200, json!({ "id": 118 })),
            "GET conversations/118/labels" => (200, json!({ "payload": ["vip", "boleto"] })),
            _ => (200, json!({ "payload": [] })),
        }
    })
}

fn routed(route: Route) -> NewConversation {
    NewConversation { route, ..opening() }
}

/// The bodies of these calls.
fn sent(calls: &[Call], line: &str) -> Vec<Value> {
    let here = |call: &&Call| call.line().replacen(ADAPTER.below, "", 1) == line;
    calls.iter().filter(here).map(|call| call.body.clone()).collect()
}

fn fields<const N: usize>(fields: [(&str, &str); N]) -> Route {
    Route { fields: fields.map(|(name, value)| (name.to_owned(), value.to_owned())).into(), ..Route::default() }
}

#[tokio::test]
async fn each_part_of_a_route_has_its_place() {
    let begin = "POST conversations";
    let table: Vec<(Route, &str, &str, Value)> = vec![
        (Route { queue: Some("Cobranca".into()), ..Route::default() }, begin, "/team_id", json!(4)),
        (Route { queue: Some("12".into()), ..Route::default() }, begin, "/team_id", json!(12)),
        (Route { agent: Some("ana@desk.test.invalid".into()), ..Route::default() }, begin, "/assignee_id", json!(7)),
        (fields([("plano do cliente", "prata")]), begin, "/custom_attributes/plano", json!("Prata")),
        (fields([("vip", "sim")]), begin, "/custom_attributes/vip", json!(true)),
        (
            Route { priority: Some(Priority::Normal), ..Route::default() },
            "POST conversations/118/toggle_priority",
            "/priority",
            json!("medium"),
        ),
        // The list is replaced: what is there stays.
        (
            Route { tags: vec!["Segunda Via".into(), "boleto".into()], ..Route::default() },
            "POST conversations/118/labels",
            "/labels",
            json!(["vip", "boleto", "segunda_via"]),
        ),
    ];
    for (route, line, place, expected) in table {
        let server = account(&[]);
        ADAPTER.client(&server).open(&routed(route)).await.unwrap();
        let sent = sent(&server.calls(), line);
        assert_eq!(sent.iter().map(|body| body.pointer(place)).collect::<Vec<_>>(), [Some(&expected)], "{place}");
    }
    // Labels that are there already need no call.
    let server = account(&[]);
    ADAPTER.client(&server).open(&routed(Route { tags: vec!["vip".into()], ..Route::default() })).await.unwrap();
    assert_eq!(sent(&server.calls(), "POST conversations/118/labels").len(), 0);
}

#[tokio::test]
async fn what_chatwoot_has_not_stands_in_the_first_note() {
    let route = Route {
        queue: Some("Marte".into()),
        skills: vec!["Inglês".into()],
        subject: Some("Segunda via".into()),
        brand: Some("Loja".into()),
        ..fields([("Contrato", "77-1020"), ("ponte", "x"), ("plano", "Bronze")])
    };
    let server = account(&[]);
    ADAPTER.client(&server).open(&routed(route)).await.unwrap();
    let calls = server.calls();
    let note = sent(&calls, "POST conversations/118/messages")[0]["content"].as_str().unwrap().to_owned();
    for lost in [
        "no queue named \"Marte\"",
        "no skill named \"Inglês\"",
        "no brand named \"Loja\"",
        "no field named \"Contrato\"",
        "no field named \"ponte\"",
        "no such value for the field named \"plano\"",
        "Subject: Segunda via",
    ] {
        assert!(note.contains(lost), "{lost}: {note}");
    }
    assert!(!note.contains("77-1020") && !note.contains("Bronze"), "{note}");
    let begin = sent(&calls, "POST conversations").remove(0);
    assert_eq!(begin["custom_attributes"].as_object().unwrap().len(), 1, "{begin}");
}

#[tokio::test]
async fn what_is_refused_is_left_out() {
    let server = account(&["POST conversations", "POST conversations/118/toggle_priority"]);
    let route = Route { queue: Some("4".into()), priority: Some(Priority::High), ..Route::default() };
    ADAPTER.client(&server).open(&routed(route)).await.unwrap();
    let calls = server.calls();
    let begins = sent(&calls, "POST conversations");
    assert_eq!(begins.iter().map(|body| body.get("team_id").is_some()).collect::<Vec<_>>(), [true, false]);
    let note = sent(&calls, "POST conversations/118/messages")[0]["content"].as_str().unwrap().to_owned();
    assert!(
        note.contains("refused the route, and the conversation was opened without it: 422, priority (422)"),
        "{note}"
    );
}
