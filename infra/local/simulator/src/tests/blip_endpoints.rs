//! The rules of Blip's endpoints: keys, malformed bodies, tickets, redirects, look-ups, and the faults.

use std::time::Duration;

use serde_json::{Value, json};

use super::simulator;
use crate::Simulator;
use crate::state::{Place, Profile, Turn};
use crate::transport::{FaultAction, FaultLimit};

async fn post(sim: &Simulator, path: &str, key: &str, body: String) -> (u16, Value) {
    let client = super::client();
    let request =
        client.post(format!("{}{path}", sim.blip_url())).header("authorization", format!("Key {key}")).body(body);
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    (status, serde_json::from_slice(&response.bytes().await.unwrap()).unwrap_or_default())
}

async fn send(sim: &Simulator, to: &str, mime: &str, content: Value) -> u16 {
    let body = json!({"id": uuid::Uuid::new_v4().to_string(), "to": to, "type": mime, "content": content});
    post(sim, "/messages", "a2V5", body.to_string()).await.0
}

async fn command(sim: &Simulator, method: &str, to: &str, uri: &str, resource: Value) -> Value {
    let body = json!({"id": "1", "to": to, "method": method, "uri": uri, "resource": resource});
    let (status, answer) = post(sim, "/commands", "a2V5", body.to_string()).await;
    assert_eq!(status, 200);
    answer
}

/// A command with the router's key.
async fn routers_command(sim: &Simulator, method: &str, uri: &str, resource: Value) -> Value {
    let body = json!({"id": "1", "to": "postmaster@msging.net", "method": method, "uri": uri, "resource": resource});
    let (status, answer) = post(sim, "/commands", "cm91dGVy", body.to_string()).await;
    assert_eq!(status, 200);
    answer
}

fn code(answer: &Value) -> Option<u64> {
    answer.pointer("/reason/code").and_then(Value::as_u64)
}

#[tokio::test]
async fn a_wrong_key_or_body_is_refused_and_recorded() {
    let sim = simulator().await;
    assert_eq!(post(&sim, "/messages", "other", "{}".into()).await.0, 401);
    for body in ["", "[]", "{}", r#"{"to":"a@b","type":"text/plain"}"#] {
        assert_eq!(post(&sim, "/messages", "a2V5", body.into()).await.0, 400, "{body}");
    }
    assert_eq!(post(&sim, "/commands", "a2V5", "nonsense".into()).await.0, 400);
    assert_eq!(sim.ledger().faults.len(), 6);
}

#[tokio::test]
async fn the_router_says_with_which_bot_a_customer_is_and_moves_the_customer() {
    let sim = simulator().await;
    let ana = sim.customer(Profile::whatsapp("Ana", "5531999990001"));
    let uri = "/contexts/5531999990001%40wa.gw.msging.net/Master-State";
    let active = async || routers_command(&sim, "get", uri, Value::Null).await["resource"].clone();
    assert_eq!(active().await, "examplemain@msging.net");
    ana.hand_over(None);
    assert_eq!(active().await, "helpdeskbridge@msging.net");
    let moved = routers_command(&sim, "set", uri, json!("survey@msging.net")).await;
    assert_eq!((moved["status"].as_str(), ana.place()), (Some("success"), Place::Service("survey".into())));
    assert_eq!(active().await, "survey@msging.net");
    routers_command(&sim, "set", uri, json!("HelpdeskBridge@msging.net")).await;
    assert_eq!(ana.place(), Place::Bridge);
    assert_eq!(code(&routers_command(&sim, "set", uri, json!("nobody@msging.net")).await), Some(64));
    let unknown = "/contexts/5531999990009%40wa.gw.msging.net/Master-State";
    assert_eq!(code(&routers_command(&sim, "get", unknown, Value::Null).await), Some(67));
    // The sub-bot's key has no such context, and the router's key opens nothing of the sub-bot's.
    assert_eq!(code(&command(&sim, "get", "postmaster@msging.net", uri, Value::Null).await), Some(67));
    assert_eq!(code(&routers_command(&sim, "get", "/ping", Value::Null).await), Some(62));
}

