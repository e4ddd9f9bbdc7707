//! What of a route is sent to Zendesk, and what becomes of what Zendesk has not.

use ponte::relay::{Failure, ports::NewConversation};
use serde_json::{Value, json};
use service_rules::{Priority, Route};

use super::{client, opening::opening, to};
use crate::{
    every_port::EveryPort,
    helpdesk::server::{Call, Server},
};

/// An account with a group, a brand, a form, an agent and three fields. What a ticket is made with decides whether it is taken.
pub(in crate::helpdesk) fn account(takes: impl Fn(&Value) -> bool + Send + 'static) -> Server {
    Server::serving(move |call: &Call| {
        let list = |name: &str, items: Value| (200, json!({ name: items, "meta": { "has_more": false } }));
        match call.line().replace("/api/v2/", "").as_str() {
            "GET tickets" => (200, json!({ "tickets": [] })),
            "POST users/create_or_update" => (201, json!({ "user": { "id": 7 } })),
            "GET groups/assignable" => list("groups", json!([{ "id": 11, "name": "Cobrança" }])),
            "GET brands" => list("brands", json!([{ "id": 12, "name": "Loja", "active": true }])),
            "GET ticket_forms" => (200, json!({ "ticket_forms": [{ "id": 13, "name": "Padrão" }] })),
            "GET users" => list(
                "users",
                json!([{ "id": 14, "name": "Ana Souza", "email": "ana@desk.test.invalid", "role": "agent" }]),
            ),
            "GET ticket_fields" => list(
                "ticket_fields",
                json!([
                    { "id": 1, "title": "Assunto", "type": "subject", "active": true },
                    { "id": 15, "title": "Assunto", "type": "tagger", "active": true,
                      "custom_field_options": [{ "id": 1, "name": "Segunda via", "value": "boleto_2a_via" }] },
                    { "id": 16, "title": "VIP", "type": "checkbox", "active": true },
                    { "id": 17, "title": "Antigo", "type": "text", "active": false },
                    { "id": 18, "title": "CSAT", "type": "integer", "active": true },
                ]),
            ),
            "PUT tickets/5158/tags" => (200, json!({ "tags": ["blip", "csat_4"] })),
            "PUT tickets/5158" if takes(&call.body["ticket"]) => (200, json!({ "ticket": { "id": 5158 } })),
            "PUT tickets/5158" => (422, json!({ "error": "RecordInvalid", "details": {} })),
            "POST tickets" if takes(&call.body["ticket"]) => {
                (201, json!({ "ticket": { "id": 5158, "requester_id": 7 } }))
            }
            "POST tickets" => {
                let why = json!([{ "description": "Contrato: 77-1020 is invalid", "error": "InvalidValue" }]);
                (422, json!({ "error": "RecordInvalid", "details": { "custom_fields": why } }))
            }
            other => panic!("{other}"),
        }
    })
}

fn routed(route: Route) -> NewConversation {
    NewConversation { route, ..opening("Oi") }
}

/// The tickets that were sent.
fn sent(other_side: &Server) -> Vec<Call> {
    other_side.calls().into_iter().filter(|call| call.line() == "POST /api/v2/tickets").collect()
}

