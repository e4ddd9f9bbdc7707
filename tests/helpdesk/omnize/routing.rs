//! Where a route sends a chat.

use ponte::relay::ports::NewConversation;
use serde_json::{Value, json};
use service_rules::Route;

use super::{
    super::{
        bridge::{OPENING, routed},
        server::{Call, Server},
    },
    ADAPTER,
};

const DEPARTMENTS: &str = "GET /api/external/departments";
const BEGIN: &str = "POST /core/api/v1/interactions";
const NOTE: &str = "PUT /core/api/v1/interactions/1";

/// As `docs/api/v1/departments.md` shows them.
pub(in crate::helpdesk) fn omnize(call: &Call) -> (u16, Value) {
    let department = |id: u16, name: &str, state: u8| json!({ "id": id, "name": name, "state": state, "queue": true, "bot_id": null });
    match call.line().as_str() {
        DEPARTMENTS => (
            200,
            json!([
                department(9999, "Atendimento", 1),
                department(7001, "Financeiro", 1),
                department(7002, "Fechado", 0),
                5
            ]),
        ),
        _ => (200, json!({ "data": { "interaction_hash": "1" } })),
    }
}

fn with(route: Route) -> NewConversation {
    NewConversation { route, ..routed() }
}

fn queue(name: &str) -> NewConversation {
    with(Route { queue: Some(name.to_owned()), ..Route::default() })
}

/// The department that a chat goes to, and the note about it.
fn went(calls: &[Call]) -> (Value, String) {
    let body =
        |line: &str| calls.iter().rfind(|call| call.line() == line).map(|call| call.body.clone()).unwrap_or_default();
    (body(BEGIN)["department_id"].clone(), body(NOTE)["note"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn a_department_and_fields_are_sent_and_the_rest_is_a_note() {
    let server = Server::serving(omnize);
    let client = ADAPTER.client(&server);
    client.open(&routed()).await.unwrap();
    let calls = server.calls();
    assert_eq!(calls.iter().map(Call::line).collect::<Vec<_>>(), [DEPARTMENTS, BEGIN, NOTE]);
    assert_eq!(calls[0].query("token").as_deref(), Some("ACCOUNT-TOKEN"));
    assert_eq!(calls[1].body["extra"], json!({ "ponte": OPENING, "Contrato": "77-1020" }));
    let (department, note) = went(&calls);
    assert_eq!(department, 7001);
    for said in [
        "no agent named",
        "no skill",
        "no tag named \"vip\"",
        "Subject: Segunda via",
        "no ticket type",
        "no brand",
        "no form",
        "no priority named \"high\"",
    ] {
        assert!(note.contains(said), "{said}: {note}");
    }
    // The list is kept.
    client.open(&queue("financeiro")).await.unwrap();
    assert_eq!(server.calls().iter().map(Call::line).collect::<Vec<_>>(), [BEGIN]);
}

#[tokio::test]
async fn a_name_that_is_not_there_opens_in_the_department_of_the_settings() {
    for (name, department, noted) in [
        ("FINANCEIRO ", 7001, false),
        ("7002", 7002, false),
        ("Fechado", 9999, true),
        ("Marte", 9999, true),
        ("99999999999999999999999", 9999, true),
    ] {
        let server = Server::serving(omnize);
        ADAPTER.client(&server).open(&queue(name)).await.unwrap();
        let (went, note) = went(&server.calls());
        assert_eq!((went, note.contains("no queue named")), (json!(department), noted), "{name}");
    }
    let server = Server::serving(|call| if call.line() == DEPARTMENTS { (500, json!({})) } else { omnize(call) });
    ADAPTER.client(&server).open(&queue("Financeiro")).await.unwrap();
    assert_eq!(went(&server.calls()).0, 9999);
}

#[tokio::test]
async fn a_refused_route_is_left_out() {
    for words in ["Invalid department", "Department not found"] {
        let server = Server::serving(move |call| match call.body["department_id"].as_u64() {
            Some(7001) => (422, json!({ "message": words, "status": 422 })),
            _ => omnize(call),
        });
        ADAPTER.client(&server).open(&routed()).await.unwrap();
        let calls = server.calls();
        assert_eq!(calls.iter().map(Call::line).collect::<Vec<_>>(), [DEPARTMENTS, BEGIN, BEGIN, NOTE]);
        assert_eq!(calls[2].body["extra"], json!({ "ponte": OPENING }));
        let (department, note) = went(&calls);
        assert_eq!(department, 9999);
        assert!(note.contains("refused the route, and the conversation was opened without it: 422"), "{note}");
    }
}
