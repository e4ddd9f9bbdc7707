//! Three conversations with the fake assistant.

use std::time::Duration;

use anyhow::{Context, Result};

use super::steps::{LAST_WORDS, same_files};
use crate::customers::DeskCustomer;
use crate::ledger::Ledger;
use crate::simulator::Simulator;
use crate::state::{AnyCustomer, Place, Profile, Turn};

/// Plays three conversations with the fake assistant at once: one of each entry point of Blip that the assistant closes,
/// and one that it hands over.
pub async fn play_assistant(simulator: &Simulator, step: Duration) -> Result<()> {
    let outcomes = tokio::join!(asks(simulator, step), asks_by_ticket(simulator, step), is_handed_on(simulator, step));
    outcomes.0.context("through the router")?;
    outcomes.1.context("through the custom attendance channel")?;
    outcomes.2.context("handed on")?;
    same_files(simulator).await
}

async fn asks(sim: &Simulator, step: Duration) -> Result<()> {
    let ana = sim.customer(Profile::whatsapp("Ana Lima", "5531999990001"));
    ana.talks_to_bot(&[Turn::Customer("Oi"), Turn::Bot("Vou chamar a nossa assistente.")]);
    ana.hand_over(None);
    // What is tapped reaches the assistant as the payload that it gave with it.
    for words in ["conte-me algumas coisas sobre você", "quero avaliar", "Sim", "uma foto"] {
        ana.says(words);
        answered(sim, &ana, step).await?;
    }
    // As fast as they can be typed: each is answered, in order. Without an answer, the customer is told so once.
    for words in ["um", "dois", "xyzzy", "xyzzy", "três"] {
        ana.says(words);
    }
    answered(sim, &ana, step).await?;
    ana.says("tchau");
    ana.wait_place(&Place::MainBot, step + LAST_WORDS).await
}

async fn asks_by_ticket(sim: &Simulator, step: Duration) -> Result<()> {
    let joao: DeskCustomer = sim.desk_customer(Profile::blip_chat("João Araújo"));
    let typed = vec!["Ainda está aí? 🙂".into()];
    joao.opens_ticket_and_types("Quero falar com a assistente", typed);
    joao.wait_status("Open", step).await?;
    answered(sim, &joao, step).await?;
    joao.says("tchau");
    joao.wait_status("ClosedAttendant", step + LAST_WORDS).await
}

async fn is_handed_on(sim: &Simulator, step: Duration) -> Result<()> {
    let eva = sim.customer(Profile::whatsapp("Eva Reis", "5531999990003"));
    eva.hand_over(None);
    eva.says("quero outra fila");
    eva.wait_place(&Place::Service("survey".to_owned()), step + LAST_WORDS).await
}

/// Waits until all that this customer said has arrived, and all that was answered was seen.
async fn answered(sim: &Simulator, customer: &impl AnyCustomer, step: Duration) -> Result<()> {
    let name = customer.name();
    let what = format!("the assistant answers {name}");
    let all = |ledger: &Ledger| {
        let mut sent = ledger.sent.iter().filter(|sent| sent.lane.customer == name);
        sent.all(|sent| sent.arrived.is_some()).then_some(())
    };
    sim.until(step, &what, all).await
}