#[tokio::test]
async fn each_part_of_a_route_has_its_field() {
    let field = |name: &str, value: &str| Route { fields: [(name.into(), value.into())].into(), ..Route::default() };
    let table: Vec<(Route, Value)> = vec![
        (Route { queue: Some("cobranca".into()), ..Route::default() }, json!({ "group_id": 11 })),
        (Route { queue: Some("360000111".into()), ..Route::default() }, json!({ "group_id": 360_000_111 })),
        (Route { agent: Some("ana souza".into()), ..Route::default() }, json!({ "assignee_id": 14 })),
        (
            Route { agent: Some("ana@desk.test.invalid".into()), ..Route::default() },
            json!({ "assignee_email": "ana@desk.test.invalid" }),
        ),
        (Route { brand: Some("LOJA".into()), ..Route::default() }, json!({ "brand_id": 12 })),
        (Route { form: Some("padrao".into()), ..Route::default() }, json!({ "ticket_form_id": 13 })),
        (Route { ticket_type: Some("Incident".into()), ..Route::default() }, json!({ "type": "incident" })),
        (Route { priority: Some(Priority::Urgent), ..Route::default() }, json!({ "priority": "urgent" })),
        (Route { subject: Some("Segunda via".into()), ..Route::default() }, json!({ "subject": "Segunda via" })),
        (
            Route { tags: vec!["boleto".into(), "segunda via".into()], ..Route::default() },
            json!({ "tags": ["blip", "boleto", "segunda_via"] }),
        ),
        (field("assunto", "segunda via"), json!({ "custom_fields": [{ "id": 15, "value": "boleto_2a_via" }] })),
        (field("vip", "sim"), json!({ "custom_fields": [{ "id": 16, "value": true }] })),
        (field("444", "77-1020"), json!({ "custom_fields": [{ "id": 444, "value": "77-1020" }] })),
    ];
    let other_side = account(|_| true);
    client(&other_side).open(&opening("Oi")).await.unwrap();
    let plain = sent(&other_side).remove(0).body["ticket"].clone();
    assert_eq!(plain.as_object().unwrap().len(), 5, "an empty route sends nothing: {plain}");
    for (route, parts) in table {
        client(&other_side).open(&routed(route)).await.unwrap();
        let mut expected = plain.clone();
        expected.as_object_mut().unwrap().extend(parts.as_object().unwrap().clone());
        assert_eq!(sent(&other_side).remove(0).body["ticket"], expected, "{parts}");
    }
}

#[tokio::test]
async fn what_zendesk_has_not_stands_in_the_first_note() {
    let route = Route {
        queue: Some("Marte".into()),
        agent: Some("Ninguém".into()),
        skills: vec!["Inglês".into()],
        ticket_type: Some("pedido".into()),
        fields: [("Antigo".to_owned(), "x".to_owned()), ("Assunto".to_owned(), "Terceira via".to_owned())].into(),
        ..Route::default()
    };
    let other_side = account(|_| true);
    client(&other_side).open(&routed(route)).await.unwrap();
    let ticket = sent(&other_side).remove(0).body["ticket"].clone();
    let note = ticket["comment"]["body"].as_str().unwrap();
    for lost in [
        "no queue named \"Marte\"",
        "no agent named \"Ninguém\"",
        "no skill named \"Inglês\"",
        "no ticket type named \"pedido\"",
        "no field named \"Antigo\"",
        "no such value for the field named \"Assunto\"",
    ] {
        assert!(note.contains(lost), "{lost}: {note}");
    }
    assert!(!note.contains("Terceira via"), "{note}");
    assert_eq!(ticket.as_object().unwrap().len(), 5, "{ticket}");
}

#[tokio::test]
async fn a_refused_route_is_tried_once_without_and_names_no_value() {
    let fields = [("444".to_owned(), "77-1020".to_owned())];
    let route = Route { queue: Some("11".into()), fields: fields.into(), ..Route::default() };
    let other_side = account(|ticket| ticket.get("group_id").is_none());
    client(&other_side).open(&routed(route.clone())).await.unwrap();
    let tickets = sent(&other_side);
    assert_eq!(tickets.len(), 2);
    assert!(tickets[1].body["ticket"].get("custom_fields").is_none());
    let note = tickets[1].body["ticket"]["comment"]["body"].as_str().unwrap();
    assert!(note.contains("without it: custom_fields: Contrato: … is invalid"), "{note}");
    // An idempotency key is for one body.
    assert_ne!(tickets[0].header("idempotency-key"), tickets[1].header("idempotency-key"));
    // What is refused without a route, too, is refused.
    let other_side = account(|_| false);
    assert!(client(&other_side).open(&routed(route)).await.is_err());
    assert_eq!(sent(&other_side).len(), 2);
}

