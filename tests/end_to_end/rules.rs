//! Service rules that are pushed while messages flow.

use std::time::Duration;

use ponte::store::{RulesTable, RulesVersion};
use ponte_simulator::{Agent, Profile, stack::ATTENDANT};
use serde_json::json;

use super::{Deployed, deployed, eventually};

const PAIRS: usize = 35;

#[tokio::test(flavor = "multi_thread")]
async fn rules_that_are_pushed_while_messages_flow_are_in_force_within_a_minute() {
    deployed("rules", |stack: Deployed| async move {
        let simulator = &stack.simulator;
        let ana = simulator.customer(Profile::whatsapp("Ana", "5531999990001"));
        ana.hand_over(None);
        ana.says("oi");
        let ticket = simulator.helpdesk.wait_ticket_of(&ana).await.unwrap();
        let (bia, caio) = (Agent::new("bia", "Bia"), Agent::new("caio", "Caio"));
        simulator.helpdesk.assigns(&ticket, &bia);
        let sees = |text: &'static str| ana.sees().iter().any(|seen| seen.content.to_string() == text).then_some(());
        eventually("the text of before", || sees("Você está falando com Bia.")).await;

        let dynamo = aws_sdk_dynamodb::Client::new(&ponte_cli::endpoint(&stack.endpoint).await);
        let table = RulesTable::new(dynamo, stack.table.clone());
        let before = table.before_push().await.unwrap().expect("the local stack begins with rules");
        let rules = json!({
            "version": 1, "agent_identity": ATTENDANT,
            "texts": { "pt-BR": { "agent_joined": "{agent} é da nossa equipe.", "closing": "Até a próxima!" } },
        });
        let new = RulesVersion {
            version: before.version + 1,
            rules: rules.to_string(),
            source: None,
            at: "2026-11-30T12:00:00Z".to_owned(),
            by: "a test".to_owned(),
        };
        let flows = async {
            for n in 0..PAIRS {
                ana.says(format!("mensagem {n}"));
                simulator.helpdesk.says(&ticket, format!("resposta {n}")).unwrap();
                tokio::time::sleep(Duration::from_secs(2)).await;
            }
        };
        let pushes = async {
            tokio::time::sleep(Duration::from_secs(4)).await;
            table.push(&new).await.unwrap();
        };
        tokio::join!(flows, pushes);
        // More than a minute has passed since.
        simulator.helpdesk.assigns(&ticket, &caio);
        simulator.helpdesk.says(&ticket, "agora sou eu").unwrap();
        eventually("the new text", || sees("Caio é da nossa equipe.")).await;
        simulator.helpdesk.closes(&ticket, None);
        eventually("the new closing", || sees("Até a próxima!")).await;
        stack.settled().await;
    })
    .await;
}