#[tokio::test]
async fn a_ticket_opens_delivers_and_closes_for_good() {
    let sim = simulator().await;
    let joao = sim.desk_customer(Profile::whatsapp("João", "5531999990002"));
    let (id, _) = joao.opens_ticket("oi");
    let address = format!("{id}@desk.msging.net/Webhook");
    let change =
        async |resource| command(&sim, "set", "postmaster@desk.msging.net", "/tickets/change-status", resource).await;
    send(&sim, &address, "text/plain", json!("too early")).await;
    assert_eq!(code(&change(json!({"id": id, "status": "Open"})).await), Some(25));
    assert_eq!(
        change(json!({"id": id, "status": "Open", "agentIdentity": "a%40b@blip.ai"})).await["status"],
        "success"
    );
    joao.says("posted");
    assert_eq!(send(&sim, &address, "text/plain", json!("in time")).await, 202);
    let uri = format!("/tickets/{id}/messages?$ascending=true");
    let list = command(&sim, "get", "postmaster@desk.msging.net", &uri, Value::Null).await;
    let texts: Vec<&Value> =
        list["resource"]["items"].as_array().unwrap().iter().map(|item| &item["content"]).collect();
    assert_eq!(texts, ["oi", "posted", "in time"]);
    assert_eq!(change(json!({"id": id, "status": "ClosedAttendant"})).await["status"], "success");
    assert_eq!(code(&change(json!({"id": id, "status": "ClosedAttendant"})).await), Some(61));
    send(&sim, &address, "text/plain", json!("too late")).await;
    let get = |uri: String| command(&sim, "get", "postmaster@desk.msging.net", uri.leak(), Value::Null);
    assert_eq!(get(format!("/ticket/{id}")).await["resource"]["status"], "ClosedAttendant");
    assert_eq!(code(&get(format!("/tickets/{id}")).await), Some(62));
    assert_eq!(code(&get("/ticket/none".to_owned()).await), Some(64));
    assert_eq!(sim.ledger().strays.len(), 2);
    assert_eq!(joao.sees().len(), 1);
}

#[tokio::test]
async fn a_redirect_moves_the_customer_and_later_words_are_strays() {
    let sim = simulator().await;
    let ana = sim.customer(Profile::whatsapp("Ana", "5531999990001"));
    let redirect = "application/vnd.lime.redirect+json";
    send(&sim, &ana.tunnel(), "text/plain", json!("before the hand-over")).await;
    ana.hand_over(None);
    send(&sim, &ana.tunnel(), "text/plain", json!("hello")).await;
    send(&sim, &ana.tunnel(), redirect, json!({"address": "nowhere"})).await;
    assert_eq!(ana.place(), Place::Bridge);
    let context = json!({"type": "text/plain", "value": "nota"});
    send(&sim, &ana.tunnel(), redirect, json!({"address": "survey", "context": context})).await;
    assert_eq!(ana.place(), Place::Service("survey".into()));
    assert_eq!(ana.delivered(), [(Place::Service("survey".into()), context)]);
    ana.hand_over(None);
    send(&sim, &ana.tunnel(), redirect, json!({})).await;
    assert_eq!(ana.place(), Place::MainBot);
    send(&sim, &ana.tunnel(), "text/plain", json!("afterwards")).await;
    let ledger = sim.ledger();
    assert_eq!((ledger.strays.len(), ledger.seen.len(), ledger.faults.len()), (2, 1, 1));
}

