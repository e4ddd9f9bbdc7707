//! Where a route sends a ticket, and what RT leaves out of it in silence.

use ponte::{
    helpdesk::{self, Secrets},
    relay::ports::{Helpdesk, NewConversation},
};
use serde_json::{Value, json};
use service_rules::{Priority, Route};

use super::{
    super::{bridge::routed, server::Call},
    OPENING, Server, client, list, means, secret, settings,
};

/// A queue named `Financeiro`, with the custom fields of the tests.
fn rt(call: &Call, owner: &str, fields: &Value) -> (u16, Value) {
    match call.line().replace("/rt/REST/2.0/", "").as_str() {
        "GET queues/all" => {
            list(&[json!({ "id": "1", "Name": "General" }), json!({ "id": "7", "Name": "Financeiro" })])
        }
        "POST ticket" => (201, json!({ "id": "4" })),
        "GET ticket/4" => {
            let mark = json!({ "id": "3", "name": "BlipTicketId", "values": [OPENING] });
            let fields = [mark].into_iter().chain(fields.as_array().unwrap().iter().cloned());
            let fields: Vec<Value> = fields.collect();
            (200, json!({ "id": 4, "Status": "new", "Owner": { "id": owner }, "CustomFields": fields }))
        }
        "POST ticket/4/comment" => (201, json!(["Comments added"])),
        _ => list(&[]),
    }
}

pub(in crate::helpdesk) fn serving(owner: &'static str, fields: Value) -> Server {
    Server::serving(move |call| rt(call, owner, &fields))
}

fn all_of_it() -> Value {
    json!([{ "id": "9", "name": "Contrato", "values": ["77-1020"] }, { "id": "8", "name": "Etiquetas", "values": ["vip", "boleto"] }])
}

fn with(own: &str, server: &Server) -> std::sync::Arc<dyn Helpdesk> {
    let mut settings = settings(&format!("{}/rt/", server.url));
    settings.own = own.to_owned();
    let secrets = Secrets { credentials: secret("1-31-test"), webhook: secret("") };
    helpdesk::client(&settings, secrets, means()).unwrap()
}

fn body<'a>(calls: &'a [Call], line: &str) -> Vec<&'a Value> {
    calls.iter().filter(|call| call.line().ends_with(line)).map(|call| &call.body).collect()
}

#[tokio::test]
async fn every_part_that_rt_has_is_in_the_ticket_and_the_rest_in_the_first_note() {
    let server = serving("agent.ana", all_of_it());
    with(r#"{"tags_field":"Etiquetas"}"#, &server).open(&routed()).await.unwrap();
    let calls = server.calls();
    let mut made = body(&calls, "POST /rt/REST/2.0/ticket")[0].clone();
    let content = made.as_object_mut().unwrap().remove("Content").unwrap();
    let expected = json!({
        "Queue": "Financeiro", "Owner": "ana@example.com", "Priority": "100", "Subject": "Segunda via", "ContentType": "text/plain",
        "CustomFields": {
            "BlipIdentity": "5531999990000@wa.gw.msging.net", "BlipTicketId": OPENING, "Contrato": "77-1020",
            "Etiquetas": ["boleto", "vip"],
        },
    });
    assert_eq!(made, expected);
    let content = content.as_str().unwrap();
    for said in ["Queue: Financeiro.", "no skill named \"cobranca\"", "no ticket type named", "no brand", "no form"] {
        assert!(content.contains(said), "{said}: {content}");
    }
    assert_eq!(body(&calls, "comment"), Vec::<&Value>::new(), "all that was asked for is there");
}

#[tokio::test]
async fn what_rt_left_out_in_silence_is_told_in_a_comment() {
    let server = serving("Nobody", json!([{ "id": "9", "name": "CONTRATO", "values": [] }]));
    with(r#"{"tags_field":"Etiquetas"}"#, &server).open(&routed()).await.unwrap();
    let calls = server.calls();
    let comments = body(&calls, "comment");
    assert_eq!((comments.len(), &comments[0]["TxnCustomFields"]["BlipMessageId"]), (1, &json!("route")));
    let words = comments[0]["Content"].as_str().unwrap();
    for said in [
        "no agent named \"ana@example.com\"",
        "no such value for the field named \"Contrato\"",
        "no field named \"Etiquetas\"",
    ] {
        assert!(words.contains(said), "{said}: {words}");
    }
    assert!(!words.contains("77-1020"));
}

#[tokio::test]
async fn a_priority_is_the_number_that_the_settings_say() {
    for (own, expected) in
        [("{}", ["0", "50", "100", "100"]), (r#"{"priority":{"low":10,"urgent":95}}"#, ["10", "50", "100", "95"])]
    {
        for (priority, expected) in Priority::ALL.into_iter().zip(expected) {
            let server = serving("Nobody", json!([]));
            let route = Route { priority: Some(priority), ..Route::default() };
            with(own, &server).open(&NewConversation { route, ..routed() }).await.unwrap();
            assert_eq!(body(&server.calls(), "POST /rt/REST/2.0/ticket")[0]["Priority"], expected);
        }
    }
}

#[tokio::test]
async fn a_queue_is_found_without_case_and_accents_a_number_is_sent_and_a_failed_look_up_is_a_note() {
    for (queue, sent, noted) in [(" FINÂNCEIRO", "Financeiro", false), ("7", "7", false), ("Marte", "General", true)] {
        let server = serving("Nobody", json!([]));
        let route = Route { queue: Some(queue.to_owned()), ..Route::default() };
        client(&server).open(&NewConversation { route, ..routed() }).await.unwrap();
        let calls = server.calls();
        let made = body(&calls, "POST /rt/REST/2.0/ticket")[0];
        assert_eq!(
            (&made["Queue"], made["Content"].as_str().unwrap().contains("no queue named")),
            (&json!(sent), noted)
        );
    }
    let server = Server::serving(|call| match call.line().as_str() {
        "GET /rt/REST/2.0/queues/all" => (500, json!({})),
        _ => rt(call, "Nobody", &json!([])),
    });
    let route = Route { queue: Some("Financeiro".to_owned()), ..Route::default() };
    client(&server).open(&NewConversation { route, ..routed() }).await.unwrap();
    assert_eq!(body(&server.calls(), "POST /rt/REST/2.0/ticket")[0]["Queue"], "General");
}

#[tokio::test]
async fn a_refused_ticket_is_made_once_more_without_its_route() {
    for status in [400, 403] {
        let server = Server::serving(move |call| match call.line().as_str() {
            "POST /rt/REST/2.0/ticket" if call.body["Queue"] != "General" => (status, json!({ "message": "no" })),
            _ => rt(call, "Nobody", &json!([])),
        });
        client(&server).open(&routed()).await.unwrap();
        let calls = server.calls();
        let made = body(&calls, "POST /rt/REST/2.0/ticket");
        let last = made.last().unwrap();
        assert_eq!(made.len(), 2);
        assert_eq!((last.get("Owner"), last.get("Priority"), last["CustomFields"].get("Contrato")), (None, None, None));
        // Under the name of what is said of a route: an opening that is repeated finds it, and does not say that RT has no such owner.
        let comments = body(&calls, "comment");
        assert_eq!((comments.len(), &comments[0]["TxnCustomFields"]["BlipMessageId"]), (1, &json!("route")));
        let words = comments[0]["Content"].as_str().unwrap();
        assert!(
            words.ends_with(&format!("refused the route, and the conversation was opened without it: {status}")),
            "{words}"
        );
    }
}
