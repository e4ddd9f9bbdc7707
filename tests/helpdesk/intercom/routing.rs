//! What of a route is sent to Intercom, and what becomes of what Intercom has not.

use ponte::relay::ports::NewConversation;
use serde_json::{Value, json};
use service_rules::{Priority, Route};

use super::calls::{CONTACT, client_with, opening};
use crate::helpdesk::server::{Call, Server};

/// A workspace with a team, two admins and four attributes. `refuses` are the calls that it refuses.
pub(in crate::helpdesk) fn workspace(refuses: &'static [&'static str]) -> Server {
    Server::serving(move |call: &Call| {
        let line = call.line();
        // One attribute that is refused refuses all.
        if refuses.contains(&line.as_str()) && (call.method != "PUT" || call.body.get("custom_attributes").is_some()) {
            return (400, json!({ "type": "error.list", "errors": [{ "code": "parameter_invalid" }] }));
        }
        let attribute = |name: &str, kind: &str, options: &[&str]| json!({ "name": name, "label": name, "data_type": kind, "options": options, "api_writable": true });
        match line.as_str() {
            "GET /me" => (200, json!({ "id": "9" })),
            "POST /contacts" => (200, json!({ "id": CONTACT })),
            "POST /conversations" => (200, json!({ "conversation_id": "524" })),
            "GET /teams" => (200, json!({ "teams": [{ "id": "31", "name": "Cobrança" }] })),
            "GET /admins" => {
                (200, json!({ "admins": [{ "id": "32", "name": "Ana", "email": "ana@desk.test.invalid" }] }))
            }
            "GET /data_attributes" => {
                assert_eq!(call.query("model").as_deref(), Some("conversation"));
                let mut closed = attribute("Fechado", "string", &[]);
                closed["api_writable"] = false.into();
                let levels = attribute("Prioridade", "string", &["Baixa", "Normal", "Alta"]);
                (
                    200,
                    json!({ "data": [attribute("Contrato", "string", &[]), attribute("Pedidos", "integer", &[]), levels, closed] }),
                )
            }
            "POST /tags" => (200, json!({ "type": "tag", "id": "86" })),
            line if line.starts_with("GET /contacts/find") => (404, json!({})),
            _ => (200, json!({})),
        }
    })
}

fn routed(route: Route) -> NewConversation {
    NewConversation { route, ..opening() }
}

pub(in crate::helpdesk) const OWN: &str = r#"{"priority_attribute":"prioridade"}"#;

async fn calls_of(route: Route, own: &str, refuses: &'static [&'static str]) -> Vec<Call> {
    let server = workspace(refuses);
    client_with(&server, own).open(&routed(route)).await.unwrap();
    server.calls()
}

/// The bodies of these calls.
fn sent(calls: &[Call], line: &str) -> Vec<Value> {
    calls.iter().filter(|call| call.line() == line).map(|call| call.body.clone()).collect()
}

fn fields<const N: usize>(fields: [(&str, &str); N]) -> Route {
    Route { fields: fields.map(|(name, value)| (name.to_owned(), value.to_owned())).into(), ..Route::default() }
}

const UPDATE: &str = "PUT /conversations/524";
const PARTS: &str = "POST /conversations/524/parts";
const TAGS: &str = "POST /conversations/524/tags";
const NOTE: &str = "POST /conversations/524/reply";

#[tokio::test]
async fn each_part_of_a_route_has_its_call() {
    let given = |kind: &str, id: &str| json!({ "message_type": "assignment", "type": kind, "admin_id": "9", "assignee_id": id });
    let table: Vec<(Route, &str, Value)> = vec![
        (Route { queue: Some("cobranca".into()), ..Route::default() }, PARTS, given("team", "31")),
        (Route { queue: Some("720001".into()), ..Route::default() }, PARTS, given("team", "720001")),
        (Route { agent: Some("ana@desk.test.invalid".into()), ..Route::default() }, PARTS, given("admin", "32")),
        (Route { subject: Some("Segunda via".into()), ..Route::default() }, UPDATE, json!({ "title": "Segunda via" })),
        (
            Route { priority: Some(Priority::High), ..fields([("contrato", "77-1020"), ("Pedidos", "3")]) },
            UPDATE,
            json!({ "custom_attributes": { "Contrato": "77-1020", "Pedidos": 3, "Prioridade": "Alta" } }),
        ),
        (Route { tags: vec!["boleto".into()], ..Route::default() }, TAGS, json!({ "id": "86", "admin_id": "9" })),
    ];
    for (route, line, expected) in table {
        assert_eq!(sent(&calls_of(route, OWN, &[]).await, line), [expected]);
    }
    // Both may be set; what a workflow looks at is there before somebody gets it.
    let all = Route {
        queue: Some("31".into()),
        agent: Some("32".into()),
        subject: Some("Segunda via".into()),
        tags: vec!["boleto".into()],
        ..Route::default()
    };
    let lines: Vec<String> = calls_of(all, OWN, &[]).await.iter().map(Call::line).collect();
    assert_eq!(lines[3..], [UPDATE, "GET /me", "POST /tags", TAGS, PARTS, PARTS, NOTE]);
}