#[tokio::test]
async fn a_customer_is_found_by_each_of_the_ways() {
    let sim = simulator().await;
    let ana = sim.customer(Profile::whatsapp("Ana Lima", "5531999990001"));
    let rui = sim.customer(Profile::messenger("Rui", "1234").without_contact());
    ana.talks_to_bot(&[Turn::Bot("oi"), Turn::Agent("bom dia")]);
    let get = |to: &'static str, uri: String| command(&sim, "get", to, uri.leak(), Value::Null);
    let crm = "postmaster@crm.msging.net";
    let found = get(crm, "/contacts/5531999990001%40wa.gw.msging.net".into()).await;
    assert_eq!(found["resource"]["name"], "Ana Lima");
    assert_eq!(code(&get(crm, "/contacts/1234@messenger.gw.msging.net".into()).await), Some(67));
    let messenger = "postmaster@messenger.gw.msging.net";
    let found = get(messenger, "lime://messenger.gw.msging.net/accounts/1234".into()).await;
    assert_eq!(found["resource"]["fullName"], "Rui");
    let uuid = rui.tunnel().replace("@tunnel.msging.net", "");
    let found = get("postmaster@tunnel.msging.net", format!("/tunnels/{uuid}")).await;
    assert_eq!(found["resource"]["originator"], "1234@messenger.gw.msging.net");
    let thread = "lime://examplerouter@msging.net/threads/5531999990001@wa.gw.msging.net?$take=1";
    let found = get("postmaster@msging.net", thread.into()).await;
    assert_eq!(found["resource"]["items"][0]["metadata"]["#messageEmitter"], "Human");
    assert_eq!(code(&get("postmaster@msging.net", "/notifications?id=none".into()).await), Some(67));
    assert_eq!(get("", "/ping".into()).await["status"], "success");
}

#[tokio::test]
async fn faults_refuse_delay_and_cut() {
    let sim = simulator().await;
    let ana = sim.customer(Profile::whatsapp("Ana", "5531999990001"));
    ana.hand_over(None);
    sim.blip.faults().add("text/plain", FaultAction::Status { code: 503, retry_after: Some(7) }, FaultLimit::Times(1));
    assert_eq!(send(&sim, &ana.tunnel(), "text/plain", json!("no")).await, 503);
    sim.blip.faults().add("", FaultAction::Delay(Duration::from_millis(20)), FaultLimit::Times(1));
    assert_eq!(send(&sim, &ana.tunnel(), "text/plain", json!("slow")).await, 202);
    sim.blip.faults().add("", FaultAction::Cut, FaultLimit::For(Duration::from_mins(1)));
    let client = super::client();
    let body = json!({"id": "x", "to": ana.tunnel(), "type": "text/plain", "content": "cut"}).to_string();
    let request = client.post(format!("{}/messages", sim.blip_url())).header("authorization", "Key a2V5").body(body);
    assert!(request.send().await.is_err());
    sim.blip.faults().clear();
    let seen: Vec<String> = ana.sees().iter().map(|seen| seen.content.to_string()).collect();
    assert_eq!(seen, ["slow", "cut"]);
    sim.stop().await;
}

#[tokio::test]
async fn what_became_of_a_message_is_logged() {
    let sim = simulator().await;
    let ana = sim.customer(Profile::whatsapp("Ana", "5531999990001"));
    ana.hand_over(None);
    sim.blip.notifies(&["received", "consumed"]);
    sim.blip.fails_next(81, "outside the window");
    let events = async |id: &str| {
        let body = json!({"id": id, "to": ana.tunnel(), "type": "text/plain", "content": id});
        assert_eq!(post(&sim, "/messages", "a2V5", body.to_string()).await.0, 202);
        let uri = format!("/notifications?id={id}");
        let found = command(&sim, "get", "postmaster@msging.net", &uri, Value::Null).await;
        let items = found["resource"]["items"].as_array().unwrap().clone();
        items.iter().map(|item| item["event"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(events("ponte.c.1.x.a").await, ["accepted", "failed"]);
    assert_eq!(events("ponte.c.1.x.b").await, ["accepted", "received", "consumed"]);
    assert_eq!(ana.sees().len(), 1);
}
