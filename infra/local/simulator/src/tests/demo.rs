//! The demo's script against the small bridge, and the control endpoints over HTTP.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::fake_bridge::{Defect, bridge};
use super::simulator;
use crate::demo::{STEP_LIMIT, play};

#[tokio::test]
async fn the_demo_passes_with_a_good_bridge() {
    let sim = simulator().await;
    bridge(&sim, Defect::Nothing).await;
    play(&sim, STEP_LIMIT).await.unwrap();
    let verdict = sim.verdict();
    assert!(verdict.is_clean() && verdict.details.is_empty(), "{verdict}");
    let ledger = sim.ledger();
    for name in ["Ana Lima", "João Araújo"] {
        for direction in [crate::Direction::ToAgent, crate::Direction::ToCustomer] {
            let said = |sent: &&crate::Sent| sent.lane.customer == name && sent.lane.direction == direction;
            assert!(ledger.sent.iter().filter(said).count() >= 6, "{name} {direction:?}");
        }
    }
}

#[tokio::test]
async fn the_demo_fails_with_a_bad_bridge() {
    for wrong in
        [Defect::RepeatsThird, Defect::SwapsSecondAndThird, Defect::WritesAfterTheEnd, Defect::TellsTheWrongAgent]
    {
        let sim = simulator().await;
        bridge(&sim, wrong).await;
        play(&sim, STEP_LIMIT).await.unwrap();
        assert!(!sim.verdict().is_clean(), "{wrong:?}");
    }
}

#[tokio::test]
async fn the_demo_says_what_is_missing() {
    let sim = simulator().await;
    bridge(&sim, Defect::LosesThird).await;
    let error = format!("{:#}", play(&sim, Duration::from_secs(2)).await.unwrap_err());
    assert!(error.contains("waited 2 s in vain for this: c-"), "{error}");
}

/// What is not in the ledger's judgement, each said in a sentence.
#[tokio::test]
async fn the_demo_says_what_the_customer_did_not_live_through() {
    let wrongs = [
        (Defect::TellsNoPlace, "in vain for this: Ana Lima reads \"Você é o número 3 da fila.\""),
        (Defect::TellsEachPlace, "Ana Lima read a place in the queue 2 times, and not once"),
        (Defect::TellsOfNoTransfer, "in vain for this: Ana Lima reads \"Você foi encaminhado para Estornos.\""),
        (Defect::TellsOfEachTransfer, "Ana Lima read a transfer 2 times, and not once"),
        (Defect::AsksForNoRating, "in vain for this: Ana Lima reads \"De 1 a 5, como foi o atendimento?\""),
        (
            Defect::WritesNoRatingDown,
            "in vain for this: the ticket of Ana Lima gets the note \"Avaliação do cliente: 4 de 5.\"",
        ),
        (
            Defect::KeepsTheRatingFromTheBot,
            "MainBot was told {\"ponte\":{\"ended\":\"agent\",\"rating\":null}}, and not",
        ),
    ];
    let mut played = JoinSet::new();
    for (wrong, says) in wrongs {
        // What is waited for in vain need not be waited for long.
        let step = if says.contains("vain") { Duration::from_secs(5) } else { STEP_LIMIT };
        played.spawn(async move {
            let sim = simulator().await;
            bridge(&sim, wrong).await;
            let error = format!("{:#}", play(&sim, step).await.unwrap_err());
            assert!(error.contains(says), "{wrong:?}: {error}");
        });
    }
    assert_eq!(played.join_all().await.len(), 7);
}

#[tokio::test]
async fn one_can_play_by_hand() {
    let sim = simulator().await;
    bridge(&sim, Defect::Nothing).await;
    let client = super::client();
    let post = async |path: &str, body: Value| {
        let response = client.post(format!("{}/_/{path}", sim.helpdesk_url())).json(&body).send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    };
    assert_eq!(post("customer", json!({"name": "Ana", "phone": "5531999990001"})).await.0, 200);
    assert_eq!(post("customer/hand_over", json!({"customer": "Ana"})).await.0, 200);
    assert_eq!(post("customer/says", json!({"customer": "Ana", "text": "oi"})).await.0, 200);
    assert_eq!(post("customer/says", json!({"customer": "Eva", "text": "oi"})).await.0, 400);
    // Pasted behind it: it waits for the ticket.
    assert_eq!(post("agent/assigns", json!({"customer": "Ana", "agent": "Bia"})).await.0, 200);
    assert_eq!(post("agent/assigns", json!({"customer": "Eva", "agent": "Bia"})).await.0, 400);
    assert_eq!(post("agent/assigns", json!({"agent": "Bia"})).await.0, 400);
    assert_eq!(post("customer/jumps", json!({"customer": "Ana"})).await.0, 400);
    sim.settles(Duration::from_secs(20)).await.unwrap();
    assert_eq!(
        post("agent/says", json!({"ticket": "T-1001", "content": {"type": "text", "text": "olá"}})).await.0,
        200
    );
    let note = json!({"name": "nota.txt", "mime": "text/plain", "base64": "T2zDoSEK", "caption": "A nota"});
    let with = |key: &str, value: &str| {
        let mut body = note.clone();
        body[key] = json!(value);
        body
    };
    assert_eq!(post("customer/sends_file", with("customer", "Ana")).await.0, 200);
    assert_eq!(post("agent/sends_file", with("ticket", "T-1001")).await.0, 200);
    assert_eq!(post("agent/sends_file", json!({"ticket": "T-1001", "mime": "a/b", "base64": "?"})).await.0, 400);
    for body in [json!({"customer": "Ana"}), json!({"customer": "Ana", "on": false})] {
        assert_eq!(post("customer/types", body).await.0, 200);
    }
    assert_eq!(post("agent/jumps", json!({"ticket": "T-1001"})).await.0, 400);
    sim.settles(Duration::from_secs(20)).await.unwrap();
    let ledger = client.get(format!("{}/_/ledger", sim.helpdesk_url())).send().await.unwrap();
    let ledger: Value = ledger.json().await.unwrap();
    assert_eq!(ledger["summary"], "relayed 4 messages: 0 lost, 0 repeated, 0 out of order");
    let files = client.get(format!("{}/_/files", sim.helpdesk_url())).send().await.unwrap();
    let files: Value = files.json().await.unwrap();
    assert_eq!((files["differences"].clone(), files["files"][1]["seen_size"].clone()), (json!([]), json!(6)));
    assert_eq!(post("blip/receipts", json!({})).await.0, 200);
    let label = sim.helpdesk.says("T-1001", "até logo").unwrap();
    sim.helpdesk.wait_status("T-1001", &label, "consumed", Duration::from_secs(20)).await.unwrap();
    assert_eq!(sim.helpdesk.typing_seen("T-1001"), [true, false]);
}
