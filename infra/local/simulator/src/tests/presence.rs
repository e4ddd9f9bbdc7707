//! Receipts and typing, both ways, and a bridge that reports a status backwards.

use std::time::Duration;

use serde_json::{Value, json};

use super::fake_bridge::{Defect, bridge};
use super::simulator;
use crate::state::Profile;
use crate::{Customer, Simulator};

const LIMIT: Duration = Duration::from_secs(20);

async fn talking(wrong: Defect) -> (Simulator, Customer, String) {
    let sim = simulator().await;
    bridge(&sim, wrong).await;
    let ana = sim.customer(Profile::whatsapp("Ana", "5531999990001"));
    ana.hand_over(None);
    ana.says("oi");
    let ticket = sim.helpdesk.wait_ticket_of(&ana).await.unwrap();
    sim.settles(LIMIT).await.unwrap();
    (sim, ana, ticket)
}

/// Posts an event about a ticket as the bridge would; the answer's status.
async fn post(sim: &Simulator, ticket: &str, kind: &str, mut data: Value) -> u16 {
    let conversation = sim.helpdesk.conversation(ticket).unwrap().id;
    data["ticket"] = json!(ticket);
    data["conversation"] = json!(conversation);
    answer(sim, kind, &data).await.0
}

/// Posts an event as the bridge would; the answer's status and body.
async fn answer(sim: &Simulator, kind: &str, data: &Value) -> (u16, Value) {
    let body = json!({"type": kind, "timestamp": "2026-11-20T12:02:00Z", "data": data}).to_string();
    let (id, now) = (uuid::Uuid::new_v4().to_string(), crate::clock::now_seconds());
    let signature = crate::SigningKey::parse(super::SECRET).unwrap().sign(&id, now, body.as_bytes()).unwrap();
    let client = super::client();
    let request = client.post(sim.events_url()).header("webhook-id", id).header("webhook-timestamp", now);
    let answer = request.header("webhook-signature", signature).body(body).send().await.unwrap();
    (answer.status().as_u16(), serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap_or_default())
}

#[tokio::test]
async fn whether_somebody_is_there_is_answered() {
    let sim = simulator().await;
    let ask = async |data: Value| answer(&sim, "availability.requested", &data).await;
    assert_eq!(ask(json!({"queue": "Financeiro"})).await, (200, json!({"staffed": true})));
    sim.helpdesk.goes_home();
    assert_eq!(ask(json!({})).await, (200, json!({"staffed": false})));
    assert_eq!(sim.ledger().faults, Vec::<String>::new());
    assert_eq!(ask(json!({"queue": null})).await.0, 400, "what is not there is left out");
}

#[tokio::test]
async fn statuses_move_forwards() {
    let (sim, _ana, ticket) = talking(Defect::Nothing).await;
    sim.blip.sends_receipts(true);
    sim.blip.swaps_receipts(50);
    let labels: Vec<_> = (0..4).map(|n| sim.helpdesk.says(&ticket, format!("{n}")).unwrap()).collect();
    for label in &labels {
        sim.helpdesk.wait_status(&ticket, label, "consumed", LIMIT).await.unwrap();
    }
    let of = |index: usize| {
        let own = sim.helpdesk.statuses(&ticket).into_iter().filter(|(id, _)| *id == labels[index].to_string());
        own.map(|(_, status)| status).collect::<Vec<_>>()
    };
    assert_eq!(of(0), ["received", "consumed"]);
    assert_eq!(of(1), ["consumed"], "swapped, so `received` came too late to be reported");
    assert_eq!(sim.ledger().faults, Vec::<String>::new());
}

#[tokio::test]
async fn a_status_that_moves_backwards_is_found_out() {
    let (sim, _ana, ticket) = talking(Defect::TellsEveryStatus).await;
    sim.blip.sends_receipts(true);
    sim.blip.swaps_receipts(100);
    let label = sim.helpdesk.says(&ticket, "olá").unwrap();
    sim.helpdesk.wait_status(&ticket, &label, "received", LIMIT).await.unwrap();
    assert_eq!(sim.ledger().faults, [format!("the status of {label} moved backwards, from consumed to received")]);
    sim.blip.sends_receipts(false);
    let quiet = sim.helpdesk.says(&ticket, "até logo").unwrap();
    sim.arrives(&quiet, LIMIT).await.unwrap();
    assert_eq!(sim.helpdesk.statuses(&ticket).len(), 2);
}

#[tokio::test]
async fn a_status_must_be_one_of_the_contract_and_of_a_message_of_the_ticket() {
    let (sim, ana, ticket) = talking(Defect::Nothing).await;
    assert_eq!(post(&sim, &ticket, "message.status", json!({"message": "m-9", "status": "consumed"})).await, 204);
    assert!(sim.ledger().faults[0].contains("m-9, which no agent said in Ana#1"), "{:?}", sim.ledger().faults);
    assert_eq!(post(&sim, &ticket, "message.status", json!({"message": "m-9", "status": "accepted"})).await, 400);
    assert_eq!(post(&sim, &ticket, "message.status", json!({"status": "consumed"})).await, 400);
    assert_eq!(post(&sim, &ticket, "customer.typing", json!({"on": "yes"})).await, 400);
    assert_eq!(sim.ledger().faults.len(), 4);
    assert_eq!(ana.typing_seen(), 0);
}

#[tokio::test]
async fn typing_is_seen_and_opens_nothing() {
    let (sim, ana, ticket) = talking(Defect::Nothing).await;
    let rui = sim.desk_customer(Profile::whatsapp("Rui", "5531999990002"));
    let eva = sim.customer(Profile::whatsapp("Eva", "5531999990003"));
    eva.types(true);
    eva.hand_over(None);
    eva.types(true);
    rui.types(true);
    rui.opens_ticket("oi");
    rui.wait_status("Open", LIMIT).await.unwrap();
    let other = sim.helpdesk.wait_ticket_of(&rui).await.unwrap();
    for on in [true, false] {
        ana.types(on);
        rui.types(on);
    }
    // Each customer's post stays in order: what is said last arrives last.
    ana.says("fim");
    rui.says("fim");
    eva.says("fim");
    sim.settles(LIMIT).await.unwrap();
    assert_eq!(sim.helpdesk.typing_seen(&ticket), [true, false]);
    assert_eq!(sim.helpdesk.typing_seen(&other), [true, false]);
    assert_eq!(sim.helpdesk.conversations().len(), 3);
    let typed = sim.ledger().notes.iter().filter(|note| note.kind == "types").count();
    assert_eq!((typed, ana.typing_seen()), (5, 0));
    assert!(sim.verdict().is_clean() && sim.ledger().refusals.is_empty());
}
