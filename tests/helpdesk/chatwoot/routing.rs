//! What of a route is sent to Chatwoot, and what becomes of what Chatwoot has not.

use std::{
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
    time::Duration,
};

use ponte::relay::ports::NewConversation;
use serde_json::{Value, json};
use service_rules::{Priority, Route};

use super::{super::bridge::opening, ADAPTER};
use crate::helpdesk::server::{Call, Server};

/// An account with a team, an agent, three attributes and labels on the conversation. `refuses` are the calls that it refuses.
pub(in crate::helpdesk) fn account(refuses: &'static [&'static str]) -> Server {
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

/// The notes, in order.
fn notes(calls: &[Call]) -> Vec<String> {
    let posts = sent(calls, "POST conversations/118/messages");
    posts.iter().map(|post| post["content"].as_str().unwrap().to_owned()).collect()
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
    let notes: Vec<String> = notes(&calls);
    // At once: an opening that is repeated finds the conversation, and does not hear of it again.
    assert!(notes[0].ends_with("refused the route, and the conversation was opened without it: 422"), "{notes:?}");
    assert!(notes[1].contains("opened without it: priority (422)"), "{notes:?}");
    let lines = ADAPTER.lines(&calls);
    assert_eq!(lines[2..5], ["POST conversations", "POST conversations", "POST conversations/118/messages"]);
}

#[tokio::test]
async fn a_refused_route_is_told_once_also_where_the_opening_breaks_off_and_is_repeated() {
    let (begun, says) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let far = Server::serving(move |call: &Call| {
        let list = |items: Value| (200, json!({ "payload": items }));
        let there = begun.load(Relaxed) > 0;
        match call.line().replacen(ADAPTER.below, "", 1).as_str() {
            "GET contacts/search" if there => list(json!([{ "id": 52, "identifier": opening().customer }])),
            "POST contacts" => (200, json!({ "payload": { "contact": { "id": 52 } } })),
            "GET contacts/52/conversations" => {
                list(json!([{ "id": 118, "custom_attributes": { "ponte": opening().id.as_str() } }]))
            }
            "POST conversations" if call.body.get("team_id").is_some() => (422, json!({ "message": "no" })),
            "POST conversations" => {
                begun.fetch_add(1, Relaxed);
                (200, json!({ "id": 118 }))
            }
            // The second breaks off: what the customer is, is not told.
            "POST conversations/118/messages" if says.fetch_add(1, Relaxed) == 1 => (500, json!({})),
            _ => list(json!([])),
        }
    });
    let opening = routed(Route { queue: Some("4".into()), ..Route::default() });
    assert_eq!(ADAPTER.client(&far).open(&opening).await.unwrap_err().kind(), "unknown");
    ADAPTER.client(&far).open(&opening).await.unwrap();
    let calls = far.calls();
    assert_eq!(sent(&calls, "POST conversations").len(), 2);
    let refusals: Vec<bool> = notes(&calls).iter().map(|note| note.contains("refused the route")).collect();
    assert_eq!(refusals, [true, false, false]);
}

#[tokio::test]
async fn team_and_agent_go_together_and_an_agent_outside_of_the_team_is_told() {
    let route = Route { queue: Some("4".into()), agent: Some("Ana Souza".into()), ..Route::default() };
    for (meta, is_told) in [
        (json!({}), true),
        (json!({ "assignee": null, "team": { "id": 4 } }), true),
        (json!({ "assignee": { "id": 8, "name": "Bia" } }), true),
        (json!({ "assignee": { "id": 7, "name": "Ana Souza" } }), false),
        // The specification's answer does not say.
        (Value::Null, false),
    ] {
        let given = meta.clone();
        let far = Server::serving(move |call: &Call| match call.line().replacen(ADAPTER.below, "", 1).as_str() {
            "POST contacts" => (200, json!({ "payload": { "contact": { "id": 52 } } })),
            "GET agents" => (200, json!([{ "id": 7, "name": "Ana Souza" }])),
            "POST conversations" => (200, json!({ "id": 118, "meta": given })),
            _ => (200, json!({ "payload": [] })),
        });
        ADAPTER.client(&far).open(&routed(route.clone())).await.unwrap();
        let calls = far.calls();
        let begin = sent(&calls, "POST conversations").remove(0);
        assert_eq!((&begin["team_id"], &begin["assignee_id"]), (&json!(4), &json!(7)));
        assert!(!ADAPTER.lines(&calls).iter().any(|line| line.ends_with("assignments")));
        assert_eq!(notes(&calls)[0].contains("failed to set the agent \"Ana Souza\""), is_told, "{meta}");
    }
}

/// The first try begins the conversation and breaks off before its first note: the second says of the agent what the first could not.
#[tokio::test]
async fn an_agent_without_the_conversation_is_told_also_where_the_opening_breaks_off_and_is_repeated() {
    for (assignee, is_told) in [(Value::Null, true), (json!({ "id": 8 }), true), (json!({ "id": 7 }), false)] {
        let begun = AtomicUsize::new(0);
        let meta = json!({ "assignee": assignee });
        let far = Server::serving(move |call: &Call| {
            let list = |items: Value| (200, json!({ "payload": items }));
            let there = begun.load(Relaxed) > 0;
            match call.line().replacen(ADAPTER.below, "", 1).as_str() {
                "GET contacts/search" if there => list(json!([{ "id": 52, "identifier": opening().customer }])),
                "POST contacts" => (200, json!({ "payload": { "contact": { "id": 52 } } })),
                "GET contacts/52/conversations" => {
                    let mark = json!({ "ponte": opening().id.as_str() });
                    list(json!([{ "id": 118, "custom_attributes": mark, "meta": meta }]))
                }
                "POST conversations" => {
                    begun.fetch_add(1, Relaxed);
                    (200, json!({ "id": 118, "meta": meta }))
                }
                // The first note of the first try breaks off.
                "POST conversations/118/messages" if begun.fetch_add(1, Relaxed) == 1 => (500, json!({})),
                _ => list(json!([])),
            }
        });
        let opening = routed(Route { agent: Some("7".into()), ..Route::default() });
        assert_eq!(ADAPTER.client(&far).open(&opening).await.unwrap_err().kind(), "unknown");
        far.calls();
        ADAPTER.client(&far).open(&opening).await.unwrap();
        let calls = far.calls();
        assert_eq!(sent(&calls, "POST conversations").len(), 0);
        assert_eq!(notes(&calls)[0].contains("failed to set the agent \"7\""), is_told, "{assignee}");
    }
}

/// A helpdesk that fails for ever with a part must not keep the conversation from its agents for ever.
#[tokio::test]
async fn what_cannot_be_set_does_not_keep_the_conversation_from_opening() {
    for status in [405, 500, 404, 403] {
        let far = Server::serving(move |call: &Call| match call.line().replacen(ADAPTER.below, "", 1).as_str() {
            "POST contacts" => (200, json!({ "payload": { "contact": { "id": 52 } } })),
            "POST conversations" => (200, json!({ "id": 118 })),
            "POST conversations/118/toggle_priority" | "GET conversations/118/labels" => (status, json!({})),
            _ => (200, json!({ "payload": [] })),
        });
        let route = Route { priority: Some(Priority::High), tags: vec!["boleto".into()], ..Route::default() };
        ADAPTER.client(&far).open(&routed(route)).await.unwrap();
        let note = notes(&far.calls()).remove(0);
        let said = match status {
            403 | 404 => [format!("priority ({status})"), format!("tag ({status})")],
            _ => ["failed to set the priority \"high\"".to_owned(), "failed to set the tag \"boleto\"".to_owned()],
        };
        assert!(said.iter().all(|said| note.contains(said)), "{status}: {note}");
    }
}

/// Three seconds for all lists. What was not looked up in time is a line of the note.
#[tokio::test]
async fn a_slow_look_up_is_not_waited_for() {
    let far = Server::serving(|call: &Call| match call.line().replacen(ADAPTER.below, "", 1).as_str() {
        "GET teams" => {
            std::thread::sleep(Duration::from_millis(3_500));
            (200, json!([{ "id": 4, "name": "cobrança" }]))
        }
        "POST contacts" => (200, json!({ "payload": { "contact": { "id": 52 } } })),
        "POST conversations" => (200, json!({ "id": 118 })),
        _ => (200, json!({ "payload": [] })),
    });
    let route = Route { queue: Some("Cobrança".into()), agent: Some("Ana".into()), ..Route::default() };
    ADAPTER.client(&far).open(&routed(route)).await.unwrap();
    let calls = far.calls();
    let lines = ADAPTER.lines(&calls);
    assert_eq!(lines[..2], ["GET teams", "GET contacts/search"], "before anything is written, and no list after it");
    let note = notes(&calls).remove(0);
    for said in ["asked for the queue \"Cobrança\"", "asked for the agent \"Ana\""] {
        assert!(note.contains(said), "{said}: {note}");
    }
}