#[tokio::test]
async fn what_intercom_has_not_stands_in_the_first_note() {
    let route = Route {
        queue: Some("Marte".into()),
        priority: Some(Priority::High),
        skills: vec!["Inglês".into()],
        form: Some("Padrão".into()),
        ..fields([("Fechado", "a"), ("Pedidos", "muitos")])
    };
    let calls = calls_of(route, "{}", &[]).await;
    let note = sent(&calls, NOTE)[0]["body"].as_str().unwrap().to_owned();
    for lost in [
        "no queue named \"Marte\"",
        "no priority named \"high\"",
        "no skill named \"Inglês\"",
        "no form named \"Padrão\"",
        "no field named \"Fechado\"",
        "no such value for the field named \"Pedidos\"",
    ] {
        assert!(note.contains(lost), "{lost}: {note}");
    }
    assert!(!note.contains("muitos"), "{note}");
    assert_eq!(sent(&calls, UPDATE).len() + sent(&calls, PARTS).len(), 0);
}

#[tokio::test]
async fn what_is_refused_is_left_out() {
    let route = Route {
        queue: Some("31".into()),
        subject: Some("Segunda via".into()),
        tags: vec!["boleto".into()],
        ..fields([("Contrato", "77-1020")])
    };
    let calls = calls_of(route, OWN, &[PARTS, UPDATE, TAGS]).await;
    // The title is not lost with an attribute.
    assert_eq!(sent(&calls, UPDATE)[1], json!({ "title": "Segunda via" }));
    let note = sent(&calls, NOTE)[0]["body"].as_str().unwrap().to_owned();
    assert!(note.contains("opened without it: field (400), tag (400), queue (400)"), "{note}");
    assert!(!note.contains("77-1020"), "{note}");
}

/// Nothing is written before all is looked up: what a function that is stopped has to do again stays little.
#[tokio::test]
async fn names_are_looked_up_before_anything_is_written() {
    let route =
        Route { queue: Some("Cobrança".into()), agent: Some("Ana".into()), ..fields([("Contrato", "77-1020")]) };
    let lines: Vec<String> = calls_of(route, OWN, &[]).await.iter().map(Call::line).collect();
    let place = |line: &str| lines.iter().position(|known| known.starts_with(line)).unwrap_or_else(|| panic!("{line}"));
    let last = ["GET /data_attributes", "GET /teams", "GET /admins"].map(place).into_iter().max().unwrap();
    assert!(last < lines.iter().position(|line| !line.starts_with("GET ")).unwrap(), "{lines:?}");
}

/// A helpdesk that fails for ever with a part must not keep the conversation from its agents for ever.
#[tokio::test]
async fn what_cannot_be_set_does_not_keep_the_conversation_from_opening() {
    for status in [405, 409, 500] {
        let far = Server::serving(move |call: &Call| match call.line().as_str() {
            "GET /me" => (200, json!({ "id": "9" })),
            "POST /contacts" => (200, json!({ "id": CONTACT })),
            "POST /conversations" => (200, json!({ "conversation_id": "524" })),
            "POST /tags" => (200, json!({ "id": "86" })),
            UPDATE | PARTS | TAGS => (status, json!({})),
            line if line.starts_with("GET /contacts/find") => (404, json!({})),
            _ => (200, json!({})),
        });
        let route = Route {
            queue: Some("31".into()),
            subject: Some("Segunda via".into()),
            tags: vec!["boleto".into(), "vip".into()],
            ..Route::default()
        };
        client_with(&far, OWN).open(&routed(route)).await.unwrap();
        let calls = far.calls();
        let note = sent(&calls, NOTE)[0]["body"].as_str().unwrap().to_owned();
        for said in [
            "failed to set the queue &quot;31&quot;",
            "failed to set the tag &quot;boleto&quot;",
            "failed to set the tag &quot;vip&quot;",
            "Subject: Segunda via",
        ] {
            assert!(note.replace('"', "&quot;").contains(said), "{said}: {note}");
        }
        // What did not happen is tried once more at once; after a tag that failed, no other is tried.
        let tries = if status == 500 { 1 } else { 2 };
        assert_eq!([UPDATE, TAGS, PARTS].map(|line| sent(&calls, line).len()), [tries; 3], "{status}");
    }
}

#[tokio::test]
async fn a_list_that_cannot_be_read_is_asked_for_once() {
    for status in [401, 403, 500] {
        let far = Server::serving(move |call: &Call| match call.line().as_str() {
            "GET /me" => (200, json!({ "id": "9" })),
            "POST /contacts" => (200, json!({ "id": CONTACT })),
            "POST /conversations" => (200, json!({ "conversation_id": "524" })),
            "GET /data_attributes" => (status, json!({})),
            line if line.starts_with("GET /contacts/find") => (404, json!({})),
            _ => (200, json!({})),
        });
        let route = Route { priority: Some(Priority::High), ..fields([("Contrato", "77-1020"), ("Plano", "Ouro")]) };
        let client = client_with(&far, OWN);
        client.open(&routed(route)).await.unwrap();
        let calls = far.calls();
        let asked = calls.iter().filter(|call| call.line() == "GET /data_attributes").count();
        // A key that is refused is renewed, and the call made once more with it.
        assert_eq!(asked, if status == 500 { 1 } else { 2 }, "{status}");
        let note = sent(&calls, NOTE)[0]["body"].as_str().unwrap().to_owned();
        for said in ["the field \"Contrato\"", "the field \"Plano\"", "asked for the priority \"high\""] {
            assert!(note.contains(said), "{said}: {note}");
        }
    }
}