#[tokio::test]
async fn lists_are_asked_for_once() {
    let other_side = account(|_| true);
    let client = client(&other_side);
    for _ in 0..3 {
        client.open(&routed(Route { queue: Some("Cobrança".into()), ..Route::default() })).await.unwrap();
    }
    let asked = other_side.calls().iter().filter(|call| call.line().ends_with("groups/assignable")).count();
    assert_eq!(asked, 1);
}

#[tokio::test]
async fn what_may_not_be_looked_up_is_no_name_that_is_not_there_and_is_asked_for_once() {
    let in_house = Server::serving(|call: &Call| match call.line().replace("/api/v2/", "").as_str() {
        "GET tickets" => (200, json!({ "tickets": [] })),
        "POST users/create_or_update" => (201, json!({ "user": { "id": 7 } })),
        "GET ticket_fields" => (403, json!({ "error": "Forbidden" })),
        "GET groups/assignable" => (500, json!({})),
        _ => (201, json!({ "ticket": { "id": 5158, "requester_id": 7 } })),
    });
    let client = client(&in_house);
    let fields = ["Contrato", "Plano"].map(|name| (name.to_owned(), "77-1020".to_owned()));
    let route = Route { queue: Some("Cobrança".into()), fields: fields.into(), ..Route::default() };
    for _ in 0..2 {
        client.open(&routed(route.clone())).await.unwrap();
    }
    let calls = in_house.calls();
    let lists = |name: &str| calls.iter().filter(|call| call.line().ends_with(name)).count();
    assert_eq!([lists("ticket_fields"), lists("groups/assignable")], [1, 1]);
    for ticket in calls.iter().filter(|call| call.line() == "POST /api/v2/tickets") {
        let note = ticket.body["ticket"]["comment"]["body"].as_str().unwrap();
        for said in ["asked for the field \"Contrato\"", "the field \"Plano\"", "asked for the queue \"Cobrança\""] {
            assert!(note.contains(said), "{said}: {note}");
        }
        assert!(!note.contains("has no"), "{note}");
    }
}

/// The note is another call, so that nothing of a field can lose it.
#[tokio::test]
async fn a_rating_is_a_tag_and_the_field_that_is_named() {
    let tag = ("PUT tickets/5158/tags".to_owned(), json!({ "tags": ["csat_4"] }));
    let set = |id: u64, value: Value| {
        let body = json!({ "ticket": { "custom_fields": [{ "id": id, "value": value }] } });
        ("PUT tickets/5158".to_owned(), body)
    };
    let made = |other_side: &Server| {
        let calls = other_side.calls().into_iter();
        let line = |call: &Call| call.line().replace("/api/v2/", "");
        calls.filter(|call| call.line().starts_with("PUT")).map(|call| (line(&call), call.body)).collect::<Vec<_>>()
    };
    let other_side = account(|_| true);
    let client = client(&other_side);
    client.rated(&to(), 4, None).await.unwrap();
    assert_eq!(made(&other_side), std::slice::from_ref(&tag));
    for (name, id) in [("csat", 18), ("360000222", 360_000_222)] {
        client.rated(&to(), 4, Some(name)).await.unwrap();
        assert_eq!(made(&other_side), [tag.clone(), set(id, "4".into())], "{name}");
    }
    // A field that is not there or takes other values, and one that the ticket's form does not have: the tag is there.
    for name in ["Marte", "Assunto"] {
        let failure = client.rated(&to(), 4, Some(name)).await.unwrap_err();
        assert!(matches!(failure, Failure::Refused { .. }), "{name}: {failure}");
        assert_eq!(made(&other_side), std::slice::from_ref(&tag), "{name}");
    }
    let other_side = account(|_| false);
    let refused = super::client(&other_side).rated(&to(), 4, Some("CSAT")).await.unwrap_err();
    assert!(matches!(refused, Failure::Refused { status: 422, .. }), "{refused}");
    assert_eq!(made(&other_side), [tag, set(18, "4".into())]);
}
