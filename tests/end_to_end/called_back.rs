//! Outside the hours, with the router's key: back to the bot at once, and called back by the first answer.

use std::time::SystemTime;

use ponte_simulator::{
    Place, Profile, Simulator,
    stack::{self, Stack},
};

use super::{Deployed, PATIENCE, deployed_as, eventually};

/// Rules of a team that is there on one day of the week only: three days from now, wherever it is now.
fn rules() -> serde_json::Value {
    const DAYS: [&str; 7] = ["thu", "fri", "sat", "sun", "mon", "tue", "wed"];
    let days = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs() / 86_400;
    let day = DAYS[usize::try_from((days + 3) % 7).unwrap()];
    let text = format!(
        "version: 1\nagent_identity: {}\nhours: {{ week: {{ {day}: [\"09:00-18:00\"] }}, outside: callback }}\n\
         return_service: {{ default: survey, by_reason: {{ outside_hours: night }} }}\n",
        stack::ATTENDANT
    );
    let read = service_rules::read(text.as_bytes()).unwrap();
    assert_eq!(read.warnings, [], "without a warning");
    serde_json::from_str(&read.rules.to_json().unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_writes_outside_the_hours_is_called_back_by_the_first_answer() {
    let with = |stack: Stack, simulator: &Simulator| {
        stack.with("BlipRouterKey", &simulator.config().router_key).with_rules(rules())
    };
    let test = async |stack: Deployed| {
        let simulator = &stack.simulator;
        let ana = simulator.customer(Profile::whatsapp("Ana Lima", "5531999990001"));
        ana.hand_over(None);
        ana.says("Minha fatura veio em dobro");
        let ticket = simulator.helpdesk.wait_ticket_of(&ana).await.unwrap();
        // The rules name a service that this router does not have.
        ana.wait_place(&Place::MainBot, PATIENCE).await.unwrap();
        let told = ana.sees().iter().any(|seen| seen.content.to_string().contains("responderemos por aqui"));
        assert!(told, "{:?}", ana.sees());

        let answer = simulator.helpdesk.says(&ticket, "Bom dia! O estorno sai hoje.").unwrap();
        simulator.arrives(&answer, PATIENCE).await.unwrap();
        assert_eq!(ana.place(), Place::Bridge, "the answer called the customer back");
        let word = ana.says("Obrigada!");
        simulator.arrives(&word, PATIENCE).await.unwrap();
        simulator.helpdesk.closes(&ticket, None);
        ana.wait_place(&Place::Service("survey".to_owned()), PATIENCE).await.unwrap();
        assert_eq!(simulator.helpdesk.conversations().len(), 1, "it went on in its ticket");
        // Of a conversation that is over nobody is called back.
        simulator.helpdesk.says(&ticket, "Mais alguma coisa?").unwrap();
        eventually("the agent is told", || {
            simulator.helpdesk.events(&ticket).into_iter().find(|event| event["type"] == "message.failed")
        })
        .await;
        assert_eq!(ana.place(), Place::Service("survey".to_owned()));
    };
    deployed_as("called-back", with, test).await;
}
