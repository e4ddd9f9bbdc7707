//! The judge against bridges that are known to be right or wrong: the same short conversations over each.

use std::time::Duration;

use super::fake_bridge::{Defect, bridge};
use super::simulator;
use crate::state::AnyCustomer;
use crate::state::{Place, Profile};
use crate::transport::{FaultAction, FaultLimit};
use crate::{Simulator, Verdict};

const LIMIT: Duration = Duration::from_secs(20);

/// Two customers and their agents say five things each, then the agents close.
async fn converse(sim: &Simulator) -> Verdict {
    let ana = sim.customer(Profile::whatsapp("Ana", "5531999990001"));
    let rui = sim.desk_customer(Profile::whatsapp("Rui", "5531999990002"));
    ana.hand_over(None);
    ana.says("ana 0");
    rui.opens_ticket("rui 0");
    let tickets = [sim.helpdesk.wait_ticket_of(&ana).await.unwrap(), sim.helpdesk.wait_ticket_of(&rui).await.unwrap()];
    rui.wait_status("Open", LIMIT).await.unwrap();
    for number in 1..5 {
        ana.says(format!("ana {number}"));
        rui.says(format!("rui {number}"));
        for ticket in &tickets {
            sim.helpdesk.says(ticket, format!("{ticket} {number}")).unwrap();
        }
    }
    // What is lost never arrives: waiting for the last of each is enough.
    let last = sim.ledger().sent.iter().rev().take(4).map(|sent| sent.label.clone()).collect::<Vec<_>>();
    for label in &last {
        sim.arrives(label, LIMIT).await.unwrap();
    }
    for ticket in &tickets {
        sim.helpdesk.closes(ticket, None);
        sim.helpdesk.wait_ended(ticket, LIMIT).await.unwrap();
    }
    ana.wait_place(&Place::MainBot, LIMIT).await.unwrap();
    rui.wait_status("ClosedAttendant", LIMIT).await.unwrap();
    assert!(ana.name() == "Ana" && sim.ledger().refusals.is_empty());
    sim.verdict()
}

async fn judge(wrong: Defect) -> Verdict {
    let sim = simulator().await;
    bridge(&sim, wrong).await;
    converse(&sim).await
}

#[tokio::test]
async fn a_good_bridge_is_good() {
    let verdict = judge(Defect::Nothing).await;
    assert!(verdict.is_clean() && verdict.details.is_empty(), "{verdict}");
    assert_eq!(verdict.to_string(), "relayed 18 messages: 0 lost, 0 repeated, 0 out of order");
}

#[tokio::test]
async fn each_wrong_is_told_from_the_others() {
    let counts =
        |verdict: &Verdict| (verdict.lost, verdict.repeated, verdict.out_of_order, verdict.leaked, verdict.strays);
    assert_eq!(counts(&judge(Defect::LosesThird).await), (4, 0, 0, 0, 0));
    assert_eq!(counts(&judge(Defect::RepeatsThird).await), (0, 4, 0, 0, 0));
    assert_eq!(counts(&judge(Defect::SwapsSecondAndThird).await), (0, 0, 4, 0, 0));
    assert_eq!(counts(&judge(Defect::WritesAfterTheEnd).await), (0, 0, 0, 0, 2));
    let leaky = judge(Defect::TellsTheWrongAgent).await;
    assert!(leaky.leaked >= 8 && leaky.lost == 0, "{leaky}");
}

#[tokio::test]
async fn repeated_and_swapped_deliveries_show_who_forgets_ids() {
    for wrong in [Defect::Nothing, Defect::ForgetsIds] {
        let sim = simulator().await;
        bridge(&sim, wrong).await;
        sim.swap_deliveries(20);
        sim.repeat_deliveries(50);
        let verdict = converse(&sim).await;
        assert_eq!(verdict.is_clean(), wrong == Defect::Nothing, "{verdict}");
    }
}

#[tokio::test]
async fn who_comes_back_is_in_a_new_conversation() {
    let sim = simulator().await;
    bridge(&sim, Defect::Nothing).await;
    let ana = sim.customer(Profile::whatsapp("Ana", "5531999990001"));
    for number in ["Ana#1", "Ana#2"] {
        ana.hand_over(Some(&serde_json::json!({"type": "text/plain", "value": "the same words"})));
        let ticket = sim.helpdesk.wait_ticket_of(&ana).await.unwrap();
        sim.helpdesk.says(&ticket, "the same answer").unwrap();
        sim.settles(LIMIT).await.unwrap();
        sim.helpdesk.closes(&ticket, Some("survey"));
        ana.wait_place(&Place::MainBot, LIMIT).await.unwrap();
        sim.helpdesk.wait_ended(&ticket, LIMIT).await.unwrap();
        ana.says("words for the main bot, not followed");
        assert_eq!(sim.helpdesk.conversation(&ticket).unwrap().conversation, number);
    }
    let verdict = sim.verdict();
    assert!(verdict.is_clean() && verdict.relayed == 4, "{verdict}");
}

#[tokio::test]
async fn the_helpdesk_knows_a_redelivered_event_and_refuses_a_forged_one() {
    let sim = simulator().await;
    let client = super::client();
    let now = crate::clock::now_seconds();
    let body = r#"{"type":"conversation.started","timestamp":"2026-11-20T12:02:00Z","data":{"conversation":"c","customer":{}}}"#;
    let post = async |signature: String| {
        let request = client.post(sim.events_url()).header("webhook-id", "msg_1").header("webhook-timestamp", now);
        let response = request.header("webhook-signature", signature).body(body).send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    };
    let signature = crate::SigningKey::parse(super::SECRET).unwrap().sign("msg_1", now, body.as_bytes()).unwrap();
    assert_eq!(post("v1,AAAA".into()).await.0, 401);
    sim.helpdesk.faults().add(
        "conversation.started",
        FaultAction::StatusAfterEffect { code: 500 },
        FaultLimit::Times(1),
    );
    assert_eq!(post(signature.clone()).await.0, 500);
    assert_eq!(post(signature).await, (200, r#"{"ticket":"T-1001"}"#.into()));
    let ledger = sim.ledger();
    assert_eq!((ledger.redelivered, sim.helpdesk.conversations().len()), (1, 1));
    assert!(ledger.faults.first().is_some_and(|fault| fault.contains("401")), "{:?}", ledger.faults);
}
