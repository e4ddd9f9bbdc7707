//! Typing and receipts through the deployed stack: shown to both sides, forwards only, and never in the way of words.

use std::time::Duration;

use ponte_simulator::{Content, Profile};

use super::{Deployed, PATIENCE, deployed, eventually};

#[tokio::test(flavor = "multi_thread")]
async fn both_sides_see_who_types_and_the_agent_sees_what_was_seen() {
    deployed("presence", |stack: Deployed| async move {
        let simulator = &stack.simulator;
        simulator.blip.sends_receipts(true);
        simulator.blip.swaps_receipts(50);
        let ana = simulator.customer(Profile::blip_chat("Ana Lima"));
        ana.hand_over(None);
        ana.types(true);
        ana.says("oi");
        let ticket = simulator.helpdesk.wait_ticket_of(&ana).await.unwrap();
        stack.settled().await;
        // What was typed before the conversation opened is nobody's, and the same is passed on once in five seconds.
        tokio::time::sleep(Duration::from_secs(5)).await;
        ana.types(true);
        eventually("the agent sees that the customer types", || {
            simulator.helpdesk.typing_seen(&ticket).contains(&true).then_some(())
        })
        .await;
        simulator.helpdesk.types(&ticket, true);
        eventually("the customer sees that the agent types", || (ana.typing_seen() > 0).then_some(())).await;
        let said: Vec<_> =
            (1..=6).map(|n| simulator.helpdesk.says(&ticket, format!("resposta {n}")).unwrap()).collect();
        for label in &said {
            simulator.helpdesk.wait_status(&ticket, label, "consumed", PATIENCE).await.unwrap();
        }
        ana.says("obrigada");
        stack.settled().await;
        let statuses = simulator.helpdesk.statuses(&ticket);
        println!("{} statuses of {} messages", statuses.len(), said.len());
        // The judge has a fault for each that moved backwards, or that is of no message of the agent.
        assert!(simulator.ledger().faults.is_empty(), "{:?}", simulator.ledger().faults);
        let first = |status: &str| statuses.iter().filter(|(_, is)| is == status).count();
        assert_eq!(first("consumed"), said.len(), "each was seen once: {statuses:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_is_the_answer_that_it_stands_for() {
    deployed("numbers", |stack: Deployed| async move {
        let simulator = &stack.simulator;
        let ana = simulator.customer(Profile::whatsapp("Ana Lima", "5531999990001"));
        ana.hand_over(None);
        ana.says("oi");
        let ticket = simulator.helpdesk.wait_ticket_of(&ana).await.unwrap();
        // Longer than WhatsApp's buttons, so that they are numbers.
        let options = ["Retirar na loja da Savassi", "Receber em casa amanhã cedo"].map(str::to_owned).to_vec();
        let question = Content::Choices { text: "Como prefere?".to_owned(), options };
        simulator.helpdesk.says(&ticket, question).unwrap();
        let shown = "Como prefere?\n\n1. Retirar na loja da Savassi\n2. Receber em casa amanhã cedo";
        let sees = |text: &str| ana.sees().iter().any(|seen| seen.content.to_string() == text);
        eventually("the customer sees numbers", || sees(shown).then_some(())).await;
        let texts = || -> Vec<String> {
            let events = simulator.helpdesk.events(&ticket);
            let texts = events.iter().filter_map(|event| event["data"]["message"]["content"]["text"].as_str());
            texts.map(str::to_owned).collect()
        };
        ana.says("2");
        eventually("the agent sees the answer", || (texts().len() == 2).then_some(())).await;
        simulator.helpdesk.says(&ticket, "Quantos?").unwrap();
        eventually("the customer sees the next question", || sees("Quantos?").then_some(())).await;
        ana.says("2");
        eventually("the agent sees a number", || (texts().len() == 3).then_some(())).await;
        assert_eq!(texts(), ["oi", "Receber em casa amanhã cedo", "2"]);
    })
    .await;
}
